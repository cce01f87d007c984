"""Addresses taken apart and put together again: with a host that the program put in, the whole is the program's.

https://docs.python.org/3/library/urllib.parse.html
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from backend_audit.flow import strings
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import UNKNOWN, Constant, Key, Shape, Value, changed, text

if TYPE_CHECKING:
    from backend_audit.flow.arguments import Args

_MOST_PARTS = 6  # of what `urlparse` gives; `urlsplit` leaves out one
_HOST = 1  # the position of the host in what `urlsplit` gives
_ABSOLUTE = re.compile(r"[a-zA-Z][\w+.-]*:|[/\\]{2}")  # `https:`, `//host`
URL = frozenset(("url",))
_NO_WAY = frozenset(("path",))
HOST = frozenset(("host",))  # a mark: the host of an address that was taken apart
_HOST_PARTS = frozenset(("hostname", "netloc"))
_WAY = re.compile(r"/[^/\\]|\.{1,2}/|[\w.~-]+/")  # `/a`, `../`, `api/`: whatever follows, it names no host
# Begins with one slash in a view: Werkzeug answers `//host/path` itself, by a redirect to `/host/path`.
_ROOTED = frozenset(f"werkzeug.wrappers.Request.{name}" for name in ("path", "full_path"))


def part(parts: Value, name: str, found: Value) -> Value:
    """`found` as the part `name` of an address that was taken apart: its host is known as that, whatever it is called later."""
    return found.cleared(HOST) if name in _HOST_PARTS and parts.kind == "tuple" else found


def _split(args: list[strings.Piece]) -> Value:
    whole = args[0][0].derived() if args else UNKNOWN
    items: dict[Key, Value] = {**dict.fromkeys(range(_MOST_PARTS), whole), _HOST: whole.cleared(HOST)}
    return Value(open=True, kind="tuple", items=items, origins=whole.origins)


def _joined(args: list[strings.Piece]) -> Value:
    parts = args[0][0] if args else UNKNOWN
    whole = parts.derived()
    host = (parts.items or {}).get(_HOST) if parts.kind in ("list", "tuple") else None
    return whole.cleared(URL) if host is not None and host.is_literal() else whole


def _under(args: list[strings.Piece]) -> Value:
    """`urljoin(base, path)`: who chooses neither the base nor how the path begins does not choose the host."""
    if len(args) < 2:
        return args[0][0].derived() if args else UNKNOWN
    base, path = args[0][0], args[1][0]
    texts = base.constants(), path.constants()
    if texts[0] is not None and texts[1] is not None:
        joined = {urljoin(str(one.value), str(other.value)) for one in texts[0] for other in texts[1]}
        return Value(consts=frozenset(Constant("str", one) for one in joined))
    rooted = bool(path.origins) and all(map(_is_rooted, path.origins))
    if (path.origins and not rooted) or any(map(_chooses, path.shapes)):
        return changed(path, open=True, origins=path.origins | {one.derived() for one in base.all_origins()})
    return strings.build([args[0], (text("/"), ""), args[1]], "urljoin")


def _chooses(shape: Shape) -> bool:
    """Whether a path may begin with a host: data writes its beginning, or the program a whole address."""
    first = shape.parts[0] if shape.parts else ""
    return _ABSOLUTE.match(first) is not None if isinstance(first, str) else bool(first.value.all_origins())


def keeps_host(path: Value) -> bool:
    """Whether an address begins, in each way in which it may be built, so that it stays on the host that it is put under."""
    if path.origins or not path.shapes:
        return False
    return all(isinstance(one.parts[0], str) and _WAY.match(one.parts[0]) is not None for one in path.shapes if one.parts)


def _is_rooted(origin: Origin) -> bool:
    return str(origin.key[0]) in _ROOTED


def replaced(args: "Args") -> frozenset[str]:
    """The contexts that `parts._replace(netloc="…")` makes safe."""
    host = next((operand.value for key, operand in args if key == "netloc"), None)
    return URL if host is not None and host.is_literal() else frozenset()


def quoted(path: str, args: "Args") -> frozenset[str]:
    """The contexts that `quote(name, safe="")` makes safe beside what quoting does in any case: no slash is left."""
    if path != "urllib.parse.quote":
        return frozenset()
    safe = next((operand.value for key, operand in args if key in ("1", "safe")), None)
    return (
        _NO_WAY
        if safe is not None and safe.constants() is not None and not any({"/", "\\"} & set(one) for one in safe.texts())
        else frozenset()
    )


FUNCTIONS: dict[str, Callable[[list[strings.Piece]], Value]] = {
    "urllib.parse.urlsplit": _split,
    "urllib.parse.urlparse": _split,
    "urllib.parse.urlunsplit": _joined,
    "urllib.parse.urlunparse": _joined,
    "urllib.parse.urljoin": _under,
    "requests.compat.urljoin": _under,
}
