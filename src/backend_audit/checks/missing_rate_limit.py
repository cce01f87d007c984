"""Routes that can be called as often as one likes, although each call is a try: of a password, of a code, of an address."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, odd_one
from backend_audit.finding import Confidence
from backend_audit.routes.model import Does, Route

RULE = "missing-rate-limit"

_EVERYWHERE = "rate-limit-everywhere"
_TRIES = {
    "passwords": "passwords and codes can be guessed as fast as it answers",
    "mails": "each call can send a mail, and codes can be guessed as fast as it answers",
    "accounts": "accounts can be made by the million, and taken names be found out",
}


@check(RULE)
def missing_rate_limit(route: Route) -> Iterator[Alert]:
    """`POST /login` without a limiter on the route, its router or the application."""
    if not route.tried or _EVERYWHERE in route.table.signs:
        return
    limited = [one for one in route.table.routes if one.guarded(Does.LIMITS)]
    others = f", while {len(limited)} other routes are limited" if limited else ""
    yield odd_one(
        route,
        limited,
        "is limited",
        message=f"Nothing limits how often {called(route)} is called{others}: {_TRIES[route.tried]}.",
        fix="Limit it by address and by account (slowapi, Flask-Limiter, django-ratelimit, express-rate-limit, throttles), "
        "with a store that all processes share; answer 429.",
        confidence=Confidence.LOW if route.tried == "accounts" else Confidence.MEDIUM,
    )
