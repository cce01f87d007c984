"""The stable JSON schema "json-v1": keys are only ever added; a change of meaning gets a new name.

`json_schema()` gives it as JSON Schema. Places are 1-based; columns count code points, `end_column` is the column after
the last character. `fingerprint` stays the same when lines move. No text holds a whole secret.
"""

from typing import Any

import msgspec

from backend_audit.criteria import Assessment
from backend_audit.finding import Comparison, Finding, Place, Report, Step
from backend_audit.report.context import (
    RenderContext,
    by_clause,
    by_rule,
    by_severity,
    failing,
    is_incomplete,
    verdict,
)
from backend_audit.report.criteria_data import CategoryPart, category_parts

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


class GonePart(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    path: str
    symbol: str
    count: int
    finding: FindingPart | None  # as it was; null when only a baseline knew it


class ComparisonPart(msgspec.Struct, frozen=True, kw_only=True):
    against: str
    revision: str  # the commit; empty for a baseline file
    new: int
    unchanged: int
    fixed: int
    known: list[FindingPart]
    gone: list[GonePart]
    silenced: list[SuppressedPart]  # told before, suppressed now
    notes: list[str]


class CriterionPart(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    section: str
    state: str  # "met", "partial", "missing", "not-applicable", "not-assessed"
    reason: str
    next: str
    covered: int  # of `total` routes, where it is counted by route
    total: int


class Document(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    tool: ToolPart
    summary: SummaryPart
    findings: list[FindingPart]
    suppressed: list[SuppressedPart]
    problems: list[ProblemPart]
    skipped: list[SkippedPart]
    criteria: list[CriterionPart] = []
    owasp_top_10: list[CategoryPart] = []
    comparison: ComparisonPart | None = None  # where the scan was held against an older state: `findings` are the new ones


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
        criteria=[_criterion(one) for one in context.criteria],
        owasp_top_10=category_parts(context.owasp),
        comparison=None if report.comparison is None else _comparison(report.comparison, len(report.findings), context),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _criterion(one: Assessment) -> CriterionPart:
    return CriterionPart(
        id=one.id,
        title=one.title,
        section=one.section,
        state=str(one.state),
        reason=one.reason,
        next=one.next,
        covered=one.covered,
        total=one.total,
    )


def _comparison(found: Comparison, new: int, context: RenderContext) -> ComparisonPart:
    return ComparisonPart(
        against=found.against,
        revision=found.revision,
        new=new,
        unchanged=len(found.known),
        fixed=found.fixed,
        known=[_finding(one, context) for one in found.known],
        gone=[
            GonePart(
                rule=one.rule,
                path=one.path,
                symbol=one.symbol,
                count=one.count,
                finding=None if one.finding is None else _finding(one.finding, context),
            )
            for one in found.gone
        ],
        silenced=[SuppressedPart(_finding(one.finding, context), one.reason) for one in found.silenced],
        notes=list(found.notes),
    )


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
