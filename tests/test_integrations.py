"""Editors, runners and hooks: what `init` writes is read as they read it, and run where they can be run here."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from backend_audit import __version__, cli
from backend_audit.cli.init import published_commit
from backend_audit.finding import Place, Problem, ProblemKind, Report
from backend_audit.integrations import CONCISE, github_matcher, github_workflow, vscode_tasks
from backend_audit.report import Format, render
from git_projects import PULL_STORE, STORE, Project, shop
from report_samples import CONTEXT, FINDINGS, REPORT
from test_formats import CASES

ROOT = Path(__file__).parent.parent
PIN = "0123456789abcdef0123456789abcdef01234567"


Init = Callable[..., tuple[int, str, str]]


@pytest.fixture
def init(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Init:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["init", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


# --- problem matchers ------------------------------------------------------------------------------------------------

PATHS = ["app/store.py", "C:/Users/me/shop/app.py", "a b/ü (1).py", "x:1:2.py", "src/[id]/route.ts"]


def lines_of(report: Report) -> list[str]:
    return render(report, Format.CONCISE, CONTEXT).splitlines()


def matches(line: str) -> dict[str, str]:
    """The line as the GitHub matcher and the VS Code matcher read it; they must read the same."""
    (github,) = json.loads(github_matcher())["problemMatcher"]
    found = []
    for pattern in [github["pattern"][0], *(task["problemMatcher"]["pattern"] for task in json.loads(vscode_tasks())["tasks"])]:
        matched = re.fullmatch(pattern["regexp"].removeprefix("^").removesuffix("$"), line)
        assert matched is not None, line
        found.append({key: matched[group] for key, group in pattern.items() if key != "regexp"})
    assert all(one == found[0] for one in found)
    return found[0]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("message", ["plain", "with [brackets] and a:1:2: error: colon", "`x[0]` [a-rule]"])
def test_matchers_read_real_lines(path: str, message: str) -> None:
    finding = msgspec.structs.replace(FINDINGS[0], place=Place(path, 42, 7, 42, 9), message=message)
    (line,) = lines_of(Report(findings=(finding,), files=1))
    told = matches(line)
    assert told["message"] == message
    assert (told["severity"], told["code"]) == ("error", "sql-built-from-strings")
    assert (told["file"], told["line"], told["column"]) == (path, "42", "7")


def test_matchers_read_every_line() -> None:
    problem = Problem("C:/shop/app.py", 3, ProblemKind.SYNTAX, "invalid syntax")
    report = msgspec.structs.replace(REPORT, problems=(*REPORT.problems, problem))
    severities = [matches(line)["severity"] for line in lines_of(report)]
    assert sorted(set(severities)) == ["error", "note", "warning"]
    assert matches(lines_of(report)[-1])["file"] == "C:/shop/app.py"
    for line in lines_of(CASES["evil"][0]):
        matches(line)


@pytest.mark.parametrize(
    "line", ["PASSED: no findings in 3 files", "backend-audit: checked: 1 finding", "  11:16  high  lost-task", ""]
)
def test_matchers_read_nothing_else(line: str) -> None:
    assert not re.search(CONCISE, line)


def test_github_matcher_is_one() -> None:
    """https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md."""
    (matcher,) = json.loads(github_matcher())["problemMatcher"]
    assert matcher["owner"]
    assert matcher["severity"] in {"error", "warning"}
    (pattern,) = matcher["pattern"]
    assert pattern.keys() >= {"regexp", "file", "line", "column", "severity", "message", "code"}
    assert re.compile(pattern["regexp"]).groups == 6


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_vscode(init: Init) -> None:
    code, out, _ = init("vscode")
    assert code == 0
    assert ".vscode/tasks.json: written" in out
    tasks = json.loads(Path(".vscode/tasks.json").read_text("utf-8"))["tasks"]
    assert [task["command"].split()[:2] for task in tasks] == [["backend-audit", "scan"], ["backend-audit", "watch"]]
    assert tasks[1]["isBackground"]
    Path(".vscode/tasks.json").write_text("{}", encoding="utf-8")
    code, _, err = init("vscode")
    assert (code, Path(".vscode/tasks.json").read_text("utf-8")) == (2, "{}")
    assert "--force" in err
    assert init("vscode", "--force")[0] == 0
    assert "is so already" in init("vscode")[1]


@pytest.mark.parametrize("upload", [False, True])
def test_init_github(init: Init, upload: bool) -> None:
    code, out, _ = init("github", "--pin", PIN, *(["--upload-sarif"] if upload else []))
    assert code == 0
    assert "open a pull request" in out
    workflow = yaml.safe_load(Path(".github/workflows/backend-audit.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read"} | ({"security-events": "write"} if upload else {})
    assert job["steps"][-1]["uses"] == f"backend-audit/backend-audit@{PIN}"
    assert json.loads(Path(".github/backend-audit-matcher.json").read_text("utf-8"))


def test_init_github_knows_the_branch(init: Init, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    init("github")
    assert yaml.safe_load(Path(".github/workflows/backend-audit.yml").read_text("utf-8"))[True]["push"]["branches"] == ["trunk"]


def test_init_below_the_top_of_a_repository(init: Init, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub and pre-commit look at the top; what is judged is the folder in which it was asked for."""
    Project(tmp_path)
    folder = tmp_path / "services" / "shop api"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    code, out, _ = init("github", "--pin", PIN)
    assert (code, out.splitlines()[0]) == (0, "../../.github/workflows/backend-audit.yml: written")
    workflow = yaml.safe_load((tmp_path / ".github/workflows/backend-audit.yml").read_text("utf-8"))
    assert workflow["jobs"]["backend-audit"]["steps"][-1]["with"] == {"path": "services/shop api"}
    assert init("pre-commit")[0] == 0
    (repo,) = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    (hook,) = repo["hooks"]
    assert hook["args"] == ["services/shop api"]
    assert re.match(hook["files"], "services/shop api/app.py")
    assert not list(folder.iterdir())


