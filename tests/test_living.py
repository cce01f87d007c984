"""In a process that scans a project again and again, an edit is answered at once: what it says is what a scan of its own says.

Only routes, and what shows only in the whole of a project, come a little later, before the project is judged anew.
"""

import random
import shutil
from functools import partial
from pathlib import Path

import pytest

from backend_audit import audit
from backend_audit.audit import Interrupted, Living, ScanResult, Tree
from backend_audit.cli import root, watch
from backend_audit.config import Config
from backend_audit.finding import Confidence, Finding
from git_projects import APP, STORE, shop

ROOT = Path(__file__).parent.parent
SHOP = {
    "shop/app.py": """\
from flask import Flask, request

from shop import store
from shop.paths import cleaned

app = Flask(__name__)


@app.get("/find")
def find():
    return store.rows(request.args["name"])


@app.get("/file")
def file():
    return open(cleaned(request.args["name"])).read()


@app.get("/run")
def run():
    return store.Runner(request.args["job"]).start()
""",
    "shop/store.py": """\
import sqlite3
import subprocess

connection = sqlite3.connect("shop.db")


def rows(name):
    return connection.execute("SELECT * FROM items WHERE name = ?", (name,)).fetchall()


class Runner:
    def __init__(self, job):
        self.job = job

    def start(self):
        return subprocess.run(["run", "--", self.job])
""",
    "shop/paths.py": """\
import os


def cleaned(name):
    return os.path.join("/files", os.path.basename(name))
""",
    "shop/__init__.py": "",
    "node/app.js": """\
const express = require("express");
const { rows } = require("./store");

const app = express();

app.get("/find", async (req, res) => {
  res.json(await rows(req.query.name));
});
""",
    "node/store.js": """\
const { Pool } = require("pg");

const pool = new Pool();

async function rows(name) {
  return pool.query("SELECT * FROM items WHERE name = $1", [name]);
}

module.exports = { rows };
""",
    "node/package.json": '{"name": "shop", "dependencies": {"express": "5", "pg": "8"}}',
}


