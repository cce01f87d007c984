"""Which files are found, what role each has, and what is said about the others."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend_audit.discover import DiscoverOptions, Discovery, discover
from backend_audit.discover import find as find_module
from backend_audit.discover.git import list_by_git
from backend_audit.discover.language import language_of, language_of_shebang
from backend_audit.discover.roles import Surroundings, role_of
from backend_audit.discover.walk import list_by_walk
from backend_audit.finding import ProblemKind
from backend_audit.source import Language, Role

WITHOUT_GIT = DiscoverOptions(use_git=False)


@pytest.fixture(autouse=True)
def _own_git_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own excludes and hooks must not decide a test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(home.parent))


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


def write(root: Path, **files: str) -> None:
    """`write(root, **{"a/b.py": "x = 1"})`."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def found(discovery: Discovery) -> list[str]:
    return [file.path for file in discovery.files]


def passed_over(discovery: Discovery) -> dict[str, int]:
    return {skipped.reason: skipped.count for skipped in discovery.skipped}


def roles(discovery: Discovery) -> dict[str, Role]:
    return {file.path: file.role for file in discovery.files}


def scan(root: Path, *paths: str, options: DiscoverOptions = DiscoverOptions()) -> Discovery:  # noqa: B008
    return discover([root / path for path in paths or (".",)], root=root, options=options)


# -- listing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use_git", [True, False])
def test_ignore_files_of_every_level_hold(tmp_path: Path, use_git: bool) -> None:
    git(tmp_path, "init", "-q")
    write(
        tmp_path,
        **{
            ".gitignore": "/local.py\nlogs/\n*.cfg\n!keep.cfg\n",
            "app.py": "",
            "local.py": "",
            "sub/local.py": "",
            "sub/logs/a.py": "",
            "a.cfg": "",
            "keep.cfg": "",
            "sub/.gitignore": "gen_*.py\n!a.cfg\n",
            "sub/gen_x.py": "",
            "sub/a.cfg": "",
            "info.py": "",
            "everywhere.py": "",
        },
    )
    (tmp_path / ".git/info").mkdir(exist_ok=True)
    (tmp_path / ".git/info/exclude").write_text("info.py\n")
    ignore = Path(os.environ["XDG_CONFIG_HOME"]) / "git/ignore"
    ignore.parent.mkdir(parents=True)
    ignore.write_text("everywhere.py\n")
    discovery = scan(tmp_path, options=DiscoverOptions(use_git=use_git))
    assert found(discovery) == ["app.py", "keep.cfg", "sub/a.cfg", "sub/local.py"]
    assert found(scan(tmp_path, "sub", options=DiscoverOptions(use_git=use_git))) == ["sub/a.cfg", "sub/local.py"]


def test_a_tracked_file_is_found_though_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{".gitignore": "*.env\n", "prod.env": "A=1"})
    git(tmp_path, "add", "-f", "prod.env")
    assert found(scan(tmp_path)) == ["prod.env"]


def test_an_excludes_file_of_the_git_configuration_holds_without_git(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    Path(os.environ["HOME"], ".gitconfig").write_text("[user]\n\tname = t\n[core]\n\texcludesFile = ~/mine\n")
    Path(os.environ["HOME"], "mine").write_text("b.py\n")
    write(tmp_path, **{"a.py": "", "b.py": ""})
    assert found(scan(tmp_path, options=WITHOUT_GIT)) == ["a.py"]


def test_an_ignored_folder_that_is_named_is_scanned(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{".gitignore": "/work\n", "work/app.py": "", "work/.gitignore": "local.py\n", "work/local.py": ""})
    for use_git in (True, False):
        assert found(scan(tmp_path, "work", options=DiscoverOptions(use_git=use_git))) == ["work/app.py"], use_git


def test_a_named_file_is_judged_whatever_is_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{".gitignore": "*.py\n", "tests/test_x.py": "", "node_modules/x/y.js": ""})
    discovery = scan(tmp_path, ".", "tests/test_x.py", "node_modules/x/y.js", options=DiscoverOptions(exclude=("*.py",)))
    assert found(discovery) == ["node_modules/x/y.js", "tests/test_x.py"]
    assert passed_over(discovery) == {"folders of installed packages": 1}


