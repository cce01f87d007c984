"""Routes that know callers by a cookie, change something, and take requests that any other site can start."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import development_file, settings_module
from backend_audit.checks._operands import contents
from backend_audit.checks._routes import called, related
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Setting
from backend_audit.routes import script_sessions
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.within import works_in_tests_alone

RULE = "csrf-protection-off"

_LISTS = frozenset(("MIDDLEWARE", "MIDDLEWARE_CLASSES"))
_NODE = ("express", "koa", "fastify")
_FIX = (
    "Leave the framework's CSRF protection on; where a client is no browser, let it authenticate by a header, not by the "
    "session's cookie."
)
_FIX_NODE = (
    "Give the session's cookie `sameSite: 'lax'` (or `'strict'`), and let a token be checked on every change (`csrf-csrf`, "
    "`@fastify/csrf-protection`)."
)
_HOW = {
    "settings": "the middleware of the site has no protection against forged requests",
    "authentication": "`{name}` refuses no forged request",
}


@check(RULE)
def csrf_protection_off(route: Route) -> Iterator[Alert]:
    """`@csrf_exempt` on a view that asks for a login; told once for what switches the protection off."""
    off = _unshielded(route)
    if off is None or off.mark is None:
        return
    if next(one for one in route.table.routes if _unshielded(one) == off) is not route:
        return
    others = [one for one in route.table.routes if _unshielded(one) == off]
    how = _HOW.get(off.via, "`{name}` switches the protection against forged requests off").format(name=off.name)
    if route.framework in _NODE:
        how = f"{_cookies_of(off)} no `sameSite`, and nothing checks a token"
    rest = f" and {len(others) - 1} more routes" if len(others) > 1 else ""
    does = "know callers by a cookie and change state" if rest else "knows callers by a cookie and changes state"
    yield Alert(
        path=off.mark.path,
        at=off.mark.at,
        end=off.mark.end,
        message=f"{called(route)}{rest} {does}, and {how}: any site that a user visits can make the browser send such a request.",
        fix=_FIX_NODE if route.framework in _NODE else _FIX,
        confidence=Confidence.HIGH if _is_sure(route, off, others) else Confidence.MEDIUM,
        related=related(others, "takes forged requests"),
        anchor=f"{off.name} {off.via}",
    )


@check(RULE)
def middleware_without_protection(setting: Setting) -> Iterator[Alert]:
    """`MIDDLEWARE` of a Django project with sessions and logins, and without `CsrfViewMiddleware`."""
    if setting.name not in _LISTS or setting.value is None or not settings_module(setting.site):
        return
    names = {text for one in contents(setting.value.value) for text in one.texts()}
    if not any(one.endswith("SessionMiddleware") for one in names) or any("csrf" in one.lower() for one in names):
        return
    if not any(one.endswith("AuthenticationMiddleware") for one in names) or development_file(setting.site.path):
        return
    yield Alert(
        node=setting.site.node,
        message=f"`{setting.name}` knows callers by the session's cookie and has no `CsrfViewMiddleware`: any site that a user "
        "visits can make the browser send requests that change something.",
        fix="Add `'django.middleware.csrf.CsrfViewMiddleware'`.",
        confidence=Confidence.MEDIUM,
        unrouted=True,
    )


def _cookies_of(off: Guard) -> str:
    return f"the cookie of `{off.name}` has" if off.carrier else "the cookies that it is known by have"


def _is_sure(route: Route, off: Guard, others: list[Route]) -> bool:
    return route.framework not in _NODE and (off.via == "authentication" or len(others) == 1)


def _unshielded(route: Route) -> Guard | None:
    """What leaves a route open to forged requests; None where nothing does, or where they would do no harm."""
    off = next((guard for guard in route.guards if guard.has(Does.UNSHIELDS)), None)
    if off is None or route.guarded(Does.SHIELDS):
        return None
    if route.handler is not None and works_in_tests_alone(route.handler):
        return None
    asking = [guard for guard in route.guards if guard.has(Does.AUTHENTICATES, Does.AUTHORIZES)]
    if route.framework in _NODE:  # browsers ask before they send other methods to other sites
        carriers = {guard.carrier for guard in route.guards if guard in asking or guard.carrier == "header"}
        by_session = ("cookie" in carriers and "header" not in carriers) if asking else _acts_for_caller(route)
        return off if "POST" in route.methods and by_session else None
    if not asking or not route.by_cookie():
        return None
    return off if route.changes() or (not route.methods and route.acts) else None


def _acts_for_caller(route: Route) -> bool:
    """Whether nothing asks for a login, and the handler does something for whom the session names."""
    return route.acts and route.handler is not None and script_sessions.acts_for_caller(route.handler)
