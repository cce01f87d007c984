"""What is new since an older state: matching, baseline files, `--diff`, `--staged`, `baseline`."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_audit import cli
from backend_audit.difference import Baseline, BaselineError, Entry, Key, absorbed, kept_lines, matched, new_lines, renamed
from backend_audit.discover.export import export
from backend_audit.discover.history import HistoryError, upstream_of
from git_projects import APP, PULL_STORE, STORE, Project, shop

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
SQL, SWALLOWED, ROUTE = "sql-built-from-strings", "swallowed-exception", "route-without-auth"


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def told(self) -> list[tuple[str, str]]:
        """Path and rule of each line of `--format concise`."""
        return [(line.partition(":")[0], line.rpartition("[")[2].rstrip("]")) for line in self.out.splitlines()]

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a folder."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "GIT_"))]:
        monkeypatch.delenv(name)

    def run(folder: Path, command: str, *arguments: str) -> Ran:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        more = [] if command.startswith("baseline show") else ["--quiet", "--no-semgrep"]
        code = cli.run([*command.split(), *more, *arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


# --- which finding is which ------------------------------------------------------------------------------------------

KEYS = st.builds(
    Key, st.sampled_from("rs"), st.sampled_from(["a.py", "b/a.py", "b/c.py"]), st.sampled_from(["", "f", "C.f"]), st.just("x")
)


@CALM
@given(st.lists(KEYS), st.lists(KEYS))
def test_no_old_finding_is_taken_twice(old: list[Key], new: list[Key]) -> None:
    answer = [index for index in matched(old, new) if index is not None]
    assert len(answer) == len(set(answer))
    assert matched(old, old) == [index for key in sorted(set(old)) for index in ()] + matched(old, old)
    assert None not in matched(old, list(reversed(old)))


KEY = Key("r", "app/a.py", "C.f", "1")


@pytest.mark.parametrize(
    ("new", "alive", "same"),
    [
        (KEY, {"app/a.py"}, True),
        (KEY._replace(symbol="C.g"), {"app/a.py"}, True),
        (KEY._replace(path="lib/b.py", symbol="f"), {"app/a.py", "lib/b.py"}, True),
        (KEY._replace(path="lib/a.py", symbol="g"), {"lib/a.py"}, True),
        (KEY._replace(path="lib/a.py", symbol="g"), {"app/a.py", "lib/a.py"}, False),
        (KEY._replace(path="lib/b.py", symbol="g"), {"lib/b.py"}, False),
        (KEY._replace(code="2"), {"app/a.py"}, False),
        (KEY._replace(rule="s"), {"app/a.py"}, False),
    ],
)
def test_same_finding(new: Key, alive: set[str], same: bool) -> None:
    assert matched([KEY], [new], alive=alive) == [0 if same else None]


def test_renamed_files() -> None:
    text = "".join(f"line {number}\n" for number in range(10))
    gone = {"a.py": text, "b/views.py": text.replace("line 9", "other"), "gone.py": "x = 1\n"}
    added = {"z.py": text, "c/views.py": text.replace("line", "  line"), "new.py": "y = 2\n"}
    assert renamed(gone, added) == {"a.py": "z.py", "b/views.py": "c/views.py"}


def test_new_lines() -> None:
    assert new_lines(["a", "b", "c"], ["a", "x", "y", "c", "d"]) == ((2, 3), (5, 5))
    assert new_lines(["a"], ["a"]) == ()
    assert new_lines([], ["a", "b"]) == ((1, 2),)
    assert new_lines(["a", "a"], ["a", "a", "a"]) == ((3, 3),)
    assert new_lines(["x", "a"], ["a"]) == ()


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8)


@CALM
@given(LINES, LINES)
def test_lines_that_are_not_new_are_old(before: list[str], after: list[str]) -> None:
    new = {line for first, last in new_lines(before, after) for line in range(first, last + 1)}
    kept = iter(before)
    assert all(line in kept for number, line in enumerate(after, 1) if number not in new), "in their order"


# --- baseline files --------------------------------------------------------------------------------------------------

ENTRIES = st.builds(
    Entry,
    st.sampled_from(["r", "s"]),
    st.sampled_from(["a.py", "ü b.py"]),
    st.sampled_from(["", "f"]),
    st.sampled_from(["0a", "1b"]),
    st.integers(1, 3),
    st.sampled_from(["", 'he said "no"\n']),
)


@CALM
@given(st.lists(ENTRIES, unique_by=lambda one: (one.key, one.reason)))
def test_a_baseline_reads_what_it_writes(entries: list[Entry]) -> None:
    text = Baseline(tuple(entries)).text()
    again = Baseline.read(text)
    assert sorted(entries) == list(again.entries)
    assert again.text() == text
    assert text.splitlines()[1:] == sorted(
        text.splitlines()[1:],
        key=lambda line: tuple(json.loads(line)[key] for key in ("rule", "path", "symbol", "code", "count", "reason")),
    )


@CALM
@given(st.lists(ENTRIES, unique_by=lambda one: (one.key, one.reason)))
def test_a_union_merge_of_a_baseline_with_itself_is_the_same(entries: list[Entry]) -> None:
    text = Baseline(tuple(entries)).text()
    assert Baseline.read(text + text) == Baseline.read(text)


@CALM
@given(
    st.lists(ENTRIES),
    st.lists(
        st.tuples(st.sampled_from(["r", "s"]), st.sampled_from(["a.py"]), st.sampled_from(["", "f"]), st.sampled_from(["0a"]))
    ),
)
def test_an_entry_absorbs_as_many_as_it_counts(entries: list[Entry], found: list[tuple[str, str, str, str]]) -> None:
    baseline = Baseline(tuple(entries))
    answer, rest = absorbed(baseline, [Key(*one) for one in found], {"a.py"})
    taken = sum(one is not None for one in answer)
    assert taken + sum(one.count for one in rest) == baseline.size


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ('{"rule": "r"}\n', "line 1"),
        (Baseline().text() + "<<<<<<< HEAD\n", "line 2: a merge conflict is left"),
        (Baseline().text() + '{"rule": "r", "path": "p", "symbol": "", "code": "", "count": 0}\n', "count must be 1 or more"),
        (Baseline().text() + '{"rule": "r", "line": 3}\n', "line 2"),
    ],
)
def test_what_is_no_baseline(text: str, said: str) -> None:
    with pytest.raises(BaselineError, match=said):
        Baseline.read(text)


# --- the example of the issue ----------------------------------------------------------------------------------------


def test_a_pull_request_gets_its_two_findings(project: Project, run: Run) -> None:
    project.pull_request()
    project.commit()
    ran = run(project.folder, "scan", "--diff", "--format", "concise")
    assert ran.told == [("app.py", ROUTE), ("store.py", SQL)]
    assert ran.code == 1
    text = run(project.folder, "scan", "--diff").out
    assert "2 new, 2 unchanged, fixed 0" in text
    assert "FAILED: 2 new findings" in text
    assert run(project.folder, "scan", "--diff", "--fail-on", "critical").code == 0


def test_reverting_it_fixes_two(project: Project, run: Run) -> None:
    project.pull_request()
    bad = project.commit()
    project.git("revert", "--no-edit", "HEAD")
    ran = run(project.folder, "scan", f"--diff={bad}")
    assert ran.code == 0
    assert "0 new, 2 unchanged, fixed 2" in ran.out
    assert "PASSED: no new findings" in ran.out
    found = run(project.folder, "scan", f"--diff={bad}", "--format", "json").json
    assert [(one["path"], one["rule"], one["finding"]["place"]["line"]) for one in found["comparison"]["gone"]] == [
        ("app.py", ROUTE, 25),
        ("store.py", SQL, 24),
    ]
    assert found["summary"]["findings"] == 0


def test_sarif_of_a_difference(project: Project, run: Run) -> None:
    project.pull_request()
    bad = project.commit()
    log = run(project.folder, "scan", "--diff", "--format", "sarif").json
    (sarif_run,) = log["runs"]
    told = [(one["ruleId"], one["baselineState"]) for one in sarif_run["results"]]
    states = [one for one in told if not one[0].startswith("criterion-")]
    assert {state for rule, state in told if rule.startswith("criterion-")} == {"unchanged"}, "missing before as well"
    assert states == [(ROUTE, "new"), (SQL, "new"), (SWALLOWED, "unchanged"), (SQL, "unchanged")]
    assert sarif_run["properties"]["new"] == 2
    project.git("revert", "--no-edit", "HEAD")
    without = run(project.folder, "scan", f"--diff={bad}", "--format", "sarif").json["runs"][0]
    assert {one["baselineState"] for one in without["results"]} == {"unchanged"}
    assert without["properties"]["fixed"] == 2
    whole = run(project.folder, "scan", f"--diff={bad}", "--format", "sarif", "--sarif-absent").json["runs"][0]
    assert [one["ruleId"] for one in whole["results"] if one["baselineState"] == "absent"] == [ROUTE, SQL]


# --- moved is not new ------------------------------------------------------------------------------------------------


def renamed_file(project: Project) -> None:
    (project.folder / "data").mkdir()
    (project.folder / "store.py").rename(project.folder / "data" / "shelf.py")
    project.put("app.py", APP.replace("from store", "from data.shelf"))


def moved_functions(project: Project) -> None:
    head, functions = STORE.split("\n\n\ndef search")
    project.put("store.py", head + "\n")
    project.put("queries.py", f"from store import connection\n\n\ndef search{functions}")
    project.put("app.py", APP.replace("from store", "from queries"))


def into_a_class(project: Project) -> None:
    head, functions = STORE.split("\n\n\ndef search")
    body = "".join(f"    {line}\n" if line else "\n" for line in f"def search{functions}".splitlines())
    body = body.replace("(name)", "(self, name)").replace("(item)", "(self, item)")
    project.put(
        "store.py",
        f"{head}\n\n\nclass Store:\n{body}\n\nsearch = Store().search\n",
    )


def laid_out_anew(project: Project) -> None:
    project.put(
        "store.py",
        PULL_STORE.split("\n\n\ndef rename")[0]
        .replace("'%s'", "'%s'")
        .replace("import sqlite3", "# moved down\n\nimport sqlite3")
        + "\n",
    )


@pytest.mark.parametrize("change", [renamed_file, moved_functions, into_a_class, laid_out_anew])
@pytest.mark.parametrize("committed", [True, False])
def test_a_moved_finding_is_the_same(project: Project, run: Run, change: Callable[[Project], None], committed: bool) -> None:
    base = project.git("rev-parse", "HEAD")
    assert run(project.folder, "baseline create").code == 0
    change(project)
    if committed:
        project.commit()
    found = run(project.folder, "scan", f"--diff={base}", "--format", "json").json
    assert found["findings"] == []
    assert (found["comparison"]["unchanged"], found["comparison"]["fixed"]) == (2, 0)
    ran = run(project.folder, "scan", "--baseline", "backend-audit-baseline.jsonl", "--format", "json")
    assert ran.code == 0
    assert (ran.json["comparison"]["unchanged"], ran.json["comparison"]["fixed"]) == (2, 0)


def test_kept_lines() -> None:
    assert kept_lines([], []) == {}
    assert kept_lines(["a", "b"], ["a", "b"]) == {1: 1, 2: 2}
    assert kept_lines(["a", "b", "c", "d"], ["new", "a", "c", "more", "d"]) == {1: 2, 3: 3, 4: 5}


WAITING = """\
import requests
from fastapi import APIRouter, Depends