def test_excludes_and_the_own_ignore_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            ".backend-auditignore": "legacy/\n",
            "legacy/a.py": "",
            "app/.backend-auditignore": "/b.py\n",
            "app/b.py": "",
            "app/sub/b.py": "",
            "app/c.py": "",
            "demo.py": "",
        },
    )
    discovery = scan(tmp_path, options=DiscoverOptions(exclude=("demo.*", "!legacy/a.py")))
    assert found(discovery) == ["app/c.py", "app/sub/b.py"]
    assert passed_over(discovery) == {"excluded": 3}
    assert found(scan(tmp_path, "app")) == ["app/c.py", "app/sub/b.py"]
    assert found(scan(tmp_path / "app", "sub")) == ["sub/b.py"]


def test_submodules_and_nested_repositories_are_entered(tmp_path: Path) -> None:
    library, top = tmp_path / "library", tmp_path / "top"
    for folder in (library, top):
        folder.mkdir()
        git(folder, "init", "-q")
    write(library, **{"lib.py": "", ".gitignore": "local.py\n"})
    git(library, "add", ".")
    git(library, "commit", "-qm", "lib")
    git(top, "submodule", "add", "-q", str(library), "libs/one")
    git(top, "submodule", "add", "-q", str(library), "libs/two")
    git(top, "commit", "-qm", "top")
    git(top, "submodule", "deinit", "-q", "-f", "libs/two")
    write(top, **{"app.py": "", "libs/one/local.py": "", "libs/one/new.py": ""})
    shutil.copytree(library, top / "untracked")
    discovery = scan(top)
    assert found(discovery) == ["app.py", "libs/one/lib.py", "libs/one/new.py", "untracked/lib.py"]
    assert passed_over(discovery) == {"submodules that are not checked out": 1}
    assert found(scan(top, options=WITHOUT_GIT)) == found(discovery)


def test_a_hook_of_the_scanned_repository_is_not_run(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{"app.py": "", ".git/evil.sh": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / ".git/evil.sh").chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(tmp_path / ".git/evil.sh"))
    assert found(scan(tmp_path)) == ["app.py"]
    assert not (tmp_path / "ran").exists(), "git ran a command that the scanned repository configured"


def test_variables_of_a_hook_do_not_bend_the_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "-q")
        write(tmp_path / name, **{f"{name}.py": ""})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "one/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "one/.git/index"))
    assert found(scan(tmp_path / "two")) == ["two.py"]


def test_what_the_index_has_and_the_disk_has_not_is_counted(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{"a.py": "", "gone.py": "", "folder/gone.py": ""})
    git(tmp_path, "add", ".")
    (tmp_path / "gone.py").unlink()
    shutil.rmtree(tmp_path / "folder")
    discovery = scan(tmp_path)
    assert found(discovery) == ["a.py"]
    assert passed_over(discovery) == {"not on disk (deleted, or a sparse checkout)": 2}
    assert discovery.problems == ()


