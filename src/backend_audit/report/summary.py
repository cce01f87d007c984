"""The end of the report for people: what was found, what was not looked at and why, and the verdict."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from backend_audit.catalog import CLAUSES
from backend_audit.finding import Comparison, Confidence, Mode, Report, Severity
from backend_audit.report.context import (
    RenderContext,
    Verdict,
    by_clause,
    by_rule,
    by_severity,
    failing,
    is_incomplete,
    over_budget,
    verdict,
)
from backend_audit.report.criteria_words import scan_line
from backend_audit.report.safe import one_line

_STYLE = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "bright_blue"}
ROUTE_STYLE = {"open": "bold red", "unknown": "yellow", "public": "dim", "protected": "green"}
_ROUTE_WORDS = {"protected": "protected", "public": "public by intent", "open": "open", "unknown": "unknown"}
_BAR = 24
_MOST_FIXED = 20  # listed


def summary(report: Report, context: RenderContext) -> RenderableType:
    """Tables by severity and clause (by rule with `statistics`), what is missing, and the verdict as the last line."""
    parts: list[RenderableType] = []
    if report.findings:
        parts += [Rule(style="dim", characters="─"), _severities(report, context), "", _clauses(report, context), ""]
        if context.statistics or not context.terminal.clickable:
            parts += [_rules(report, context), ""]
    parts += _section("Could not be analysed", _problems(report))
    parts += _section("Not looked at", _skipped(report))
    parts += _section("Fixed", _fixed(report))
    parts += _section("Not shown", _hidden(report, context))
    if report.comparison is not None:
        parts += [Text(one_line(note), "yellow") for note in report.comparison.notes]
        parts.append(_compared(report.comparison, len(report.findings)))
    if context.routes.get("total"):
        parts.append(routes_line(context.routes) + Text("  `backend-audit routes` lists them", "dim"))
    if context.criteria and (line := scan_line(context.criteria)) is not None:
        parts.append(line)
    parts.append(_verdict(report, context))
    return Group(*parts)


def routes_line(numbers: Mapping[str, int]) -> Text:
    """`44 routes: 31 protected, 9 public by intent, 4 open`, from the counts by verdict and in "total"."""
    line = Text.assemble((_many(numbers.get("total", 0), "route"), "bold"))
    told = [Text(f"{numbers[one]:,} {word}", ROUTE_STYLE[one]) for one, word in _ROUTE_WORDS.items() if numbers.get(one)]
    return line + Text(": ") + Text(", ").join(told) if told else line


def _severities(report: Report, context: RenderContext) -> RenderableType:
    counts = by_severity(report, context)
    most = max(counts.values())
    grid = _grid("right")
    for severity, count in counts.items():
        bar = "━" * (-(-count * _BAR // most) if count else 0)
        style = _STYLE[severity] if count else "dim"
        grid.add_row(Text(str(count), style), Text(severity, style), Text(bar, style))
    return grid


def _clauses(report: Report, context: RenderContext) -> RenderableType:
    grid = _grid("right")
    for clause, count in by_clause(report, context).items():
        grid.add_row(str(count), Text(CLAUSES.get(clause, "beside the seed")), Text(clause, "dim"))
    return grid


def _rules(report: Report, context: RenderContext) -> RenderableType:
    counts = by_rule(report, context)
    widest = max(len(rule) for rule in counts)
    lines = []
    for rule, count in counts.items():
        card = context.card(rule)
        linked = Style(link=card.url) if context.terminal.clickable and card.url else Style()
        line = Text(no_wrap=True, overflow="ignore")
        line.append(f"{count:>5}  ").append(f"{card.severity:<8}", _STYLE[card.severity]).append("  ")
        line.append(rule, linked)
        if not context.terminal.clickable:  # a page's whole address, on one line so that it can be opened
            line.append(" " * (widest - len(rule) + 2) + card.url, "dim")
        lines.append(line)
    return Group(*lines)


def _problems(report: Report) -> RenderableType | None:
    grid = _grid("left")
    for problem in report.problems:
        where = f"  {one_line(problem.path) or 'the scan'}"
        if problem.line:
            where += f":{problem.line}"
        style = "yellow" if problem.incomplete else "dim"
        grid.add_row(Text(where), Text(problem.kind, style), Text(one_line(problem.message)))
    return grid if report.problems else None


def _skipped(report: Report) -> RenderableType | None:
    grid = _grid("right")
    for one in report.skipped:
        examples = ", ".join(one_line(path) for path in one.examples[:2])
        more = ", …" if one.count > len(one.examples[:2]) and examples else ""
        note = "--tests judges them" if one.reason == "tests" else examples + more
        grid.add_row(f"{one.count:,}", Text(one_line(one.reason)), Text(note, "dim"))
    return grid if report.skipped else None


def _hidden(report: Report, context: RenderContext) -> RenderableType | None:
    rows = []
    if report.suppressed:
        rows.append((len(report.suppressed), "suppressed by ignore comments", "--no-ignores shows them"))
    if report.below:
        lower = Confidence.LOW if context.min_confidence is Confidence.MEDIUM else Confidence.MEDIUM
        text = f"below {context.min_confidence} confidence"
        rows.append((report.below, text, f"--min-confidence {lower} shows them"))
    if report.hidden_by_mode:
        higher = Mode.ADVANCED if context.mode is Mode.DEFAULT else Mode.ELITE
        rows.append((report.hidden_by_mode, f"outside the {context.mode} mode", f"--mode {higher} shows more"))
    grid = _grid("right")
    for count, text, hint in rows:
        grid.add_row(f"{count:,}", text, Text(hint, "dim"))
    return grid if rows else None


def _fixed(report: Report) -> RenderableType | None:
    gone = report.comparison.gone if report.comparison is not None else ()
    grid = _grid("left")
    for one in gone[:_MOST_FIXED]:
        line = f":{one.finding.place.line}" if one.finding is not None else ""
        times = f", {one.count} times" if one.count > 1 else ""
        grid.add_row(Text(f"  {one_line(one.path)}{line}"), Text(one.rule + times, "green"), Text(one_line(one.symbol), "dim"))
    if len(gone) > _MOST_FIXED:
        grid.add_row(Text(f"  and {len(gone) - _MOST_FIXED:,} more"))
    return grid if gone else None


def _compared(comparison: Comparison, new: int) -> Text:
    told = [f"{new:,} new", f"{len(comparison.known):,} unchanged", f"fixed {comparison.fixed:,}"]
    if comparison.silenced:
        told.append(f"{len(comparison.silenced):,} newly suppressed")
    return Text.assemble((f"Compared with {one_line(comparison.against)}: ", "dim"), (", ".join(told), "bold"))


def _section(title: str, content: RenderableType | None) -> list[RenderableType]:
    return [] if content is None else [Text(title, "bold"), content, ""]


def _grid(first: str) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(justify="right" if first == "right" else "left", min_width=5 if first == "right" else 0)
    grid.add_column()
    grid.add_column(overflow="fold")
    return grid


def _verdict(report: Report, context: RenderContext) -> RenderableType:
    count = failing(report, context)
    judged = f"{_many(report.files, 'file')}, {_many(report.lines, 'line')} judged"
    new = "new " if report.comparison is not None else ""
    found = _many(len(report.findings), f"{new}finding") if report.findings else f"no {new}findings"
    if report.findings and count < len(report.findings):
        found += (
            f", {f'{count:,}' if count else 'none'} at or above {context.fail_on}"
            if context.fail_on
            else ", none of which fails the run"
        )
    if excess := over_budget(report, context):
        budget = context.suppression_budget
        found += f", {_many(budget + excess, 'finding')} suppressed where {budget:,} may be"
    what = verdict(report, context)
    words = [("FAILED", "red")] if what is Verdict.FINDINGS else []
    if is_incomplete(report):
        words.append(("INCOMPLETE", "yellow"))
        found += f", {_many(sum(one.incomplete for one in report.problems), 'problem')}"
    elif what is Verdict.NOTHING:
        words.append(("NOTHING TO SCAN", "yellow"))
    elif what is Verdict.CLEAN:
        words.append(("PASSED", "green"))
    line = Text(", ").join(Text(word, f"bold {style}") for word, style in words)
    return line + Text.assemble(": ", (found, "bold"), (f" in {judged}", "dim"))


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
