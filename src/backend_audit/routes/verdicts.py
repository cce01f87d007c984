"""From guards to a verdict: is a caller asked who it is, and if not, is that meant to be so."""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import by_key
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.asking_handlers import of_handler
from backend_audit.routes.capabilities import unread
from backend_audit.routes.entering import enters
from backend_audit.routes.intent import (
    of_operation,
    once,
    sets_up,
)
from backend_audit.routes.model import MARKED, Auth, Does, Guard, Route, Verdict
from backend_audit.routes.naming import intended
from backend_audit.routes.public_keys import public_keys
from backend_audit.routes.script_helpers import BY_HELPER
from backend_audit.routes.script_permissions import BY_RIGHT
from backend_audit.routes.within import makes_accounts_if_allowed, only_call, stops_the_unknown

_BODY = "body"  # a handler that turns callers away itself


def decide(route: Route) -> None:
    """Fill in `auth`, `verdict` and `why` of a route whose guards are known."""
    meant = _meant(route) or _set_up(route)
    meant = meant or public_keys(route.path, _answering(route), route.methods)
    meant = meant or ("" if route.handler is None else route.handler.once(of_handler))
    meant = meant or ("everybody, as it is marked" if any(one.because.startswith(MARKED) for one in route.guards) else "")
    route.unread = unread(route)
    meant = "" if route.unread else meant
    asking = [guard for guard in route.guards if guard.has(Does.AUTHENTICATES, Does.AUTHORIZES)]
    if meant and _signs_in(meant):  # a login answers 401 to a wrong password, which asks nobody who it is
        asking = [guard for guard in asking if guard.via != _BODY or guard.because in (BY_RIGHT, BY_HELPER)]
    if any(guard.has(Does.OPENS) for guard in route.guards):
        asking = [guard for guard in asking if guard.via not in ("settings", "class")]
    if asking:
        first = asking[0]
        route.auth, route.verdict = Auth.REQUIRED, Verdict.PROTECTED
        route.why = _told(first)
        return
    identified = next((guard for guard in route.guards if guard.has(Does.IDENTIFIES)), None)
    others = {guard.name for guard in route.guards if guard is not identified}
    if identified is not None and route.handler is not None and stops_the_unknown(route.handler, others):
        route.auth, route.verdict = Auth.REQUIRED, Verdict.PROTECTED
        route.why = f"it stops where `{identified.name}` knows nobody"
        return
    unknown = _unread(route)
    own = identified is not None and identified.via == "dependency"  # `user = Depends(optional_user)`, and the body asks some
    some = own and any(guard.has(Does.DEPENDS) and guard.via == _BODY for guard in route.guards)
    route.auth = Auth.UNKNOWN if unknown and not some else Auth.NONE if identified is None else Auth.OPTIONAL
    meant = meant or ("" if route.unread else enters(route.handler))
    if meant or route.kind in ("static", "docs", "redirect"):
        route.verdict, route.why = Verdict.PUBLIC, f"for {meant or route.kind}"
        return
    if route.schemas:
        route.verdict, route.why = Verdict.PUBLIC, "for its operations, which are told each"
        return
    if unknown:
        route.verdict, route.why = Verdict.UNKNOWN, unknown
        return
    if any(guard.has(Does.OPENS) for guard in route.guards):
        opener = next(guard for guard in route.guards if guard.has(Does.OPENS))
        route.verdict, route.why = Verdict.OPEN, f"`{opener.name}` lets everybody in"
        return
    route.verdict = Verdict.OPEN
    route.why = (
        "no guard turns callers away"
        if identified is None
        else f"`{identified.name}` identifies callers and lets everybody through"
    )


def settle_pages(routes: list[Route], engine: Engine) -> None:
    """A handler that does nothing but give what a public page gives is as public: one page for several addresses."""
    pages = {one.handler.key: one for one in routes if one.handler is not None and one.verdict is Verdict.PUBLIC}
    for route in routes:
        if route.verdict is not Verdict.OPEN or route.handler is None:
            continue
        only = only_call(route.handler)
        if only is not None and isinstance(only.func, ir.Name):
            shown = [one for one in by_key(engine.frame(route.handler.module).eval(only.func).refs) if one.key in pages]
            if shown and shown[0] is not route.handler:
                route.verdict, route.why = Verdict.PUBLIC, f"for the same page as `{pages[shown[0].key].path}`"


def settle_sign_ups(routes: list[Route], engine: Engine) -> None:
    """A handler that calls what first asks whether accounts may be made, or whether the application is set up already."""
    for route in routes:
        if route.verdict is not Verdict.OPEN or route.handler is None or "POST" not in route.methods:
            continue
        called = engine.calls.get(route.handler.key, {}).values()
        if any(map(makes_accounts_if_allowed, [route.handler, *called])):
            route.verdict, route.why = Verdict.PUBLIC, "for signing in or up"
        elif setting_up := once(route.path, None, (one for one in called if sets_up(one.node.name))):
            route.verdict, route.why = Verdict.PUBLIC, f"for {setting_up}"


def _answering(route: Route) -> list[FunctionSymbol]:
    """The handler; where that is a library's, what the class gives it to show."""
    if route.handler is not None or route.owner is None:
        return [] if route.handler is None else [route.handler]
    return list(route.owner.methods.values())


def _meant(route: Route) -> str:
    if route.kind == "graphql" and not route.schemas:
        return of_operation(route.path.rpartition("/")[2], route.methods)
    return intended(route)


def _set_up(route: Route) -> str:
    return once(route.path, route.handler, (guard.function for guard in route.guards if guard.function is not None))


def _unread(route: Route) -> str:
    """Why nothing can be said of a route that no guard covers."""
    depending = next((guard for guard in route.guards if guard.has(Does.DEPENDS)), None)
    if depending is not None:
        return f"the handler {depending.because}" if depending.because else "settings that are not here decide"
    opened = any(guard.has(Does.OPENS) for guard in route.guards)
    return "a view of a library" if route.kind == "library" and not opened else ""


def _signs_in(meant: str) -> bool:
    return meant in ("signing in or up", "regaining an account", "a call-back of another service")


def _told(guard: Guard) -> str:
    because = f" ({guard.because})" if guard.because else ""
    return f"`{guard.name}`, {guard.via}{because}"