NAMES = ["a", "b", "ab", "a.py", "b.py"]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
PATTERNS = st.one_of(
    st.builds(
        "{}{}{}{}".format, st.sampled_from(["", "!"]), st.sampled_from(["", "/", "**/"]), PATHS, st.sampled_from(["", "/"])
    ),
    st.sampled_from(
        ["*", "!*", "*.py", "!*.py", "a*", "/*", "!/*", "*/", "!*/", "a/**", "a/*", "?", "[ab].py", "**/b", "a/**/b"]
    ),
    st.sampled_from(["# a", "", "a ", "\\!a", "[", "a.py\t", "!", "/", "**", "!**", "!a/*", "b/**", "!a/**"]),
)
IGNORES = st.dictionaries(st.sampled_from(["", "a/", "b/", "a/b/"]), st.lists(PATTERNS, max_size=4), max_size=3)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("property") / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.sets(PATHS, min_size=1, max_size=8), ignores=IGNORES, start=st.sampled_from(["", "a", "a/b"]))
@example(files={"a/b/a.py", "a/b.py"}, ignores={"": ["a/b/"], "a/": ["!b/"]}, start="")
@example(files={"a/b/a.py", "a/b.py"}, ignores={"": ["/a/*", "!/a/b/"]}, start="a")
@example(files={"a/a.py"}, ignores={"": ["*", "!*/", "!*.py"]}, start="")
@example(files={"a/b/a.py"}, ignores={"": ["a"]}, start="a")
def test_the_walk_finds_what_git_finds(repository: Path, files: set[str], ignores: dict[str, list[str]], start: str) -> None:
    for entry in repository.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for path in sorted(files, key=len, reverse=True):
        if not (repository / path).exists() and not any(p.is_file() for p in (repository / path).parents):
            write(repository, **{path: ""})
    for folder, lines in ignores.items():
        if (repository / folder).is_dir():
            (repository / folder / ".gitignore").write_text("\n".join(lines) + "\n")
    listed = list_by_git(repository / start) if (repository / start).is_dir() else None
    if listed is not None:
        assert list_by_walk(repository / start).paths == listed.paths, ignores


# -- links, limits, trouble ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("repository_there", [True, False])
def test_links_are_resolved_once_and_never_lead_outside(tmp_path: Path, repository_there: bool) -> None:
    root = tmp_path / "root"
    write(tmp_path, **{"outside.py": "SECRET = 1", "folder/inside.py": "", "root/app/a.py": "", "root/hidden.txt": "x = 1"})
    if repository_there:
        git(root, "init", "-q")
    (root / "out.py").symlink_to(tmp_path / "outside.py")
    (root / "same.py").symlink_to("app/a.py")
    (root / "text.py").symlink_to("hidden.txt")
    (root / "twice.py").symlink_to("text.py")
    (root / "loop").symlink_to(".")
    (root / "away").symlink_to(tmp_path / "folder")
    (root / "broken.py").symlink_to("nowhere.py")
    discovery = scan(root)
    assert found(discovery) == ["app/a.py", "text.py"]
    assert passed_over(discovery) == {"symbolic links that lead outside": 1}
    [problem] = discovery.problems
    assert (problem.path, problem.kind, problem.incomplete) == ("broken.py", ProblemKind.UNREADABLE, False)


def test_a_folder_that_was_replaced_by_a_link_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, **{"outside/a.py": "", "root/app/a.py": "", "root/b.py": ""})
    git(root, "init", "-q")
    git(root, "add", ".")
    shutil.rmtree(root / "app")
    (root / "app").symlink_to(tmp_path / "outside")
    discovery = scan(root)
    assert found(discovery) == ["b.py"]
    assert passed_over(discovery) == {"behind a symbolic link": 1}


def test_binary_large_and_minified_files_are_said(tmp_path: Path) -> None:
    write(tmp_path, **{"large.py": "x = 1\n" * 300, "data.json": "[" + "1," * 1000 + "1]", "ok.py": "x = 1\n"})
    write(tmp_path, **{"page.js": "var a=1;" * 4000, "long.py": "x = '" + "y" * 900 + "'"})
    (tmp_path / "blob.py").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "wide.py").write_bytes("x = 1\n".encode("utf-16"))
    discovery = scan(tmp_path, options=DiscoverOptions(max_bytes=1024))
    assert found(discovery) == ["long.py", "ok.py", "wide.py"]
    assert passed_over(discovery) == {"binary files": 1, "larger than 1 KiB": 3}
    assert [(p.path, p.kind) for p in discovery.problems] == [
        ("large.py", ProblemKind.TOO_LARGE),
        ("page.js", ProblemKind.TOO_LARGE),
    ]
    assert passed_over(scan(tmp_path))["generated code"] == 1


