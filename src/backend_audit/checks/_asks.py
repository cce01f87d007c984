"""The checks that handlers make themselves, held against each other: `sketch.has_permission(current_user, "write")`."""

import re
from collections import Counter
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert
from backend_audit.checks._peers import beside, elsewhere, logins, names_object
from backend_audit.checks._routes import LASTING, called, odd_one, only_asks
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Does, Route
from backend_audit.routes.naming import intended

_FEW = 2
_SEVERAL = 4
_MANY = 12
_NEARLY_ALL = 0.9
_MOSTLY = 0.85
_SHARE = 0.6  # of what changes something below an object must make the very check
_STORE = frozenset("commit save create bulk_create insert insert_one delete".split())
_PERMITS = re.compile(r"perm|access|authori[sz]|allowed|^_*can_|owner|role")
_OWN = re.compile(
    r"favou?rites?|stars?|star|bookmarks?|pins?|votes?|likes?|watch|follow\w*|seen|read|leave|join|(?:un)?subscri\w+|views?|search|query"
)
_LOOKS_UP = re.compile(r"_*(?:get|find|fetch|load|read|query|retrieve|lookup)_")
_READING = frozenset(("read", "view", "get", "list", "show", "can_read", "can_view", "viewer", "reader", "guest"))


def unlike_in_asks(route: Route) -> Iterator[Alert]:
    """The one handler that leaves out a check which those of its address, its file or the whole application make."""
    if not route.weighed or any(guard.has(Does.AUTHORIZES) and guard.via != "body" for guard in route.guards):
        return
    found = _of_address(route) or _only_reading(route) or _of_file(route) or _of_application(route) or _of_place(route)
    if found is None or intended(route):
        return
    check, asking, where = found
    if route.consults and _LOOKS_UP.match(check):
        return  # it hands the caller to another function that looks things up
    yield odd_one(
        route,
        asking,
        f"asks by `{check}`",
        message=f"{called(route)} never asks by `{check}`, while {where} do{'es' if len(asking) == 1 else ''}.",
        fix=f"Ask by `{check}` here too, before anything is read or changed.",
        confidence=Confidence.MEDIUM,
    )


_Found = tuple[str, list[Route], str] | None


def _of_address(route: Route) -> _Found:
    """All other methods of its address, reading ones too, make the check; what only few may change, many may read."""
    others = _twins(route)
    if not route.changes() and all(one.changes() for one in others):
        return None
    shared = _shared(others)
    if len(others) < _FEW or not shared or shared & _names(route):
        return None
    return min(shared), others, f"the {len(others)} other methods of its address"


def _only_reading(route: Route) -> _Found:
    """It changes something, and asks for the right to read it; the other changing methods of its address ask for another."""
    if not route.changes() or only_asks(route):
        return None
    others = [one for one in _twins(route) if one.changes()]
    for check in sorted(_shared(others)):
        told = _told(route, check)
        theirs = [_told(one, check) for one in others]
        if told and told <= _READING and not any(one & _READING for one in theirs) and all(theirs):
            most = min(min(one) for one in theirs)
            return f'{check}("{most}")', others, f"the other changing methods of its address ({len(others)})"
    return None


def _of_file(route: Route) -> _Found:
    others = [one for one in beside(route) if one.weighed and one.changes() == route.changes()]
    return _custom(route, others, _SEVERAL, "of the file") if names_object(route) else None


def _of_application(route: Route) -> _Found:
    if not route.changes() or only_asks(route) or not names_object(route):
        return None
    others = [
        one for one in elsewhere(route) if one.weighed and one.changes() and names_object(one) and logins(route) <= logins(one)
    ]
    return _custom(route, others, _MANY, "of the application that change what is there")


def _of_place(route: Route) -> _Found:
    """It asks nothing where nearly all that changes something below the same object asks for a right to it, most by one check."""
    if (
        route.asks
        or not route.changes()
        or only_asks(route)
        or not names_object(route)
        or _is_callers_own(route)
        or not _stores(route)
    ):
        return None
    place, below = route.table.below(route)
    others = [one for one in below if one.weighed and one.changes() and names_object(one) and one.auth is Auth.REQUIRED]
    asking = [one for one in others if one.asks]
    times = Counter(name for one in asking for name in _names(one) if _PERMITS.search(name))
    check, most = next(iter(times.most_common(1)), ("", 0))
    if most < _MANY or len(asking) < _MOSTLY * len(others) or most < _SHARE * len(others):
        return None
    return (
        check,
        [one for one in asking if check in _names(one)],
        f"{most} of the {len(others)} others that change what is below `{place}`",
    )


def _stores(route: Route) -> bool:
    """Whether a route surely changes what is stored: by its method, or its handler itself by a call that stores."""
    calls = () if route.handler is None else route.handler.scope.of(ir.Call)
    return not LASTING.isdisjoint(route.methods) or any(last_word(one.func) in _STORE for one in calls)


def _is_callers_own(route: Route) -> bool:
    """Whether an address says that what is changed is the caller's own view of an object: a star on it, a seat in it."""
    return any(_OWN.fullmatch(word) for word in words_of(route.path.rstrip("/").rpartition("/")[2]))


def _custom(route: Route, others: list[Route], least: int, where: str) -> _Found:
    """The check that nearly all `others` make, where the route makes none that they do not make, too."""
    times = Counter(name for one in others for name in _names(one))
    check, most = next(iter(times.most_common(1)), ("", 0))
    own = _names(route)
    if most < least or most < _NEARLY_ALL * len(others) or check in own or any(2 * times[name] < most for name in own):
        return None
    asking = [one for one in others if check in _names(one)]
    return check, asking, f"{most} of the {len(others)} other handlers {where}"


def _twins(route: Route) -> list[Route]:
    """The other methods of its address."""
    near = (one for one in route.table.routes if one.path == route.path and one.mark.path == route.mark.path)
    own = (one for one in near if one.owner is route.owner and one.mark != route.mark and one.kind == "http")
    return [one for one in own if one.auth is Auth.REQUIRED]


def _shared(routes: list[Route]) -> set[str]:
    return set.intersection(*map(_names, routes)) if routes else set()


def _names(route: Route) -> set[str]:
    return {one.partition(" ")[0] for one in route.asks}


def _told(route: Route, check: str) -> set[str]:
    """What a check is told where the route makes it."""
    return {word for one in route.asks if one.partition(" ")[0] == check for word in one.split(" ")[1:]}
