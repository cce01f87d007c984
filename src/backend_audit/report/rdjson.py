"""Reviewdog's diagnostic format (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf): columns count bytes of UTF-8."""

import msgspec

from backend_audit.finding import Place, Report
from backend_audit.report.context import RenderContext, level
from backend_audit.report.home import HOME
from backend_audit.report.safe import one_line

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render_rdjson(report: Report, context: RenderContext) -> str:
    """The findings, and what could not be analysed, as one `DiagnosticResult`."""
    diagnostics: list[dict[str, object]] = []
    for finding in report.findings:
        card = context.card(finding.rule)
        code = {"value": finding.rule, **({"url": card.url} if card.url else {})}
        related = [
            {"message": one_line(step.note), "location": _location(step.place, step.code)}
            for step in (*finding.steps, *finding.related)
        ]
        diagnostics.append(
            {
                "message": one_line(f"{finding.message} {finding.fix}".strip()),
                "location": _location(finding.place, finding.code),
                "severity": _SEVERITIES[level(card.severity)],
                "code": code,
                **({"related_locations": related} if related else {}),
            }
        )
    diagnostics += [
        {
            "message": one_line(problem.message),
            "location": {"path": problem.path or ".", "range": {"start": {"line": problem.line or 1}}},
            "severity": "ERROR" if problem.incomplete else "WARNING",
            "code": {"value": "incomplete" if problem.incomplete else "problem"},
        }
        for problem in report.problems
    ]
    result = {"source": {"name": "backend-audit", "url": HOME}, "diagnostics": diagnostics}
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def _location(place: Place, code: str) -> dict[str, object]:
    start, end = {"line": place.line}, {"line": place.end_line}
    # Without columns both ends are whole lines: where the line is not known, or a secret was cut out of it.
    if place.line == place.end_line and code and "…" not in code:
        start["column"], end["column"] = _bytes(code, place.column), _bytes(code, place.end_column)
    return {"path": place.path, "range": {"start": start, "end": end}}


def _bytes(code: str, column: int) -> int:
    return len(code[: column - 1].encode("utf-8", "replace")) + 1
