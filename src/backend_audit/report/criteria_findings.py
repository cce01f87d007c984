"""What is missing as findings, so that it can be written as SARIF: one a criterion, at the place where it would be mended."""

from collections.abc import Iterable
from dataclasses import replace

from backend_audit.catalog import Catalog, RuleCard
from backend_audit.criteria import Assessment, State
from backend_audit.finding import Confidence, Finding, Mode, Place, Report, Severity
from backend_audit.report.context import RenderContext

PREFIX = "criterion-"


def missing_as_report(assessments: Iterable[Assessment]) -> tuple[Report, Catalog]:
    """A report of the criteria that are missing, and their cards. One that is judged as another is told once.

    They are notes without security severity: code scanning lists them, and holds up no pull request.
    """
    told = _missing(assessments)
    findings = sorted((_finding(one, place) for one, place in told.values()), key=lambda one: (one.place, one.rule))
    return Report(findings=tuple(findings)), Catalog([_card(one) for one, _ in told.values()])


def lacking(context: RenderContext) -> tuple[list[tuple[Finding, bool]], RenderContext]:
    """The criteria of a scan that are missing, each with whether it was there before, and the context that knows their cards."""
    report, catalog = missing_as_report(context.criteria)
    before = context.criteria_before
    known = report.findings if before is None else missing_as_report(before)[0].findings
    rules = {one.rule for one in known}
    told = [(one, one.rule not in rules) for one in report.findings]
    return told, replace(context, catalog=context.catalog.with_cards(catalog.cards.values()))


def _missing(assessments: Iterable[Assessment]) -> dict[str, tuple[Assessment, Place]]:
    found: dict[str, tuple[Assessment, Place]] = {}
    for one in assessments:
        if one.state is State.MISSING and one.place is not None:
            found.setdefault(one.like or one.id, (one, one.place))
    return found


def _finding(one: Assessment, place: Place) -> Finding:
    same = one.like or one.id
    return Finding(
        rule=PREFIX + same,
        place=place,
        message=f"{one.title}: {one.reason[:1].lower()}{one.reason[1:]}",
        fix=one.next,
        confidence=Confidence.MEDIUM,
        symbol="",
        code="",
        anchor=same,
    )


def _card(one: Assessment) -> RuleCard:
    what = f"{one.title}: {one.text}" if one.text else one.title
    same = one.like or one.id
    return RuleCard(
        id=PREFIX + same,
        title=f"{one.title} is missing",
        clause=same if same.startswith("must-") else "",
        cwe=(),
        severity=Severity.LOW,
        security_severity=0.0,
        confidence=Confidence.MEDIUM,
        mode=Mode.DEFAULT,
        languages=(),
        summary=f"The seed asks for it ({what}), and nothing in the code shows it.",
    )
