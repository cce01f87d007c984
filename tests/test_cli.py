"""The command line: exit codes, where output goes, and that it answers fast and fails politely."""

import io
import json
import os
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from backend_audit import audit, cli
from backend_audit.audit import Listener, Living, Progress, ScanResult
from backend_audit.catalog import Catalog, RuleCard, load
from backend_audit.cli import options, scan, terminal
from backend_audit.config import Config
from backend_audit.config import schema as config_schema
from backend_audit.finding import Confidence, Finding, Mode, Place, Problem, ProblemKind, Report, Severity
from backend_audit.report import Format, format_of

CARD = RuleCard(
    id="debug-enabled",
    title="Debug switched on",
    clause="must-11",
    cwe=(489,),
    severity=Severity.MEDIUM,
    security_severity=5.0,
    confidence=Confidence.HIGH,
    mode=Mode.DEFAULT,
    languages=("python",),
    summary="Debug pages show code to strangers.",
    body="# Debug switched on\n\nDebug pages show code to strangers.\n\n## How to mend\n\nRead it from the environment.\n",
    url="https://example.org/debug-enabled",
)
FINDING = Finding(
    rule=CARD.id,
    place=Place("app.py", 1, 1, 1, 6),
    message="`DEBUG` is on → switch it off",
    fix="Read it from the environment.",
    confidence=Confidence.HIGH,
    symbol="",
    code="DEBUG = True",
    anchor="DEBUG = True",
)
PROBLEM = Problem("broken.py", 3, ProblemKind.SYNTAX, "cannot be parsed")


class Scan:
    """Stands for `audit.scan`: remembers what it was asked and answers with `report`."""

    def __init__(self) -> None:
        self.report = Report(findings=(), files=1, lines=1)
        self.config: Config | None = None
        self.paths: list[Path] = []

    def __call__(
        self, config: Config, paths: list[Path], progress: Listener | None = None, *, living: Living | None = None
    ) -> ScanResult:
        assert living is None, "nothing is kept unless it is asked for"
        self.config, self.paths = config, list(paths)
        if progress is not None:
            progress(Progress("reading", 1, 1))
        return ScanResult(report=self.report, catalog=Catalog([CARD]), root=Path.cwd())


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scan:
    one = Scan()
    monkeypatch.setattr(audit, "scan", one)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "app.py").write_text("DEBUG = True\n", encoding="utf-8")
    return one


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend_audit.catalog.load", lambda: Catalog([CARD]))


