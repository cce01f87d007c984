"""Sessions of Node servers that a cookie carries: whether browsers send it with requests that other sites start.

https://github.com/expressjs/session#cookiesamesite, https://github.com/fastify/session#cookie
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.concepts import CookieWrite
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.carriers import COOKIE
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.middleware import next_of
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_KEPT = frozenset(("session", "cookies", "signedCookies"))
_PARSERS = frozenset(("cookie-parser",))  # what reads cookies that the program itself has set
_SHIELD = re.compile(r"csrf|xsrf|csurf", re.IGNORECASE)
_WHO = re.compile(r"^(?:user|uid|username|email|account|customer|member)(?:_?id)?$|^current_?user$", re.IGNORECASE)
_SIGNS_IN = re.compile(r"session|auth|token|jwt|login|user|(?:^|\.)sid$", re.IGNORECASE)
_SAYS = re.compile(r"csrf|xsrf|^sec-fetch-site$|^x-requested-with$|^origin$", re.IGNORECASE)


def leaves_open(path: str, call: ir.Call | None, facts: WebFacts) -> bool:
    """Whether what `path` means, made by `call`, knows callers by a cookie that goes along with other sites' requests."""
    return any_travels(facts.cookies) if path in _PARSERS else travels(facts.sessions.get(id(call)))


def travels(cookie: CookieWrite | None) -> bool:
    """Whether a session's cookie, as the call that makes the session says, goes along with other sites' requests."""
    options = None if cookie is None else cookie.site.arg("0")
    return options is not None and unrestricted(options.value)


def unrestricted(options: Value) -> bool:
    """Whether the options of a session are known, and leave `sameSite` out or set it to none."""
    if options.kind != "dict" or options.open or options.elem is not None:
        return False
    held = (options.items or {}).get("cookie")
    if held is not None and (held.kind != "dict" or held.open or held.elem is not None):
        return False
    told = [one for holder in (options, held) if holder is not None and (one := (holder.items or {}).get("sameSite")) is not None]
    return not told or all(one.is_just("none") or one.is_just(value=False) for one in told)


def any_travels(cookies: Iterable[CookieWrite]) -> bool:
    """Whether a cookie by which callers are known goes along with other sites' requests, as far as the program sets any."""
    every = list(cookies)
    known = [one for one in every if one.name is not None and any(map(_SIGNS_IN.search, one.name.value.texts()))]
    return any(map(_goes_along, known)) or not every


def _goes_along(cookie: CookieWrite) -> bool:
    if cookie.samesite is None:
        return not cookie.default_samesite and not _has_options(cookie)
    return cookie.samesite.value.is_just("none")


def _has_options(cookie: CookieWrite) -> bool:
    """Whether the options come from elsewhere and may say more: `res.cookie(name, token, settings.cookie)`."""
    given = cookie.site.arg("2")
    return given is not None and (given.value.kind != "dict" or given.value.open or given.value.elem is not None)


def reads_session(function: FunctionSymbol) -> bool:
    """Whether a function looks at a session or at cookies, itself or in a function within."""
    bodies = (node for one in (function, *function.nested) for node in one.scope)
    return any(isinstance(node, ir.Attribute) and node.attr in _KEPT for node in bodies)


def acts_for_caller(function: FunctionSymbol) -> bool:
    """Whether a handler reads who the session or a cookie says that calls: `db.update(req.session.userId, …)`, `req.user.id`."""
    nodes = [node for one in (function, *function.nested) for node in one.scope]
    written = {id(target) for node in nodes if isinstance(node, ir.Assign) for target in node.targets}
    given = function.node.params[0].name if function.node.params else ""
    for node in nodes:
        if not isinstance(node, ir.Attribute) or id(node) in written or not _WHO.search(node.attr):
            continue
        base = node.value
        if isinstance(base, ir.Attribute) and base.attr in _KEPT:
            return True
        if isinstance(base, ir.Name) and base.id == given and node.attr == "user":
            return True
    return False


def of(function: FunctionSymbol, behaviours: Behaviours) -> str:
    """A cookie, where a handler that asks who calls looks at a session, and at no header."""
    return COOKIE if reads_session(function) and behaviours.carrier(function) == COOKIE else ""


def shields_by_name(name: str) -> bool:
    """Whether something is called like a protection against forged requests."""
    return bool(_SHIELD.search(name))


def shielding(found: list[Guard], name: str, via: str, mark: Mark | None) -> list[Guard]:
    """The guards that a step is which is called like that, `found` by what it does: its 403 is for want of a form's token."""
    kept = [replace(one, does=one.does - {Does.AUTHENTICATES, Does.AUTHORIZES}) for one in found]
    return [*(one for one in kept if one.does), Guard(name, frozenset((Does.SHIELDS,)), via, mark, None, "its name")]


def hands_to_shield(function: FunctionSymbol) -> bool:
    """Whether a middleware hands its requests to such a protection: `(req, res, next) => csurf()(req, res, next)`."""
    name = next_of(function)
    calls = (one for one in ir.walk(*(function.node.body if name else ())) if isinstance(one, ir.Call))
    handed = (one for one in calls if any(isinstance(arg.value, ir.Name) and arg.value.id == name for arg in one.args))
    return any(_SHIELD.search(written(one.func.func if isinstance(one.func, ir.Call) else one.func)) for one in handed)


def looks_at_sender(function: FunctionSymbol) -> bool:
    """Whether a function looks at what only the own pages' requests bring: a token's header, the origin."""
    return any(
        isinstance(one, ir.Const) and isinstance(one.value, str) and _SAYS.search(one.value) for one in function.scope
    ) or any(isinstance(one, ir.Attribute) and (_SHIELD.search(one.attr) or one.attr == "origin") for one in function.scope)
