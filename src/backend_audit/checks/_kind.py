"""What the nearest relatives of a route ask for and it does not: other methods of its class or address, its router's routes."""

from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._routes import LASTING, called, common, odd_one
from backend_audit.finding import Confidence
from backend_audit.inventory.paths import is_variable
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
    reading = any(not one.changes() for one in others)
    if route.auth is not Auth.REQUIRED and route.methods and reading and len(others) >= _FEW and (name := _shared(others)):
        return f"all {len(others)} other routes beside it, reading ones too, ask for `{name}`"
    return ""


def _shared(routes: list[Route]) -> str:
    """The guard that all of them have on their own handlers, and that asks for a right."""
    found = common(routes, Does.AUTHORIZES)
    return next((one.name for one in found if one.via in ("decorator", "dependency", "route")), "")


def unlike_its_methods(route: Route) -> Iterator[Alert]:
    """`DELETE /comments/<id>` takes what it is given, while `PUT` of the same address turns callers away who may not."""
    if route.right or route.consults or not any(map(is_variable, route.path.split("/"))):
        return
    near = [one for one in route.table.routes if one.path == route.path and one.mark.path == route.mark.path]
    others = [one for one in near if one.mark != route.mark and not LASTING.isdisjoint(one.methods)]
    asking = [one for one in others if one.right and one.auth is Auth.REQUIRED]
    if LASTING.isdisjoint(route.methods):  # what only few may change, many may read
        readers = [one for one in route.table.routes if one.mark.path == route.mark.path and one.mark != route.mark]
        readers = [one for one in readers if not one.changes() and any(map(is_variable, one.path.split("/")))]
        if len(asking) < _FEW - 1 or len(readers) < _FEW - 1 or not all(one.right or one.consults for one in readers):
            return
    if not asking or len(asking) < len(others) or any(guard.has(Does.AUTHORIZES) for guard in route.guards):
        return
    yield odd_one(
        route,
        asking,
        f"asks by `{asking[0].right}`",
        message=f"{called(route)} never holds what its address names against the caller, while "
        f"{called(asking[0])} turns callers away by `{asking[0].right}`.",
        fix="Ask the same here, before anything is read or changed.",
        confidence=Confidence.MEDIUM,
    )
