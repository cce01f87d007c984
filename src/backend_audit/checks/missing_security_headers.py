"""Node servers that send none of the headers by which browsers protect their users."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route

RULE = "missing-security-headers"
_SERVERS = {"express": "helmet", "koa": "koa-helmet", "fastify": "@fastify/helmet"}
_SIGNS = frozenset(("security-headers", "csp", "csp-header"))


@check(RULE)
def missing_security_headers(route: Route) -> Iterator[Alert]:
    """An application without `app.use(helmet())`; told once, at the first route."""
    served = [one for one in route.table.routes if one.framework in _SERVERS]
    signs = route.table.signs
    if not served or served[0] is not route or signs & _SIGNS or "application" not in signs:
        return
    package = _SERVERS[route.framework]
    yield Alert(
        path=route.registered.path,
        at=route.registered.at,
        end=route.registered.end,
        message="Nothing in this application sets Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options or "
        "X-Frame-Options: browsers run what was injected, guess types, and let other sites frame its pages.",
        fix=f"Register `{package}` before the routes, or set these headers in the proxy in front of all.",
        confidence=Confidence.MEDIUM,
        anchor="security headers",
    )
