"""The stable JSON schema "json-v1": keys are only ever added; a change of meaning gets a new name.

`json_schema()` gives it as JSON Schema. Places are 1-based; columns count code points, `end_column` is the column after
the last character. `fingerprint` stays the same when lines move. No text holds a whole secret.
"""

from typing import Any

import msgspec

from backend_audit.finding import Finding, Place, Report, Step
from backend_audit.report.context import (
    RenderContext,
    by_clause,
    by_rule,
    by_severity,
    failing,
    is_incomplete,
    verdict,
)

SCHEMA = "json-v1"


class ToolPart(msgspec.Struct, frozen=True):
    name: str
    version: str


class PlacePart(msgspec.Struct, frozen=True):
    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class StepPart(msgspec.Struct, frozen=True):
    place: PlacePart
    note: str


class FindingPart(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    title: str
    severity: str
    confidence: str
    clause: str  # of the seed, as in "never-3"; empty for a rule beside the seed
    cwe: list[int]
    security_severity: float
    url: str
    place: PlacePart
    symbol: str
    code: str
    message: str
    fix: str
    steps: list[StepPart]  # from where the value comes in to where it does harm
    related: list[StepPart]
    fingerprint: str
    considered: list[StepPart] = []  # sanitizers and tests on the way, each with the reason why it does not hold


class SuppressedPart(msgspec.Struct, frozen=True):
    finding: FindingPart
    reason: str


class ProblemPart(msgspec.Struct, frozen=True):
    path: str  # empty: the whole scan
    line: int  # 0: the whole file
    kind: str
    message: str
    incomplete: bool


class SkippedPart(msgspec.Struct, frozen=True):
    reason: str
    count: int
    examples: list[str]


class SummaryPart(msgspec.Struct, frozen=True, kw_only=True):
    verdict: str  # "clean", "findings", "incomplete", "nothing-to-scan"
    complete: bool
    files: int
    lines: int
    findings: int
    failing: int  # at or above the severity that fails the run
    by_severity: dict[str, int]
    by_clause: dict[str, int]
    by_rule: dict[str, int]
    suppressed: int
    below_min_confidence: int
    hidden_by_mode: int
    routes: dict[str, int] = {}  # by verdict (protected, public, open, unknown), and in "total"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    tool: ToolPart
    summary: SummaryPart
    findings: list[FindingPart]
    suppressed: list[SuppressedPart]
    problems: list[ProblemPart]
    skipped: list[SkippedPart]


def render_json(report: Report, context: RenderContext) -> str:
    """The report as one indented JSON object."""
    document = Document(
        schema=SCHEMA,
        tool=ToolPart("backend-audit", context.version),
        summary=_summary(report, context),
        findings=[_finding(one, context) for one in report.findings],
        suppressed=[SuppressedPart(_finding(one.finding, context), one.reason) for one in report.suppressed],
        problems=[ProblemPart(one.path, one.line, str(one.kind), one.message, one.incomplete) for one in report.problems],
        skipped=[SkippedPart(one.reason, one.count, list(one.examples)) for one in report.skipped],
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of "json-v1"."""
    return msgspec.json.schema(Document)


def _summary(report: Report, context: RenderContext) -> SummaryPart:
    return SummaryPart(
        verdict=str(verdict(report, context)),
        complete=not is_incomplete(report),
        files=report.files,
        lines=report.lines,
        findings=len(report.findings),
        failing=failing(report, context),
        by_severity={str(severity): count for severity, count in by_severity(report, context).items()},
        by_clause=by_clause(report, context),
        by_rule=by_rule(report, context),
        suppressed=len(report.suppressed),
        below_min_confidence=report.below,
        hidden_by_mode=report.hidden_by_mode,
        routes=dict(context.routes),
    )


def _finding(finding: Finding, context: RenderContext) -> FindingPart:
    card = context.card(finding.rule)
    return FindingPart(
        rule=finding.rule,
        title=card.title,
        severity=str(card.severity),
        confidence=str(finding.confidence),
        clause=card.clause,
        cwe=list(card.cwe),
        security_severity=card.security_severity,
        url=card.url,
        place=_place(finding.place),
        symbol=finding.symbol,
        code=finding.code,
        message=finding.message,
        fix=finding.fix,
        steps=[_step(step) for step in finding.steps],
        related=[_step(step) for step in finding.related],
        fingerprint=finding.fingerprint(),
        considered=[_step(step) for step in finding.considered],
    )


def _place(place: Place) -> PlacePart:
    return PlacePart(place.path, place.line, place.column, place.end_line, place.end_column)


def _step(step: Step) -> StepPart:
    return StepPart(_place(step.place), step.note)
