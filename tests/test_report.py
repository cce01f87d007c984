"""What people and machines read of a report: golden texts, and what must hold for hostile input."""

from dataclasses import replace

import jsonschema
import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from backend_audit.criteria import Assessment, State
from backend_audit.finding import Confidence, Mode, Place, Report, Severity, Step
from backend_audit.report import Format, RenderContext, Terminal, Verdict, format_of, line_hashes, render, verdict
from backend_audit.report.criteria import render_criteria
from backend_audit.report.json_v1 import json_schema
from backend_audit.report.rules import render_explanation, render_rules, render_rules_json
from report_samples import CONTEXT, FINDINGS, KEY, REPORT

EMPTY = Report(findings=(), files=12, lines=400)


def on(terminal: Terminal, *, statistics: bool = False) -> RenderContext:
    return replace(CONTEXT, terminal=terminal, statistics=statistics)


@pytest.mark.parametrize("how", [Format.CONCISE, Format.JSON], ids=str)
def test_for_machines(how: Format, snapshot: SnapshotAssertion) -> None:
    assert render(REPORT, how, CONTEXT) == snapshot


@pytest.mark.parametrize("width", [80, 120])
def test_text_on_a_pipe(width: int, snapshot: SnapshotAssertion) -> None:
    text = render(REPORT, Format.TEXT, on(Terminal(width=width)))
    assert "\x1b" not in text
    assert text == snapshot


def test_text_on_a_terminal(snapshot: SnapshotAssertion) -> None:
    text = render(REPORT, Format.TEXT, on(Terminal(width=80, colors="standard", links=True), statistics=True))
    assert text == snapshot
    assert text == render(REPORT, Format.TEXT, on(Terminal(width=80, colors="standard", links=True), statistics=True))


def test_text_without_colour_keeps_bold_and_links() -> None:
    text = render(REPORT, Format.TEXT, on(Terminal(width=80, plain=True, links=True)))
    assert "\x1b]8;;https://github.com/" in text
    assert "\x1b[1m" in text
    assert "\x1b[31m" not in text
    assert "\x1b[1;31m" not in text


def test_no_line_of_findings_is_wider_than_the_terminal() -> None:
    text = render(REPORT, Format.TEXT, on(Terminal(width=60)))
    wide = [line for line in text.split("\n") if len(line) > 60 and "https://" not in line]
    assert not wide


def test_every_page_is_listed_whole_where_links_cannot_be_clicked() -> None:
    text = render(REPORT, Format.TEXT, on(Terminal(width=60)))
    for finding in FINDINGS:
        assert f"{CONTEXT.card(finding.rule).url}\n" in text


@pytest.mark.parametrize(
    ("report", "fail_on", "expected", "line"),
    [
        (REPORT, Severity.LOW, Verdict.FINDINGS, "FAILED, INCOMPLETE: 4 findings, 1 problem in 340 files"),
        (REPORT, Severity.CRITICAL, Verdict.FINDINGS, "FAILED, INCOMPLETE: 4 findings, 1 at or above critical, 1 problem"),
        (REPORT, None, Verdict.INCOMPLETE, "INCOMPLETE: 4 findings, none of which fails the run, 1 problem in"),
        (EMPTY, Severity.LOW, Verdict.CLEAN, "PASSED: no findings in 12 files, 400 lines judged"),
        (Report(findings=()), Severity.LOW, Verdict.NOTHING, "NOTHING TO SCAN: no findings in 0 files"),
        (Report(findings=FINDINGS[2:3], files=1), Severity.HIGH, Verdict.CLEAN, "PASSED: 1 finding, none at or above high"),
    ],
)
def test_verdict(report: Report, fail_on: Severity | None, expected: Verdict, line: str) -> None:
    context = replace(CONTEXT, fail_on=fail_on)
    assert verdict(report, context) is expected
    assert render(report, Format.TEXT, context).rstrip().rsplit("\n", 1)[-1].startswith(line)


def test_hints_name_the_option_that_shows_more() -> None:
    text = render(REPORT, Format.TEXT, replace(CONTEXT, min_confidence=Confidence.HIGH, mode=Mode.ADVANCED))
    assert "--min-confidence medium shows them" in text
    assert "--mode elite shows more" in text


def hostile() -> Report:
    finding = msgspec.structs.replace(
        FINDINGS[0],
        message="x\x1b[31m\x07 `a\nb`\n::error::fooled \u202eevil",
        fix="::warning file=x::y\n##[group]z",
        code="x = '\x1b]0;title\x07'; y = '\u2066'",
        place=Place("app/\x1b[2Jx\n::error::.py", 3, 1, 3, 99),
        steps=(Step(Place("b\x9b.py", 1, 1, 1, 2), "note\r\x1b"),),
    )
    return msgspec.structs.replace(REPORT, findings=(finding,), suppressed=())


@pytest.mark.parametrize("how", [Format.TEXT, Format.CONCISE], ids=str)
def test_scanned_code_cannot_steer_the_terminal_nor_the_runner(how: Format) -> None:
    text = render(hostile(), how, on(Terminal(width=70)))
    bad = [char for char in text if (ord(char) < 32 and char != "\n") or char in "\x7f\x9b\u202e\u2066"]
    assert not bad
    assert not [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]
    assert "\\x1b" in text


def test_concise_is_one_line_a_finding() -> None:
    lines = render(hostile(), Format.CONCISE, CONTEXT).split("\n")
    assert len(lines) == 1 + len(REPORT.problems) + 1


