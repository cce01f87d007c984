"""The route table for people: routes by the file of their handlers, what stands before each, and what they come to."""

from collections.abc import Sequence

from msgspec.structs import replace
from rich.console import Group, RenderableType
from rich.text import Text

from backend_audit.inventory import GuardRow, RouteRow, counts
from backend_audit.report.context import Terminal
from backend_audit.report.safe import one_line
from backend_audit.report.summary import ROUTE_STYLE, routes_line
from backend_audit.report.text import Hanging, prose, to_text

_VERDICT = 11  # the width of the column, its gap included
_LEAST_PATH = 24
_WIDEST_METHODS = 16
_FEW, _SPARSE = 4, 2  # files, and routes in each, from which on they are told file by file
_SIGNIFICANT = 40  # of a handler's name on the route's line
_QUIET = frozenset({"runs", "identifies", "opens"})  # turn nobody away; the reason for the verdict names them


def render_routes(rows: Sequence[RouteRow], terminal: Terminal, *, of: int) -> str:
    """`rows` as text; `of` is how many there are without filters."""
    parts: list[RenderableType] = []
    files = {file: _together(inside) for file, inside in _by_file(rows).items()}
    flat = len(files) > _FEW and sum(len(groups) for groups in files.values()) < _SPARSE * len(files)
    if flat:  # a heading for each route would be more than the routes
        files = {"": _together(rows)}
    methods = max((len(_methods(group)) for groups in files.values() for group in groups), default=0)
    for file, groups in files.items():
        parts += [] if flat else [Text(one_line(file), "bold underline"), ""]
        layout = _Layout(groups, terminal, min(methods, _WIDEST_METHODS), files=flat)
        for group in groups:
            parts += layout.route(group)
        parts.append("")
    parts.append(_summary(rows, of))
    return to_text(Group(*parts), terminal)


def guard_words(guard: GuardRow) -> str:
    """A guard and what it does: "`require_role` authenticates and authorizes (admin)"."""
    scopes = f" ({one_line(', '.join(guard.scopes))})" if guard.scopes else ""
    return f"`{one_line(guard.name)}` {' and '.join(guard.does)}{scopes}"


def _by_file(rows: Sequence[RouteRow]) -> dict[str, list[RouteRow]]:
    files: dict[str, list[RouteRow]] = {}
    for row in rows:
        files.setdefault(row.file, []).append(row)
    return files


def _together(rows: Sequence[RouteRow]) -> list[list[RouteRow]]:
    """Rows that differ only in their method, as one."""
    groups: dict[RouteRow, list[RouteRow]] = {}
    for row in rows:
        groups.setdefault(replace(row, method=""), []).append(row)
    return list(groups.values())


class _Layout:
    """The columns of one file's routes: verdict, methods, path, handler."""

    def __init__(self, groups: Sequence[Sequence[RouteRow]], terminal: Terminal, methods: int, *, files: bool) -> None:
        self.files = files
        self.terminal = terminal
        self.width = min(terminal.width, 120)
        self.methods = methods + 2
        self.lead = 2 + _VERDICT + self.methods
        longest = max((len(one_line(group[0].path)) for group in groups), default=0)
        names = max((min(len(_handler(group[0])), _SIGNIFICANT) for group in groups), default=0)
        self.path = max(min(longest, self.width - self.lead - names - 2), _LEAST_PATH)
        self.narrow = self.width < self.lead + _LEAST_PATH + names + 2

    def route(self, group: Sequence[RouteRow]) -> list[RenderableType]:
        """One route: a line, and below it what is known of it."""
        row = group[0]
        line = Text(no_wrap=True, overflow="ignore")
        line.append(f"  {row.verdict:<{_VERDICT}}", ROUTE_STYLE.get(row.verdict, ""))
        line.append(f"{_methods(group):<{self.methods}}", "cyan")
        path, handler = one_line(row.path), _handler(row)
        beside = not self.narrow and not self.files and len(path) <= self.path
        line.append(f"{path:<{self.path}}" if beside else path, "bold")
        if beside:
            line.append(f"  {handler}", "dim")
        where = f"{one_line(row.handler)} {one_line(row.file)}:{row.line}" if self.files else handler
        notes = [] if beside else [Text(where, "" if self.files else "dim")]
        notes += self.notes(row)
        indent = Text(" " * (6 if self.narrow else self.lead), "dim")
        return [line, *(Hanging(indent, note) for note in notes)]

    def notes(self, row: RouteRow) -> list[Text]:
        """Why the verdict is so, what stands before the handler, what goes in and out, and what is written there and not run."""
        guards = " → ".join(guard_words(one) for one in row.guards if _is_shown(one, row))
        why = row.why if row.verdict != "protected" or not guards else ""
        loud = row.verdict in {"open", "unknown"}
        parts = [(why, "" if loud else "dim"), (guards, "dim"), (_bodies(row), "dim")]
        told = Text(" · ", "dim").join(self.prose(text, style) for text, style in parts if text)
        warnings = [f"warning: {guard_words(one)}, but it does not run here" for one in row.unapplied]
        return [*([told] if told else []), *(self.prose(text, "yellow") for text in warnings)]

    def prose(self, text: str, style: str) -> Text:
        found = prose(text, self.terminal)
        found.stylize_before(style)
        if style == "dim":  # but what it names is there to be read
            for span in [span for span in found.spans if span.style == "bold"]:
                found.stylize("not dim not bold", span.start, span.end)
        return found


def _is_shown(guard: GuardRow, row: RouteRow) -> bool:
    """Whether a guard tells something: it turns callers away, and not only as a part of what a public route is for."""
    return not _QUIET.issuperset(guard.does) and (guard.via != "body" or row.verdict == "protected")


def _methods(group: Sequence[RouteRow]) -> str:
    return ",".join(row.method for row in group)


def _handler(row: RouteRow) -> str:
    return f"{one_line(row.handler)}:{row.line}"


def _bodies(row: RouteRow) -> str:
    parts = []
    if row.body_schema:
        parts.append(f"body `{one_line(row.body_schema)}`")
    elif row.body_validated is not None:
        parts.append("body validated" if row.body_validated else "body not validated")
    if row.response_schema:
        parts.append("response schema")
    return ", ".join(parts)


def _summary(rows: Sequence[RouteRow], of: int) -> RenderableType:
    line = routes_line(counts(rows))
    if len(rows) != of:
        line.append(f" (of {of:,})", "dim")
    unapplied = sum(bool(row.unapplied) for row in rows)
    if unapplied:
        line.append(f"; {unapplied} with a guard that does not run", "yellow")
    return line