def test_one_long_pattern_makes_no_file_minified(tmp_path: Path) -> None:
    pattern = r"const urls = /^(?:(?:(?:https?|ftp):)?\/\/)" + r"(?:\S+(?::\S*)?@)?(?!(?:10|127)(?:\.\d{1,3}){3})" * 10 + "$/i;\n"
    write(tmp_path, **{"utils.js": f"const path = require('path');\n\n{pattern}\nmodule.exports = {{ urls }};\n"})
    write(tmp_path, **{"page.js": "!function(e,t){var n=t(e);n.a=1;for(var r=0;r<9;r++){n[r]=e(r),t(n)}}(this,x);" * 10})
    assert found(scan(tmp_path)) == ["utils.js"]


def test_unreadable_files_and_folders_are_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, **{"a.py": "", "b.py": "", "locked/c.py": ""})
    real_scandir, real_head = os.scandir, find_module.read_head

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real_scandir(path)

    def read_head(path: str, size: int, *, code: bool) -> object:
        if path.endswith("b.py"):
            raise PermissionError(13, "Permission denied", path)
        return real_head(path, size, code=code)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(find_module, "read_head", read_head)
    discovery = scan(tmp_path, ".", "missing.py")
    assert found(discovery) == ["a.py"]
    assert [(p.path, p.kind, p.incomplete) for p in discovery.problems] == [
        ("b.py", ProblemKind.UNREADABLE, True),
        ("locked", ProblemKind.UNREADABLE, True),
        ("missing.py", ProblemKind.UNREADABLE, True),
    ]


def test_a_name_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    discovery = scan(tmp_path)
    assert found(discovery) == []
    assert [(p.path, p.kind) for p in discovery.problems] == [("caf\\xe9.py", ProblemKind.UNREADABLE)]


def test_a_pipe_does_not_block_the_scan(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / "pipe")
    assert found(scan(tmp_path)) == []
    assert [p.message for p in scan(tmp_path, "pipe.py").problems] == ["not a regular file"]


def test_paths_overlap_and_lie_outside_the_root(tmp_path: Path) -> None:
    write(tmp_path, **{"root/app/a.py": "", "other/b.py": ""})
    discovery = discover(
        [tmp_path / "root", tmp_path / "root/app", tmp_path / "root/app/a.py", tmp_path / "other"],
        root=tmp_path / "root",
        options=DiscoverOptions(),
    )
    assert found(discovery) == ["../other/b.py", "app/a.py"]


