"""What checks of routes share: how a route is called, where an alert about it stands, what it can do."""

from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.finding import Confidence
from backend_audit.flow.syntax import aborts
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Does, Guard, Route, Verdict
from backend_audit.source import Mark

LASTING = frozenset(("PUT", "PATCH", "DELETE"))  # of what exists; POST may be meant for everybody, like signing up
SHARE = 0.75  # of its siblings that make a route the odd one out
_NEARLY_ALL = 0.95  # of those below its address
_MOSTLY = 0.9  # of those of the application that change something
BESIDE = "beside it"
_FEW = 3
_MANY = 10
_ASKING = frozenset("search query find filter lookup count preview autocomplete suggest validate check test parse".split())
_PUBLISHED = frozenset(("public", "published", "share", "shared", "shares"))


def called(route: Route) -> str:
    """`GET /users/{id}`, as it is told."""
    methods = "/".join(route.methods) if route.methods else "ANY"
    return f"`{methods} {route.path}`"


def span(route: Route) -> tuple[int, int]:
    """The offsets of the handler's definition line, from `def` to its name."""
    return route.mark.at, route.mark.end


def odd_one(route: Route, others: list[Route], note: str, *, message: str, fix: str, confidence: Confidence) -> Alert:
    """An alert at the handler of a route that lacks what `others` have: each is shown with `note`."""
    at, end = span(route)
    return Alert(
        at=at,
        end=end,
        message=message,
        fix=fix,
        confidence=confidence,
        related=related(others, note),
        anchor=f"{route.name} {'/'.join(route.methods)} {route.path}",
    )


def at_guard(guard: Guard, *, message: str, fix: str, confidence: Confidence, anchor: str) -> Iterator[Alert]:
    """An alert where the guard is written; none for one that is written nowhere."""
    mark = guard.mark
    if mark is not None:
        yield Alert(
            path=mark.path,
            at=mark.at,
            end=mark.end,
            message=message,
            fix=fix,
            confidence=confidence,
            anchor=f"{guard.name} {anchor}",
        )


def only_asks(route: Route) -> bool:
    """Whether a POST looks for something, by its address, and nothing that is known of the handler changes anything."""
    asked = not _ASKING.isdisjoint(words_of(route.path.rstrip("/").rpartition("/")[2]))
    return asked and route.methods == ("POST",) and (route.handler is None or not route.acts)


def is_published(route: Route) -> bool:
    """Whether the path says that what lies below it is there for everybody, or for who has a link to it."""
    segments = route.path.lower().split("/")
    return not _PUBLISHED.isdisjoint(segments)


def guarded_siblings(route: Route) -> list[Route]:
    """The protected routes of its group where nearly all of them are; else none."""
    others = [one for one in route.siblings() if one.verdict is not Verdict.PUBLIC]
    guarded = [one for one in others if one.auth is Auth.REQUIRED]
    return guarded if len(guarded) >= _FEW and len(guarded) >= SHARE * len(others) else []


def asks_for_more(route: Route) -> bool:
    """Whether a guard asks for a right, or a login guard is told which role or permission: `@secured("admin")`."""
    return any(one.has(Does.AUTHORIZES) or (one.has(Does.AUTHENTICATES) and one.scopes) for one in route.guards)


def surely_acts(route: Route) -> bool:
    """Whether the route changes something, by its methods and by what its handler calls outside of the project."""
    return route.changes() and not only_asks(route) and (route.acts_outside or not LASTING.isdisjoint(route.methods))


def refuses_at_its_end(route: Route) -> bool:
    """Whether the handler lets nobody through who comes to its end."""
    return route.handler is not None and aborts(route.handler.node.body)


def guarded_changes(route: Route) -> tuple[str, list[Route]]:
    """The protected ones of the routes that change something, beside it or in the whole application, where nearly all are."""
    own = [one for one in route.table.routes if one.app == route.app and one is not route and one.kind == "http"]
    judged = [one for one in own if one.verdict in (Verdict.PROTECTED, Verdict.OPEN) and surely_acts(one)]
    beside = [one for one in judged if one.group == route.group]
    asking = [one for one in beside if one.auth is Auth.REQUIRED]
    if len(asking) >= _FEW and len(asking) >= SHARE * len(beside):
        return BESIDE, asking
    asking = [one for one in judged if one.auth is Auth.REQUIRED]
    return ("of the application", asking) if len(asking) >= _MANY and len(asking) >= _MOSTLY * len(judged) else ("", [])


def usually(route: Route, *kinds: Does) -> tuple[str, list[Route]]:
    """The address below which nearly all others are protected (by a guard of `kinds`), with these; nothing where it is not so."""
    place, others = route.table.below(route)
    asking = [one for one in others if one.auth is Auth.REQUIRED and (not kinds or one.guarded(*kinds))]
    return (place, asking) if others and len(asking) >= _NEARLY_ALL * len(others) else ("", [])


def one_class(route: Route, others: list[Route]) -> bool:
    """Whether the route and `others` are methods of one view class."""
    return route.owner is not None and all(one.owner is route.owner for one in others)


def common(routes: list[Route], *kinds: Does) -> list[Guard]:
    """The guards of `kinds` that all of `routes` have, by name."""
    if not routes:
        return []
    names = set.intersection(*({guard.name for guard in route.guards if guard.has(*kinds)} for route in routes))
    found = {guard.name: guard for guard in routes[0].guards if guard.name in names}
    return list(found.values())


def related(routes: list[Route], note: str, most: int = 3) -> tuple[Mark, ...]:
    """The places of other routes, for comparison."""
    return tuple(Mark(one.mark.path, one.mark.at, one.mark.end, f"{called(one)} {note}") for one in routes[:most])


def is_exempt(route: Route) -> bool:
    """Whether it is exempt from the protection against forged requests (`@csrf_exempt`): other programs call it, no browser.

    In Node nothing is exempt: there a guard that unshields only says that the session's cookie travels.
    """
    return route.guarded(Does.UNSHIELDS) and route.framework not in ("express", "koa", "fastify", "nestjs")
