"""How much of an address data from outside decides: all of it, the host, or what follows the host."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.checks._untrusted import reaching_value
from backend_audit.flow.concepts import Operand
from backend_audit.flow.lacks import SEGMENT, UNSLASHED
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Gap, Shape, Value

_HOST = re.compile(r"^[a-zA-Z][\w+.-]*:/*[^/?#\s]+[/?#]|^/{0,2}[^/?#:\s]+[/?#]")
_LOCAL = re.compile(r"^/(?![/\\])[^/\\]|^[?#.]|^[\w-]+[/?#]")
# The request's own address: a client that can choose its host has reached this server by it.
_OWN = frozenset(
    "url base_url full_path path path_info path_qs host_url url_root root_url get_full_path build_absolute_uri get_host host "
    "referrer rel_url uri full_url query_string originalUrl hostname href".split()
)
_SCRIPT_REQUESTS = ("express.", "http.", "koa.", "fastify.", "@hapi/hapi.")
_NO_OTHERS = frozenset("cookies signedCookies headers header rawHeaders headersDistinct get state".split())
_QUERY = frozenset("?#")
_HELD = "\x00"  # stands for a hole that the program fills itself


@dataclass(frozen=True, slots=True)
class Control:
    """`origin` decides `whole` the address (at least its host), or only what follows a host that the program fixes.

    `query`: only what follows a `?` there.
    """

    origin: Origin
    whole: bool
    query: bool = False

    @property
    def one_segment(self) -> bool:
        """Whether the data holds no slash, being one segment of the request's own address: it climbs one folder at most."""
        return self.origin.cleared >= SEGMENT


def control(operand: Operand | None, *, queries: bool = True) -> Control | None:
    """What data from outside decides about the address in `operand`; the worst of its possibilities.

    `queries`: whether a parameter behind `?` counts.
    """
    if operand is None:
        return None
    return min(_controls(operand.value, queries), key=lambda one: (not one.whole, one.query, one.one_segment), default=None)


def _controls(value: Value, queries: bool) -> Iterator[Control]:
    whole = reaching_value(Value(origins=value.origins), "url")
    if whole is not None:
        yield Control(whole, whole=True)
    for shape in value.shapes:
        yield from _of_shape(shape, queries)
    for inner in (*(value.items or {}).values(), *([] if value.elem is None else [value.elem])):
        yield from _controls(inner, queries)


def _of_shape(shape: Shape, queries: bool) -> Iterator[Control]:
    before = ""
    for part in shape.parts:
        if isinstance(part, str):
            before += part
            continue
        if not queries and fixes_host(before) and _QUERY & set(before):
            return
        origin = reaching_value(part.value, "url")
        if origin is not None:
            inner = min(_controls(part.value, queries), key=lambda one: not one.whole, default=None)
            whole = not fixes_host(before) and (inner is None or inner.whole)
            yield Control(origin, whole=whole, query=not whole and bool(_QUERY & set(before)))
        before += _held(part)


def _held(gap: Gap) -> str:
    return _HELD if not gap.value.texts() else gap.value.texts()[0]


def fixes_host(before: str) -> bool:
    """Whether the text before a hole already says which host is meant, and ends it."""
    if before.startswith(_HELD):
        return True  # an address of the program's own: its configuration decides
    return bool(_HOST.match(before)) or (before.startswith(("/", "?", "#")) and before[:2] not in ("//", "/\\"))


def stays_here(before: str) -> bool:
    """Whether a redirect that begins with `before` stays on a host that the program chose."""
    if before.startswith(_HELD):
        return True
    return bool(_LOCAL.match(before)) or bool(re.match(r"^(https?:)?//[^/?#\\]+[/?#]", before))


def leaving(value: Value) -> Origin | None:
    """The source of data that decides to which host a redirect to `value` leads."""
    whole = reaching_value(Value(origins=value.origins), "url")
    if whole is not None:
        return whole
    for shape in value.shapes:
        before = ""
        for part in shape.parts:
            if isinstance(part, str):
                before += part
                continue
            if stays_here(before) or (before == "/" and _is_unslashed(part.value)):
                break
            origin = reaching_value(part.value, "url")
            if origin is not None:
                return origin
            before += _held(part)
    return None


def _is_unslashed(value: Value) -> bool:
    """Whether data makes no second slash of one in front of it: `"/" + path.lstrip(…)`."""
    return all(one.cleared >= UNSLASHED for one in value.carries("untrusted", "url"))


def own_request(origin: Origin) -> bool:
    """Whether the data stands where another site cannot put it: a cookie, a header of the browser's own."""
    head, _, last = str(origin.key[0]).rpartition(".")
    return head.startswith(_SCRIPT_REQUESTS) and last in _NO_OTHERS


def own_address(origin: Origin) -> bool:
    """Whether the data is the address by which the client has reached this server, or something that no link can hold."""
    if own_request(origin):
        return True
    return "referer" in origin.cleared or ("part" not in origin.cleared and is_own(origin))


def is_own(origin: Origin) -> bool:
    """Whether the data is from the request's own address, of which its path and its query are the client's."""
    return str(origin.key[0]).rpartition(".")[2] in _OWN