from guards import require_user

router = APIRouter(dependencies=[Depends(require_user)])
"""
ONE_MORE = """

@router.get("/wait{0}")
async def wait{0}():
    return requests.get("https://example.org/{0}", timeout=3).json()
"""


def waiting(project: Project, *numbers: int) -> None:
    project.put("waiting.py", WAITING + "".join(map(ONE_MORE.format, numbers)))


@pytest.mark.parametrize(
    ("before", "after", "new", "fixed"),
    [
        (range(11), range(1, 11), 0, 0),  # ten are left, and each is told by itself: nobody has added one
        (range(12), range(1, 12), 0, 0),  # the first of them is another one now
        (range(10), range(11), 1, 0),  # told as one from now on: the ten are not fixed
        (range(11), range(11, 11), 0, 1),
    ],
)
def test_what_is_told_once_for_many(project: Project, run: Run, before: range, after: range, new: int, fixed: int) -> None:
    """More than ten functions of a project that wait in a coroutine are one finding, at the nearest of them."""
    project.put("app.py", APP + "\nfrom waiting import router\n\napp.include_router(router)\n")
    waiting(project, *before)
    project.commit()
    assert run(project.folder, "baseline create").code == 0
    waiting(project, *after)
    compared = run(project.folder, "scan", "--diff=HEAD", "--format", "json").json
    assert [one["rule"] for one in compared["findings"]] == ["blocking-call-in-async"] * new
    assert compared["comparison"]["fixed"] == fixed
    held = run(project.folder, "scan", "--baseline", "backend-audit-baseline.jsonl", "--format", "json").json
    assert (len(held["findings"]), held["comparison"]["fixed"]) == (new, fixed)


def test_the_first_of_a_file_is_mended(project: Project, run: Run) -> None:
    """Handlers of a file whose rejections nobody takes are one finding, at the first of them."""
    project.put("package.json", '{"dependencies": {"express": "4"}}')
    handler = "async function {0}(req, res) {{\n  {1}\n}}\n"
    rest = handler.format("second", "res.json(await db.second());") + 'app.get("/a", first);\napp.get("/b", second);\n'
    head = 'const app = require("express")();\nconst db = require("./db");\n'
    project.put("server.js", head + handler.format("first", "res.json(await db.first());") + rest)
    project.commit()
    project.put("server.js", head + handler.format("first", "res.json(1);") + rest)
    ran = run(project.folder, "scan", "--diff=HEAD")
    assert ran.code == 0
    assert "0 new, 3 unchanged, fixed 0" in ran.out


def test_a_route_that_is_mounted_elsewhere(project: Project, run: Run) -> None:
    """A prefix is part of what is said of a route, but nobody touched the route."""
    head = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
    project.put("open.py", head + '@router.put("/open/{item}")\ndef change(item: int):\n    return {"id": item}\n')
    mounted = APP + "\nfrom open import router\n\napp.include_router(router, prefix='/{0}')\n"
    project.put("app.py", mounted.replace("{0}", "v1"))
    project.commit()
    project.put("app.py", mounted.replace("{0}", "v2"))
    project.put("open.py", "# moved down\n" + (project.folder / "open.py").read_text("utf-8"))
    found = run(project.folder, "scan", "--diff=HEAD", "--format", "json").json
    assert found["findings"] == []
    assert (found["comparison"]["unchanged"], found["comparison"]["fixed"]) == (3, 0)


# --- what is compared with what --------------------------------------------------------------------------------------


def test_main_may_move_on(project: Project, run: Run) -> None:
    """What came to main since the branch began is not the branch's doing."""
    project.pull_request()
    project.commit()
    project.git("switch", "--quiet", "main")
    project.put("store.py", STORE.replace("    except Exception:\n        pass\n", "    except sqlite3.Error:\n        raise\n"))
    project.commit("main moves on")
    project.git("switch", "--quiet", "feature")
    assert run(project.folder, "scan", "--diff", "--format", "concise").told == [("app.py", ROUTE), ("store.py", SQL)]


