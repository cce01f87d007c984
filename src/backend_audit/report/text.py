"""The report for people: findings by file with their code, then what they come to and what was not looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from backend_audit.finding import Confidence, Finding, Report, Severity, Step
from backend_audit.report.context import RenderContext, Terminal, by_path
from backend_audit.report.practices import places, told_once
from backend_audit.report.safe import one_line, tame
from backend_audit.report.snippet import snippet
from backend_audit.report.summary import summary

SEVERITY_STYLE = {
    Severity.CRITICAL: "bold reverse red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold bright_blue",
}
_THEME = Theme({"markdown.code": "bold cyan"})  # rich's own puts it on black, which is no background of light terminals
_INDENT = 5
_MOST_FILES = 20  # in which others like it stand
_WIDEST = 120  # longer lines of prose are hard to read
# rich gives every link a random id; links need none, and the same report must be the same bytes.
_LINK_ID = re.compile(r"(\x1b\]8;)id=[^;]*;")


@dataclass(frozen=True, slots=True)
class Hanging:
    """A paragraph that begins after `lead` and whose further lines are indented as far."""

    lead: Text
    body: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = self.lead.cell_len
        lines = self.body.wrap(console, max(options.max_width - indent, 20))
        for at, line in enumerate(lines):
            yield Text.assemble(self.lead if at == 0 else " " * indent, line)


def render_text(report: Report, context: RenderContext) -> str:
    """The whole report as text, with the colours and links that `context.terminal` allows."""
    parts: list[RenderableType] = []
    told = told_once(report.findings, context)
    alike = {id(one.finding): one.alike for one in told}
    for path, findings in by_path([one.finding for one in told]).items():
        parts += [Text(one_line(path), "bold underline"), ""]
        parts.extend(_finding(finding, alike[id(finding)], context) for finding in findings)
    parts.append(summary(report, context))
    return to_text(Group(*parts), context.terminal)


def to_text(content: RenderableType, terminal: Terminal) -> str:
    """What rich makes of `content` on such a terminal; no trailing blanks, safe to print into a CI log."""
    out = StringIO()
    console = Console(
        file=out,
        width=min(terminal.width, _WIDEST),
        color_system=terminal.colors or ("standard" if terminal.plain else None),
        force_terminal=terminal.colors is not None or terminal.plain,
        no_color=terminal.colors is None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        theme=_THEME,
        _environ={},
    )
    console.print(content, crop=False)
    lines = _LINK_ID.sub(r"\1;", out.getvalue()).split("\n")
    return tame("\n".join(line.rstrip() for line in lines))


def _finding(finding: Finding, alike: Sequence[Finding], context: RenderContext) -> RenderableType:
    card = context.card(finding.rule)
    style = SEVERITY_STYLE[card.severity]
    link = Style(link=card.url) if context.terminal.clickable and card.url else Style()
    head = Text.assemble(
        (f"  {finding.place.line}:{finding.place.column}", "dim"),
        "  ",
        (card.severity, style),
        "  ",
        (finding.rule, Style.parse("cyan") + link),
    )
    if finding.confidence is not Confidence.HIGH:
        head.append(f"  {finding.confidence} confidence", "dim")
    if finding.steps:  # what `explain --finding` takes
        head.append(f"  · {finding.fingerprint()[:12]}", "dim")
    body: list[RenderableType] = [head, Hanging(Text(" " * _INDENT), prose(finding.message, context.terminal))]
    body += [snippet(finding, style), _notes(finding, context)]
    if alike:
        body.append(_note("and", _listed(alike)))
    return Group(*body, "")


def prose(text: str, terminal: Terminal) -> Text:
    """A sentence whose code stands out: in bold where there are colours, between backticks elsewhere."""
    sign = "`" if terminal.colors is None else ""
    prose = Text()
    for at, part in enumerate(one_line(text).split("`")):
        prose.append(f"{sign}{part}{sign}" if at % 2 else part, "bold" if at % 2 else "")
    return prose


def _notes(finding: Finding, context: RenderContext) -> RenderableType:
    rows: list[RenderableType] = []
    for at, step in enumerate(finding.steps, 1):
        rows.append(_note("flow" if at == 1 else "", _step(step, finding, context), f"{at}."))
    for at, steps in enumerate(finding.others):
        rows.append(_note("" if at else "also", _step(steps[0], finding, context)))
    for at, step in enumerate(finding.related):
        rows.append(_note("see" if at == 0 else "", _step(step, finding, context)))
    rows.append(_note("fix", prose(finding.fix, context.terminal)))
    return Group(*rows)


def _listed(alike: Sequence[Finding]) -> Text:
    """`22 more like this: a.py 12, 40 · b.py 7`."""
    found = [Text.assemble(one_line(path), (f" {', '.join(map(str, lines))}", "dim")) for path, lines in places(alike)]
    more = [Text(f"{len(found) - _MOST_FILES} more files, which `--format concise` lists")] if len(found) > _MOST_FILES else []
    return Text(f"{len(alike)} more like this: ") + Text(" · ").join([*found[:_MOST_FILES], *more])


def _note(label: str, text: Text, number: str = "") -> RenderableType:
    return Hanging(Text(f"{'':{_INDENT}}{label:<4} {number and number + ' '}", "dim"), text)


def _step(step: Step, finding: Finding, context: RenderContext) -> Text:
    where = f"{step.place.line}:{step.place.column}"
    if step.place.path != finding.place.path:
        where = f"{one_line(step.place.path)}:{where}"
    return Text.assemble(prose(step.note, context.terminal), "  ", (where, "dim"))
