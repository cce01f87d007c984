"""Routes by which a platform asks whether the service is well: what they look at, and whether the platform may call them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.model import KNOWN, TURNS_AWAY, Auth, Does, Guard, Route, RouteTable
from backend_audit.routes.wrappers import wrapper_of
from backend_audit.source import Mark

_READY = frozenset(("ready", "readyz", "readiness"))
_ALIVE = frozenset(("health", "healthz", "healthcheck", "health-check", "health_check", "live", "livez", "liveness", *_READY))
_BELOW = frozenset(("status", "ping", "alive", "up"))
_OPEN = _ALIVE | _BELOW | {"heartbeat", "version"}
_PREFIX = re.compile(r"api|v\d+|rest|internal|system|monitoring|-|_")
# Calls that look at nothing outside of the process: answers, times, logs.
_INSIDE = re.compile(
    r"(?:^|\.)(?:json|send|status|sendStatus|end|code|type|header|headers|set|jsonify|make_response|now|utcnow|isoformat|toISOString|"
    r"time|uptime|memoryUsage|info|debug|warn|log|str|dict|getpid|hostname|getenv|Date|\w*Response|response|stringify|round|getTime)$"
)
_CHECKED = "readiness-check"


@dataclass(frozen=True, slots=True)
class HealthRoute(Concept):
    """`kind`: empty (a readiness route that looks at nothing), guarded (who calls must have signed in).

    `needs` is a place where the project shows what it cannot do without.
    """

    kind: str = ""
    route: Route | None = None
    needs: Mark | None = None


def health_routes(behaviours: Behaviours, table: RouteTable) -> Iterator[HealthRoute]:
    """What is wrong with the health routes of a table."""
    engine = behaviours.engine
    needs = next((table.spots[kind][0] for kind in ("database", "cache-store") if kind in table.spots), None)
    checked = {(mark.path, mark.at) for mark in table.spots.get(_CHECKED, ())}
    known = [one for one in table.routes if one.reads_only() and one.kind == "http" and _is_health(one.path)]
    for route in known:
        asked = (route.mark.path, route.mark.at) in checked
        if needs is not None and _last(route.path) in _READY and not asked and _is_constant(engine, route.handler):
            yield _made("empty", route, needs)
    if any(one.auth is not Auth.REQUIRED and _last(one.path) in _OPEN for one in table.routes):
        return
    for route in known:
        if _is_top(route.path) and any(_turns_away(behaviours, guard) for guard in route.guards):
            yield _made("guarded", route, None)


def _made(kind: str, route: Route, needs: Mark | None) -> HealthRoute:
    return HealthRoute(route.site(), kind, route, needs)


def _turns_away(behaviours: Behaviours, guard: Guard) -> bool:
    """Whether a guard surely turns a caller away who brings no credential."""
    if not guard.has(Does.AUTHENTICATES):
        return False
    if guard.function is None:
        return guard.because in (KNOWN, TURNS_AWAY)
    return behaviours.anonymous.run(wrapper_of(guard.function)).outcome() is Outcome.DENIED


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lower().strip("^$\\")


def _is_health(path: str) -> bool:
    """Whether a path is called like a health route, or stands below one: `/health/ping`."""
    last, above = _last(path), _last(path.rstrip("/").rpartition("/")[0])
    return last in _ALIVE or (last in _BELOW and above in _ALIVE)


def _is_top(path: str) -> bool:
    """Whether nothing but versions and the like stands before the route's name: it is the service's, not a feature's."""
    return all(_PREFIX.fullmatch(one.lower()) or one.lower() in _ALIVE for one in path.strip("/").split("/")[:-1])


def _is_constant(engine: Engine, handler: FunctionSymbol | None) -> bool:
    """Whether a handler calls nothing but what makes its answer, and waits for nothing."""
    if handler is None:
        return False
    nodes = list(handler.scope)
    if engine.sites.get(handler.key) or any(isinstance(one, (ir.Await, ir.For, ir.With)) for one in nodes):
        return False
    if any(param.default is not None or param.kind != "positional" for param in handler.node.params):
        return False  # something is handed over, which may have asked already
    return all(_INSIDE.search(written(one.func)) for one in nodes if isinstance(one, ir.Call))
