"""The values of a run without credentials: what is missing, who nobody is, and what such things are in a test."""

import re
from enum import Enum

from backend_audit import ir
from backend_audit.flow.written import last_word, written


class Missing(Enum):
    """ABSENT: None or empty; EMPTY: a mapping without the entry asked for; ANONYMOUS: the object that stands for nobody.

    PATH and those after it: parts of the request, known where the run is told which route is asked for.
    """

    ABSENT = 0
    EMPTY = 1
    ANONYMOUS = 2
    TRUE = 3
    FALSE = 4
    UNKNOWN = 5
    PATH = 6
    ENDPOINT = 7
    BLUEPRINT = 8
    METHOD = 9
    RESOLVED = 10  # what Django's `resolve(request.path_info)` gives
    REFUSAL = 11  # an answer that turns the caller away, as long as it is not sent


ABSENT, EMPTY, ANONYMOUS = Missing.ABSENT, Missing.EMPTY, Missing.ANONYMOUS
TRUE, FALSE, UNKNOWN, REFUSAL = Missing.TRUE, Missing.FALSE, Missing.UNKNOWN, Missing.REFUSAL

PARTS = frozenset((Missing.PATH, Missing.ENDPOINT, Missing.BLUEPRINT, Missing.METHOD))

_NOT_NOBODY = frozenset(
    "is_authenticated is_active is_staff is_superuser is_admin is_authenticated_user has_perm has_perms has_role has_any_role "
    "has_permission has_module_perms is_verified is_moderator is_owner logged_in is_logged_in".split()
)
_NO_VALUE = frozenset("id pk username email get_id user_id".split())
_EMPTY_PARTS = frozenset({"session", "cookies", "COOKIES"})
_ABSENT_PARTS = frozenset({"auth", "authorization", "token", "authenticated_userid", "unauthenticated_userid", "identity"})
_HOLDERS = frozenset({"request", "req", "g", "ctx", "state", "scope", "websocket", "ws"})
REQUEST_PARTS = {
    "path": Missing.PATH,
    "path_info": Missing.PATH,
    "full_path": Missing.PATH,
    "rule": Missing.PATH,
    "endpoint": Missing.ENDPOINT,
    "blueprint": Missing.BLUEPRINT,
    "method": Missing.METHOD,
}
_MATCHED = {"url_name": Missing.ENDPOINT} | dict.fromkeys(("namespace", "namespaces", "app_name", "app_names"), Missing.BLUEPRINT)
PARTS_READ = frozenset((*REQUEST_PARTS, *_MATCHED))
_URLS = frozenset({"url", "url_rule"})
_USERS = frozenset({"user", "current_user", "authz"})


_OF_CALLER = frozenset("request req flask ctx context scope websocket handler g bottle conn cherrypy environ http".split())
_CREDENTIAL = re.compile(
    r"auth|token|key|secret|session|bearer|jwt|user|cookie|sign|hmac|identity|principal|csrf|cert", re.IGNORECASE
)

_CALLER = re.compile(
    r"(?:auth|authenticated|current|logged_?in|login|request|requesting|session|acting|effective|jwt)_"
    r"(?:user|account|identity|principal|person|member|client|actor|customer|employee|admin)(?:_?id|_name)?"
)


def is_caller(name: str) -> bool:
    """Whether something of that name is who calls: `auth_user`, `current_account_id`."""
    return bool(_CALLER.fullmatch(name))


_WHO = re.compile(
    r"(?:current|auth|authenticated|logged_?in|request)?_?(?:user|account|viewer|principal|identity)(?:_?id)?|"
    r"(?:is_?)?(?:authenticated|anonymous|logged_?in|admin|staff|superuser)|auth",
    re.IGNORECASE,
)


def asks_for_login(*nodes: ir.Node) -> bool:
    """Whether the code asks whether somebody has signed in."""
    return any(isinstance(one, ir.Attribute) and one.attr in ("is_authenticated", "is_anonymous") for one in ir.walk(*nodes))


