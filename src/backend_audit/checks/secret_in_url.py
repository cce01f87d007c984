"""Credentials in addresses: histories, logs of proxies and the referrer of the next page keep them."""

import re
from collections.abc import Callable, Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.flow import sensitive
from backend_audit.flow.concepts import Operand, OutgoingRequest, Redirect
from backend_audit.flow.values import Gap, Shape, Value
from backend_audit.routes.model import Route

RULE = "secret-in-url"

_IN_QUERY = re.compile(
    r"[?&](access_token|refresh_token|id_token|token|jwt|session(?:_?id)?|api_?key|password|passwd|secret)=$", re.IGNORECASE
)
_KEY = re.compile(r"[?&#][\w.\[\]-]+=$")
_ONCE = re.compile(
    r"reset|verif|confirm|invit|unsubscribe|magic|activat|csrf|state|email|registr|sign_?up|welcome|share|download", re.IGNORECASE
)
_KEPT = re.compile(r"passw|secret|hash", re.IGNORECASE)
_ADDRESS = frozenset(("params", "query", "path_params", "query_params", "args", "view_args", "GET"))
_FIX = "Send it in a header or in the body; a browser gets it as a cookie (`HttpOnly`, `Secure`)."


@check(RULE)
def in_redirect(redirect: Redirect) -> Iterator[Alert]:
    """`redirect(f"{FRONTEND}/login?token={jwt}")`."""
    name = "" if redirect.location is None else _name(redirect.location, brought=_brought)
    if name and redirect.location is not None:
        yield Alert(
            node=redirect.location.node or redirect.site.node,
            message=f"The browser is sent to an address that holds `{name}`: its history, the logs of every proxy and the "
            "referrer of the next page keep it.",
            fix=_FIX,
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def in_request(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.post(f"https://partner/hook?secret={SECRET}")`: some services know no other way."""
    name = "" if request.url is None else _name(request.url)
    if name and request.url is not None:
        yield Alert(
            node=request.url.node or request.site.node,
            message=f"The address that is called holds `{name}`: the logs of both sides and of every proxy between keep it.",
            fix=_FIX,
            confidence=Confidence.MEDIUM if _KEPT.search(name) else Confidence.LOW,
        )


@check(RULE)
def in_query(route: Route) -> Iterator[Alert]:
    """`def login(username: str, password: str)` of a route that takes them from the query."""
    for secret in route.secrets_in_query if is_first(route) else ():
        yield Alert(
            path=secret.path,
            at=secret.at,
            end=secret.end,
            message=f"{called(route)} takes {secret.note} from the query: logs of servers and proxies, and histories of "
            "browsers, keep whole addresses.",
            fix="Take it from the body or from the `Authorization` header.",
            confidence=Confidence.MEDIUM,
            anchor=f"{route.name} {secret.note}",
        )


def _name(url: Operand, brought: Callable[[Value], bool] = lambda _: False) -> str:
    """The credential that an address is built with; "" for none, and for links that are good for one purpose and one time."""
    return next((name for shape in url.value.shapes for name in _names(shape, brought)), "")


def _brought(value: Value) -> bool:
    """Whether the request's own address has brought it: `/join/:token` sends the browser on to `/join?token=…`."""
    found = [str(one.key[0]).rpartition(".")[2] for one in value.origins if one.label == "untrusted"]
    return bool(found) and all(one in _ADDRESS for one in found)


def _names(shape: Shape, brought: Callable[[Value], bool]) -> Iterator[str]:
    if _ONCE.search(shape.text("")):
        return
    for before, after in zip(shape.parts, shape.parts[1:], strict=False):
        if isinstance(before, str) and isinstance(after, Gap) and not _ONCE.search(after.written) and not brought(after.value):
            found = _IN_QUERY.search(before)
            if found is not None:
                yield found[1]
            elif _KEY.search(before) and _is_password(after.written):
                yield after.written.rpartition(".")[2]


def _is_password(text: str) -> bool:
    """Whether what is put into an address is a field of an object that holds a password, or its hash: `user.password_hash`."""
    owner, _, name = text.rpartition(".")
    return name.isidentifier() and bool(owner) and (sensitive.is_password_hash(name) or sensitive.classify(name) == "password")
