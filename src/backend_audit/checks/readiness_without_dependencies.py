"""A readiness route that says yes although what the service needs may be gone."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.health import HealthRoute

RULE = "readiness-without-dependencies"


@check(RULE)
def readiness_without_dependencies(health: HealthRoute) -> Iterator[Alert]:
    """`GET /readyz` answers `{"status": "ok"}`, whatever has become of the database."""
    route = health.route
    if health.kind != "empty" or route is None or health.needs is None:
        return
    yield Alert(
        node=health.site.node,
        message=f"{called(route)} always says that the service is ready: it does not ask the database, "
        "without which it cannot work.",
        fix="Ask what the service cannot do without, each with a short time-out (`SELECT 1`, `PING`): 503 if one fails.",
        confidence=Confidence.MEDIUM,
        related=(health.needs._replace(note="what the service needs"),),
        anchor=f"{route.name} {route.path}",
    )
