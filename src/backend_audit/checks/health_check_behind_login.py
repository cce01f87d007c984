"""A health route that the platform may not call."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.health import HealthRoute
from backend_audit.routes.model import Does

RULE = "health-check-behind-login"


@check(RULE)
def health_check_behind_login(health: HealthRoute) -> Iterator[Alert]:
    """`GET /health` below a router that asks for a token."""
    route = health.route
    if health.kind != "guarded" or route is None:
        return
    guard = next((one for one in route.guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES)), None)
    by = f" (`{guard.name}`)" if guard is not None else ""
    yield Alert(
        node=health.site.node,
        message=f"{called(route)} asks callers to sign in{by}: an orchestrator or load balancer, which has no account, takes the "
        "service for broken.",
        fix="Register it before that guard, or leave it out; let it say no more than whether the service is well.",
        confidence=Confidence.MEDIUM,
        related=() if guard is None or guard.mark is None else (guard.mark,),
        anchor=f"{route.name} {route.path}",
    )
