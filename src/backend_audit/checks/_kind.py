"""What the other methods of an open route's class ask for, and the routes beside it, by one guard that asks for a right."""

from backend_audit.checks._routes import LASTING, changes, common
from backend_audit.routes.model import Auth, Does, Route, Verdict

_FEW = 3


def asked_by_its_kind(route: Route) -> str:
    """Why an open route should ask for a right, in words; "" where nothing of its kind does."""
    if any(guard.has(Does.IDENTIFIES) and not guard.via.startswith("application") for guard in route.guards):
        return ""  # its own guard lets some callers see more
    if not LASTING.isdisjoint(route.methods):
        mine = [one for one in route.table.routes if one.owner is not None and one.owner is route.owner and one is not route]
        theirs = [one for one in mine if not LASTING.isdisjoint(one.methods)]
        if theirs and (name := _shared(theirs)):
            return f"the other methods of its class that change something ask for `{name}`"
        return ""
    others = [one for one in route.siblings() if one.verdict is not Verdict.PUBLIC and one.kind == "http"]
    reading = any(not changes(one) for one in others)
    if route.auth is not Auth.REQUIRED and route.methods and reading and len(others) >= _FEW and (name := _shared(others)):
        return f"all {len(others)} other routes beside it, reading ones too, ask for `{name}`"
    return ""


def _shared(routes: list[Route]) -> str:
    """The guard that all of them have on their own handlers, and that asks for a right."""
    found = common(routes, Does.AUTHORIZES)
    return next((one.name for one in found if one.via in ("decorator", "dependency", "route")), "")
