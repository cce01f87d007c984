"""Redirects to addresses that come from a client."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _own_path, check
from backend_audit.checks._address import is_own, leaving, own_address
from backend_audit.checks._context import calls_in, scope
from backend_audit.checks._own_address import leads_away
from backend_audit.checks._untrusted import alert
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HeaderWrite, Operand, Redirect, Site
from backend_audit.flow.values import transform
from backend_audit.flow.written import first_word, last_word

RULE = "open-redirect"
_FIX = (
    "Send the browser to a path of your own (`url_for`, `reverse`), or check the address first: Django's "
    "`url_has_allowed_host_and_scheme`, or no scheme and no host after `urlsplit`."
)
_FIX_PATH = 'Let one slash begin the path: `"/" + path.strip("/")`.'

_STATUS = frozenset(("status", "code"))
_REDIRECTION = 3  # 3xx
_FIX_NODE = (
    "Send the browser to a path of your own, or check the address first: `new URL(target, own).origin === own`, with `own` "
    "the origin of this server."
)


@check(RULE)
def redirect_from_outside(redirect: Redirect) -> Iterator[Alert]:
    """`redirect(request.args["next"])`."""
    yield from _judge(redirect.site, redirect.location)


@check(RULE)
def location_header(header: HeaderWrite) -> Iterator[Alert]:
    """`response["Location"] = request.GET["next"]`."""
    if _answers_otherwise(header.site):
        return
    if header.name is not None and "location" in (text.lower() for text in header.name.value.texts()):
        yield from _judge(header.site, header.value)
    if header.headers is not None:
        items = header.headers.value.items or {}
        for key, value in items.items():
            if isinstance(key, str) and key.lower() == "location":
                yield from _judge(header.site, Operand(value, header.headers.node))


def _answers_otherwise(site: Site) -> bool:
    """`res.status(201).header("Location", …)`: where what was made is to be found; no browser goes there."""
    if site.call is None:
        return False
    answer, stated = first_word(site.call), list[int]()
    for call in calls_in(scope(site)):
        first = call.args[0].value if call.args else None
        code = first.value if isinstance(first, ir.Const) and isinstance(first.value, int) else None
        if code is not None and last_word(call.func) in _STATUS and first_word(call) == answer:
            stated.append(code)
    return bool(stated) and all(code // 100 != _REDIRECTION for code in stated)


def _stays(node: ir.Expr | None) -> bool:
    """`new URL("/login", request.url)`: a path of the program's own on the host of that address."""
    if not isinstance(node, ir.Call) or last_word(node.func) != "URL" or not node.args:
        return False
    path = node.args[0].value
    return isinstance(path, ir.Const) and isinstance(path.value, str) and path.value[:1] == "/" and path.value[:2] != "//"


def _judge(site: Site, location: Operand | None) -> Iterator[Alert]:
    if location is None:
        return
    inside = _stays(location.node)
    own = transform(location.value, lambda one: () if own_address(one) or (inside and is_own(one)) else (one,))
    origin = leaving(own)
    if origin is None and not inside:
        path = leaving(location.value)
        away = path is not None and own_address(path)
        if path is not None and away and (leads_away(site, location, path) or _own_path.leads_away(site, location, path)):
            does = "decides to which site {callee} sends the browser: a path that begins with two slashes names another"
            fix = advice(site, _FIX_PATH, _FIX_NODE)
            yield alert(site, location, path, does=does, fix=fix, confidence=Confidence.MEDIUM)
    if origin is not None:
        yield alert(
            site, location, origin, does="decides to which site {callee} sends the browser", fix=advice(site, _FIX, _FIX_NODE)
        )
