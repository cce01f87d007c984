"""The odd one out: a route that asks for a login alone, where its neighbours ask for more: a right, or whose it is."""

import re
from collections import Counter
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._alike import unlike_its_kind
from backend_audit.checks._asks import unlike_in_asks
from backend_audit.checks._inner import among_inner
from backend_audit.checks._kind import unlike_its_methods
from backend_audit.checks._named import unlike_its_namesakes
from backend_audit.checks._peers import listed_for_all, login_alone, rights, unlike_its_peers
from backend_audit.checks._routes import SHARE, asks_for_more, called, common, is_exempt, odd_one, only_asks, surely_acts
from backend_audit.checks._taken import unlike_in_ids
from backend_audit.finding import Confidence
from backend_audit.routes.addressed import holding, parameter, reads
from backend_audit.routes.administrators import for_one
from backend_audit.routes.constant_answers import only_acknowledges
from backend_audit.routes.model import Auth, Does, Guard, Route, Verdict
from backend_audit.routes.naming import intended
from backend_audit.routes.openly import hands_on
from backend_audit.routes.within import only_refuses

RULE = "route-less-guarded-than-siblings"

_FEW = 3
_SEVERAL = 6
_NEARLY_ALL = 0.95  # of those below its address
_MOSTLY = 0.85
_TWINS = 2
_ASKING = (Does.AUTHENTICATES, Does.AUTHORIZES, Does.REJECTS, Does.DEPENDS)
_USER = re.compile(r"(?:user|account|profile|member|customer|owner)(?:_?(?:id|pk|uuid|name))?|username", re.IGNORECASE)

_Asked = tuple[str, tuple[str, ...]]  # a guard's name and what it is told to ask for; "" for a handler's own
_ITSELF: _Asked = ("", ())


@check(RULE)
def route_less_guarded_than_siblings(route: Route) -> Iterator[Alert]:
    """Every other changing route of the router asks for a permission, this one only for a login."""
    if route.auth is not Auth.REQUIRED or any(map(for_one, route.guards)):  # of an administrator, nobody asks for more
        return
    handler = route.handler
    if handler is not None and (only_refuses(handler) or hands_on(handler) or only_acknowledges(handler)):
        return
    if route.keyed or _for_programs(route):  # another program calls it: its key, or signature, is all that it has
        return
    if not route.changes() and listed_for_all(route):
        return
    inner = [*among_inner(route)]
    if inner:
        yield from inner
        return
    if odd := [*unlike_in_asks(route)] or [*unlike_its_kind(route)]:
        yield from odd
        return
    if route.consults and not route.scoped:
        yield from unlike_in_ids(route)
        return
    of_address = [*unlike_its_methods(route)] if route.weighed else []
    if of_address:
        yield from of_address
        return
    told = [*unlike_its_peers(route)] if route.weighed and not (route.changes() and _asks_its_own_way(route)) else []
    told = told or [*unlike_its_namesakes(route)] or [*unlike_in_ids(route)]
    if told or route.consults:
        yield from told
        return
    if not route.changes() or asks_for_more(route):
        yield from _unheld(route)
        return
    if only_asks(route) or _asks_its_own_way(route):
        yield from () if intended(route) else _unheld(route)
        return
    others = [one for one in route.siblings() if _counts(one)]
    asking = [one for one in others if asks_for_more(one)]
    guards = common(asking, Does.AUTHORIZES)
    if len(asking) < _FEW or len(asking) < SHARE * len(others) or not (guards or len(asking) == len(others)):
        yield from _below(route)
        return
    yield login_alone(route, asking, others, guards[0].name if guards else "")


def _for_programs(route: Route) -> bool:
    """Whether a route is exempt from the protection against forged requests, and nothing but middleware or itself asks."""
    asking = (guard for guard in route.guards if guard.has(Does.AUTHENTICATES, Does.AUTHORIZES))
    return is_exempt(route) and all(guard.via in ("middleware", "body") for guard in asking)


def _below(route: Route) -> Iterator[Alert]:
    """The odd one out among all that lies below its address: `POST /projects/<id>/import`."""
    place, others = route.table.below(route)
    others = [one for one in others if _counts(one)]
    asking = [one for one in others if asks_for_more(one)]
    if len(asking) < _SEVERAL or len(asking) < _NEARLY_ALL * len(others):
        yield from _unheld(route)
        return
    yield odd_one(
        route,
        asking,
        "asks for more than a login",
        message=f"{called(route)} asks for a login alone, while {len(asking)} other changing routes below `{place}` ask for a "
        "permission or role as well.",
        fix="Ask for the right to what its address names, or say in a comment why every user may do this.",
        confidence=Confidence.MEDIUM,
    )


def _counts(route: Route) -> bool:
    """Whether a route says what those that change something ask for: an open one only if it does."""
    return route.changes() and route.verdict is not Verdict.PUBLIC and (route.auth is Auth.REQUIRED or surely_acts(route))