def test_staged(project: Project, run: Run) -> None:
    project.put("store.py", PULL_STORE)
    project.git("add", "store.py")
    project.put("app.py", "x = (")  # in the work tree only: a hook judges what will be committed
    ran = run(project.folder, "scan", "--staged", "--format", "concise", "-o", "x.sarif")
    assert ran.told == [("store.py", SQL)]
    assert ran.code == 1
    uris = json.loads((project.folder / "x.sarif").read_text("utf-8"))["runs"][0]["originalUriBaseIds"]
    assert uris["%SRCROOT%"]["uri"] == project.folder.as_uri() + "/"
    project.git("reset", "--quiet")
    assert run(project.folder, "scan", "--staged", "--format", "concise").code == 0


def test_untracked_and_ignored_files(project: Project, run: Run) -> None:
    """A file that is tracked although it is ignored was there before; an untracked one was not."""
    project.put("old.py", STORE)
    project.commit()
    project.put(".gitignore", "old.py\n")
    project.commit()
    project.put("new.py", PULL_STORE)
    told = run(project.folder, "scan", "--diff=HEAD", "--format", "concise").told
    assert {path for path, _ in told} == {"new.py"}


def test_a_folder_and_a_commit_are_told_apart(project: Project, run: Run) -> None:
    project.put("api/store.py", STORE)
    project.commit()
    project.git("switch", "--quiet", "-c", "feature")
    project.put("api/store.py", PULL_STORE)
    project.put("store.py", PULL_STORE)
    assert run(project.folder, "scan", "--diff", "api", "--format", "concise").told == [("api/store.py", SQL)]
    assert run(project.folder / "api", "scan", "--diff", "main", "--format", "concise").told == [("store.py", SQL)]