@pytest.mark.parametrize("how", list(Format), ids=str)
def test_file_names_of_another_encoding_are_told(how: Format) -> None:
    finding = msgspec.structs.replace(FINDINGS[3], place=Place("app/caf\udce9.py", 1, 1, 1, 9))
    text = render(msgspec.structs.replace(REPORT, findings=(finding,)), how, CONTEXT)
    assert "caf" in text
    assert text.encode("utf-8")


def test_a_rule_without_a_page_is_reported_all_the_same() -> None:
    finding = msgspec.structs.replace(FINDINGS[3], rule="team-rule")
    for how in Format:
        assert "team-rule" in render(msgspec.structs.replace(REPORT, findings=(finding,)), how, CONTEXT)


def test_code_that_does_not_reach_its_region_is_shown() -> None:
    """Where a secret is cut out, the line is shorter than the region says."""
    finding = msgspec.structs.replace(FINDINGS[3], code=KEY[:16], place=Place("a.py", 1, 15, 1, 4000))
    text = render(msgspec.structs.replace(REPORT, findings=(finding,)), Format.TEXT, CONTEXT)
    assert '     1 │ SIGNING_KEY = "-\n       │               ^^\n' in text


@pytest.mark.parametrize(
    ("code", "column", "end", "marks"),
    [
        ('connect("db", password="hu…", timeout=3)', 24, 45, "       │                        ^^^^^"),
        ("KEY=AKIA…", 5, 25, "       │     ^^^^^"),
        ('f("a…b")', 1, 8, "       │ ^^^^^^^"),
        ('say("…", "x")', 5, 30, "       │     ^^^"),
    ],
)
def test_the_mark_ends_with_a_redacted_secret(code: str, column: int, end: int, marks: str) -> None:
    finding = msgspec.structs.replace(FINDINGS[3], code=code, place=Place("a.py", 1, column, 1, end))
    text = render(msgspec.structs.replace(REPORT, findings=(finding,)), Format.TEXT, CONTEXT)
    assert f"     1 │ {code}\n{marks}\n" in text


def test_json_follows_its_schema() -> None:
    jsonschema.validate(msgspec.json.decode(render(REPORT, Format.JSON, CONTEXT)), json_schema())


def test_json_is_json_v1() -> None:
    assert render(REPORT, Format.JSON, CONTEXT) == render(REPORT, Format.JSON_V1, CONTEXT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("out.sarif", Format.SARIF),
        ("a/b.SARIF.json", Format.SARIF),
        ("x.json", Format.JSON),
        ("report.txt", Format.TEXT),
        ("report.pdf", None),
        ("sarif", None),
    ],
)
def test_format_of_a_file(name: str, expected: Format | None) -> None:
    assert format_of(name) is expected


def test_rules(snapshot: SnapshotAssertion) -> None:
    cards = CONTEXT.catalog.cards.values()
    assert render_rules(cards, Terminal(width=80)) == snapshot
    assert [row["id"] for row in msgspec.json.decode(render_rules_json(cards))] == sorted(card.id for card in cards)


def test_explanation_on_a_pipe_is_markdown(snapshot: SnapshotAssertion) -> None:
    assert render_explanation(CONTEXT.card("sql-built-from-strings"), Terminal()) == snapshot


def test_explanation_on_a_terminal(snapshot: SnapshotAssertion) -> None:
    text = render_explanation(CONTEXT.card("sql-built-from-strings"), Terminal(width=80, colors="standard", links=True))
    assert text == snapshot


def test_of_a_criterion_what_is_next_stands_out() -> None:
    one = Assessment(
        id="must-09",
        title="Health checks",
        text="",
        section="Success criteria",
        state=State.MISSING,
        reason="no route",
        next="Add `/health`.",
    )
    text = render_criteria([one], Terminal(width=80, colors="standard"))
    assert "\x1b[1;36mnext \x1b[0mAdd \x1b[1m/health\x1b[0m." in text
    assert text.splitlines()[-1] == "\x1b[1m1 criterion\x1b[0m: \x1b[1;31m1 missing\x1b[0m"


def by_definition(text: str) -> list[str]:
    """The hash as GitHub describes it, slowly: for each line, over the units that follow its start."""
    units: list[int] = []
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        if char not in " \t":
            data = char.encode("utf-16-be")
            units += [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
    starts = [0] + [at + 1 for at, unit in enumerate(units) if unit == 10]
    units += [65535] + [0] * 100
    values = [sum(unit * 37 ** (99 - at) for at, unit in enumerate(units[start : start + 100])) for start in starts]
    words = [f"{value % 2**64:x}" for value in values]
    return [f"{word}:{words[: at + 1].count(word)}" for at, word in enumerate(words)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "import os\n\n\tprint(1)\r\rprint(2)\n",
        "naïve = 'Straße'\r\nx = '🐍'\n",
        "return None\n" * 40,
        "a\r \nb",
        "\ufeffx = 1",
        "x" * 500 + "\n" + "y" * 99,
    ],
)
def test_line_hashes_are_those_of_the_definition(text: str) -> None:
    assert line_hashes(text) == by_definition(text)


def test_line_hashes_known() -> None:
    """Computed with a JavaScript reading of the published algorithm; the first is in every file that ends with a line feed."""
    assert line_hashes("") == ["c129715d7a2bc9a3:1"]
    assert line_hashes("import os\n\n\tprint(1)\r\rprint(2)\n") == [
        "df30a2bc8f5ec091:1",
        "f4e9820182e22b32:1",
        "6d9fa431eb8fabd0:1",
        "2d26df409794bc73:1",
        "8e7e1e4fe95eaa35:1",
        "c129715d7a2bc9a3:1",
    ]
    assert line_hashes("naïve = 'Straße'\r\nx = '🐍' # \ud800\n")[:2] == ["6e45711500c57e79:1", "aeab4697fbc756dd:1"]