# -- languages and roles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "language", "reason"),
    [
        ("a.py", Language.PYTHON, ""),
        ("a.pyi", Language.PYTHON, "type declarations"),
        ("a.cjs", Language.JAVASCRIPT, ""),
        ("a.mts", Language.TYPESCRIPT, ""),
        ("a.d.ts", Language.TYPESCRIPT, "type declarations"),
        ("a.d.mts", Language.TYPESCRIPT, "type declarations"),
        (".env.production", Language.CONFIG, ""),
        ("Dockerfile.prod", Language.CONFIG, ""),
        ("docker-compose.yml", Language.CONFIG, ""),
        ("server.KEY", Language.CONFIG, ""),
        (".npmrc", Language.CONFIG, ""),
        ("package-lock.json", Language.CONFIG, "lock files"),
        ("pnpm-lock.yaml", Language.CONFIG, "lock files"),
        ("README.md", Language.OTHER, ""),
        ("py", Language.OTHER, ""),
    ],
)
def test_language_by_name(name: str, language: Language, reason: str) -> None:
    assert language_of(name) == (language, reason)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        (b"#!/usr/bin/env python3\n", Language.PYTHON),
        (b"#!/usr/bin/python3.11 -I\n", Language.PYTHON),
        (b"#!/usr/bin/env -S uv run --script\n", Language.PYTHON),
        (b"#!/usr/bin/env node\n", Language.JAVASCRIPT),
        (b"#!/usr/bin/env -S deno run\n", Language.TYPESCRIPT),
        (b"#!/bin/bash -e\n", Language.CONFIG),
        (b"#!/usr/bin/perl\n", Language.OTHER),
        (b"import os\n", Language.OTHER),
    ],
)
def test_language_by_first_line(line: bytes, language: Language) -> None:
    assert language_of_shebang(line) is language


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/main.py", Role.SOURCE),
        ("app/testing_service.py", Role.SOURCE),
        ("app/contest.py", Role.SOURCE),
        ("app/latest/api.py", Role.SOURCE),
        ("app/attest_tokens.py", Role.SOURCE),
        ("app/specs/engine.py", Role.SOURCE),
        ("app/build/service.py", Role.SOURCE),
        ("app/tasks.py", Role.SOURCE),
        ("app/tools/search.py", Role.SOURCE),
        ("app/versions/api.py", Role.SOURCE),
        ("app/management/commands/test_email.py", Role.SCRIPT),
        ("tests/helpers.py", Role.TEST),
        ("src/config/mock/auth.config.mock.ts", Role.TEST),
        ("services/mock-payments/index.js", Role.TEST),
        ("services/smock/index.js", Role.SOURCE),
        ("jest.global-setup.js", Role.TEST),
        ("src/test-setup.ts", Role.TEST),
        ("jest.config.js", Role.TEST),
        ("jest.config.sqlite.js", Role.TEST),
        ("karma.conf.js", Role.TEST),
        ("features/step_definitions/orders.js", Role.TEST),
        ("features/orders/create.js", Role.SOURCE),
        ("src/testHelpers.js", Role.TEST),
        ("server/.env.tests", Role.TEST),
        ("app/tests/factories.py", Role.TEST),
        ("app/test.py", Role.TEST),
        ("app/tests.py", Role.TEST),
        ("app/test_main.py", Role.TEST),
        ("app/main_test.py", Role.TEST),
        ("conftest.py", Role.TEST),
        ("app/create_test_data.py", Role.TEST),
        ("app/storage/testing.py", Role.TEST),
        ("app/latest_data.py", Role.SOURCE),
        ("test-core.ini", Role.TEST),
        ("production.ini", Role.CONFIG),
        ("integration_tests/run.py", Role.TEST),
        ("src/a.test.ts", Role.TEST),
        ("src/a.spec.js", Role.TEST),
        ("src/app.e2e-spec.ts", Role.TEST),
        ("src/latest.ts", Role.SOURCE),
        ("src/contest.js", Role.SOURCE),
        ("src/__tests__/a.js", Role.TEST),
        ("cypress/a.ts", Role.TEST),
        ("spec/a.js", Role.TEST),
        ("tests/data.yml", Role.TEST),
        ("scripts/run.py", Role.SCRIPT),
        ("manage.py", Role.SCRIPT),
        ("setup.py", Role.SCRIPT),
        ("docs/conf.py", Role.SCRIPT),
        ("examples/app.py", Role.SCRIPT),
        ("tools/run.py", Role.SCRIPT),
        ("webpack.config.js", Role.SCRIPT),
        ("scripts/deploy.sh", Role.CONFIG),
        ("config/app.yml", Role.CONFIG),
        ("proto/a_pb2.py", Role.GENERATED),
        ("static/site.min.js", Role.GENERATED),
        ("dist/index.js", Role.GENERATED),
        ("third_party/x.py", Role.VENDORED),
        ("pip/_vendor/x.py", Role.VENDORED),
        ("static/js/jquery-3.6.0.js", Role.VENDORED),
        ("static/js/bootstrap.bundle.js", Role.VENDORED),
        ("public/libs/code-prettify/lang-css.js", Role.VENDORED),
        ("public/js/orders.js", Role.SOURCE),
        ("src/lib/public/orders.js", Role.SOURCE),
        (".pnp.loader.mjs", Role.VENDORED),
        ("packages/a/.pnp.cjs", Role.VENDORED),
        ("src/pnp.js", Role.SOURCE),
        ("static/js/cart.js", Role.SOURCE),
        ("src/react.js", Role.SOURCE),
        ("vendor/lib.py", Role.VENDORED),
        ("app/migrations.py", Role.MIGRATION),
        ("app/routers/migrations.py", Role.SOURCE),
    ],
)
def test_role_by_path(path: str, role: Role) -> None:
    assert role_of(path, language_of(path.rpartition("/")[2])[0], Surroundings([path])) is role


