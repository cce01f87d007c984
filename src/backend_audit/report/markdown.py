"""Markdown for summaries of workflow runs and comments: what is new, with code and path, and what became of the routes."""

from collections.abc import Sequence
from urllib.parse import quote

from backend_audit.criteria import State
from backend_audit.finding import Finding, Gone, Report, Severity
from backend_audit.inventory.diff import Kind, compared
from backend_audit.report.context import RenderContext, Verdict, failing, is_incomplete, over_budget, verdict
from backend_audit.report.criteria_data import criteria_tables
from backend_audit.report.criteria_words import criteria_line, state_words
from backend_audit.report.order import by_worth
from backend_audit.report.owasp import TITLE, owasp_line, owasp_markdown
from backend_audit.report.practices import told_once
from backend_audit.report.routes_changes import changes_words
from backend_audit.report.routes_data import code, plain
from backend_audit.report.safe import tame, visible

_WORDS = {
    Verdict.CLEAN: "passed",
    Verdict.FINDINGS: "failed",
    Verdict.INCOMPLETE: "incomplete",
    Verdict.NOTHING: "nothing to scan",
}
_MARKS = {Severity.CRITICAL: "🟥", Severity.HIGH: "🔴", Severity.MEDIUM: "🟠", Severity.LOW: "🔵"}
_LANGUAGES = {"py": "python", "pyw": "python", "ts": "ts", "tsx": "tsx", "js": "js", "jsx": "jsx", "mjs": "js", "cjs": "js"}
_SHARE = 3  # the part of a limited report that its tables may fill: one of so many
_MOST_LISTED = 50  # rows of fixed findings, problems, routes


def render_markdown(report: Report, context: RenderContext) -> str:
    """The report; what `context.markdown_limit` has no room for is told with fewer words, and then counted."""
    head, tail = _head(report, context), _tail(report, context)
    told = told_once(by_worth(report, context), context)
    title = "New findings" if report.comparison is not None else "Findings"
    room = None if context.markdown_limit is None else context.markdown_limit - _size("\n".join([*head, *tail])) - 1_000
    body: list[str] = [f"## {title}", ""] if told else []
    for at, (finding, alike) in enumerate(told):
        long, short = _finding(finding, alike, report, context), _line(finding, context) + _more(alike)
        cost = next((one for one in (long, short) if room is None or _size(one) <= room), None)
        if cost is None:
            left = sum(1 + len(one.alike) for one in told[at:])
            body += [f"{left} more findings have no room here; the SARIF file and the log have them.", ""]
            break
        room = None if room is None else room - _size(cost)
        body.append(cost)
    return tame("\n".join([*head, *body, *tail]).rstrip("\n") + "\n")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace")) + 1


def _head(report: Report, context: RenderContext) -> list[str]:
    what = verdict(report, context)
    new = "new " if report.comparison is not None else ""
    count = len(report.findings)
    told = f"{count:,} {new}finding{'' if count == 1 else 's'}" if count else f"no {new}findings"
    if count and failing(report, context) < count:
        told += f", {failing(report, context):,} at or above {context.fail_on}" if context.fail_on else ", none fails the run"
    lines = [f"# backend-audit {_WORDS[what]}: {told}", ""]
    if is_incomplete(report):
        lines += ["**Incomplete:** not everything could be analysed, see below.", ""]
    if excess := over_budget(report, context):
        budget = context.suppression_budget
        lines += [f"**{budget + excess} findings are suppressed, and {budget} may be** (`suppression-budget`).", ""]
    if report.comparison is not None:
        found = report.comparison
        counts = f"{count:,} new, {len(found.known):,} unchanged, **fixed {found.fixed:,}**"
        lines += [f"Compared with {plain(found.against)}: {counts}.", ""]
        lines += [line for note in found.notes for line in (f"> {plain(note)}", "")]
    return lines


def _finding(finding: Finding, alike: Sequence[Finding], report: Report, context: RenderContext) -> str:
    card = context.card(finding.rule)
    rule = f"[`{finding.rule}`]({card.url})" if card.url else f"`{finding.rule}`"
    sure = "" if finding.confidence == "high" else f" · {finding.confidence} confidence"
    lines = [
        f"### {_MARKS[card.severity]} {plain(card.title)}",
        "",
        f"{card.severity} · {rule}{sure} · {_where(finding, context)}",
    ]
    if report.comparison is not None and report.comparison.changed is not None and not report.comparison.touches(finding.place):
        lines[-1] += " · *on lines that did not change*"
    lines += ["", plain(finding.message), ""]
    if finding.code.strip():
        lines += [*_fenced(finding), ""]
    for at, step in enumerate(finding.steps, 1):
        lines.append(f"{at}. {plain(step.note)} {_link(step.place.path, step.place.line, context)}")
    if finding.steps:
        lines.append("")
    lines += [f"**Fix:** {plain(finding.fix)}", ""]
    if alike:
        links = [_link(one.place.path, one.place.line, context) for one in alike[:_MOST_LISTED]]
        rest = [f"and {len(alike) - _MOST_LISTED} more"] if len(alike) > _MOST_LISTED else []
        lines += [f"**{len(alike)} more like this:** {', '.join([*links, *rest])}", ""]
    return "\n".join(lines)


def _line(finding: Finding, context: RenderContext) -> str:
    card = context.card(finding.rule)
    return f"* {_MARKS[card.severity]} {card.severity} `{finding.rule}` {_where(finding, context)}: {plain(finding.message)}"


def _more(alike: Sequence[Finding]) -> str:
    return f" (and {len(alike)} more like this)" if alike else ""