def test_a_repository_below_the_current_folder(project: Project, run: Run) -> None:
    project.pull_request()
    project.commit()
    told = run(project.folder.parent, "scan", "shop", "--diff=main", "--format", "concise").told
    assert told == [("shop/app.py", ROUTE), ("shop/store.py", SQL)]
    project.put("new/store.py", STORE)
    assert len(run(project.folder, "scan", "new", "--diff=main", "--format", "concise").told) == 2
    assert run(project.folder, "scan", "new", "--staged", "--format", "concise").told == []
    ran = run(project.folder, "scan", "new/store.py", "--staged")
    assert ran.code == 2
    assert "is staged" in ran.err


def test_configuration_holds_for_the_base_too(project: Project, run: Run) -> None:
    project.put("backend-audit.toml", 'exclude = ["/store.py"]\n[per-path."app.py"]\nignore = ["route-without-auth"]\n')
    project.pull_request()
    assert run(project.folder, "scan", "--diff=main", "--format", "concise").told == []
    project.put("backend-audit.toml", "")
    assert len(run(project.folder, "scan", "--diff=main", "--format", "concise").told) == 2


def test_a_comment_that_is_removed_lets_a_finding_in(project: Project, run: Run) -> None:
    covered = STORE.replace("except Exception:", "except Exception:  # backend-audit: ignore[swallowed-exception] best effort")
    project.put("store.py", covered)
    base = project.commit()
    project.put("store.py", STORE)
    assert run(project.folder, "scan", f"--diff={base}", "--format", "concise").told == [("store.py", SWALLOWED)]
    bare = project.commit()
    project.put("store.py", covered)
    found = run(project.folder, "scan", f"--diff={bare}", "--format", "json").json["comparison"]
    assert (found["fixed"], len(found["silenced"])) == (0, 1)


