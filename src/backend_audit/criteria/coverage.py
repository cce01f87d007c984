"""Shares of the routes: how many of those that a question concerns fulfil it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend_audit.inventory import RouteRecord

_ENTRANCES = ("signing in or up", "regaining an account")  # what `routes.intent` says of them
_ACTION = re.compile(
    r"/((get|create|update|delete|add|remove|fetch|list|save|edit|insert|modify)([_-][\w-]+|[A-Z]\w*)?|"
    r"(send|set|start|stop|show|join|leave|forward|submit|simulate|scan|generate|close|reject|approve)([_-][\w-]+|[A-Z]\w*))(/|$)"
)
_WATCHED = "health and metrics"  # what a platform asks again and again
_NO_HANDLERS = frozenset({"static", "admin"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covered` of `total` routes; `lacking` are the others."""

    covered: int
    total: int
    lacking: tuple[RouteRecord, ...]

    @property
    def share(self) -> float:
        """1.0 where no route is concerned."""
        return self.covered / self.total if self.total else 1.0


def covered(facet: str, routes: Iterable[RouteRecord]) -> Coverage:
    """The share of a facet among `routes`."""
    answers = [(one, FACETS[facet](one)) for one in routes if one.kind not in _NO_HANDLERS]
    lacking = tuple(one for one, answer in answers if answer is False)
    return Coverage(sum(answer is True for _, answer in answers), sum(answer is not None for _, answer in answers), lacking)


def _is_authenticated(route: RouteRecord) -> bool | None:
    return None if route.verdict == "unknown" else route.verdict != "open"


def _is_limited(route: RouteRecord) -> bool | None:
    limited = any("limits" in guard.does for guard in route.guards)
    return None if not limited and _WATCHED in route.why else limited


def _is_limited_entrance(route: RouteRecord) -> bool | None:
    return _is_limited(route) if route.why.startswith(_ENTRANCES) or any(one in route.why for one in _ENTRANCES) else None


def _is_validated(route: RouteRecord) -> bool | None:
    return route.body_validated


def _is_described(route: RouteRecord) -> bool | None:
    return route.response_schema


def _names_things(route: RouteRecord) -> bool | None:
    return None if route.kind == "websocket" else not _ACTION.search(route.path)


# Each answers whether a route has it; None: the question does not concern it.
FACETS: dict[str, Callable[[RouteRecord], bool | None]] = {
    "authenticated": _is_authenticated,
    "limited": _is_limited,
    "limited-entrances": _is_limited_entrance,
    "validated": _is_validated,
    "described": _is_described,
    "resources": _names_things,
}
