"""What the routes around a route ask of their callers beyond a login, and it does not: guards by name, tests in handlers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from backend_audit.checks import Alert
from backend_audit.checks._routes import SHARE, asks_for_more, called, odd_one, one_class, only_asks
from backend_audit.finding import Confidence
from backend_audit.inventory.paths import is_variable, names_something
from backend_audit.routes.addressed import named_by
from backend_audit.routes.intent import CAPABILITY, words_of
from backend_audit.routes.model import Auth, Does, Guard, Route
from backend_audit.routes.scopes import asked

_EVERYBODY = re.compile(r"^(?:all|any|anyone|everyone|everybody|\*|public)$", re.IGNORECASE)
_RIGHT = re.compile(r"admin|role|perm|owner|member|scope|right|access", re.IGNORECASE)
_KEY = re.compile(r"api_?key", re.IGNORECASE)
_CALLED = re.compile(r"(?:await )?[\w.]+")
_UNDOING = frozenset("delete remove destroy update rename reset clear purge".split())
_NEARLY_ALL = 0.9
_MOSTLY = 0.85
_FEW = 3
_SEVERAL = 6
_CHOICE = re.compile(  # what a part of an address chooses, rather than naming somebody's
    r"(?:\w*_)?(?:category|kind|type|format|lang|language|locale|year|month|day|date|page|section|tab|mode|level|status|state|"
    r"provider|version|period|metric|action|country|currency|unit)",
    re.IGNORECASE,
)
_MANY = 12  # routes of an application that say what is usual in it


def restricts(guard: Guard) -> bool:
    """Whether a guard asks for a right; one that is told to let every role through does not: `allow([ROLES.all])`."""
    said = [one.rpartition(".")[2].strip("<>") for one in guard.scopes]
    return guard.has(Does.AUTHORIZES) and not (said and all(map(_EVERYBODY.match, said)))


def rights(route: Route) -> list[Guard]:
    """The guards of a route that ask for a right, but for those that nearly all routes have: they are part of the login."""
    usual = _usual(route)
    return [one for one in route.guards if _tests(one, route) and asked(one) not in usual]


def _usual(route: Route) -> frozenset[tuple[str, tuple[str, ...]]]:
    """The guards, as told, that nearly all protected routes of its application have."""
    known = route.table.common.get(route.app)
    if known is None:
        asking = [one for one in route.table.routes if one.app == route.app and one.auth is Auth.REQUIRED]
        many = Counter(told for one in asking for told in {asked(guard) for guard in one.guards})
        known = frozenset(told for told, times in many.items() if times >= _NEARLY_ALL * len(asking))
        route.table.common[route.app] = known
    return known


def asks_beyond(route: Route) -> bool:
    """Whether a route asks for a right, by a guard or in its handler, or looks who calls: more than that somebody does."""
    return bool(route.right or route.consults or rights(route)) or asks_for_more(route)


def rights_among(route: Route, others: list[Route]) -> list[Guard]:
    """As `rights`, without what nearly all `others` have too."""
    usual = Counter(told for one in others for told in {asked(guard) for guard in one.guards})
    return [one for one in rights(route) if not others or usual[asked(one)] < _NEARLY_ALL * len(others)]


def beyond(one: Route, route: Route) -> str:
    """What `one` asks of its callers and `route` does not, as it is told; "" for nothing."""
    known = {asked(guard) for guard in route.guards}
    names = {guard.name for guard in route.guards if _tests(guard, route)}
    found = (guard for guard in one.guards if _tests(guard, one) and guard.via != "body")
    name = next((guard.name for guard in found if asked(guard) not in known and guard.name not in names), "")
    return f"`{name}`" if name else f"`{one.right}`" if one.right else ""


def shared(asking: list[Route], route: Route) -> str:
    """The guard that all of `asking` have, and the route has not; "" for none."""
    known = {guard.name for guard in route.guards if _tests(guard, route)}
    each = [{guard.name for guard in one.guards if _tests(guard, one) and guard.via != "body"} for one in asking]
    return min(set.intersection(*each) - known, default="") if each else ""


def _tests(guard: Guard, route: Route) -> bool:
    return restricts(guard) or guard.name in route.testing


def asks_by_name(guard: Guard) -> bool:
    """Whether a guard asks for a right by what it is told or called: `authorize`, beside every login, may be part of it."""
    return restricts(guard) and bool(guard.scopes or _RIGHT.search(guard.name))


def logins(route: Route) -> set[str]:
    """The guards by which callers say who they are: an API has others than the pages beside it."""
    return {one.name for one in route.guards if one.has(Does.AUTHENTICATES) and not one.has(Does.AUTHORIZES)}


def beside(route: Route) -> list[Route]:
    """The other protected routes whose handlers stand in the same file, in the same class if in one of many."""
    handler = route.handler
    if handler is None:
        return []
    near = [one for one in route.table.routes if one.mark.path == route.mark.path and one.handler is not None]
    of_class = [one for one in near if one.handler is not None and one.handler.owner is handler.owner]
    few = handler.owner is not None and len({one.mark for one in of_class}) <= _FEW + 1  # a class for one address
    return _protected(route, near if few else of_class)


def elsewhere(route: Route) -> list[Route]:
    """All other protected routes of its application."""
    return _protected(route, (one for one in route.table.routes if one.app == route.app))


def _protected(route: Route, others: Iterable[Route]) -> list[Route]:
    """Of `others` the protected ones, one a handler."""
    found = {one.mark: one for one in others if one.auth is Auth.REQUIRED and one is not route and one.mark != route.mark}
    return list(found.values())


def unlike_its_peers(route: Route) -> Iterator[Alert]:
    """The odd one out of its router, of its controller, or of all that changes something in its application."""
    if route.right or (route.changes() and only_asks(route)):
        return
    others = [one for one in route.siblings() if one.changes()]
    alone = not rights(route) and not route.scoped
    if odd := [*by_custom(route)]:
        yield from odd
        return
    told: list[Alert] = []
    if route.changes() and not rights_among(route, others):
        told = [*_among(route, others)] or ([*_beside(route), *_careless(route)][:1] if alone else [])
    elif alone:
        told = [*_beside(route)]
    yield from told or (_unlike_its_equals(route) if rights(route) and not route.scoped else ())


def _among(route: Route, others: list[Route]) -> Iterator[Alert]:
    """The odd one out of its router, whose other changing routes are `others`."""
    asking = [one for one in others if beyond(one, route)]
    guard, which = shared(asking, route), "changing routes"
    if len(asking) < _FEW:  # what guards the reading ones too is no exception for this one
        others = [one for one in route.siblings() if one.auth is Auth.REQUIRED and one.handler is not route.handler]
        asking = [one for one in others if beyond(one, route)]
        guard, which = shared(asking, route), "routes"
    if len(asking) < _FEW or len(asking) < SHARE * len(others) or not (guard or len(asking) == len(others)):
        return
    if route.scoped and (not guard or 2 * sum(one.consults for one in asking) <= len(asking)):
        return  # to look who calls may do here, unless the others look and ask for the right besides
    yield login_alone(route, asking, others, guard, which)


def login_alone(route: Route, asking: list[Route], others: list[Route], guard: str, which: str = "changing routes") -> Alert:
    """That a route asks for a login, where `asking`, of the `others` beside it, ask for a right: by `guard`, if by one."""
    asked_for = f"`{guard}`" if guard else "a permission or role"
    return odd_one(
        route,
        asking,
        f"asks for {asked_for}",
        message=f"{called(route)} asks for a login alone, while the {len(asking)} other {which} beside it also ask for "
        f"{asked_for}.",
        fix=f"Ask for {asked_for} here too, or say in a comment why every user may do this.",
        confidence=Confidence.LOW if _chosen(route, others) else Confidence.MEDIUM,
    )


def _chosen(route: Route, others: list[Route]) -> bool:
    """Whether the class itself says what each of its methods asks for: then somebody meant the difference."""
    said = all(guard.via in ("class", "settings") for guard in route.guards if guard.has(Does.AUTHENTICATES))
    return said and one_class(route, others)


def _beside(route: Route) -> Iterator[Alert]:
    """The odd one out among the handlers of its controller: nearly all others turn callers away who may not."""
    if not (route.acts or names_object(route) if route.changes() else any(map(names_something, route.path.split("/")))):
        return  # it computes something, or says how things stand
    if CAPABILITY.search(route.path):
        return  # who has the link may follow it
    others, which = beside(route), "handlers"
    asking = [one for one in others if beyond(one, route)]
    if names_object(route) and not route.names_caller and len(asking) < _MOSTLY * len(others):
        which = "changing handlers"  # what all may read, few may change
        others = [one for one in others if one.changes() and (names_object(one) or beyond(one, route))]
        asking = [one for one in others if beyond(one, route)]
        if len(asking) <= _FEW + 1 or len(asking) < _NEARLY_ALL * len(others):
            return
    if len(asking) <= (_FEW if route.changes() else _FEW + 1) or len(asking) < _MOSTLY * len(others):
        return
    most = Counter(beyond(one, route) for one in asking).most_common(1)[0][0]
    yield odd_one(
        route,
        asking,
        f"asks by {beyond(asking[0], route)}",
        message=f"{called(route)} asks for a login alone, while {len(asking)} of the {len(others)} other {which} beside it "
        f"turn callers away who may not, as by {most}.",
        fix="Ask for the right here too, or say in a comment why every user may do this.",
        confidence=Confidence.MEDIUM,
    )


def _careless(route: Route) -> Iterator[Alert]:
    """It changes something for anybody who has signed in, where nearly all of the application looks who that is."""
    known_by = logins(route)
    if route.names_caller or not names_object(route) or (known_by and all(map(_KEY.search, known_by))):
        return  # a key is a program's: there is nobody to hold anything against
    others = [one for one in elsewhere(route) if one.changes() and one.weighed and known_by <= logins(one)]
    usual = asks_for_more(route)  # by a guard that nearly all have: it makes no difference between them
    asking = [one for one in others if (one.right or one.consults or rights(one) if usual else asks_beyond(one))]
    if len(asking) < _MANY or len(asking) < _MOSTLY * len(others):
        return
    near = [one for one in asking if one.group == route.group] or asking
    yield odd_one(
        route,
        near,
        "looks who calls",
        message=f"{called(route)} changes something for whoever has signed in, while {len(asking)} of the {len(others)} other "
        "changing routes ask for a right or look whose it is.",
        fix="Ask for the right, or hold what is changed against the caller; or say in a comment why every user may do this.",
        confidence=Confidence.MEDIUM,
    )


def _unlike_its_equals(route: Route) -> Iterator[Alert]:
    """Its guards ask for a right, as those of others do; but nearly all of these look whose what they touch is, too."""
    variable = [named_by(part) for part in route.path.split("/") if is_variable(part)]
    if route.names_caller or not (names_object(route) if route.changes() else variable):
        return
    if variable and all(map(_CHOICE.fullmatch, variable)):
        return  # `/logs/{category}` is nobody's
    told = {asked(guard) for guard in rights(route)}
    others = [
        one for one in elsewhere(route) if one.weighed and one.changes() == route.changes() and logins(route) <= logins(one)
    ]
    names = {guard.name for guard in route.guards if guard.via == "decorator"}
    others = [
        one
        for one in others
        if told <= {asked(guard) for guard in one.guards}
        and any(map(is_variable, one.path.split("/")))
        and {guard.name for guard in one.guards if guard.via == "decorator" and guard.function is not None} <= names
    ]
    asking = [one for one in others if one.right or one.consults]
    if len(asking) < _SEVERAL or len(asking) < _MOSTLY * len(others):
        return
    guard = min(name for name, _ in told)
    yield odd_one(
        route,
        [one for one in asking if one.group == route.group] or asking,
        "looks whose it is",
        message=f"{called(route)} takes what its address names as it comes, while {len(asking)} of the {len(others)} others "
        f"behind `{guard}` look whose it is: the right to do so is no right to everybody's.",
        fix="Look it up among the caller's own, as they do.",
        confidence=Confidence.MEDIUM,
    )


def listed_for_all(route: Route) -> bool:
    """Whether a handler that is handed the same caller, and never reads it, lists all that this reads one of: `/groups`."""
    place, _, last = route.path.rstrip("/").rpartition("/")
    lists = [one for one in route.table.routes if one.path.rstrip("/") == place and "GET" in one.methods and one.app == route.app]
    known = {asked(guard) for guard in route.guards}
    return is_variable(last) and any(one.caller_unused and {asked(guard) for guard in rights(one)} <= known for one in lists)


def by_custom(route: Route) -> Iterator[Alert]:
    """It takes an id as it comes, where nearly all of the application ask by one and the same check: `authorize(user, …)`."""
    if not route.unheld or rights(route):
        return
    others = [one for one in elsewhere(route) if one.weighed and logins(route) <= logins(one)]
    names = Counter(one.right.partition("(")[0] for one in others if "(" in one.right)
    check, times = next(iter(names.most_common(1)), ("", 0))
    careless = [one for one in others if one.unheld and not rights(one)]
    if times < _MANY or times < _NEARLY_ALL * (times + len(careless)) or not _CALLED.fullmatch(check):
        return
    asking = [one for one in others if one.right.startswith(f"{check}(")]
    yield odd_one(
        route,
        [one for one in asking if one.mark.path == route.mark.path] or asking,
        f"asks by `{check}`",
        message=f"{called(route)} takes an id as it comes, and never holds what it names against the caller, while {times} other "
        f"handlers of the application ask by `{check}`.",
        fix=f"Ask by `{check}` here too, or look the object up among the caller's own.",
        confidence=Confidence.MEDIUM,
    )


def names_object(route: Route) -> bool:
    """Whether a changing route says by its method or address that something that is there is changed."""
    if not {"PUT", "PATCH", "DELETE"}.isdisjoint(route.methods):
        return True
    if route.acts and any(map(is_variable, route.path.split("/"))):
        return True
    return route.acts and not _UNDOING.isdisjoint(words_of(route.path))
