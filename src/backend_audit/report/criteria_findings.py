"""What is missing as findings, so that it can be written as SARIF: one a criterion, at the place where it would be mended."""

from collections.abc import Iterable

from backend_audit.catalog import Catalog, RuleCard
from backend_audit.criteria import Assessment, State
from backend_audit.finding import Confidence, Finding, Mode, Report, Severity

PREFIX = "criterion-"


def missing_as_report(assessments: Iterable[Assessment]) -> tuple[Report, Catalog]:
    """A report of the criteria that are missing, and their cards. One that is judged as another is told once.

    They are notes without security severity: code scanning lists them, and holds up no pull request.
    """
    told: set[str] = set()
    findings: list[Finding] = []
    cards: list[RuleCard] = []
    for one in assessments:
        same = one.like or one.id
        if one.state is not State.MISSING or one.place is None or same in told:
            continue
        told.add(same)
        cards.append(_card(one))
        findings.append(
            Finding(
                rule=PREFIX + same,
                place=one.place,
                message=f"{one.title}: {one.reason[:1].lower()}{one.reason[1:]}",
                fix=one.next,
                confidence=Confidence.MEDIUM,
                symbol="",
                code="",
                anchor=same,
            )
        )
    return Report(findings=tuple(sorted(findings, key=lambda one: (one.place, one.rule)))), Catalog(cards)


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
