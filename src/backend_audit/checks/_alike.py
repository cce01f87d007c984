"""Routes for one kind of thing (`users/create`, `users/update`): where making and removing needs a right, changing does, too."""

from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import rights, shared
from backend_audit.checks._routes import called, odd_one
from backend_audit.finding import Confidence
from backend_audit.inventory.paths import is_variable
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Route

_MAKES = frozenset("create add new insert make".split())
_ALTERS = frozenset("update edit change set modify patch delete remove destroy".split())
_ASKS = frozenset("list get search find read show query count view fetch plan check".split())
_FEW = 2
_SEVERAL = 3


def unlike_its_kind(route: Route) -> Iterator[Alert]:
    """It changes or removes what is there for every caller, and the other routes that do ask for a right."""
    if not _alters(route) or route.right:
        return
    if not rights(route):
        others = [one for one in _of_kind(route) if _alters(one) or _makes(one)]
        guard = shared(others, route) if len(others) >= _FEW else ""
        if guard and (not route.consults or 2 * sum(one.consults for one in others) >= len(others)):  # they write it down, too
            yield _told(route, others, f"the {len(others)} other routes for the same kind of thing ask for `{guard}`", guard)
        return
    near = [one for one in route.siblings() if one.auth is Auth.REQUIRED and one.mark != route.mark and one.changes()]
    others = [one for one in near if not _only_asks(one)]
    guard = shared(others, route) if len(others) >= _SEVERAL else ""
    theirs = {guard.name for one in near if _only_asks(one) for guard in one.guards}
    if guard and all(one.name in theirs for one in rights(route)):
        what = f"the {len(others)} other routes beside it that change something do, and only reading ones ask for as little"
        yield _told(route, others, what, guard)


def _told(route: Route, others: list[Route], what: str, guard: str) -> Alert:
    return odd_one(
        route,
        others,
        f"asks for `{guard}`",
        message=f"{called(route)} does not ask for `{guard}`, while {what}.",
        fix=f"Ask for `{guard}` here too, or say in a comment why more callers may do this.",
        confidence=Confidence.MEDIUM,
    )


def _of_kind(route: Route) -> list[Route]:
    """The other protected routes of its router for things of one kind: `/users` and `/users/<id>`, `/users/create`."""
    kind = _kind(route)
    return [one for one in route.siblings() if one.auth is Auth.REQUIRED and one.mark != route.mark and _kind(one) == kind]


def _kind(route: Route) -> tuple[str, ...]:
    """An address without the word or the variable part at its end."""
    parts = [part for part in route.path.split("/") if part]
    if parts and (is_variable(parts[-1]) or _ends_with(route, _MAKES | _ALTERS | _ASKS)):
        parts.pop()
    return _plain(parts)


def _plain(parts: list[str]) -> tuple[str, ...]:
    return tuple("<>" if is_variable(part) else part for part in parts)


def _ends_with(route: Route, verbs: frozenset[str]) -> bool:
    """Whether the last part of an address begins with one of these: `fleets/list`, `fleets/get_plan`."""
    return not verbs.isdisjoint(words_of(route.path.rstrip("/").rpartition("/")[2])[:1])


def _alters(route: Route) -> bool:
    if not {"PUT", "PATCH", "DELETE"}.isdisjoint(route.methods):
        return True
    return route.changes() and _ends_with(route, _ALTERS)


def _makes(route: Route) -> bool:
    whole = _kind(route) == _plain([part for part in route.path.split("/") if part])
    return route.changes() and (whole or _ends_with(route, _MAKES))


def _only_asks(route: Route) -> bool:
    """Whether a POST only reads, by the word that its address ends with."""
    return not route.changes() or _ends_with(route, _ASKS)