def test_the_commit_of_a_clone(tmp_path: Path) -> None:
    """A clone of the action's repository knows its commit, once that is published and nothing was changed since."""
    home = Project(tmp_path / "backend-audit" / "backend-audit")
    home.put("action.yml", "name: backend-audit\n")
    commit = home.commit()
    clone = Project(tmp_path / "clone")
    assert published_commit(clone.folder) == ""
    clone.git("remote", "add", "origin", str(home.folder))
    clone.git("pull", "--quiet", "origin", "main")
    assert published_commit(clone.folder) == commit
    clone.put("action.yml", "name: changed\n")
    assert published_commit(clone.folder) == ""
    clone.commit()
    assert published_commit(clone.folder) == "", "nobody else has it"


def test_init_pyproject(init: Init) -> None:
    assert init("pyproject")[0] == 0
    assert cli.run(["config"]) == 0
    Path("backend-audit.toml").unlink()
    Path("pyproject.toml").write_text('[project]\nname = "shop"', encoding="utf-8")
    assert init("pyproject")[0] == 0
    assert Path("pyproject.toml").read_text("utf-8").startswith('[project]\nname = "shop"\n\n[tool.backend-audit]\n')
    code, _, _ = init("pyproject")
    assert code == 2
    cli.run(["config"])
    assert init("pyproject")[0] == 2


def test_init_configuration_holds(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    init("pyproject")
    text = Path("backend-audit.toml").read_text("utf-8")
    Path("backend-audit.toml").write_text(re.sub(r"^# (?!base)", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert cli.run(["config"]) == 0
    shown = capsys.readouterr().out
    assert 'fail-on = "medium"' in shown
    assert "suppression-budget = 20" in shown


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--no-progress", "--persona=pedantic", *map(str, paths)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GH_", "GITHUB_", "ZIZMOR_"))}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("upload", [False, True])
def test_zizmor_says_nothing_about_the_workflow(tmp_path: Path, upload: bool) -> None:
    place = tmp_path / ".github" / "workflows" / "backend-audit.yml"
    place.parent.mkdir(parents=True)
    place.write_text(github_workflow("main", PIN, __version__, upload=upload), encoding="utf-8")
    done = zizmor(place)
    assert done.returncode == 0, done.stdout + done.stderr
    place.write_text(place.read_text("utf-8").replace("permissions: {}", "permissions: write-all"), encoding="utf-8")
    assert zizmor(place).returncode != 0


# --- pre-commit ------------------------------------------------------------------------------------------------------


def pre_commit(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "PRE_COMMIT_HOME": str(project.folder.parent / "pre-commit"),
        "BACKEND_AUDIT_SEMGREP": "false",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@example.org",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@example.org",
    }
    command = [*arguments] if arguments[0] == "git" else [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def hooked(tmp_path: Path) -> Project:
    """A project with our hooks, run by this interpreter: making an environment for them would need the network."""
    project = shop(tmp_path / "shop")
    hooks: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    local = []
    for hook in hooks:
        program, _, rest = hook["entry"].partition(" ")
        assert program == "backend-audit"
        local.append({**hook, "language": "system", "entry": f"{sys.executable} -m backend_audit {rest}"})
    local = [hook for hook in local if hook["id"] == "backend-audit"]
    project.put(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}))
    project.commit()
    return project


