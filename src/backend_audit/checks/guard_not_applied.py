"""Guards above the decorator that registers the route: the framework has taken the bare function by then."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, span
from backend_audit.finding import Confidence
from backend_audit.routes.model import Auth, Route

RULE = "guard-not-applied"


@check(RULE)
def guard_not_applied(route: Route) -> Iterator[Alert]:
    """`@login_required` written above `@app.route(…)`."""
    for guard in route.unapplied:
        at, end = span(route) if guard.mark is None else (guard.mark.at, guard.mark.end)
        rest = "" if route.auth is Auth.REQUIRED else ", and anybody can call it"
        yield Alert(
            at=at,
            end=end,
            message=f"`{guard.name}` stands above the decorator that registers {called(route)}: decorators apply from the bottom "
            f"up, so the route was registered without it{rest}.",
            fix=f"Move `@{guard.name}` below the route's decorator, next to the function.",
            confidence=Confidence.HIGH,
            anchor=f"{guard.name} {route.name} {route.path}",
        )
