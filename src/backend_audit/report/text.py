"""The report for people: findings by file with their code, then what they come to and what was not looked at."""

import re
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from backend_audit.finding import Confidence, Finding, Report, Severity, Step
from backend_audit.report.context import Colors, RenderContext, Terminal, by_path
from backend_audit.report.safe import one_line, tame
from backend_audit.report.snippet import snippet
from backend_audit.report.summary import summary

SEVERITY_STYLE = {
    Severity.CRITICAL: "bold reverse red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold blue",
}
_INDENT = 5
_COLORS: dict[str, Colors] = {"standard": "standard", "256": "256", "truecolor": "truecolor"}
# rich gives every link a random id; links need none, and the same report must be the same bytes.
_LINK_ID = re.compile(r"(\x1b\]8;)id=[^;]*;")


def render_text(report: Report, context: RenderContext) -> str:
    """The whole report as text, with the colours and links that `context.terminal` allows."""
    parts: list[RenderableType] = []
    for path, findings in by_path(report.findings).items():
        parts += [Text(one_line(path), "bold underline"), ""]
        parts.extend(_finding(finding, context) for finding in findings)
    parts.append(summary(report, context))
    return to_text(Group(*parts), context.terminal)


def to_text(content: RenderableType, terminal: Terminal) -> str:
    """What rich makes of `content` on such a terminal; no trailing blanks, safe to print into a CI log."""
    out = StringIO()
    console = Console(
        file=out,
        width=terminal.width,
        color_system=terminal.colors,
        force_terminal=terminal.colors is not None,
        no_color=terminal.plain,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    console.print(content, crop=False)
    lines = _LINK_ID.sub(r"\1;", out.getvalue()).split("\n")
    return tame("\n".join(line.rstrip() for line in lines))


def _finding(finding: Finding, context: RenderContext) -> RenderableType:
    card = context.card(finding.rule)
    style = SEVERITY_STYLE[card.severity]
    link = Style(link=card.url) if context.terminal.links and card.url else Style()
    head = Text.assemble(
        (f"  {finding.place.line}:{finding.place.column}", "dim"),
        "  ",
        (card.severity, style),
        "  ",
        (finding.rule, Style.parse("cyan") + link),
    )
    if finding.confidence is not Confidence.HIGH:
        head.append(f"  {finding.confidence} confidence", "dim")
    body: list[RenderableType] = [head, Padding(_prose(finding.message), (0, 0, 0, _INDENT))]
    body += [snippet(finding, style), _notes(finding)]
    return Group(*body, "")


def terminal_of(console: Console) -> Terminal:
    """What `console`, the one on standard output, can show."""
    colors = _COLORS.get(console.color_system or "")
    if not console.is_terminal or colors is None:
        return Terminal(width=console.width if console.is_terminal else Terminal().width)
    return Terminal(width=console.width, colors=colors, plain=console.no_color, links=True)


def _prose(text: str) -> Text:
    """A sentence in which code between backticks stands out; on a pipe the backticks stay."""
    prose = Text()
    for at, part in enumerate(one_line(text).split("`")):
        prose.append(f"`{part}`" if at % 2 else part, "bold" if at % 2 else "")
    return prose


def _notes(finding: Finding) -> RenderableType:
    rows: list[RenderableType] = []
    for at, step in enumerate(finding.steps, 1):
        rows.append(_note("flow" if at == 1 else "", _step(step, finding), f"{at}."))
    for at, step in enumerate(finding.related):
        rows.append(_note("see" if at == 0 else "", _step(step, finding)))
    rows.append(_note("fix", _prose(finding.fix)))
    return Group(*rows)


def _note(label: str, text: Text, number: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=_INDENT - 1)
    grid.add_column(style="dim", width=4)
    if number:
        grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    grid.add_row("", label, *([number] if number else []), text)
    return grid


def _step(step: Step, finding: Finding) -> Text:
    where = f"{step.place.line}:{step.place.column}"
    if step.place.path != finding.place.path:
        where = f"{one_line(step.place.path)}:{where}"
    return Text.assemble(_prose(step.note), "  ", (where, "dim"))
