"""Operations of which a served description tells less than of most others of the project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit.flow.concepts import Concept
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.intent import intent
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.naming import own_name
from backend_audit.routes.operation import Operation

_MOST = 0.5  # of the routes that a question concerns: where fewer tell it, that is the project's way, and its criterion says so
_FEW = 3
_VALIDATED = 422  # the framework describes it by itself
SUMMARY, TAGS, ERRORS = "summary", "tags", "errors"


@dataclass(frozen=True, slots=True)
class Untold(Concept):
    """In one file, `lacks` tells for each thing which routes lack it, and of how many that it concerns."""

    lacks: tuple[tuple[str, tuple[Route, ...], int], ...] = ()


def untold(behaviours: Behaviours, table: RouteTable) -> Iterator[Untold]:
    """One for each file with routes that lack what at least half of the project's have."""
    if "openapi" not in table.signs:
        return
    asked = [(one, one.operation) for one in table.routes if one.operation is not None and _concerns(one)]
    lacks: dict[str, dict[str, tuple[tuple[Route, ...], int]]] = {}
    for what in (SUMMARY, TAGS, ERRORS):
        concerned = [(route, _has(told, what)) for route, told in asked if what != ERRORS or _answers_errors(behaviours, route)]
        having = sum(has for _, has in concerned)
        if having < _FEW or having < _MOST * len(concerned):
            continue
        for path in sorted({route.mark.path for route, has in concerned if not has}):
            here = [(route, has) for route, has in concerned if route.mark.path == path]
            lacks.setdefault(path, {})[what] = _by_place([route for route, has in here if not has]), len(here)
    for _, found in sorted(lacks.items()):
        first = _by_place([routes[0] for routes, _ in found.values()])[0]
        yield Untold(first.site(), tuple((what, *told) for what, told in found.items()))


def _concerns(route: Route) -> bool:
    health = "health" in intent(route.path, own_name(route), ("GET",))
    return route.kind == "http" and not route.bare and route.handler is not None and not health


def _has(told: Operation, what: str) -> bool:
    return told.summary if what == SUMMARY else told.tags if what == TAGS else told.errors


def _answers_errors(behaviours: Behaviours, route: Route) -> bool:
    """Whether the handler itself answers or raises what a client has to expect."""
    denies = behaviours.own(route.handler).denies if route.handler is not None else set()
    return any(400 <= one < 500 and one != _VALIDATED for one in denies)


def _by_place(routes: Sequence[Route]) -> tuple[Route, ...]:
    return tuple(sorted(routes, key=lambda one: (one.mark.path, one.mark.at)))
