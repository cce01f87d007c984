"""Routes that can be called as often as one likes, although each call is a try (of a password, a code) or costs much."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, odd_one, related, span
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.model import Auth, Does, Route

RULE = "missing-rate-limit"

_EVERYWHERE = "rate-limit-everywhere"
_TRIES = {
    "passwords": "passwords and codes can be guessed as fast as it answers",
    "mails": "each call can send a mail, and codes can be guessed as fast as it answers",
    "accounts": "accounts can be made by the million, and taken names be found out",
}

_COSTS = {
    "model": "asks a language model that is paid by the call",
    "mail": "sends a mail or text message",
    "document": "makes a document",
    "image": "reads and works on an image",
    "search": "compares rows with a pattern, which no ordinary index helps",
}


@check(RULE)
def missing_rate_limit(route: Route) -> Iterator[Alert]:
    """`POST /login` without a limiter on the route, its router or the application."""
    if _EVERYWHERE in route.table.signs:
        return
    if route.costs is not None:
        yield from _costly(route, route.costs[0])
    if not route.tried:
        return
    limited = [one for one in route.table.routes if one.guarded(Does.LIMITS)]
    others = f", while {len(limited)} other {'route is' if len(limited) == 1 else 'routes are'} limited" if limited else ""
    yield odd_one(
        route,
        limited,
        "is limited",
        message=f"Nothing limits how often {called(route)} is called{others}: {_TRIES[route.tried]}.",
        fix="Limit it by address and by account (slowapi, Flask-Limiter, django-ratelimit, express-rate-limit, throttles), "
        "with a store that all processes share; answer 429.",
        confidence=Confidence.LOW if route.tried == "accounts" else Confidence.MEDIUM,
    )


def _costly(route: Route, kind: str) -> Iterator[Alert]:
    """The first route of an application that costs something of a kind, with the others: they are mended alike."""
    alike = [one for one in route.table.routes if one.costs is not None and one.costs[0] == kind and _is_asked(one, kind)]
    if not alike or alike[0] is not route or route.costs is None:
        return
    limited = sum(one.guarded(Does.LIMITS) for one in route.table.routes)
    others = f", while {limited} other {'route is' if limited == 1 else 'routes are'} limited" if limited else ""
    more = f" (so do {len(alike) - 1} more)" if len(alike) > 1 else ""
    at, end = span(route)
    anybody = route.auth is Auth.NONE or route.auth is Auth.OPTIONAL
    yield Alert(
        at=at,
        end=end,
        message=f"Nothing limits how often {called(route)} is called{others}: each call {_COSTS[kind]}{more}.",
        fix="Limit it by account, or by address where nobody signs in, with a store that all processes share; answer 429, "
        "and set a budget a day where each call is paid.",
        confidence=Confidence.MEDIUM if kind != "search" and (anybody or limited) else Confidence.LOW,
        related=(route.costs[1], *related(alike[1:], "is not limited either")),
        anchor=f"{kind} {MANY}",
    )


def _is_asked(route: Route, kind: str) -> bool:
    """Whether it is told: what signed-in callers cause is, where they cost money, or where the application limits others."""
    if route.auth is not Auth.REQUIRED:
        return True
    return kind == "model" or (kind in ("mail", "document") and any(one.guarded(Does.LIMITS) for one in route.table.routes))
