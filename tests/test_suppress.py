"""Ignore comments: what they cover, what they never cover, and what is told about those that do nothing."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_audit.finding import Confidence, Finding, Place, Step
from backend_audit.lower.python import lower
from backend_audit.suppress import MALFORMED, UNUSED, Outcome, Rules, Suppressions, apply, from_module, from_text

A, B, C = "debug-enabled", "hardcoded-secret", "sql-built-from-strings"
KNOWN = frozenset({A, B, C, UNUSED, MALFORMED})
RENAMED = {"debug-on": A}


def rules(*ran: str) -> Rules:
    return Rules(known=KNOWN, ran=frozenset(ran) or KNOWN, current=lambda rule: RENAMED.get(rule, rule))


def found(rule: str, line: int, end_line: int = 0) -> Finding:
    return Finding(
        rule=rule,
        place=Place("app.py", line, 1, end_line or line, 2),
        message="m",
        fix="f",
        confidence=Confidence.HIGH,
        symbol="",
        code="",
        anchor="",
    )


def python(text: str) -> Suppressions:
    return from_module(lower("app.py", text), text)


def judged(
    text: str, *findings: Finding, ran: tuple[str, ...] = (), today: dt.date | None = None, config: bool = False
) -> Outcome:
    return apply("app.py", findings, from_text(text) if config else python(text), rules(*ran), today=today)


def told(outcome: Outcome) -> list[tuple[str, int]]:
    return [(one.rule, one.place.line) for one in outcome.findings]


# --- what other tools were told --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "rule", "sure"),
    [
        ("x = md5(y)  # nosec B324 # md5 as the protocol wants it\n", 1, "weak-hash", Confidence.LOW),
        ("x = md5(y)  # nosec B324 - only names an entry of the cache\n", 1, "weak-hash", Confidence.LOW),
        ("x = md5(y)  # noqa: S324 only names an entry of the cache\n", 1, "weak-hash", Confidence.LOW),
        ("x = md5(y)  # nosec # only names an entry of the cache\n", 1, "weak-hash", Confidence.LOW),
        ("x = md5(\n    y\n)  # nosec B324 # only names an entry of the cache\n", 1, "weak-hash", Confidence.LOW),
        ("def f():\n    return md5(\n        y)  # nosec B324 # only names an entry\n", 2, "weak-hash", Confidence.LOW),
        ("x = md5(y)  # nosec B324\n", 1, "weak-hash", Confidence.HIGH),
        ("x = md5(y)  # nosec\n", 1, "weak-hash", Confidence.HIGH),
        ("x = md5(y)  # nosec B324 # noqa: S324 # pylint: disable=something-else\n", 1, "weak-hash", Confidence.HIGH),
        ("x = md5(y)  # nosec B105 # only names an entry of the cache\n", 1, "weak-hash", Confidence.HIGH),
        ("x = md5(y)  # noqa: E501 this line is long because it must be\n", 1, "weak-hash", Confidence.HIGH),
        ("x = 1  # nosec B324 # only names an entry of the cache\nx = md5(y)\n", 2, "weak-hash", Confidence.HIGH),
        ("def f():  # nosec B324 # nothing of what it does matters\n    x = md5(y)\n", 2, "weak-hash", Confidence.HIGH),
        ("x = f(y)  # nosec # nothing of what it does matters\n", 1, "route-without-auth", Confidence.HIGH),
    ],
)
def test_a_reason_given_to_another_tool_makes_less_sure(text: str, line: int, rule: str, sure: Confidence) -> None:
    assert [one.confidence for one in judged(text, found(rule, line)).findings] == [sure]


def test_a_reason_given_to_another_tool_does_not_outweigh_what_was_followed() -> None:
    step = Step(Place("app.py", 1, 1, 1, 2), "comes from outside")
    finding = msgspec.structs.replace(found("weak-hash", 1), steps=(step,))
    outcome = judged("x = md5(y)  # nosec B324 # only names an entry of the cache\n", finding)
    assert [one.confidence for one in outcome.findings] == [Confidence.HIGH]


# --- what is covered -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"x = 1  # backend-audit: ignore[{A}] why\n", 1),
        (f"x = 1  # noqa: S105  # backend-audit: ignore[{A}] why\n", 1),
        (f"x = 1  # backend-audit: ignore[{A}] why  # noqa\n", 1),
        (f"x = 1  #backend-audit:ignore [ {B}, {A} ] - why\n", 1),
        (f"# backend-audit: ignore[{A}] why\nx = 1\n", 2),
        (f"# backend-audit: ignore[{A}] why\n# and more\n\nx = 1\n", 4),
        (f"f(\n    # backend-audit: ignore[{A}] why\n    x,\n)\n", 3),
        (f"x = 0\n# backend-audit: ignore-start[{A}] why\nx = 1\n# backend-audit: ignore-end[{A}]\n", 3),
        (f'"""Doc."""\n# backend-audit: ignore-file[{A}] why\nimport x\n\nx = 1\n', 5),
        (f"# backend-audit: ignore-file[{A}] why\n\nimport x\nx = 1\n", 4),
        ("x = 1  # backend-audit: ignore[debug-on] why\n", 1),
    ],
)
def test_covered(text: str, line: int) -> None:
    outcome = judged(text, found(A, line), ran=(A,))
    assert told(outcome) == []
    assert [(one.finding.rule, one.reason) for one in outcome.suppressed] == [(A, "why")]


@pytest.mark.parametrize(
    "text",
    [
        f"api_key: x  # backend-audit: ignore[{A}] why\n",
        f"# backend-audit: ignore[{A}] why\napi_key: x\n",
        f"; backend-audit: ignore[{A}] why\napi_key = x\n",
        f"// backend-audit: ignore[{A}] why\n{{}}\n",
        f"# backend-audit: ignore-file[{A}] why\r\n\r\napi_key: x\r\n",
    ],
)
def test_covered_in_configuration(text: str) -> None:
    line = 1 + max(number for number, row in enumerate(text.splitlines()) if row and not row.startswith(("#", ";", "//")))
    outcome = judged(text, found(A, line), ran=(A,), config=True)
    assert told(outcome) == []
    assert [one.reason for one in outcome.suppressed] == ["why"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"y = 1  # backend-audit: ignore[{A}]\nx = 1\n", 2),
        (f"# backend-audit: ignore[{A}]\ny = 1\nx = 1\n", 3),
        (f"# backend-audit: ignore-start[{A}]\ny = 1\n# backend-audit: ignore-end[{A}]\nx = 1\n", 4),
        (f'x = "# backend-audit: ignore[{A}]"\n', 1),
        ("x = 1  # see the docs of backend-audit: ignore[debug-enabled]\n", 1),
        ("x = 1  # write `# backend-audit: ignore[debug-enabled]`\n", 1),
    ],
)
def test_not_covered(text: str, line: int) -> None:
    assert (A, line) in told(judged(text, found(A, line)))


def test_a_finding_of_several_lines_is_covered_from_each_of_them() -> None:
    text = f"f(\n    x,\n    y,  # backend-audit: ignore[{A}]\n)\n"
    assert told(judged(text, found(A, 2, 3))) == []
    assert (A, 1) in told(judged(text, found(A, 1, 2)))


def test_rules_of_one_block_may_end_at_different_lines() -> None:
    text = (
        f"# backend-audit: ignore-start[{A}, {B}]\nx = 1\n# backend-audit: ignore-end[{A}]\n"
        f"x = 2\n# backend-audit: ignore-end[{B}]\n"
    )
    outcome = judged(text, found(A, 2), found(B, 4), found(A, 4))
    assert told(outcome) == [(A, 4)]


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("ignore", "`ignore` names no rule"),
        ("ignore[] why", "`ignore` names no rule"),
        ("ignore why", "`ignore` names no rule"),
        ("ignore[hardcoded-secrets] why", "`hardcoded-secrets`, which is no rule; did you mean"),
        ("ignore[debug-enabled why", "the bracket is not closed"),
        ("ignor[debug-enabled]", "`ignor` is nothing that can be done"),
        ("", "does not say what to do"),
        ("ignore[debug-enabled] until=soon", "`until=soon` is no date"),
        ("ignore-start[debug-enabled]", "must stand alone"),
    ],
)
def test_malformed(comment: str, said: str) -> None:
    outcome = judged(f"x = 1  # backend-audit: {comment}\n", found(A, 1))
    assert told(outcome) == [(A, 1), (MALFORMED, 1)]
    assert said in outcome.findings[1].message
    assert outcome.suppressed == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"# backend-audit: ignore-start[{A}]\nx = 1\n", f"`ignore-start[{A}]` has no `ignore-end[{A}]`"),
        (f"x = 1\n# backend-audit: ignore-end[{A}]\n", f"`ignore-end[{A}]` ends no"),
        (f"x = 1\n# backend-audit: ignore-file[{A}]\n", "must stand before the first line of code"),
    ],
)
def test_malformed_blocks_cover_nothing(text: str, said: str) -> None:
    outcome = judged(text, found(A, 1), found(A, 2))
    assert [rule for rule, _ in told(outcome)].count(A) == 2
    assert [said in one.message for one in outcome.findings if one.rule == MALFORMED] == [True]


def test_unused() -> None:
    text = f"x = 1  # backend-audit: ignore[{A}, {B}] why\n"
    outcome = judged(text, found(A, 1))
    assert told(outcome) == [(UNUSED, 1)]
    assert f"covers no finding of `{B}`" in outcome.findings[0].message
    assert outcome.findings[0].fix == f"Remove `{B}` from the comment."
    assert judged(text).findings[0].fix == "Remove the comment."


def test_a_comment_for_a_rule_that_did_not_run_is_not_unused() -> None:
    text = f"x = 1  # backend-audit: ignore[{A}]\n"
    assert told(judged(text, ran=(B, UNUSED))) == []
    assert told(judged(text, ran=(A,))) == []  # and nothing is told when that rule itself is off


def test_code_before_the_comment_is_never_shown() -> None:
    outcome = judged(f'key = "hunter2"  # backend-audit: ignore[{A}]\n')
    (finding,) = outcome.findings
    assert finding.code.strip() == f"# backend-audit: ignore[{A}]"
    assert finding.code[finding.place.column - 1 : finding.place.end_column - 1] == finding.code.strip()


def test_unused_can_be_ignored_too() -> None:
    text = f"x = 1  # backend-audit: ignore[{A}, {UNUSED}] generated\n"
    outcome = judged(text)
    assert told(outcome) == []
    assert [one.finding.rule for one in outcome.suppressed] == [UNUSED]
    assert told(judged(text, found(A, 1))) == [(UNUSED, 1)]  # nothing was unused but this


def test_until() -> None:
    text = f"x = 1  # backend-audit: ignore[{A}] migration runs until=2027-01-31\n"
    day = dt.date(2027, 1, 31)
    for today in (None, day):
        outcome = judged(text, found(A, 1), today=today)
        assert told(outcome) == []
        assert outcome.suppressed[0].reason == "migration runs"
    late = judged(text, found(A, 1), today=day + dt.timedelta(days=1))
    assert told(late) == [(A, 1), (UNUSED, 1)]
    assert "expired on 2027-01-31" in late.findings[1].message


# --- property --------------------------------------------------------------------------------------------------------

_LINE = st.sampled_from(["x = 1", "", "# note", "    # note"])
_VERB = st.sampled_from(["ignore", "ignore-start", "ignore-end", "ignore-file", "ignor"])
_NAMED = st.lists(st.sampled_from([A, B, "nonsense", ""]), max_size=3).map(lambda names: f"[{','.join(names)}]")
_COMMENT = st.builds("# backend-audit: {}{}{}".format, _VERB, _NAMED, st.sampled_from(["", " why", " until=2020-01-01"]))
_ROW = st.one_of(_LINE, _COMMENT, st.builds("{}  {}".format, st.just("x = 1"), _COMMENT))


@given(st.lists(_ROW, min_size=1, max_size=12), st.sampled_from([None, dt.date(2026, 1, 1)]))
def test_a_suppression_never_hides_another_rules_finding(rows: list[str], today: dt.date | None) -> None:
    text = "\n".join(rows) + "\n"
    findings = [found(rule, line) for line in range(1, len(rows) + 1) for rule in (A, C)]
    outcome = apply("app.py", findings, from_text(text), rules(), today=today)
    of_ours = [one for one in outcome.findings if one.rule in {A, C}]
    assert sum(one.rule == C for one in of_ours) == len(rows), "nothing names this rule"
    assert len(of_ours) + len(outcome.suppressed) == len(findings), "nothing is lost"
    if not any(A in row for row in rows):
        assert outcome.suppressed == ()
