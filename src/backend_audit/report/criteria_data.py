"""The scorecard for programs and for pages: JSON, Markdown. The schema "criteria-v1" only ever gains keys."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from backend_audit.criteria import Assessment, State
from backend_audit.criteria.owasp import CategoryCount
from backend_audit.report.criteria_words import criteria_line, state_words
from backend_audit.report.owasp import TITLE, owasp_line, owasp_markdown
from backend_audit.report.routes_data import plain
from backend_audit.report.safe import one_line, tame

SCHEMA = "criteria-v1"


class EvidencePart(msgspec.Struct, frozen=True):
    """One place that speaks for a criterion, or (`finding:…`) against it."""

    kind: str
    what: str
    file: str
    line: int


class CriterionPart(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion. `covered` of `total` routes have it, where it is counted by route (else both are 0)."""

    id: str
    title: str
    text: str
    section: str
    state: str
    reason: str
    next: str
    covered: int
    total: int
    like: str
    file: str
    line: int
    evidence: list[EvidencePart]


class CategoryPart(msgspec.Struct, frozen=True, kw_only=True):
    """One category of the OWASP Top 10; the last may be what is beside them, without an id."""

    id: str
    title: str
    page: str
    state: str  # "found", "nothing-found", "not-assessed"
    findings: int
    suppressed: int
    rules: int  # that ran and look for it
    by_severity: dict[str, int]
    why: str


class Document(msgspec.Struct, frozen=True):
    schema: str
    counts: dict[str, int]
    criteria: list[CriterionPart]
    owasp_top_10: list[CategoryPart] = []


def parts(assessments: Sequence[Assessment]) -> list[CriterionPart]:
    """The assessments as JSON shows them."""
    return [
        CriterionPart(
            id=one.id,
            title=one.title,
            text=one.text,
            section=one.section,
            state=str(one.state),
            reason=one.reason,
            next=one.next,
            covered=one.covered,
            total=one.total,
            like=one.like,
            file="" if one.place is None else one.place.path,
            line=0 if one.place is None else one.place.line,
            evidence=[EvidencePart(sign.kind, sign.what, sign.place.path, sign.place.line) for sign in one.evidence],
        )
        for one in assessments
    ]


def category_parts(rows: Sequence[CategoryCount]) -> list[CategoryPart]:
    """The categories as JSON shows them."""
    return [
        CategoryPart(
            id=one.id,
            title=one.title,
            page=one.page,
            state=str(one.state),
            findings=one.findings,
            suppressed=one.suppressed,
            rules=one.rules,
            by_severity={str(severity): count for severity, count in one.by_severity.items()},
            why=one.why,
        )
        for one in rows
    ]


def render_json(assessments: Sequence[Assessment], top10: Sequence[CategoryCount] = ()) -> str:
    """The scorecard as one indented JSON object."""
    counts = {str(state): sum(one.state is state for one in assessments) for state in State}
    document = Document(SCHEMA, counts, parts(assessments), category_parts(top10))
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def render_markdown(assessments: Sequence[Assessment], top10: Sequence[CategoryCount] = ()) -> str:
    """The scorecard as tables, one for each section."""
    lines = ["# Success criteria", "", criteria_line(assessments).plain, ""]
    lines += criteria_tables(assessments)
    if top10:
        lines += [f"## {TITLE}", "", f"{owasp_line(top10)}.", "", *owasp_markdown(top10)]
    return tame("\n".join(lines).rstrip("\n") + "\n")


def criteria_tables(assessments: Sequence[Assessment]) -> list[str]:
    """A table for each section, as lines of Markdown."""
    lines: list[str] = []
    for section, inside in groupby(assessments, lambda one: one.section):
        lines += [f"## {plain(section)}", "", "| criterion | state | why | evidence | next |", "|---|---|---|---|---|"]
        for one in inside:
            state = f"**{state_words(one.state)}**" if one.state is State.MISSING else state_words(one.state)
            places = list(dict.fromkeys(f"`{one_line(sign.place.path)}:{sign.place.line}`" for sign in one.evidence))[:3]
            shown = " ".join(places) if one.state in {State.MET, State.PARTIAL} else ""
            cells = [plain(one.title), state, plain(one.reason), shown.replace("|", "\\|"), plain(one.next)]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return lines
