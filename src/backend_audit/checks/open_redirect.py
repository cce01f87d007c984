"""Redirects to addresses that come from a client."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._address import leaving
from backend_audit.checks._untrusted import alert
from backend_audit.flow.concepts import HeaderWrite, Operand, Redirect, Site
from backend_audit.flow.values import Origin

RULE = "open-redirect"
_FIX = (
    "Send the browser to a path of your own (`url_for`, `reverse`), or check the address first: Django's "
    "`url_has_allowed_host_and_scheme`, or no scheme and no host after `urlsplit`."
)
# The request's own address: a client that can choose its host has reached this server by it.
_OWN = frozenset(
    "url base_url full_path path path_info path_qs host_url url_root root_url get_full_path build_absolute_uri get_host host "
    "referrer rel_url uri full_url query_string".split()
)


@check(RULE)
def redirect_from_outside(redirect: Redirect) -> Iterator[Alert]:
    """`redirect(request.args["next"])`."""
    yield from _judge(redirect.site, redirect.location)


@check(RULE)
def location_header(header: HeaderWrite) -> Iterator[Alert]:
    """`response["Location"] = request.GET["next"]`."""
    if header.name is not None and "location" in (text.lower() for text in header.name.value.texts()):
        yield from _judge(header.site, header.value)
    if header.headers is not None:
        items = header.headers.value.items or {}
        for key, value in items.items():
            if isinstance(key, str) and key.lower() == "location":
                yield from _judge(header.site, Operand(value, header.headers.node))


def _judge(site: Site, location: Operand | None) -> Iterator[Alert]:
    if location is None:
        return
    origin = leaving(location.value)
    if origin is not None and not _own_address(origin):
        yield alert(site, location, origin, does="decides to which site {callee} sends the browser", fix=_FIX)


def _own_address(origin: Origin) -> bool:
    return "referer" in origin.cleared or str(origin.key[0]).rpartition(".")[2] in _OWN
