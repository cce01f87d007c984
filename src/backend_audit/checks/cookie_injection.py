"""Cookies whose name or value comes from a client."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CookieWrite, HeaderWrite
from backend_audit.flow.origins import Origin

RULE = "cookie-injection"
_FIX = "Set cookies under names of the program's own, and values that it made or checked against a fixed list."


@check(RULE)
def cookie_from_outside(cookie: CookieWrite) -> Iterator[Alert]:
    """`response.set_cookie(request.args["name"], "1")`."""
    origin = reaching(cookie.name, "header")
    if origin is not None:
        yield alert(cookie.site, cookie.name, origin, does="names the cookie that {callee} sets", fix=_FIX)
        return
    origin = reaching(cookie.value, "header")
    if origin is not None and not _own_cookie(origin):
        does = "becomes the value of the cookie that {callee} sets: whoever makes someone follow a link chooses their cookie"
        yield alert(cookie.site, cookie.value, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)


@check(RULE)
def cookie_header_from_outside(header: HeaderWrite) -> Iterator[Alert]:
    """`response.headers["Set-Cookie"] = f"theme={request.args['theme']}"`."""
    if header.name is None or "set-cookie" not in (text.lower() for text in header.name.value.texts()):
        return
    origin = reaching(header.value, "header")
    if origin is not None and not _own_cookie(origin):
        does = "becomes part of the cookie that {callee} sets: whoever makes someone follow a link chooses it, and its attributes"
        yield alert(header.site, header.value, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)


def _own_cookie(origin: Origin) -> bool:
    """Whether the browser has sent the data as a cookie itself: nobody else has chosen it then."""
    return any(str(part).rpartition(".")[2].lower().startswith("cookie") for part in origin.key[:2])