class Edited:
    """A project that a living process has judged, and what it says after an edit."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder, self.files = folder, dict(files)
        self.living = Living(patience=-1.0)
        for path, text in files.items():
            self._write(path, text)
        assert not self.scan(self.living).provisional, "there is nothing yet that it could be made of"

    def _write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def scan(self, living: Living | None = None) -> ScanResult:
        config = Config(min_confidence=Confidence.LOW, workers=1, cache=False, semgrep=False, origins={})
        return audit.scan(config, [self.folder], tree=Tree(self.folder), living=living)

    def replace(self, path: str, old: str, new: str) -> None:
        assert self.files[path].count(old) == 1
        self.files[path] = self.files[path].replace(old, new)
        self._write(path, self.files[path])

    def said_at_once(self) -> list[Finding]:
        """What is said provisionally: all that a scan of its own says, but for what shows in the whole alone; then that, too."""
        alone = Living()
        result, fresh = self.scan(self.living), self.scan(alone)
        with self.living.tell_whole(lambda: False):
            whole = self.scan(self.living)
        assert (result.provisional, result.whole) == (True, False)
        assert (whole.provisional, whole.whole) == (True, True)
        assert not fresh.provisional
        assert sorted(map(told, whole.report.findings)) == sorted(map(told, fresh.report.findings))
        assert (whole.routes, whole.evidence.signs) == (fresh.routes, fresh.evidence.signs)
        later = shown_in_the_whole(self.living) | shown_in_the_whole(alone)
        assert [told(one) for one in result.report.findings if one.rule not in later] == [
            told(one) for one in fresh.report.findings if one.rule not in later
        ]
        assert result.report.problems == fresh.report.problems
        return list(result.report.findings)


def shown_in_the_whole(living: Living) -> set[str]:
    """The rules that told something which occurs in no single run."""
    assert living.kept is not None
    judged = living.kept.judged
    return {one.rule for one, run in zip(judged.judgement.findings, judged.runs, strict=True) if run is None}


def told(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.place, finding.message, finding.code, finding.steps, finding.symbol


def rules(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(one.place.path, one.rule) for one in findings if one.confidence is not Confidence.LOW}


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    return Edited(tmp_path / "project", SHOP)


def test_a_helper_that_gets_an_injection_is_told_with_the_way_from_the_other_file(edited: Edited) -> None:
    edited.replace(
        "shop/store.py", '"SELECT * FROM items WHERE name = ?", (name,)', "f\"SELECT * FROM items WHERE name = '{name}'\""
    )
    findings = edited.said_at_once()
    (sql,) = (one for one in findings if one.rule == "sql-built-from-strings" and one.place.path == "shop/store.py")
    assert sql.steps[0].place.path == "shop/app.py"


def test_a_mended_helper_silences_the_caller_and_a_broken_one_wakes_it(edited: Edited) -> None:
    edited.replace("shop/paths.py", "os.path.basename(name)", "name")
    assert ("shop/app.py", "path-traversal") in rules(edited.said_at_once())
    edited.replace("shop/paths.py", '"/files", name', '"/files", os.path.basename(name)')
    assert ("shop/app.py", "path-traversal") not in rules(edited.said_at_once())


def test_lines_above_move_what_was_found_in_both_languages(edited: Edited) -> None:
    edited.replace("shop/store.py", '["run", "--", self.job]', 'f"run {self.job}", shell=True')
    edited.replace(
        "node/store.js", '"SELECT * FROM items WHERE name = $1", [name]', "`SELECT * FROM items WHERE name = '${name}'`"
    )
    before = rules(edited.said_at_once())
    assert {("shop/store.py", "command-injection"), ("node/store.js", "sql-built-from-strings")} <= before
    edited.replace("shop/store.py", "import sqlite3\n", "import sqlite3\nimport logging\n\nlogger = logging.getLogger()\n")
    edited.replace("node/store.js", "const pool", "const size = 10;\n\nconst pool")
    assert rules(edited.said_at_once()) == before


def test_what_was_found_anew_moves_as_well(edited: Edited) -> None:
    edited.replace("shop/store.py", 'name = ?", (name,)', "name = '%s'\" % name")
    edited.said_at_once()
    edited.replace("shop/store.py", "def rows(name):\n", "def rows(name):\n    # of the shop\n    length = len(name)\n")
    (sql,) = (one for one in edited.said_at_once() if one.rule == "sql-built-from-strings")
    edited.replace("shop/app.py", "def find():\n", "def find():\n    length = 1\n")
    (later,) = (one for one in edited.said_at_once() if one.rule == "sql-built-from-strings")
    assert (sql.place.line, sql.steps[0].place.line) == (10, 11)
    assert (later.place.line, later.steps[0].place.line) == (10, 12)


def test_functions_come_and_go(edited: Edited) -> None:
    new = '\n\n@app.get("/eval")\ndef evaluated():\n    return eval(request.args["code"])\n\n\n@app.get("/run")'
    edited.replace("shop/app.py", '\n\n@app.get("/run")', new)
    assert ("shop/app.py", "code-injection") in rules(edited.said_at_once())
    edited.replace("shop/app.py", new, '\n\n@app.get("/run")')
    assert ("shop/app.py", "code-injection") not in rules(edited.said_at_once())


def test_an_edit_that_is_no_code_yet_is_a_problem_and_the_rest_stands(edited: Edited) -> None:
    edited.replace("shop/store.py", '["run", "--", self.job]', 'f"run {self.job}", shell=True')
    edited.replace("shop/paths.py", "os.path.basename(name))", "os.path.basename(")
    result = edited.scan(edited.living)
    assert [problem.path for problem in result.report.problems] == ["shop/paths.py"]
    assert result.unfinished, "not worth judging all of it"
    assert ("shop/store.py", "command-injection") in rules(list(result.report.findings))
    edited.replace("shop/paths.py", "os.path.basename(", "name)")
    assert ("shop/app.py", "path-traversal") in rules(edited.said_at_once())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_edited_the_answer_is_that_of_a_scan_of_its_own(tmp_path: Path, seed: int) -> None:
    """Lines of the sample project and of a Node one are dropped, doubled and swapped; what is no code then is put back."""
    chance = random.Random(seed)  # noqa: S311 - the same edits each time
    shutil.copytree(ROOT / "fixtures/apps/bookshop", tmp_path / "project" / "shop")
    shutil.copytree(ROOT / "tests/data/criteria/node_some", tmp_path / "project" / "node")
    code = [path for path in sorted((tmp_path / "project").rglob("*")) if path.suffix in (".py", ".js", ".ts")]
    files = {path: text for path in code if (text := path.read_text("utf-8")).count("\n") > 10}
    edited = Edited(tmp_path / "project", {})
    compared = 0
    for path in chance.sample(sorted(files), 6):
        lines = files[path].split("\n")
        at = chance.randrange(1, len(lines) - 1)
        change = chance.choice([[], [lines[at]] * 2, [lines[at], lines[at - 1]]])
        path.write_text("\n".join([*lines[: at - 1], *change, *lines[at + 1 :]]), "utf-8")
        if edited.scan(edited.living).report.problems:
            path.write_text(files[path], "utf-8")
            continue
        compared += 1
        assert edited.said_at_once(), f"{path.name}:{at}: {change}"
    assert compared > 1


def test_nobody_waits_for_a_judgement_that_was_interrupted(edited: Edited) -> None:
    asked: list[bool] = []

    def interrupted() -> bool:
        asked.append(True)
        return len(asked) > 5

    edited.replace("shop/store.py", '["run", "--", self.job]', 'f"run {self.job}", shell=True')
    kept = edited.living.kept
    with edited.living.settle(interrupted), pytest.raises(Interrupted):
        edited.scan(edited.living)
    assert edited.living.kept is kept, "what is known still answers at once"
    assert ("shop/store.py", "command-injection") in rules(edited.said_at_once())
    waited = [True]
    with edited.living.settle(lambda: not waited[0]):
        assert not edited.scan(edited.living).provisional
    edited.living.rest()
    assert edited.living.kept is not kept
    waited[0] = False
    edited.replace("shop/store.py", "def rows(name):\n", "def rows(name):\n    length = len(name)\n")
    assert edited.scan(edited.living).provisional, "that nobody waits for a judgement any more is nothing to the next one"


def test_what_the_cache_answers_is_judged_once_more_when_nobody_waits(edited: Edited, tmp_path: Path) -> None:
    """So that the first edit is answered at once, too."""
    config = Config(workers=1, cache_dir=tmp_path / "cache", semgrep=False, origins={})
    first, later = Living(), Living()
    for living in (first, later):
        audit.scan(config, [edited.folder], living=living)
    assert first.kept is not None
    assert later.kept is None, "it was in the cache"
    with later.settle(lambda: False):
        audit.scan(config, [edited.folder], living=later)
    assert later.kept is not None


def test_watch_tells_at_once_and_again_only_if_there_is_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = shop(tmp_path / "shop")
    edits = {
        "store.py": STORE.replace("'%s'\" % name", '?", (name,)'),
        "app.py": APP.replace(", dependencies=[Depends(require_user)])\ndef drop", ")\ndef drop"),
    }

    def changes(*_: object) -> list[str]:
        if not edits:
            raise KeyboardInterrupt
        path = next(iter(edits))
        project.put(path, edits.pop(path))
        return [path]

    monkeypatch.setattr(watch, "_changes", changes)
    monkeypatch.setattr(audit, "Living", partial(Living, patience=-1.0))
    monkeypatch.setenv("BACKEND_AUDIT_WORKERS", "1")
    monkeypatch.setenv("BACKEND_AUDIT_SEMGREP", "false")
    monkeypatch.chdir(project.folder)
    root.main(["watch"], standalone_mode=False)
    lines = capsys.readouterr().out.splitlines()
    rounds = [line.removeprefix("backend-audit: ") for line in lines if line.startswith("backend-audit: ")]
    assert rounds[:2] == ["checking everything", "checked: 2 findings"]
    assert rounds[2:5] == ["checking store.py", "checked: 1 finding so far", "settled: 1 finding"]
    later = ["checking everything", "checked: 2 findings so far", "settled: 2 findings"]
    assert rounds[5:] == ["checking app.py", "checked: 1 finding so far", *later]
