"""What the checks of answers share: one alert for a handler that serves several routes, routes that hand out credentials."""

import re

from backend_audit.routes.model import Route
from backend_audit.source import Mark

# Routes whose purpose is to hand a credential out say so in their path, or in their handler's name.
_ISSUES = re.compile(
    r"log_?in|sign_?(in|up)|auth|token|register|refresh|session|credential|secret|api_?key|(^|[/_])keys?([/_]|$)|oauth|sso|"
    r"jwt|otp|mfa|2fa|totp|invite|invitation|webhook|connect|callback|setup|generate|rotate|regenerate|password",
    re.IGNORECASE,
)


def is_first(route: Route) -> bool:
    """Whether no route before it in the table has the same handler and view: what is said of it once is enough."""
    table = route.table
    if table.firsts is None:
        table.firsts = {}
        for one in table.routes:
            table.firsts.setdefault(_handled(one), one)
    return table.firsts.get(_handled(route), route) is route


def _handled(route: Route) -> tuple[Mark, str]:
    """Where its handler stands, and the view that it is of."""
    return route.mark, "" if route.owner is None else route.owner.key


def issues(route: Route) -> bool:
    """Whether handing out a credential is what the route is for, by its address or its handler's name."""
    return bool(_ISSUES.search(route.path) or _ISSUES.search(route.name))


def makes(route: Route) -> bool:
    """Whether the route makes or changes something, and shows it once."""
    return bool({"POST", "PUT", "PATCH"} & set(route.methods)) and "GET" not in route.methods