def test_what_cannot_be_read_is_not_fixed(project: Project, run: Run) -> None:
    project.put("store.py", STORE + "x = (\n")
    ran = run(project.folder, "scan", "--diff=HEAD", "--format", "json")
    assert ran.code == 3
    assert ran.json["comparison"]["fixed"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--diff=nowhere"], '"nowhere" is no commit here'),
        (["--diff", "--staged"], "exclude each other"),
        (["--baseline", "app.py"], "app.py: line 1"),
    ],
)
def test_usage_errors(project: Project, run: Run, arguments: list[str], said: str) -> None:
    ran = run(project.folder, "scan", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_outside_of_git(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    ran = run(tmp_path, "scan", "--diff")
    assert ran.code == 2
    assert "git" in ran.err


def test_a_shallow_clone_says_what_to_do(project: Project, tmp_path: Path, run: Run) -> None:
    project.pull_request()
    project.commit()
    project.git("switch", "--quiet", "main")
    project.commit("main moves on")
    clone = Project(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=1", project.folder.as_uri(), "main:base", "feature:feature")
    clone.git("switch", "--quiet", "feature")
    ran = run(clone.folder, "scan", "--diff=base")
    assert ran.code == 2
    assert "--unshallow" in ran.err


def test_upstream(project: Project, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    project.git("clone", "--quiet", ".", str(clone))
    copy = Project(clone)
    assert upstream_of(clone, {}) == "origin/main"
    copy.git("switch", "--quiet", "-c", "feature")
    assert upstream_of(clone, {}) == "origin/main"
    copy.git("branch", "release", "main")
    copy.git("branch", "--quiet", "--set-upstream-to=release")
    assert upstream_of(clone, {}) == "release"
    assert upstream_of(clone, {"GITHUB_BASE_REF": "main"}) == "origin/main"
    copy.git("branch", "--quiet", "--unset-upstream")
    copy.git("remote", "remove", "origin")
    assert upstream_of(clone, {}) == "main"
    with pytest.raises(HistoryError, match="name a branch"):
        upstream_of(Project(tmp_path / "empty").folder, {})


def test_a_branch_that_is_only_known_of_the_remote(project: Project, tmp_path: Path, run: Run) -> None:
    project.git("branch", "release")
    project.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    ran = run(tmp_path / "clone", "scan", "--diff=release")
    assert ran.code == 0
    assert "Compared with origin/release at " in ran.out


def test_export_writes_nothing_outside(project: Project, tmp_path: Path) -> None:
    """A tree that git would refuse to check out, and links that lead away."""
    blob = project.git("hash-object", "-w", "store.py")
    inner = git_tree(project, f"100644 blob {blob}\tevil.py")
    tree = git_tree(project, f"040000 tree {inner}\t..", f"100644 blob {blob}\tgood.py", f"040000 tree {inner}\t.git")
    link = git_blob(project, "/etc")
    linked = git_tree(project, f"120000 blob {link}\tlink.py", f"100644 blob {blob}\tgood.py")
    for number, one in enumerate((tree, linked)):
        commit = project.git("commit-tree", one, "-m", "x")
        target = tmp_path / f"out{number}" / "inner"
        target.parent.mkdir()
        export(project.folder, commit, target, max_bytes=1_000_000)
        assert (target / "good.py").read_text("utf-8") == STORE
        names = sorted(path.name for path in target.parent.rglob("*"))
        assert names == ["good.py", "inner", *(["link.py"] if number else [])]


def git_tree(project: Project, *rows: str) -> str:
    fed = "".join(f"{row}\n" for row in rows)
    made = subprocess.run(["git", "mktree"], cwd=project.folder, input=fed, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def git_blob(project: Project, content: str) -> str:
    place = project.folder / ".git" / "content"
    place.write_text(content, encoding="utf-8")
    return project.git("hash-object", "-w", str(place))


# --- baseline --------------------------------------------------------------------------------------------------------


def test_baseline_from_start_to_end(project: Project, run: Run) -> None:
    made = run(project.folder, "baseline create", "--reason", "since 2020", "--file", "known.jsonl")
    assert (made.code, made.out) == (0, "known.jsonl: 2 findings in 2 entries\n")
    assert run(project.folder, "baseline create", "--file", "known.jsonl").code == 2
    text = (project.folder / "known.jsonl").read_text("utf-8")
    assert not re.search(r"\bline\b", text)
    assert run(project.folder, "scan", "--baseline", "known.jsonl").code == 0
    project.put("store.py", PULL_STORE)
    assert run(project.folder, "scan", "--baseline", "known.jsonl", "--format", "concise").told == [("store.py", SQL)]
    kept = run(project.folder, "baseline update", "--file", "known.jsonl")
    assert "2 findings; 0 fixed and dropped, 1 new finding not taken in" in kept.out
    assert (project.folder / "known.jsonl").read_text("utf-8") == text
    run(project.folder, "baseline update", "--file", "known.jsonl", "--add", "--reason", "later")
    assert run(project.folder, "scan", "--baseline", "known.jsonl").code == 0
    shown = run(project.folder, "baseline show", "known.jsonl").out
    assert "since 2020" in shown
    assert "later" in shown
    project.put("store.py", "x = 1\n")
    ran = run(project.folder, "scan", "--baseline", "known.jsonl")
    assert "fixed 3" in ran.out
    assert "fixed 3" not in run(project.folder, "scan", "app.py", "--baseline", "known.jsonl").out
    assert "3 fixed and dropped" in run(project.folder, "baseline update", "--file", "known.jsonl").out


def test_a_baseline_is_relative_to_its_file(project: Project, run: Run) -> None:
    project.put("api/store.py", STORE)
    run(project.folder, "baseline create")
    assert run(project.folder / "api", "scan", "--baseline", "../backend-audit-baseline.jsonl", ".").code == 0
    assert run(project.folder.parent, "scan", "--baseline", "shop/backend-audit-baseline.jsonl", "shop").code == 0
    project.put("backend-audit.toml", 'baseline = "backend-audit-baseline.jsonl"\n')
    assert run(project.folder / "api", "scan").code == 0


def test_one_more_of_the_same_is_new(project: Project, run: Run) -> None:
    run(project.folder, "baseline create")
    again = "    try:\n        connection.execute('SELECT 1')\n    except Exception:\n        pass\n"
    project.put("store.py", STORE + again)
    told = run(project.folder, "scan", "--baseline", "backend-audit-baseline.jsonl", "--format", "concise").told
    assert told == [("store.py", SWALLOWED)]


def test_baseline_and_difference_together(project: Project, run: Run) -> None:
    """An entry for an old finding has no room for a new one."""
    run(project.folder, "baseline create")
    base = project.commit()
    project.put("store.py", STORE + "    try:\n        connection.execute('SELECT 1')\n    except Exception:\n        pass\n")
    arguments = [f"--diff={base}", "--baseline", "backend-audit-baseline.jsonl"]
    assert run(project.folder, "scan", *arguments, "--format", "concise").told == [("store.py", SWALLOWED)]
    found = run(project.folder, "scan", *arguments, "--format", "json").json["comparison"]
    assert (found["unchanged"], found["fixed"]) == (2, 0)


# --- suppressions ----------------------------------------------------------------------------------------------------

UNTIL = STORE.replace(
    "except Exception:", "except Exception:  # backend-audit: ignore[swallowed-exception] later until=2027-01-31"
)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        ("2027-01-31", [("store.py", SQL)]),
        ("2027-02-01", [("store.py", SWALLOWED), ("store.py", "unused-suppression"), ("store.py", SQL)]),
    ],
)
def test_expired(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, today: str, told: list[tuple[str, str]]) -> None:
    project.put("store.py", UNTIL)
    assert sorted(run(project.folder, "scan", "--today", today, "--format", "concise").told) == sorted(told)
    monkeypatch.setenv("BACKEND_AUDIT_TODAY", today)
    assert sorted(run(project.folder, "scan", "--format", "concise").told) == sorted(told)


def test_the_clock_is_read_without_it(project: Project, run: Run) -> None:
    project.put("store.py", UNTIL.replace("2027-01-31", "2020-01-31"))
    assert ("store.py", "unused-suppression") in run(project.folder, "scan", "--format", "concise").told


@pytest.mark.parametrize(("budget", "code"), [(-1, 0), (1, 0), (0, 1)])
def test_suppression_budget(project: Project, run: Run, budget: int, code: int) -> None:
    project.put("store.py", UNTIL)
    project.put("backend-audit.toml", f'select = ["swallowed-exception"]\nsuppression-budget = {budget}\n')
    ran = run(project.folder, "scan", "--today", "2027-01-01")
    assert ran.code == code
    assert ("1 finding suppressed where 0 may be" in ran.out) is (code == 1)
