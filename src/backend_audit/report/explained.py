"""One finding told at length, for `backend-audit explain --finding`: its way with the code, and why nothing on it held."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backend_audit.finding import Finding, Report, Step
from backend_audit.report.context import RenderContext
from backend_audit.report.safe import encodable, one_line
from backend_audit.report.snippet import snippet
from backend_audit.report.text import SEVERITY_STYLE, Hanging, prose, to_text

_NOTHING = "no sanitizer and no test of this data was seen on the way"


def render_finding(finding: Finding, context: RenderContext, *, suppressed: str | None = None) -> str:
    """The finding as text; `suppressed` is the reason of the ignore comment that covers it ("": none was given)."""
    finding = encodable(Report(findings=(finding,))).findings[0]
    card = context.card(finding.rule)
    style = SEVERITY_STYLE[card.severity]
    place = finding.place
    parts: list[RenderableType] = [
        Text.assemble((card.title, "bold"), "  ", (card.severity, style), "  ", (finding.rule, "cyan")),
        Text.assemble(
            (f"{one_line(place.path)}:{place.line}:{place.column}", "bold"),
            (f"  in {one_line(finding.symbol)}" if finding.symbol else "", ""),
            (f"  {finding.confidence} confidence", "dim"),
        ),
        Text(f"fingerprint {finding.fingerprint()}", "dim"),
    ]
    if suppressed is not None:
        parts.append(Text(f"suppressed by an ignore comment: {one_line(suppressed) or 'no reason given'}", "yellow"))
    parts += ["", prose(finding.message, context.terminal), snippet(finding, style), ""]
    if finding.steps:
        parts += _section("The way of the data", finding.steps, context, numbered=True)
        parts += _section("Considered, and why it does not hold", finding.considered, context)
    for steps in finding.others:
        parts += _section("Another way to the same place", steps, context, numbered=True)
    if finding.related:
        parts += _section("See also", finding.related, context)
    parts += [Text("How to mend", "bold"), Hanging(Text("  "), prose(finding.fix, context.terminal)), ""]
    parts.append(Text(f"The rule: backend-audit explain {finding.rule}", "dim"))
    if card.url:
        parts.append(Text(card.url, "dim", no_wrap=True, overflow="ignore"))
    return to_text(Group(*parts), context.terminal)


def _section(title: str, steps: Sequence[Step], context: RenderContext, *, numbered: bool = False) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(title, "bold")]
    for at, step in enumerate(steps, 1):
        lead = Text(f"  {at}. " if numbered else "  - ", "dim")
        where = f"{one_line(step.place.path)}:{step.place.line}:{step.place.column}"
        parts.append(Hanging(lead, Text.assemble(prose(step.note, context.terminal), "  ", (where, "dim"))))
        code = one_line(step.code)
        if code:
            parts.append(Text(f"{'':{lead.cell_len}}│ {code}", "dim", no_wrap=True, overflow="ellipsis"))
    if not steps:
        parts.append(Text(f"  {_NOTHING}", "dim"))
    return [*parts, ""]
