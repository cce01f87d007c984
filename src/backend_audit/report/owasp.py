"""What was found in each category of the OWASP Top 10, as text and as Markdown."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from backend_audit.criteria.owasp import CategoryCount, CategoryState
from backend_audit.report.routes_data import plain

TITLE = "OWASP Top 10 (2021)"
_STATES = {
    CategoryState.FOUND: "found",
    CategoryState.NOTHING: "nothing found",
    CategoryState.NOT_ASSESSED: "not assessed",
}
_STYLES = {CategoryState.FOUND: "bold red", CategoryState.NOTHING: "green", CategoryState.NOT_ASSESSED: "dim"}


def owasp_line(rows: Sequence[CategoryCount]) -> str:
    """`12 findings in 3 of the ten categories, 2 beside them`."""
    inside = [one for one in rows if one.id]
    count = sum(one.findings for one in inside)
    where = sum(one.findings > 0 for one in inside)
    beside = sum(one.findings for one in rows if not one.id)
    told = f"{count:,} finding{'' if count == 1 else 's'} in {where} of the ten categories" if count else "no findings in the ten"
    return f"{told}, {beside:,} beside them" if beside else told


def owasp_text(rows: Sequence[CategoryCount]) -> Table:
    """A row for each category: what it is called, its state, and what was found by severity."""
    table = Table.grid(padding=(0, 2))
    table.add_column(width=3)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for one in rows:
        style = _STYLES[one.state]
        table.add_row(Text(one.id, "dim"), Text(one.title), Text(_STATES[one.state], style), Text(told(one), "dim"))
    return table


def owasp_markdown(rows: Sequence[CategoryCount]) -> list[str]:
    """The table as lines of Markdown."""
    lines = ["| category | state | findings | suppressed | rules |", "|---|---|---|---|---|"]
    for one in rows:
        name = f"[{one.id} {one.title}]({one.page})" if one.page else one.title
        state = f"**{_STATES[one.state]}**" if one.findings else _STATES[one.state]
        state += f": {plain(one.why)}" if one.why else ""
        lines.append(f"| {name} | {state} | {severities(one) or '0'} | {one.suppressed} | {one.rules} |")
    return [*lines, ""]


def told(one: CategoryCount) -> str:
    """What a row says besides its state: `3 high, 1 low; 2 suppressed`, or why nobody looked."""
    parts = [severities(one), f"{one.suppressed:,} suppressed" if one.suppressed else "", one.why]
    looked = f"by {one.rules} rule{'' if one.rules == 1 else 's'}" if one.state is CategoryState.NOTHING else ""
    return "; ".join(part for part in (looked, *parts) if part)


def severities(one: CategoryCount) -> str:
    """Findings by severity in words; "" for none."""
    return ", ".join(f"{count:,} {severity}" for severity, count in one.by_severity.items() if count)


def state_of_category(state: CategoryState) -> str:
    """A state as people say it."""
    return _STATES[state]
