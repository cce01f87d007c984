"""Findings in the protocol's words: diagnostics, hovers, and the edit that ignores one."""

from collections.abc import Callable

from lsprotocol import types as lsp

from backend_audit.catalog import Catalog, RuleCard
from backend_audit.finding import Finding, Place, Problem, Severity, Step
from backend_audit.report.safe import one_line

SOURCE = "backend-audit"
_SEVERITIES = {
    Severity.CRITICAL: lsp.DiagnosticSeverity.Error,
    Severity.HIGH: lsp.DiagnosticSeverity.Error,
    Severity.MEDIUM: lsp.DiagnosticSeverity.Warning,
    Severity.LOW: lsp.DiagnosticSeverity.Information,
}
_ENDINGS = {
    "# {}": "py pyw yml yaml toml env cfg sh",
    "; {}": "ini",
    "// {}": "js mjs cjs jsx ts mts cts tsx",
    "{{# {} #}}": "html jinja jinja2 j2",
}
_COMMENTS = {ending: form for form, endings in _ENDINGS.items() for ending in endings.split()}

Range = Callable[[Place], lsp.Range]  # a place in the client's units
Uri = Callable[[str], str]  # of a path


def region(place: Place) -> lsp.Range:
    """A place with lines and columns from 0 on, still in code points."""
    start = lsp.Position(place.line - 1, place.column - 1)
    return lsp.Range(start, lsp.Position(place.end_line - 1, max(place.end_column - 1, 0)))


def diagnostic(finding: Finding, catalog: Catalog, range_of: Range, uri_of: Uri) -> lsp.Diagnostic:
    """A finding; the way of its data is related information, the rule's page the description of its code."""
    card = card_of(finding.rule, catalog)
    related = [_related(step, range_of, uri_of) for step in (*finding.steps, *finding.related)]
    return lsp.Diagnostic(
        range=range_of(finding.place),
        message=one_line(f"{finding.message} {finding.fix}".strip()),
        severity=_SEVERITIES[card.severity] if card is not None else lsp.DiagnosticSeverity.Warning,
        code=finding.rule,
        code_description=lsp.CodeDescription(card.url) if card is not None and card.url else None,
        source=SOURCE,
        related_information=related or None,
        data=finding.fingerprint(),
    )


def trouble(problem: Problem, range_of: Range) -> lsp.Diagnostic:
    """What could not be analysed."""
    line = problem.line or 1
    return lsp.Diagnostic(
        range=range_of(Place(problem.path, line, 1, line, 1)),
        message=one_line(f"Could not be analysed: {problem.message}"),
        severity=lsp.DiagnosticSeverity.Warning if problem.incomplete else lsp.DiagnosticSeverity.Information,
        code="incomplete" if problem.incomplete else "problem",
        source=SOURCE,
    )


def hover(finding: Finding, catalog: Catalog) -> str:
    """What a finding says at length, as Markdown."""
    card = card_of(finding.rule, catalog)
    title = f"**{one_line(card.title)}** · {card.severity}" if card is not None else f"**{finding.rule}**"
    parts = [f"{title} · {finding.confidence} confidence", one_line(finding.message)]
    if finding.steps:
        parts.append("\n".join(f"{at}. {one_line(step.note)} ({_where(step)})" for at, step in enumerate(finding.steps, 1)))
    if finding.fix:
        parts.append(f"**How to mend:** {one_line(finding.fix)}")
    if card is not None and card.url:
        parts.append(f"[{finding.rule}]({card.url})")
    return "\n\n".join(parts)


def ignoring(finding: Finding, text: str) -> lsp.TextEdit | None:
    """The edit that covers a finding with a comment above its line; None where the language knows no comments."""
    form = _COMMENTS.get(finding.place.path.rpartition(".")[2].lower())
    lines = text.splitlines()
    if form is None or finding.place.line > len(lines):
        return None
    line = lines[finding.place.line - 1]
    indent = line[: len(line) - len(line.lstrip())]
    comment = form.format(f"backend-audit: ignore[{finding.rule}] because ")
    start = lsp.Position(finding.place.line - 1, 0)
    return lsp.TextEdit(lsp.Range(start, start), f"{indent}{comment}\n")


def card_of(rule: str, catalog: Catalog) -> RuleCard | None:
    """The rule's card; None for a rule without a page."""
    return catalog.cards.get(catalog.current(rule))


def _related(step: Step, range_of: Range, uri_of: Uri) -> lsp.DiagnosticRelatedInformation:
    return lsp.DiagnosticRelatedInformation(lsp.Location(uri_of(step.place.path), range_of(step.place)), one_line(step.note))


def _where(step: Step) -> str:
    return f"`{step.place.path}:{step.place.line}`"
