"""Addresses taken apart and put together again: with a host that the program put in, the whole is the program's.

https://docs.python.org/3/library/urllib.parse.html
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit.flow import strings
from backend_audit.flow.values import UNKNOWN, Key, Value

if TYPE_CHECKING:
    from backend_audit.flow.arguments import Args

_HOST = 1  # the position of the host in what `urlsplit` gives
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


def replaced(args: "Args") -> frozenset[str]:
    """The contexts that `parts._replace(netloc="…")` makes safe."""
    host = next((operand.value for key, operand in args if key == "netloc"), None)
    return _URL if host is not None and host.is_literal() else frozenset()


FUNCTIONS: dict[str, Callable[[list[strings.Piece]], Value]] = {
    "urllib.parse.urlsplit": _split,
    "urllib.parse.urlunsplit": _joined,
    "urllib.parse.urlunparse": _joined,
}