def _asks_its_own_way(route: Route) -> bool:
    """Whether it has a guard of its own besides its router's login, the handler alone asks, or it is part of signing in."""
    if intended(route):
        return True
    asking = [guard for guard in route.guards if guard.has(Does.AUTHENTICATES)]
    own = [guard for guard in route.guards if guard.via == "route" and guard.has(Does.AUTHENTICATES, Does.REJECTS)]
    return all(guard.via == "body" for guard in asking) or (bool(own) and any(guard.via != "route" for guard in asking))


def _unheld(route: Route) -> Iterator[Alert]:
    """`/workspaces/:slug/notes` takes the slug as it comes; nearly all others ask whether the caller may reach what it names."""
    if not route.changes() and rights(route):
        return  # who may read what it names is asked by a right
    table = route.table
    place, others = table.below(route)
    name = parameter(route, place)
    if not name:
        yield from _unlike_its_twins(route)
        return
    reading = [one for one in route.guards if reads(table, one.function, name) and not _gives_back(one)]
    if any(one.has(*_ASKING) for one in reading) or not (
        reading or reads(table, route.handler, name) or _passes_over(route, name)
    ):
        return  # what only looks it up for the handler, like a dependency that gives a project by its name, asks nobody
    asked, known = _asked(route), {one.name for one in route.guards}
    held = [(one, holding(one, place, known)) for one in others]
    held = [(one, guards) for one, guards in held if _same_login(_asked(one) - _said(guards), guards, asked)]
    careful = [(one, guards) for one, guards in held if one.consults or guards]
    own = [one for one in route.guards if one.function is None and not all(_has(other, one) for other, _ in held)]
    if own or len(careful) < _SEVERAL or len(careful) < _MOSTLY * len(held):
        yield from () if own else _unlike_its_twins(route)  # a guard of its own that cannot be read may ask
        return
    guards = Counter(guard.name for _, found in careful for guard in found[:1]).most_common(1)
    by = (
        f"have it checked by `{guards[0][0]}`" if guards and guards[0][1] >= _SEVERAL else "hold what it names against the caller"
    )
    yield odd_one(
        route,
        [one for one, _ in careful],
        f"asks for more than `{name}`",
        message=f"{called(route)} takes `{name}` as it comes, while {len(careful)} of the {len(held)} other routes below "
        f"`{place}` that ask for the same login {by}.",
        fix=f"Look up what `{name}` names among what the caller may reach, as they do, or put their guard on it.",
        confidence=Confidence.MEDIUM,
    )


def _gives_back(guard: Guard) -> bool:
    """Whether all that a guard does is to return what it takes, where nobody gets it: it says what the address has."""
    body = [] if guard.function is None else guard.function.node.body
    told = [one for one in body if not (isinstance(one, ir.ExprStmt) and isinstance(one.value, ir.Const))]
    return guard.via != "dependency" and all(isinstance(one, ir.Return) and isinstance(one.value, ir.Name) for one in told)


def _passes_over(route: Route, name: str) -> bool:
    """Whether a handler is handed what the address names, never reads it, and changes what else the request names."""
    if route.handler is None or route.names_caller or not route.acts:
        return False
    return any(param.name == name for param in route.handler.node.params)


def _unlike_its_twins(route: Route) -> Iterator[Alert]:
    """`PUT /users/<id>/password` never looks at the caller that it asks for; the others of `/users/<id>` compare the two."""
    place, others = route.table.below(route, 1)
    name = parameter(route, place)
    held_by_guard = any(reads(route.table, one.function, name) for one in route.guards)
    if not name or not route.caller_unused or not route.changes() or held_by_guard or not reads(route.table, route.handler, name):
        return
    asked = _asked(route)
    twins = [one for one in others if one.consults and _asked(one) - {_ITSELF} == asked] if asked - {_ITSELF} else others
    few = len(twins) < (1 if _USER.fullmatch(name) else _TWINS)
    if few or len(twins) < len([one for one in others if one.changes()]) or not all(one.consults for one in twins):
        return
    yield odd_one(
        route,
        twins,
        f"holds `{name}` against the caller",
        message=f"{called(route)} takes `{name}` as it comes and never looks at the caller that it asks for, while the "
        f"{len(twins)} other routes of `{place}` hold the one against the other.",
        fix=f"Compare what `{name}` names with the caller, as they do.",
        confidence=Confidence.MEDIUM,
    )


def _same_login(rest: frozenset[_Asked], holding: list[Guard], asked: frozenset[_Asked]) -> bool:
    """Whether a route asks for the same login beside what holds its address, or what holds it asks for the login as well."""
    return rest == asked or (rest < asked and any(one.has(Does.AUTHENTICATES) for one in holding))


def _has(route: Route, guard: Guard) -> bool:
    return any(one.name == guard.name for one in route.guards)


def _asked(route: Route) -> frozenset[_Asked]:
    """What a route asks of who calls: names of guards, with the roles that they are told."""
    return _said([one for one in route.guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES)])


def _said(guards: list[Guard]) -> frozenset[_Asked]:
    return frozenset(("" if one.via == "body" else one.name, one.scopes) for one in guards)