def test_a_folder_with_a_runner_of_its_own_holds_tests() -> None:
    paths = ["acceptance/vitest.config.ts", "acceptance/support/http.ts", "src/system/http.ts", "src/system/index.ts"]
    around = Surroundings(paths)
    roles = [role_of(path, Language.TYPESCRIPT, around) for path in paths]
    assert roles == [Role.TEST, Role.TEST, Role.SOURCE, Role.SOURCE]


@pytest.mark.parametrize(
    ("paths", "migrations"),
    [
        (
            ["shop/migrations/0001_initial.py", "shop/migrations/__init__.py", "shop/migrations/tasks/fill.py", "shop/models.py"],
            ["shop/migrations/0001_initial.py", "shop/migrations/__init__.py", "shop/migrations/tasks/fill.py"],
        ),
        (["alembic/script.py.mako", "alembic/env.py", "alembic/versions/ab12_x.py"], ["alembic/versions/ab12_x.py"]),
        (["migrations/20240101120000_users.js", "src/migration/1700000000000-Init.ts"], None),
        (["src/migrations/mysql/1700000000000-Init.ts", "src/migrations/mysql/index.ts"], None),
        (["src/reports/mysql/1700000000000-orders.ts", "src/migrations/mysql/tables.ts"], []),
        (["cloud/migrations/service.py", "cloud/migrations/api.py"], []),
        (["server/migrations/emails.js", "server/migrations/start.js"], None),
        (["server/migrations/migrations.controller.js", "server/migrations/start.js", "server/api/migrations/start.js"], []),
    ],
)
def test_migrations_by_their_folder(paths: list[str], migrations: list[str] | None) -> None:
    around = Surroundings(paths)
    judged = {path: role_of(path, language_of(path)[0], around) for path in paths if language_of(path)[0] is not Language.OTHER}
    assert [path for path, role in judged.items() if role is Role.MIGRATION] == (paths if migrations is None else migrations)


def test_folders_whose_name_is_the_applications_own_word(tmp_path: Path) -> None:
    write(tmp_path, **{"shop/vendor/models.py": "", "shop/vendor/payouts.py": "", "lab_tests/views.py": "", "lab_tests/x.py": ""})
    write(tmp_path, **{"assets/vendor/lib.js": "", "build/app.js": "", "web/package.json": "{}", "web/build/app.js": ""})
    discovery = scan(tmp_path)
    assert found(discovery) == [
        "build/app.js",
        "lab_tests/views.py",
        "lab_tests/x.py",
        "shop/vendor/models.py",
        "shop/vendor/payouts.py",
        "web/package.json",
    ]
    assert passed_over(discovery) == {"generated code": 1, "vendored code": 1}