def _where(finding: Finding, context: RenderContext) -> str:
    inside = f" in {code(finding.symbol)}" if finding.symbol else ""
    return f"{_link(finding.place.path, finding.place.line, context)}{inside}"


def _link(path: str, line: int, context: RenderContext) -> str:
    shown = code(f"{path}:{line}")
    return f"[{shown}]({context.source_url}{quote(path)}#L{line})" if context.source_url else shown


def _fenced(finding: Finding) -> list[str]:
    fence = "```"
    text = visible(finding.code.rstrip().expandtabs(4))
    while fence in text:
        fence += "`"
    language = _LANGUAGES.get(finding.place.path.rpartition(".")[2], "")
    return [f"{fence}{language}", text.strip(), fence]


def _tail(report: Report, context: RenderContext) -> list[str]:
    lines: list[str] = []
    found = report.comparison
    if found is not None and found.gone:
        lines += ["## Fixed", ""]
        lines += _listed([f"`{one.rule}` {_was(one)}{_times(one.count)}" for one in found.gone])
    if found is not None and found.silenced:
        lines += ["## Newly suppressed", ""]
        rows = [(one, one.finding) for one in found.silenced]
        lines += _listed([f"`{it.rule}` {_where(it, context)}: {plain(one.reason) or '*no reason given*'}" for one, it in rows])
    lines += _route_changes(context)
    lines += _criteria_changes(context) if found is not None else _scorecard(context)
    if report.problems:
        lines += ["## Could not be analysed", ""]
        rows_of = [
            f"{code(one.path) or 'the scan'}{f':{one.line}' if one.line else ''}: {plain(one.message)}" for one in report.problems
        ]
        lines += _listed(rows_of)
    judged = f"{report.files:,} file{'' if report.files == 1 else 's'}, {report.lines:,} lines judged"
    left = [f"{one.count:,} {plain(one.reason)}" for one in report.skipped]
    hidden = [
        f"{count:,} {what}"
        for count, what in (
            (len(report.suppressed), "suppressed"),
            (report.below, f"below {context.min_confidence} confidence"),
            (report.hidden_by_mode, f"outside the {context.mode} mode"),
        )
        if count
    ]
    lines.append(f"<sub>{judged}" + (f"; not looked at: {', '.join(left)}" if left else "") + f"{_not_shown(hidden)}.</sub>")
    return lines


def _was(gone: Gone) -> str:
    """Where it was; no link, since the line is another one now."""
    line = "" if gone.finding is None else f":{gone.finding.place.line}"
    return f"{code(f'{gone.path}{line}')}{f' in {code(gone.symbol)}' if gone.symbol else ''}"


def _not_shown(hidden: Sequence[str]) -> str:
    return f"; not shown: {', '.join(hidden)}" if hidden else ""


def _times(count: int) -> str:
    return f", {count} times" if count > 1 else ""


def _listed(rows: Sequence[str]) -> list[str]:
    lines = [f"* {row}" for row in rows[:_MOST_LISTED]]
    return [*lines, *([f"* and {len(rows) - _MOST_LISTED} more"] if len(rows) > _MOST_LISTED else []), ""]


def _scorecard(context: RenderContext) -> list[str]:
    """What the criteria and the OWASP Top 10 come to, folded; nothing where no backend was scanned."""
    lines: list[str] = []
    if any(one.state is not State.NOT_APPLICABLE for one in context.criteria):
        # One level below its own title.
        tables = [f"#{line}" if line.startswith("## ") else line for line in criteria_tables(context.criteria)]
        lines += ["## Success criteria", "", *_folded(criteria_line(context.criteria).plain, tables)]
    if context.owasp:
        lines += [f"## {TITLE}", "", *_folded(owasp_line(context.owasp), owasp_markdown(context.owasp))]
    room = context.markdown_limit
    return lines if room is None or _size("\n".join(lines)) < room / _SHARE else []


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return [f"<details><summary>{plain(title)}</summary>", "", *lines, "</details>", ""]


def _criteria_changes(context: RenderContext) -> list[str]:
    """The success criteria that come to something else than at the base, the lost ones first."""
    before = {one.id: one.state for one in context.criteria_before or ()}
    changed = [one for one in context.criteria if before.get(one.id, one.state) is not one.state]
    if not changed:
        return []
    changed.sort(key=lambda one: list(State).index(one.state), reverse=True)  # stable
    rows = [
        f"**{plain(one.title)}**: {state_words(before[one.id])} → {state_words(one.state)}: {plain(one.reason)}"
        for one in changed
    ]
    return ["## Success criteria", "", *_listed(rows)]


def _route_changes(context: RenderContext) -> list[str]:
    """What became of the routes since the base; those that ask less of callers first."""
    if context.table_before is None:
        return []
    changes = compared(context.table_before, context.table)
    if not changes:
        return []
    rows = []
    for change in changes:
        row = change.row
        kind = f"**{change.kind}**" if change.alarming else str(change.kind)
        why = "; ".join(plain(one) for one in change.reasons) or (
            plain(f"{row.verdict}: {row.why}") if change.kind is Kind.NEW else ""
        )
        # What is gone stood in a file as it was: a link to that line now would show something else.
        where = code(f"{row.file}:{row.line}") if change.kind is Kind.GONE else _link(row.file, row.line, context)
        rows.append(f"{kind} {code(f'{row.method} {row.path}')} {where}{f': {why}' if why else ''}")
    return ["## Routes", "", f"{changes_words(changes)}", "", *_listed(rows)]
