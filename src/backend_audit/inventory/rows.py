"""The route table as other programs read it: one flat row for each method of each route. Keys are only ever added."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from backend_audit.inventory.records import GuardRecord, RouteRecord

ANY, WEBSOCKET = "ANY", "WS"
VERDICTS = ("open", "unknown", "public", "protected")  # in the order in which people want to see them


class GuardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One guard: what it does, how it is attached, what shows it. `file` and `line` are those of its use, where known."""

    name: str
    does: tuple[str, ...] = ()
    via: str = ""
    because: str = ""
    file: str = ""
    line: int = 0
    scopes: tuple[str, ...] = ()


class RouteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one route. `file` and `line` are the handler's, `registered_…` those of the registration."""

    method: str
    path: str
    kind: str = "http"
    framework: str = ""
    handler: str = ""
    file: str = ""
    line: int = 0
    registered_file: str = ""
    registered_line: int = 0
    auth: str = "unknown"
    verdict: str = "unknown"
    why: str = ""
    guards: tuple[GuardRow, ...] = ()
    unapplied: tuple[GuardRow, ...] = ()
    body_validated: bool | None = None
    body_schema: str = ""
    response_schema: bool | None = None

    @property
    def order(self) -> tuple[str, str, str, int]:
        return self.path, self.method, self.file, self.line


def rows_of(routes: Iterable[RouteRecord]) -> list[RouteRow]:
    """The rows of `routes`, by path and method."""
    found = [_row(route, method) for route in routes for method in _methods(route)]
    return sorted(found, key=lambda row: row.order)


def counts(rows: Iterable[RouteRow]) -> dict[str, int]:
    """How many rows there are of each verdict, those of interest first, and in "total"."""
    found = Counter(row.verdict for row in rows)
    return {"total": sum(found.values()), **{verdict: found[verdict] for verdict in VERDICTS}}


def _methods(route: RouteRecord) -> tuple[str, ...]:
    if route.kind == "websocket":
        return (WEBSOCKET,)
    return route.methods or (ANY,)


def _row(route: RouteRecord, method: str) -> RouteRow:
    return RouteRow(
        method=method,
        path=route.path,
        kind=route.kind,
        framework=route.framework,
        handler=route.handler,
        file=route.place.path,
        line=route.place.line,
        registered_file=route.registered.path,
        registered_line=route.registered.line,
        auth=route.auth,
        verdict=route.verdict,
        why=route.why,
        guards=tuple(_guard(one) for one in route.guards),
        unapplied=tuple(_guard(one) for one in route.unapplied),
        body_validated=route.body_validated,
        body_schema=route.body_schema,
        response_schema=route.response_schema,
    )


def _guard(guard: GuardRecord) -> GuardRow:
    return GuardRow(
        name=guard.name,
        does=guard.does,
        via=guard.via,
        because=guard.because,
        file="" if guard.place is None else guard.place.path,
        line=0 if guard.place is None else guard.place.line,
        scopes=guard.scopes,
    )