def test_an_application_may_be_called_test(tmp_path: Path) -> None:
    write(tmp_path, **{f"lab/test/{name}.py": "" for name in ("models", "admin", "queries", "ui/views", "ui/urls")})
    write(tmp_path, **{f"library/test/{name}.py": "" for name in ("models", "urls", "views", "test_views")})
    write(tmp_path, **{"library/views.py": "", "other/test/models.py": "", "other/test/views.py": ""})
    assert found(scan(tmp_path)) == [
        "lab/test/admin.py",
        "lab/test/models.py",
        "lab/test/queries.py",
        "lab/test/ui/urls.py",
        "lab/test/ui/views.py",
        "library/views.py",
    ]


def test_installed_packages_are_one_folder_each(tmp_path: Path) -> None:
    write(tmp_path, **{"app.js": "", "node_modules/a/b.js": "", "node_modules/c.js": "", "env/pyvenv.cfg": "", "env/x.py": ""})
    write(tmp_path, **{"web/node_modules/a.js": "", "__pycache__/a.py": ""})
    discovery = scan(tmp_path)
    assert found(discovery) == ["app.js"]
    [skipped] = discovery.skipped
    assert skipped.reason == "folders of installed packages"
    assert skipped.examples == ("env", "node_modules", "web/node_modules")


def test_only_folders_below_the_named_one_make_tests(tmp_path: Path) -> None:
    root = tmp_path / "tests" / "fixtures" / "app"
    write(root, **{"main.py": "", "tests/test_main.py": ""})
    assert found(scan(root)) == ["main.py"]
    assert found(scan(tmp_path)) == []
    assert found(scan(tmp_path, "tests/fixtures/app")) == ["tests/fixtures/app/main.py"]
    assert roles(scan(root, options=DiscoverOptions(tests=True))) == {"main.py": Role.SOURCE, "tests/test_main.py": Role.TEST}


def test_migrations_are_judged_on_request(tmp_path: Path) -> None:
    write(tmp_path, **{"app/migrations/0001_initial.py": "", "app/x.py": ""})
    assert passed_over(scan(tmp_path)) == {"migrations": 1}
    asked = scan(tmp_path, options=DiscoverOptions(migrations=True))
    assert roles(asked) == {"app/migrations/0001_initial.py": Role.MIGRATION, "app/x.py": Role.SOURCE}


@pytest.mark.parametrize(
    ("name", "text", "generated"),
    [
        ("a.py", "# Code generated by sqlc. DO NOT EDIT.\nx = 1\n", True),
        ("a.py", '"""\nGenerated by OpenAPI Generator.\n\nDo not edit the class manually.\n"""\n', True),
        ("a.py", "# -*- coding: utf-8 -*-\n# This file is auto-generated by gen_schema_exports.py\n", True),
        ("a.py", "# generated by datamodel-codegen:\n#   filename: x.json\n", True),
        ("a.ts", "/**\n * @generated SignedSource<<x>>\n */\n", True),
        ("a.ts", "/* eslint-disable */\n// AUTO-GENERATED — DO NOT EDIT\n", True),
        ("a.py", '"""\nDjango settings for shop.\n\nGenerated by \'django-admin startproject\' using Django 5.0.\n"""\n', False),
        ("a.py", '"""Return (codename, name) for all autogenerated permissions."""\n', False),
        ("a.py", '"""Utilities for auto-generated slugs. Please do not edit."""\nx = 1\n', True),
        ("a.py", 'template = """# This file is auto-generated by gen.py\n# DO NOT EDIT\n"""\n', False),
        ("a.py", "x = 1\n# Code generated by hand. DO NOT EDIT.\n", False),
        ("a.py", "# Do not edit the order of these imports\nimport os\n", False),
        ("a.js", "const a = 1;\n// @generated\n", False),
        ("a.js", "// tokens are generated by the server\n", False),
        ("a.mjs", "/*\n * Copyright 2024\n */\n\n/******/ // The require scope\n/******/ var __webpack_require__ = {};\n", True),
        ("a.js", "x = load('__webpack_require__');\n", False),
        ("a.js", "const a = 1;\n" * 2000 + "//# sourceMappingURL=a.js.map\n", True),
        ("a.js", "const a = 1;\n" * 2000 + "const b = '//# sourceMappingURL=a.js.map';\n", False),
    ],
)
def test_generated_by_its_opening(tmp_path: Path, name: str, text: str, generated: bool) -> None:
    write(tmp_path, **{name: text})
    assert (passed_over(scan(tmp_path)) == {"generated code": 1}) is generated


