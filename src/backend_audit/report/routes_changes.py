"""How a route table changed since an older one: for people, for pages, for programs."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backend_audit.inventory import RouteRow
from backend_audit.inventory.diff import Change, Kind
from backend_audit.report.context import Terminal
from backend_audit.report.routes import guard_words
from backend_audit.report.routes_data import code, plain, render_json
from backend_audit.report.safe import one_line, tame
from backend_audit.report.summary import ROUTE_STYLE
from backend_audit.report.text import Hanging, prose, to_text

_TITLES = {
    Kind.LOOSENED: ("Loosened", "bold red"),
    Kind.NEW: ("New", "bold"),
    Kind.TIGHTENED: ("Tightened", "bold green"),
    Kind.CHANGED: ("Guarded in another way", "bold"),
    Kind.GONE: ("Gone", "bold"),
}
_INDENT = Text("      ")


def render_changes(changes: Sequence[Change], terminal: Terminal) -> str:
    """The changes as text, those that fail a run first."""
    parts: list[RenderableType] = []
    for kind, (title, style) in _TITLES.items():
        inside = [change for change in changes if change.kind is kind]
        if inside:
            parts.append(Text(title, style))
            for change in inside:
                parts += _change(change, terminal)
            parts.append("")
    parts.append(Text(changes_words(changes), "bold red" if any(one.alarming for one in changes) else "bold"))
    return to_text(Group(*parts), terminal)


def changes_words(changes: Sequence[Change]) -> str:
    """`2 loosened, 1 new (1 open)`."""
    told = []
    for kind in Kind:
        inside = [change for change in changes if change.kind is kind]
        if inside:
            alarming = sum(change.alarming for change in inside)
            told.append(f"{len(inside)} {kind}" + (f" ({alarming} open)" if kind is Kind.NEW and alarming else ""))
    return ", ".join(told) or "No route changed."


def render_changes_json(changes: Sequence[Change]) -> str:
    """The changes as a list of objects; `alarming` ones fail a run."""
    return render_json(
        [
            {"change": str(one.kind), "alarming": one.alarming, "reasons": one.reasons, "old": one.old, "new": one.new}
            for one in changes
        ]
    )


def render_changes_markdown(changes: Sequence[Change]) -> str:
    """The changes as a page: one list for each kind."""
    lines = ["# Routes: what changed", "", changes_words(changes), ""]
    for kind, (title, _) in _TITLES.items():
        inside = [change for change in changes if change.kind is kind]
        if inside:
            lines += [f"## {title}", ""]
            for change in inside:
                row = change.row
                verdict = f" **{row.verdict}**:" if kind is Kind.NEW and row.verdict == "open" else ""
                lines.append(f"*{verdict} {code(f'{row.method} {row.path}')} ({code(_where(row))})")
                lines += [f"  * {plain(reason)}" for reason in _reasons(change)]
            lines.append("")
    return tame("\n".join(lines).rstrip("\n") + "\n")


def _change(change: Change, terminal: Terminal) -> list[RenderableType]:
    row = change.row
    line = Text("  ", no_wrap=True, overflow="ignore")
    if change.kind is Kind.NEW:
        line.append(f"{row.verdict:<11}", ROUTE_STYLE.get(row.verdict, ""))
    line.append(f"{row.method} ", "cyan").append(one_line(row.path), "bold").append(f"  {_where(row)}", "dim")
    return [line, *(Hanging(_INDENT, prose(reason, terminal)) for reason in _reasons(change))]


def _where(row: RouteRow) -> str:
    return one_line(f"{row.handler} {row.file}:{row.line}")


def _reasons(change: Change) -> Sequence[str]:
    """Why it is told; of a new route, its guards or the reason for its verdict."""
    if change.kind is not Kind.NEW:
        return change.reasons
    guards = [one for one in change.row.guards if one.does != ("runs",)]
    if change.row.verdict == "protected" and guards:
        return [" → ".join(guard_words(one) for one in guards)]
    return [change.row.why] if change.row.why else []
