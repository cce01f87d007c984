"""What a request of Express, Koa and their kind is for a caller without credentials: `req.user`, `req.session.id`, a header."""

import re

from backend_audit.routes.missing import ABSENT, EMPTY, FALSE, TRUE, UNKNOWN, Missing, is_credential

_REQUESTS = frozenset("req request _req ctx context c socket".split())
_ALIAS = re.compile(r"^(?:auth\w*|typed|express|signed\w*|user|logged\w*)(?:Req|Request)$")  # `authReq = req as AuthRequest`
_CALLERS = frozenset(
    "user auth account currentUser current_user userId user_id userid uid identity principal decoded token jwt accessToken "
    "member apiKey api_key apikey client_id admin isAdmin role roles oidc userData loggedInUser authInfo passport "
    "isAuthenticated isLoggedIn authenticated loggedin isLogged".split()
)
_SESSION_PARTS = re.compile(
    r"user|auth|log(?:ged)?_?in|account|admin|token|passport|member|customer|id$|identity|role|profile|email|jwt|principal",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"^(?:x-)?(?:auth|access|api|bearer|session|jwt)[-_]?(?:token|key)$|^jwt$|^authorization$", re.IGNORECASE)
_KEPT = re.compile(r"^(?:auth|jwt|token|session|access)\w*(?:Payload|Token|User|Info|Claims|Account)$|_(?:payload|claims)$")
_ASKING = frozenset("isAuthenticated isLoggedIn isAdmin hasPermission hasRole can".split())
ROUTE_PARTS = dict.fromkeys(("path", "url", "originalUrl", "routerPath"), Missing.PATH) | {"method": Missing.METHOD}
REFLECTING = frozenset("get getAll getAllAndOverride getAllAndMerge".split())  # of NestJS's `Reflector`
HOLDERS = frozenset(("locals", "state", "var"))  # of Express, Koa and Hono: what middleware leaves for what comes after it
_CONTEXTS = frozenset(("c", "ctx", "context"))
_EMPTY_PARTS = frozenset("session cookies signedCookies headers header".split())
_INPUTS = frozenset("query body params".split())


def is_request(written: str) -> bool:
    """Whether an expression is the request (or a context that stands for it), by how it is written."""
    name = written.rpartition(".")[2]
    return name in _REQUESTS or _ALIAS.search(name) is not None


def attribute(base: Missing, attr: str, base_written: str) -> Missing:
    """What `base.attr` is."""
    if base is ABSENT:
        return ABSENT
    if base is FALSE:  # an empty text
        return UNKNOWN if attr == "constructor" else ABSENT if attr.isdigit() else FALSE
    last = base_written.rpartition(".")[2]
    if base is EMPTY:
        return _of_empty(last, attr)
    if last in _REQUESTS:
        if attr in _EMPTY_PARTS:
            return EMPTY
        if attr in _CALLERS:
            return ABSENT
        return ROUTE_PARTS.get(attr, UNKNOWN)
    if last == "routeOptions" and attr in ("url", "method"):
        return ROUTE_PARTS[attr]
    if last in HOLDERS and (attr in _CALLERS or _KEPT.search(attr)):
        return ABSENT
    if last in _INPUTS and (_TOKENS.match(attr) or (last == "query" and attr == "token")):
        return ABSENT
    return UNKNOWN


def _of_empty(holder: str, attr: str) -> Missing:
    if holder in ("headers", "header"):
        return ABSENT if is_credential(attr) else UNKNOWN
    if holder == "session" and not _SESSION_PARTS.search(attr):
        return UNKNOWN
    return ABSENT


def called(base: Missing, name: str, base_written: str, first: str | None) -> Missing | None:
    """What a method of a request gives; None if it is none that is known."""
    if is_request(base_written):
        if name in ("get", "header") and first is not None:
            left = name == "get" and first in _CALLERS and base_written in _CONTEXTS  # https://hono.dev/docs/api/context#set-get
            return ABSENT if left or is_credential(first) else UNKNOWN
        if name in _ASKING:
            return FALSE
        if name == "isUnauthenticated":
            return TRUE
    if base is EMPTY and name == "get":
        return ABSENT if first is None or is_credential(first) else UNKNOWN
    if base is ABSENT:
        return ABSENT
    if base is FALSE:
        return FALSE
    return None
