"""Addresses that say that they are for few: `/links/admin/ban/:id`, where all others of that kind ask for the same right."""

from collections import Counter
from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import restricts
from backend_audit.checks._routes import called, odd_one
from backend_audit.finding import Confidence
from backend_audit.inventory.paths import INNER
from backend_audit.routes.model import Auth, Guard, Route, Verdict

_FEW = 4
_NEARLY_ALL = 0.9
_HALF = 0.5
_MANY = 12
_ALL = 0.95


def among_inner(route: Route) -> Iterator[Alert]:
    """The one route of those with such a word in their address that lacks the guard of all others."""
    if any(map(restricts, route.guards)) or route.right or (route.handler is None and route.owner is None):
        return  # a view of a library may do nothing but send callers on
    for word in reversed([part for part in route.path.lower().split("/") if part in INNER]):  # `admin` below `internal`
        found = [*_among(route, word)]
        if found:
            yield from found
            return


def _among(route: Route, word: str) -> Iterator[Alert]:
    others = [one for one in _of_application(route) if word in one.path.lower().split("/") and one.mark != route.mark]
    names = Counter(name for one in others for name in {guard.name for guard in one.guards if _asks(guard)})
    guard, times = names.most_common(1)[0] if names else ("", 0)
    restricted = [one for one in others if any(map(_asks, one.guards))]
    if times < _NEARLY_ALL * len(others) and len(restricted) >= max(_MANY, _ALL * len(others)):
        times = len(restricted)  # one asks for managers, another for reviewers, and this one for nobody
    if times < _FEW or times < _NEARLY_ALL * len(others) or any(one.name == guard for one in route.guards):
        return
    elsewhere = [one for one in _of_application(route) if word not in one.path.lower().split("/")]
    if len([one for one in elsewhere if any(each.name == guard for each in one.guards)]) > _HALF * len(elsewhere):
        return  # what all have says nothing of administrators
    yield odd_one(
        route,
        [one for one in restricted if any(each.name == guard for each in one.guards)],
        f"asks for `{guard}`",
        message=f"{called(route)} asks for a login alone, while {times} of the {len(others)} other routes with `{word}` in their "
        f"address ask for {_or_another(guard, restricted)} as well.",
        fix=f"Ask for `{guard}` here too, or say in a comment why every user may do this.",
        confidence=Confidence.MEDIUM,
    )


def _or_another(guard: str, restricted: list[Route]) -> str:
    every = all(any(one.name == guard for one in route.guards) for route in restricted)
    return f"`{guard}`" if every else f"a right, most by `{guard}`,"


def _asks(guard: Guard) -> bool:
    return restricts(guard) and guard.via != "body"


def _of_application(route: Route) -> list[Route]:
    own = (one for one in route.table.routes if one.app == route.app and one.kind == "http")
    return [one for one in own if one.auth is Auth.REQUIRED and one.verdict is Verdict.PROTECTED]
