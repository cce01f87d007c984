"""The odd one out: a changing route without the permission that its neighbours ask for."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import SHARE, called, changes, common, one_class, only_asks, related, span, usually
from backend_audit.finding import Confidence
from backend_audit.routes.intent import intent
from backend_audit.routes.model import Auth, Does, Route

RULE = "route-less-guarded-than-siblings"

_FEW = 3
_SEVERAL = 6


@check(RULE)
def route_less_guarded_than_siblings(route: Route) -> Iterator[Alert]:
    """Every other changing route of the router asks for a permission, this one only for a login."""
    if route.auth is not Auth.REQUIRED or not changes(route) or route.guarded(Does.AUTHORIZES) or route.consults:
        return
    if only_asks(route) or _asks_its_own_way(route):
        return
    others = [one for one in route.siblings() if changes(one)]
    asking = [one for one in others if one.guarded(Does.AUTHORIZES)]
    guards = common(asking, Does.AUTHORIZES)
    if len(asking) < _FEW or len(asking) < SHARE * len(others) or not (guards or len(asking) == len(others)):
        yield from _below(route)
        return
    asked = f"`{guards[0].name}`" if guards else "a permission or role"
    at, end = span(route)
    yield Alert(
        at=at,
        end=end,
        message=f"{called(route)} asks for a login alone, while the {len(asking)} other changing routes beside it also ask for "
        f"{asked}.",
        fix=f"Ask for {asked} here too, or say in a comment why every user may do this.",
        confidence=Confidence.LOW if _chosen(route, others) else Confidence.MEDIUM,
        related=related(asking, f"asks for {asked}"),
        anchor=f"{route.name} {'/'.join(route.methods)} {route.path}",
    )


def _below(route: Route) -> Iterator[Alert]:
    """The odd one out among all that lies below its address: `POST /projects/<id>/import`."""
    place, others = usually(route, Does.AUTHORIZES)
    asking = [one for one in others if changes(one)]
    if len(asking) < _SEVERAL:
        return
    at, end = span(route)
    yield Alert(
        at=at,
        end=end,
        message=f"{called(route)} asks for a login alone, while {len(asking)} other changing routes below `{place}` ask for a "
        "permission or role as well.",
        fix="Ask for the right to what its address names, or say in a comment why every user may do this.",
        confidence=Confidence.MEDIUM,
        related=related(asking, "asks for more than a login"),
        anchor=f"{route.name} {'/'.join(route.methods)} {route.path}",
    )


def _asks_its_own_way(route: Route) -> bool:
    """Whether it has a guard of its own besides its router's login, the handler alone asks, or it is part of signing in."""
    if intent(route.path, route.name, route.methods):
        return True
    asking = [guard for guard in route.guards if guard.has(Does.AUTHENTICATES)]
    own = [guard for guard in route.guards if guard.via == "route" and guard.has(Does.AUTHENTICATES, Does.REJECTS)]
    return all(guard.via == "body" for guard in asking) or (bool(own) and any(guard.via != "route" for guard in asking))


def _chosen(route: Route, others: list[Route]) -> bool:
    """Whether the class itself says what each of its methods asks for: then somebody meant the difference."""
    said = all(guard.via in ("class", "settings") for guard in route.guards if guard.has(Does.AUTHENTICATES))
    return said and one_class(route, others)
