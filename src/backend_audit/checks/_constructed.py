"""Texts for an interpreter that are put together of values that nothing is known about: a caller may pass anything."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._pieces import assigned, pieces
from backend_audit.checks._wording import in_python
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.lacks import is_shut_in
from backend_audit.flow.origins import CALLER
from backend_audit.flow.values import CLOSED_TYPES, Gap, Value
from backend_audit.flow.written import written

_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_ITEM = re.compile(r"items\[(\d+)\]$")


def open_gaps(value: Value, context: str) -> Iterator[Gap]:
    """The places in a text that begins with the program's own words where anything may stand."""
    for shape in value.shapes:
        if not isinstance(shape.parts[0], str):
            continue
        before = ""
        for part in shape.parts:
            if not isinstance(part, str) and _may_be_anything(part.value, before, context):
                yield part
            before += part if isinstance(part, str) else "x"


def _may_be_anything(value: Value, before: str, context: str) -> bool:
    if value.is_literal() or value.types & CLOSED_TYPES or not value.open:
        return False
    return not any(origin.cleared & {context, "all"} or is_shut_in(origin, before, context) for origin in value.origins)


def filled_by(site: Site, operand: Operand, gap: Gap) -> frozenset[str]:
    """The parameters of the function around that are written in the gap; of scripts also those that its data comes from."""
    function = site.function
    text = gap.written
    item = _ITEM.match(text)
    if item is not None and operand.node is not None:
        parts = _joined(operand.node, site)
        text = written(parts[int(item[1])]) if int(item[1]) < len(parts) else ""
    given = frozenset() if function is None else frozenset(param.name for param in function.params)
    told = () if in_python(site) else (one.what for one in gap.value.all_origins() if one.label == CALLER)
    return (frozenset(_NAME.findall(text)) & given | set(told)) - {"self", "cls"}


def _joined(node: ir.Expr, site: Site) -> list[ir.Expr]:
    """`a` and `b` of `[a, b].join(" ")`, where the list has a name, too."""
    for piece in pieces(node, site):
        inner = assigned(piece.id, site) if isinstance(piece, ir.Name) else piece
        if not isinstance(inner, ir.Call) or not isinstance(inner.func, ir.Attribute) or inner.func.attr != "join":
            continue
        joined = inner.func.value
        found = assigned(joined.id, site) if isinstance(joined, ir.Name) else joined
        return [one.value for one in found.items] if isinstance(found, ir.Container) else []
    return []
