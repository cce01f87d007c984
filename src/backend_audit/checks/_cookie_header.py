"""Cookies that are written as a header's text: `Set-Cookie: name=value; HttpOnly`."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.checks._pieces import pieces
from backend_audit.flow.concepts import HeaderWrite

_HEADER = "set-cookie"
_HOLE = "\x00"


@dataclass(frozen=True, slots=True)
class Written:
    """A cookie as the code writes it: its name and its attributes in lower case (`httponly`, `max-age=0`)."""

    node: ir.Expr
    name: str
    attributes: frozenset[str]


def cookies(header: HeaderWrite) -> Iterator[Written]:
    """The cookies that a header sets, as far as their names and all of their attributes are written in the code."""
    for node in _values(header):
        for one in [item.value for item in node.items] if isinstance(node, ir.Container) and node.kind == "list" else [node]:
            text = "".join(part if isinstance(part, str) else _HOLE for part in pieces(one, header.site))
            first, *rest = text.split(";")
            name, equals, _ = first.strip().partition("=")
            if equals and name and _HOLE not in name and not any(_HOLE in part for part in rest):
                yield Written(one, name, frozenset(part.strip().lower().replace(" ", "") for part in rest))


def _values(header: HeaderWrite) -> Iterator[ir.Expr]:
    if header.name is not None and header.value is not None and header.value.node is not None:
        if _HEADER in (text.lower() for text in header.name.value.texts()):
            yield header.value.node
    elif header.headers is not None and isinstance(header.headers.node, ir.Container):
        for item in header.headers.node.items:
            if isinstance(item.key, ir.Const) and str(item.key.value).lower() == _HEADER:
                yield item.value
