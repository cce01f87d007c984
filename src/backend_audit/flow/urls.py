"""Addresses taken apart and put together again: with a host that the program put in, the whole is the program's.

https://docs.python.org/3/library/urllib.parse.html
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit.flow import strings
from backend_audit.flow.values import UNKNOWN, Key, Shape, Value, join, text

if TYPE_CHECKING:
    from backend_audit.flow.arguments import Args

_HOST = 1  # the position of the host in what `urlsplit` gives
_PATH = re.compile(r"/?[\w.~-]+[/?#]|/$|\?")  # no `https:`, no `//host`
_URL = frozenset(("url",))


def _split(args: list[strings.Piece]) -> Value:
    part = args[0][0].derived() if args else UNKNOWN
    items: dict[Key, Value] = dict.fromkeys(range(5), part)
    return Value(open=True, kind="tuple", items=items, origins=part.origins)


def _joined(args: list[strings.Piece]) -> Value:
    parts = args[0][0] if args else UNKNOWN
    whole = parts.derived()
    host = (parts.items or {}).get(_HOST) if parts.kind in ("list", "tuple") else None
    return whole.cleared(_URL) if host is not None and host.is_literal() else whole


def _resolved(args: list[strings.Piece]) -> Value:
    """`urljoin(base, f"orders/{code}/")`: what begins like a path stays on the host of its base."""
    if len(args) < 2:
        return args[0][0].derived() if args else UNKNOWN
    base, further = args[0], args[1]
    if not further[0].origins and further[0].shapes and all(map(_stays, further[0].shapes)) and not further[0].consts:
        return strings.build([base, (text("/"), ""), further], "+")
    return join(base[0].derived(), further[0].derived())


def _stays(shape: Shape) -> bool:
    first = shape.parts[0] if shape.parts else ""
    return isinstance(first, str) and _PATH.match(first) is not None


def replaced(args: "Args") -> frozenset[str]:
    """The contexts that `parts._replace(netloc="…")` makes safe."""
    host = next((operand.value for key, operand in args if key == "netloc"), None)
    return _URL if host is not None and host.is_literal() else frozenset()


FUNCTIONS: dict[str, Callable[[list[strings.Piece]], Value]] = {
    "urllib.parse.urlsplit": _split,
    "urllib.parse.urljoin": _resolved,
    "urllib.parse.urlunsplit": _joined,
    "urllib.parse.urlunparse": _joined,
}
