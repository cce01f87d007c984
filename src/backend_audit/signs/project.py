"""All signs of a linked project: those in code (`signs/code.py`), in its route table, and what its health routes look at."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route
from backend_audit.signs.rows import Rows
from backend_audit.signs.spotted import Spotted

_HEALTH = re.compile(  # as a whole part of the path: `/live-sync` tells of no life
    r"(^|/)\W?((health|ready|readiness|live|liveness)[_-]?(z|check|checks|probe|status)?|heartbeat)\W?(/|$)|"
    r"[a-z\d][_-]health([_-]?check)?\W?(/|$)|^\W{0,2}((api|rest|internal|v\d+)/)*(ping|status|alive)\W{0,2}$",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"^(ping|(db_?|database_?)?health_?check|check_?(health|connection|database|db)|is_?(\w+_?)?(healthy|alive|connected))$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(^|\.)(health_?(z|check)?|ready_?z|readiness(_?check|_?probe)?|liveness(_?check|_?probe)?)$", re.IGNORECASE)
_DEPENDENCIES = frozenset({"database", "cache-store", "queue", "outgoing-request", "broker"})
_MAX_DEPTH = 4


def of_project(engine: Engine, routes: Sequence[Route], rows: Rows, found: Sequence[Spotted]) -> Iterator[Spotted]:
    """The signs of one project, with those `found` in its code."""
    yield from _without_own_origins(routes, found)
    yield from _of_routes(routes, rows)
    yield from _checked_by_health(engine, routes, found)


def _of_routes(routes: Sequence[Route], rows: Rows) -> Iterator[Spotted]:
    asking = [(row.routes, row) for row in rows.having("routes") if row.routes is not None]
    for route in routes:
        lines = [f"{method} {route.path}" for method in route.methods] or [f"{_WORDS.get(route.kind, 'ANY')} {route.path}"]
        for pattern, row in asking:
            if any(pattern.search(line) for line in lines):
                yield Spotted(row.kind, row.what or f"`{lines[0]}`", route.mark, route.name)
        if _is_named(route) and route.reads_only():
            yield Spotted("health-route", f"`{lines[0]}`", route.mark, route.name)


def _without_own_origins(routes: Sequence[Route], found: Sequence[Spotted]) -> Iterator[Spotted]:
    """The signs, without handlers that open their own answer alone to any origin, where the application has a policy beside."""
    own = {(one.handler.module.path, one.handler.node.at, one.handler.node.end) for one in routes if one.handler is not None}

    def is_own(sign: Spotted) -> bool:
        return any(path == sign.mark.path and start <= sign.mark.at < end for path, start, end in own)

    has_policy = any(one.kind == "cors" and not is_own(one) for one in found)
    yield from (one for one in found if not (has_policy and one.kind == "cors-any" and is_own(one)))


_WORDS = {"websocket": "WS", "graphql": "GRAPHQL", "static": "STATIC", "admin": "ADMIN"}


def is_health(route: Route) -> bool:
    """Whether a route is one that tells whether the service is well, by its path or its handler's name."""
    return bool(_HEALTH.search(route.path) or _is_named(route))


def _is_named(route: Route) -> bool:
    """Whether its handler is called so; `health` alone may be that of a thing which the path names."""
    of_a_thing = route.name.lower() == "health" and any(is_variable(one) for one in route.path.split("/"))
    return bool(_NAMED.search(route.name)) and not of_a_thing


def _checked_by_health(engine: Engine, routes: Sequence[Route], found: Sequence[Spotted]) -> Iterator[Spotted]:
    """Health routes whose handlers, or what those call, touch a database, a cache or another service."""
    touching = [one for one in found if one.kind in _DEPENDENCIES]
    for route in routes:
        if route.handler is not None and is_health(route):
            for function in _reached(engine, route.handler):
                path, start, end = function.module.path, function.node.at, function.node.end
                touches = any(one.mark.path == path and start <= one.mark.at < end for one in touching)
                if touches or any(_CHECKS.match(name) for name in _asked(function)):
                    yield Spotted("readiness-check", f"`{route.path}`", route.mark, route.name)
                    break


def _asked(function: FunctionSymbol) -> Iterator[str]:
    """The methods that a function calls of other objects."""
    for node in function.scope.of(ir.Call):
        if isinstance(node.func, ir.Attribute):
            yield node.func.attr


def _reached(engine: Engine, start: FunctionSymbol) -> list[FunctionSymbol]:
    """The function and what it calls, nearest first."""
    found, level = [start], [start]
    for _ in range(_MAX_DEPTH):
        called = [one for function in level for one in engine.calls.get(function.key, {}).values()]
        level = [one for one in dict.fromkeys(called) if one not in found]
        found += level
    return found