def test_the_manifest_is_valid(hooked: Project) -> None:
    done = pre_commit(hooked, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert done.returncode == 0, done.stdout
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == [
        "backend-audit",
        "backend-audit-all",
    ]


def test_pre_commit_judges_what_is_staged(hooked: Project) -> None:
    hooked.put("store.py", PULL_STORE)
    hooked.git("add", "store.py")
    done = pre_commit(hooked, "run")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^store.py:24:5: error: .*\[sql-built-from-strings\]$", done.stdout, re.MULTILINE)
    assert "swallowed-exception" not in done.stdout, "that was there before"
    hooked.put("store.py", STORE + "X = 1\n")
    hooked.git("add", "store.py")
    assert pre_commit(hooked, "run").returncode == 0


def test_commit_of_everything_is_judged_too(hooked: Project) -> None:
    """`git commit -a` makes an index of its own, which a hook hears of."""
    assert pre_commit(hooked, "install").returncode == 0
    hooked.put("store.py", PULL_STORE)
    done = pre_commit(hooked, "git", "commit", "-a", "-m", "x")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "store.py:24:5" in done.stdout + done.stderr
    hooked.put("store.py", STORE + "X = 1\n")
    done = pre_commit(hooked, "git", "commit", "-a", "-m", "x")
    assert done.returncode == 0, done.stdout + done.stderr


def test_init_pre_commit(init: Init, hooked: Project) -> None:
    assert init("pre-commit")[0] == 0
    written = Path(".pre-commit-config.yaml").absolute()
    assert pre_commit(hooked, "validate-config", str(written)).returncode == 0
    (repo,) = yaml.safe_load(written.read_text("utf-8"))["repos"]
    assert repo["rev"] == f"v{__version__}"
    assert [hook["id"] for hook in repo["hooks"]] == ["backend-audit"]
    written.write_text("repos: []\n", encoding="utf-8")
    code, _, err = init("pre-commit")
    assert code == 2
    assert "- repo: https://github.com/backend-audit/backend-audit" in err


# --- watch -----------------------------------------------------------------------------------------------------------


class Watching:
    """`backend-audit watch` as a process, as an editor runs it."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "backend_audit", "watch", "--no-semgrep", "--workers", "1", "--interval", "0.05"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def round(self) -> list[str]:
        """The lines of the next round, between those with which it begins and ends; of a provisional one, as it is settled."""
        (watch,) = (task for task in json.loads(vscode_tasks())["tasks"] if task.get("isBackground"))
        background = watch["problemMatcher"]["background"]
        begin = self._line()
        lines: list[str] = []
        while not begin.startswith("backend-audit: settled: "):
            assert re.search(background["beginsPattern"], begin)
            lines = []
            while not re.search(background["endsPattern"], line := self._line()):
                lines.append(line.rstrip("\n"))
            if not line.endswith(" so far\n"):
                break
            begin = self._line()
        return lines

    def _line(self) -> str:
        out = self.process.stdout
        assert out is not None
        line = out.readline()
        assert line, "the process has ended"
        return line


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[Project, Watching]]:
    project = shop(tmp_path / "shop")
    one = Watching(project.folder)
    timer = threading.Timer(120, one.process.kill)  # a line that never comes must not hang the tests
    timer.start()
    yield project, one
    timer.cancel()
    one.process.kill()
    one.process.communicate()


def rules_in(lines: list[str]) -> list[tuple[str, str]]:
    return [(told["file"], told["code"]) for told in map(matches, lines)]


def test_watch_tells_after_every_change(watching: tuple[Project, Watching]) -> None:
    project, watch = watching
    old = [("store.py", "sql-built-from-strings"), ("store.py", "swallowed-exception")]
    assert rules_in(watch.round()) == old
    project.put("store.py", PULL_STORE)
    assert len(watch.round()) == 3
    project.put("api/more.py", STORE)  # a new folder
    assert len(watch.round()) == 5
    (project.folder / "api" / "more.py").unlink()
    assert len(watch.round()) == 3
    project.put("backend-audit.toml", 'mode = "elit"\n')
    (line,) = watch.round()
    assert matches(line)["code"] == "configuration"
    project.put("backend-audit.toml", 'exclude = ["store.py"]\n')
    assert watch.round() == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_watch_ends_when_interrupted(watching: tuple[Project, Watching]) -> None:
    _, watch = watching
    watch.round()
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(timeout=20) == 0
