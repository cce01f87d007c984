"""Writes to what is delicate (users, rights, money) that leave no entry in the project's own audit log, where others do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Route, RouteTable
from backend_audit.source import Mark

_DELICATE = frozenset(
    """
    user users member members role roles permission permissions group groups admin admins account accounts organization
    organizations team teams invitation invitations payment payments billing invoice invoices refund refunds subscription
    subscriptions payout payouts apikey apikeys key keys token tokens secret secrets credential credentials password passwords
    settings policy policies
    """.split()
)
_ASKS = re.compile(
    r"(^|[/_-])(search|query|validate|check|preview|export|test|login|logout|refresh|verify)([/_-]|$)", re.IGNORECASE
)
_FEW = 3
_SHARE = 0.75
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class UnauditedWrite(Concept):
    """`route` writes without an entry; `audited` of its siblings leave one."""

    route: Route | None = None
    audited: tuple[Route, ...] = ()
    entry: Mark | None = None  # where a sibling makes its entry


def unaudited(engine: Engine, table: RouteTable) -> Iterator[UnauditedWrite]:
    """The odd ones out, group by group."""
    entries = [mark for mark in table.spots.get("audit", ()) if mark.note.startswith("`")]
    if not entries or len(entries) != len(table.spots["audit"]):
        return  # none, or a library that watches the models by itself
    finder = _Entries(engine, entries)
    groups: dict[str, list[Route]] = {}
    for route in table.routes:
        if route.handler is not None and _writes(route):
            groups.setdefault(route.group, []).append(route)
    for routes in groups.values():
        audited = [(one, entry) for one in routes if (entry := finder.of(one)) is not None]
        if len(audited) < _FEW or len(audited) < _SHARE * len(routes):
            continue
        known = {id(one) for one, _ in audited}
        for route in routes:
            if id(route) not in known and _does(route) and not _DELICATE.isdisjoint(words_of(f"{route.path} {route.name}")):
                yield UnauditedWrite(route.site(), route, tuple(one for one, _ in audited), audited[0][1])


def _writes(route: Route) -> bool:
    asked = not _ASKS.search(route.path)
    return asked and route.changes() and route.auth is Auth.REQUIRED and route.kind == "http"


def _does(route: Route) -> bool:
    """Whether a route does what its method says: a POST may only ask."""
    return route.acts or set(route.methods) <= {"PUT", "PATCH", "DELETE"}


class _Entries:
    """Tells which routes leave an entry: in the handler, in what that calls, in a guard, or in a decorator."""

    def __init__(self, engine: Engine, marks: list[Mark]) -> None:
        self.engine = engine
        self._by_path: dict[str, list[Mark]] = {}
        for mark in marks:
            self._by_path.setdefault(mark.path, []).append(mark)

    def of(self, route: Route) -> Mark | None:
        """Where a route's entry is made; None: nowhere that can be read."""
        guards = [guard.function for guard in route.guards if guard.function is not None]
        starts = [*([route.handler] if route.handler is not None else []), *guards]
        for function in self._reached(starts):
            node = function.node
            first = min([node.at, *(one.at for one in node.decorators)])
            for mark in self._by_path.get(function.module.path, ()):
                if first <= mark.at < node.end:
                    return mark
        return None

    def _reached(self, starts: list[FunctionSymbol]) -> list[FunctionSymbol]:
        found = {one.key: one for one in starts}
        level = starts
        for _ in range(_DEPTH):
            called = {one.key: one for function in level for one in self.engine.calls.get(function.key, {}).values()}
            level = [one for key, one in called.items() if key not in found]
            found |= {one.key: one for one in level}
        return list(found.values())