# --- exit codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "arguments", "code"),
    [
        (Report(findings=(), files=1), [], 0),
        (Report(findings=(FINDING,), files=1), [], 1),
        (Report(findings=(FINDING,), files=1), ["--fail-on", "medium"], 1),
        (Report(findings=(FINDING,), files=1), ["--fail-on", "high"], 0),
        (Report(findings=(FINDING,), files=1), ["--fail-on", "never"], 0),
        (Report(findings=(FINDING,), files=1), ["--exit-zero"], 0),
        (Report(findings=(), problems=(PROBLEM,), files=1), [], 3),
        (Report(findings=(FINDING,), problems=(PROBLEM,), files=1), [], 1),
        (Report(findings=(FINDING,), problems=(PROBLEM,), files=1), ["--exit-zero"], 3),
        (Report(findings=()), [], 3),
    ],
)
def test_exit_code(fake: Scan, report: Report, arguments: list[str], code: int) -> None:
    fake.report = report
    assert cli.run(["scan", *arguments]) == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "nowhere"], "'nowhere' does not exist"),
        (["scan", "--fail-on", "worst"], "'worst' is not one of"),
        (["scan", "-o", "report.docx"], "the ending must be one of .sarif, .sarif.json, .json, .txt"),
        (["scan", "-o", "no/where.json"], "the directory does not exist"),
        (["scan", "--select", ","], "names nothing"),
        (["scan", "--config", "app.py", "--isolated"], "exclude each other"),
        (["scan", "--config", "app.py"], "app.py: unknown key `DEBUG`"),
        (["scna"], 'did you mean "scan"?'),
        (["scan", "--formt", "json"], "--format"),
        (["explain", "debug-enbled"], 'there is no rule "debug-enbled"; did you mean "debug-enabled"?'),
    ],
)
@pytest.mark.usefixtures("fake", "catalog")
def test_usage_error(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    Path("app.py").write_text("DEBUG = true\n", encoding="utf-8")
    assert cli.run(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_wrong_configuration_file(fake: Scan, capsys: pytest.CaptureFixture[str]) -> None:
    Path("backend-audit.toml").write_text('mode = "elit"\nselct = []\n', encoding="utf-8")
    assert cli.run(["scan"]) == 2
    assert [line.partition(": ")[0] for line in capsys.readouterr().err.splitlines()] == ["error", "error"]
    assert fake.config is None
    assert cli.run(["scan", "--isolated"]) == 0


def test_interrupt(fake: Scan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> ScanResult:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "scan", interrupted)
    assert cli.run(["scan"]) == 130
    assert "Interrupted" in capsys.readouterr().err
    assert fake.config is None


# --- options ---------------------------------------------------------------------------------------------------------


def test_options_reach_the_configuration(fake: Scan) -> None:
    Path("team").mkdir()
    arguments = ["--mode", "elite", "--select", "never-3,must", "--select", "never-4", "--ignore", "must-11"]
    arguments += ["--min-confidence", "low", "--tests", "--no-cache", "--no-semgrep", "--workers", "2", "--rules", "team"]
    assert cli.run(["scan", "app.py", *arguments, "--no-ignores", "--fail-on", "never"]) == 0
    config = fake.config
    assert config is not None
    assert (config.mode, config.select, config.ignore) == ("elite", ("never-3", "must", "never-4"), ("must-11",))
    assert (config.min_confidence, config.tests, config.cache, config.semgrep) == ("low", True, False, False)
    assert (config.workers, config.rules, config.ignores, config.fail_on) == (2, (Path.cwd() / "team",), False, None)
    assert fake.paths == [Path("app.py")]


def test_without_options_the_file_decides(fake: Scan) -> None:
    Path("backend-audit.toml").write_text("tests = true\ncache = false\nsemgrep = false\n", encoding="utf-8")
    cli.run(["scan"])
    assert fake.config is not None
    assert (fake.config.tests, fake.config.cache, fake.config.semgrep, fake.config.ignores) == (True, False, False, True)
    assert fake.paths == [Path()]


def test_choices_are_those_of_the_models() -> None:
    assert options.SEVERITIES == typing.get_args(config_schema.Severities) == (*Severity, "never")
    assert options.CONFIDENCES == typing.get_args(config_schema.Confidences) == tuple(Confidence)
    assert options.MODES == typing.get_args(config_schema.Modes) == tuple(Mode)
    assert tuple(Format) == scan.FORMATS
    assert {ending: format_of(f"x{ending}") for ending in scan.ENDINGS} == scan.ENDINGS


# --- output ----------------------------------------------------------------------------------------------------------


def test_report_on_stdout_and_files_by_ending(fake: Scan, capsys: pytest.CaptureFixture[str]) -> None:
    fake.report = Report(findings=(FINDING,), files=1, lines=1)
    assert cli.run(["scan", "--format", "concise", "-o", "a.sarif", "-o", "b.json", "-o", "c.txt"]) == 1
    assert capsys.readouterr().out == "app.py:1:1: warning: `DEBUG` is on → switch it off [debug-enabled]\n"
    sarif = json.loads(Path("a.sarif").read_bytes())
    assert "primaryLocationLineHash" in sarif["runs"][0]["results"][0]["partialFingerprints"]
    assert json.loads(Path("b.json").read_bytes())["findings"][0]["rule"] == "debug-enabled"
    assert "debug-enabled" in Path("c.txt").read_text(encoding="utf-8")


def test_text_is_plain_when_piped_and_coloured_when_asked(
    fake: Scan, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.report = Report(findings=(FINDING,), files=1, lines=1)
    cli.run(["scan"])
    assert "\x1b[" not in capsys.readouterr().out
    cli.run(["scan", "--color", "always"])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    cli.run(["scan"])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    cli.run(["scan"])
    assert "\x1b[" not in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("fake")
def test_progress_only_on_a_terminal_outside_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for quiet, stream, ci, drawn in (
        (False, Terminal(), "", True),
        (True, Terminal(), "", False),
        (False, Terminal(), "true", False),
        (False, io.StringIO(), "", False),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("CI", ci)
        with terminal.progress_bar(quiet=quiet) as listener:
            assert (listener is not None) is drawn, (quiet, ci)
        assert (stream.getvalue() != "") is drawn


def test_every_bundled_rule_is_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rules"]) == 0
    listed = capsys.readouterr().out
    for card in load().cards.values():
        assert card.id in listed
        assert cli.run(["explain", card.id]) == 0
        assert card.id in capsys.readouterr().out


@pytest.mark.usefixtures("catalog")
def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rules"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if CARD.id in line)
    assert line.split() == ["debug-enabled", "medium", "py", "Debug", "switched", "on"]
    assert cli.run(["rules", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["clause"] == "must-11"


@pytest.mark.usefixtures("catalog")
def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "debug-enabled"]) == 0
    text = capsys.readouterr().out
    for said in ("# Debug switched on", "CWE-489", "(must-11)", "Read it from the environment.", CARD.url):
        assert said in text
    assert cli.run(["explain", "debug-enabled", "--color", "always"]) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.usefixtures("fake")
def test_config_says_where_values_come_from(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("backend-audit.toml").write_text('mode = "elite"\n[per-path."a/*"]\nignore = ["x"]\n', encoding="utf-8")
    monkeypatch.setenv("BACKEND_AUDIT_WORKERS", "3")
    assert cli.run(["config", "--fail-on", "never"]) == 0
    lines = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    assert {
        'mode = "elite" # backend-audit.toml',
        "workers = 3 # environment",
        'fail-on = "never" # command line',
        'min-confidence = "medium" # built-in',
    } <= lines
    assert cli.run(["config", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["per-path"]["value"] == {"a/*": {"select": [], "ignore": ["x"]}}
    assert cli.run(["config", "--schema"]) == 0
    assert "fail-on" in json.loads(capsys.readouterr().out)["properties"]


# --- as a process ----------------------------------------------------------------------------------------------------


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from backend_audit.cli import run; run(['--help']); run(['scan', '--help']);"
        "heavy = {'pydantic', 'msgspec', 'rich', 'libcst', 'yaml', 'asyncio'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_closed_pipe_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "backend_audit", "config", "--schema"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_any_character_can_be_printed_in_any_locale(tmp_path: Path) -> None:
    (tmp_path / "backend-audit.toml").write_text('ignore = ["→"]', encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "backend_audit", "config", str(tmp_path)], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "→".encode() in done.stdout
