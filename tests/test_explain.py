"""`explain --finding`: the whole way of one finding, and why the sanitizers and tests on it do not hold."""

import contextlib
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from backend_audit import cli
from backend_audit.checks import _reasons, all_checks
from backend_audit.cli import explain
from backend_audit.flow.models import CONTEXTS

VIEWS = """
import html
import os

from flask import Flask, abort, request, send_file
from running import pack

app = Flask(__name__)
BASE = "/srv/files"


@app.get("/download")
def download():
    name = request.args["name"]
    if not name:
        abort(400)
    path = os.path.join(BASE, name)
    if not path.startswith(BASE):
        abort(403)
    return send_file(path)


@app.get("/resolved")
def resolved():
    name = request.args["name"]
    path = os.path.realpath(os.path.join(BASE, name))
    if os.path.exists(path):
        return send_file(path)
    return ""


@app.post("/pack")
def pack_up():
    title = html.escape(request.form["title"])
    pack(title)
    return ""


@app.post("/cleaned")
def cleaned_up():
    name = cleaned(request.form["name"])
    if ".." in name:
        app.logger.warning("odd name")
    with open(name) as handle:
        return handle.read()


@app.get("/accepted")
def accepted():
    return send_file(request.args["key"])  # backend-audit: ignore[path-traversal] the front proxy checks it


def cleaned(text):
    return text.replace("../", "")
"""
RUNNING = """
import os


def pack(title):
    if title.startswith("-"):
        raise ValueError(title)
    os.system(f"tar cf {title}.tar data")
"""
CONTAINED = """
import os

from flask import Flask, abort, request, send_file

app = Flask(__name__)
BASE = "/srv/files/"


@app.get("/download")
def download():
    path = os.path.realpath(os.path.join(BASE, request.args["name"]))
    if not path.startswith(BASE):
        abort(403)
    return send_file(path)
"""
SCAN = ("--isolated", "--no-semgrep", "--workers", "1")


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: str) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(arguments)
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "views.py").write_text(VIEWS.lstrip(), encoding="utf-8")
    (tmp_path / "running.py").write_text(RUNNING.lstrip(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def findings(*more: str) -> dict[str, str]:
    """The fingerprints of the scan's findings, standing and suppressed, by rule and function."""
    document = json.loads(run("scan", *SCAN, "--format", "json", *more).out)
    everything = [*document["findings"], *(one["finding"] for one in document["suppressed"])]
    return {f"{one['rule']} in {one['symbol']}": one["fingerprint"] for one in everything}


def explained(finding: str) -> str:
    """The explanation of a finding, with its line breaks taken out."""
    known = findings()
    assert finding in known, f"not found; these are: {sorted(known)}"
    ran = run("explain", *SCAN, "--finding", known[finding])
    assert ran.code == 0, ran.err
    return " ".join(ran.out.split())


@pytest.mark.usefixtures("app")
def test_prefix_test_before_the_path_is_normalised() -> None:
    text = explained("path-traversal in download")
    assert "tested by `path.startswith(BASE)`: a prefix test before the path is normalised lets `..` through" in text
    assert "views.py:17:12 │ if not path.startswith(BASE):" in text
    assert "tested by `name`: it only asks whether there is a value" in text
    assert "1. request.args comes from outside views.py:13:12" in text
    assert '│ name = request.args["name"]' in text
    assert "is_relative_to" in text.partition("How to mend")[2]
    assert "rules/never-8-trust-user-input/path-traversal.md" in text


@pytest.mark.usefixtures("app")
def test_normalised_without_containment() -> None:
    text = explained("path-traversal in resolved")
    assert "`os.path.realpath(os.path.join(BASE, name))` resolves `..`, but no test that holds here" in text
    assert "that a path exists does not mean that it may be used" in text


@pytest.mark.usefixtures("app")
def test_escaped_for_another_place_in_another_file() -> None:
    text = explained("command-injection in pack")
    assert "`html.escape(request.form['title'])` makes it safe for HTML, which does not make it safe for a shell" in text
    assert "running.py:5:8 │ if title.startswith(" in text
    assert "passed to pack() views.py:" in text


@pytest.mark.usefixtures("app")
def test_helpers_and_tests_without_consequence() -> None:
    text = explained("path-traversal in cleaned_up")
    assert "`text.replace('../', '')` looks through the text once" in text
    assert "tested by `'..' in name`: neither branch returns or raises" in text


@pytest.mark.usefixtures("app")
def test_suppressed_finding_says_so() -> None:
    text = explained("path-traversal in accepted")
    assert "suppressed by an ignore comment: the front proxy checks it" in text
    assert "no sanitizer and no test of this data was seen on the way" in text


def test_a_containment_that_holds_leaves_nothing_to_explain(app: Path) -> None:
    """The other side: the same code with a guard in the right order is no finding."""
    (app / "views.py").write_text(CONTAINED.lstrip(), encoding="utf-8")
    assert not [one for one in findings() if one.startswith("path-traversal")]


# --- choosing a finding ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("app")
def test_prefix_and_case() -> None:
    known = findings()["command-injection in pack"]
    whole = run("explain", *SCAN, "--finding", known)
    assert run("explain", *SCAN, "--finding", known[:12].upper(), ".").out == whole.out
    assert known in whole.out


@pytest.mark.usefixtures("app")
def test_fingerprint_stands_in_the_text_report() -> None:
    text = run("scan", *SCAN).out
    shown = re.search(r"command-injection +· ([0-9a-f]{12})$", text, re.MULTILINE)
    assert shown, text
    assert findings()["command-injection in pack"].startswith(shown[1])


@pytest.mark.usefixtures("app")
def test_unknown_fingerprint() -> None:
    ran = run("explain", *SCAN, "--finding", "0123456789abcdef0123456789abcdef")
    assert (ran.code, ran.out) == (2, "")
    assert "no finding here has a fingerprint that begins with 0123456789abcdef" in ran.err


@pytest.mark.usefixtures("app")
def test_ambiguous_prefix_lists_the_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "_LEAST_DIGITS", 0)
    known = sorted(findings().values())
    ran = run("explain", *SCAN, "--finding", "")
    assert (ran.code, ran.out) == (2, "")
    assert "fingerprints; give more digits:" in ran.err
    for fingerprint in known:
        assert fingerprint in ran.err
    assert "running.py:7  command-injection" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain"], "name one rule, or a finding with --finding"),
        (["explain", "lost-task", "path-traversal"], "name one rule"),
        (["explain", "--finding", "12345"], "is not 6 or more hexadecimal digits"),
        (["explain", "--finding", "path-traversal"], "is not 6 or more hexadecimal digits"),
        (["explain", "--finding", "123456", "nowhere"], "Path 'nowhere' does not exist"),
    ],
)
@pytest.mark.usefixtures("app")
def test_usage(arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


# --- for machines ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("app")
def test_json_and_sarif_say_what_was_considered() -> None:
    document = json.loads(run("scan", *SCAN, "--format", "json").out)
    (pack,) = [one for one in document["findings"] if one["rule"] == "command-injection"]
    assert [one["place"]["path"] for one in pack["considered"]] == ["views.py", "running.py"]
    log = json.loads(run("scan", *SCAN, "--format", "sarif").out)
    (result,) = [one for one in log["runs"][0]["results"] if one["ruleId"] == "command-injection"]
    told = [f"{one['place']['path']}:{one['place']['line']}: {one['note']}" for one in pack["considered"]]
    assert result["properties"]["considered"] == told


def test_rules_and_contexts_exist() -> None:
    rules = {one.rule for one in all_checks()}
    unknown = sorted(set(_reasons.CONTEXTS) - rules)
    assert not unknown, f"checks/_reasons.py names rules that no check has: {unknown}"
    assert set(_reasons.CONTEXTS.values()) - {""} <= CONTEXTS
    assert set(_reasons.CONTEXTS.values()) <= set(_reasons.WORDS)