def test_alembic_revisions_and_scripts_without_an_ending(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"db/versions/ab_x.py": 'revision: str = "ab"\ndown_revision: str | None = None\n', "bin/job": "#!/usr/bin/python3\n"},
    )
    discovery = scan(tmp_path)
    assert roles(discovery) == {"bin/job": Role.SCRIPT}
    assert passed_over(discovery) == {"migrations": 1}


def test_django_migrations_in_a_folder_with_a_name_of_its_own(tmp_path: Path) -> None:
    moving = "from django.db import migrations\n\n\ndef fill(apps, schema_editor):\n    pass\n"
    operation = "from django.db import migrations\n\n\nclass AddView(migrations.RunSQL):\n    pass\n"
    write(tmp_path, **{"clinic/migrations_old/0002_fill.py": moving, "clinic/operations.py": operation})
    discovery = scan(tmp_path)
    assert roles(discovery) == {"clinic/operations.py": Role.SOURCE}
    assert passed_over(discovery) == {"migrations": 1}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("from rest_framework import viewsets\n\n\nclass BloodTests(viewsets.ModelViewSet):\n    pass\n", Role.SOURCE),
        ("from shop import total\n\n\ndef test_total():\n    assert total([]) == 0\n", None),
        ("import unittest\n\n\nclass Blood(unittest.TestCase):\n    pass\n", None),
        ("def run():\n    pass\n\n\nif __name__ == '__main__':\n    run()\n", None),
        ("print(1)\n", None),
    ],
)
def test_called_like_a_test_but_none(tmp_path: Path, text: str, role: Role | None) -> None:
    write(tmp_path, **{"lab/blood_test.py": text, "lab/tests/blood_test.py": text, "lab/test_blood.py": text})
    assert roles(scan(tmp_path)) == ({} if role is None else {"lab/blood_test.py": role})


def test_same_input_same_answer(tmp_path: Path) -> None:
    write(tmp_path, **{f"f{n}.py": "" for n in range(30)} | {f"tests/t{n}.py": "" for n in range(30)})
    answers = {repr(scan(tmp_path, options=DiscoverOptions(use_git=use_git))) for use_git in (True, False) for _ in range(3)}
    assert len(answers) == 1
    assert next(iter(scan(tmp_path).skipped)).examples == ("tests/t0.py", "tests/t1.py", "tests/t10.py")


def test_a_large_file_that_a_bundler_wrote_leaves_nothing_out(tmp_path: Path) -> None:
    write(tmp_path, **{"static/pdf.js": "/******/ var x;\n" + "var a = 1;\n" * 200_000, "app.js": "const a = 1;\n" * 200_000})
    found = scan(tmp_path)
    assert [one.path for one in found.problems] == ["app.js"]


@pytest.mark.parametrize(
    ("name", "text", "judged"),
    [
        ("src/generated/routes.ts", "router.get('/a', a.get)\n", True),
        ("src/generated/client.ts", "client.get('/a')\n", False),
        ("src/routes.ts", "// This file was generated by tsoa\napp.get('/a', a.get)\n", True),
        ("src/routes.ts", "// This file was generated by tsoa\nexport const a = 1\n", False),
        ("api/routes_gen.py", "@router.get('/a')\ndef a(): ...\n", True),
        ("dist/routes.js", "router.get('/a', a.get)\n", False),
    ],
)
def test_generated_code_that_answers_requests_is_judged(tmp_path: Path, name: str, text: str, judged: bool) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert [file.path for file in scan(tmp_path).files] == ([name] if judged else [])