def names_caller(node: ir.Expr) -> bool:
    """Whether an expression is called like who calls, or what he is: `req.user`, `session["user_id"]`, `user.is_admin`."""
    key = node.index if isinstance(node, ir.Index) else node
    word = key.value if isinstance(key, ir.Const) else last_word(key)
    return isinstance(word, str) and is_called_like_caller(word)


def is_called_like_caller(word: str) -> bool:
    """Whether a word says who calls, or what he is: `user`, `current_account_id`, `is_admin`."""
    return _WHO.fullmatch(word) is not None


def of_context(node: ir.Attribute) -> bool:
    """Whether something is read off the context that resolvers of GraphQL are given: `info.context.user`."""
    return written(node.value).endswith("info.context")


def caller_of_context(node: ir.Node) -> bool | None:
    """Whether who calls is read by key off the context of a resolver (true), or off a socket's scope (false); None for others.

    `info.context["user"]`, `info.context.get("user")`, `self.scope["user"]`.
    """
    holder, key = None, None
    if isinstance(node, ir.Index):
        holder, key = node.value, node.index
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        holder, key = node.func.value, node.args[0].value
    if holder is None or not isinstance(key, ir.Const) or not (key.value in _USERS or is_caller(str(key.value))):
        return None
    name = written(holder)
    return True if name.endswith("info.context") else False if name.rpartition(".")[2] == "scope" else None


def of_database(node: ir.Attribute) -> bool:
    """Whether a session is one with a database: `db.session`, `self.session`; `request.session` is the caller's."""
    return node.attr == "session" and written(node.value).rpartition(".")[2].lower() not in _OF_CALLER


def is_credential(header: str) -> bool:
    """Whether a header of that name says who calls: others (`HX-Request`) anybody may send."""
    return bool(_CREDENTIAL.search(header))


def truth(value: Missing) -> bool | None:
    """What the value is in a test; None where that is open."""
    if value is UNKNOWN:
        return None
    return value in (TRUE, ANONYMOUS, Missing.RESOLVED, REFUSAL) or value in PARTS


def joined(one: Missing, other: Missing) -> Missing:
    """What several arguments are as one, for a test of each: one that fails decides."""
    values = (one, other)
    missing = next((each for each in values if truth(each) is False), None)
    return missing or (UNKNOWN if UNKNOWN in values else TRUE)


def attribute(base: Missing, attr: str, base_written: str) -> Missing:
    """What `base.attr` (or `base.attr()`) is; `base_written` tells requests from other things."""
    if base is ANONYMOUS:
        if attr in _NOT_NOBODY:
            return FALSE
        if attr in ("is_anonymous", "is_anonymous_user"):
            return TRUE
        return ABSENT if attr in _NO_VALUE else UNKNOWN
    if base is ABSENT:
        return ABSENT
    if attr in ("is_authenticated", "is_anonymous"):  # asked of nobody but the caller
        return FALSE if attr == "is_authenticated" else TRUE
    if attr == "user" and base_written.endswith("args[0]"):
        return ANONYMOUS
    last = base_written.rpartition(".")[2]
    if base is Missing.RESOLVED or last == "resolver_match":
        return _MATCHED.get(attr, UNKNOWN)
    if attr in REQUEST_PARTS and (last in _URLS or last in ("request", "req")):
        return REQUEST_PARTS[attr]
    if last in _HOLDERS or base_written.endswith("info.context"):
        if attr in _USERS:
            return ANONYMOUS if last not in {"g", "state"} else ABSENT
        if is_caller(attr):
            return ABSENT
        if attr in _EMPTY_PARTS or (attr == "context" and last == "req"):  # Falcon's: middleware puts the caller there
            return EMPTY
        if attr in _ABSENT_PARTS:
            return ABSENT
        if attr in ("headers", "META"):
            return EMPTY
    return UNKNOWN
