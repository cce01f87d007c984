"""Tokens that are positions in a stream or a list: they are numbers, and compared by their order."""

import re

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.flow.concepts import LogRecord, Operand, Site
from backend_audit.flow.written import last_word

_ORDERS = frozenset(("<", "<=", ">", ">="))
_PLACES = re.compile(r"%(?:\(\w+\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?([a-zA-Z%])")
_NUMBERS = frozenset("diouxXeEfFgG")


def is_position(name: str, site: Site) -> bool:
    """Whether the function holds what is called so against something by order: `if new_token <= self.position`."""
    compared = (node for node in ir.walk(*scope(site)) if isinstance(node, ir.Compare) and not _ORDERS.isdisjoint(node.ops))
    sides = (side for node in compared for side in (node.left, *node.rights))
    return any(last_word(part) == name for side in sides for part in _parts(side))


def _parts(side: ir.Expr) -> list[ir.Expr]:
    """A side of a comparison, and what its attributes are of: `token.stream` says of `token` that it has an order."""
    found = [side]
    while isinstance(found[-1], ir.Attribute):
        found.append(found[-1].value)
    return [one for one in found if isinstance(one, (ir.Name, ir.Attribute))]


def as_numbers(record: LogRecord) -> frozenset[int]:
    """Which operands the record's format writes as numbers, by identity: `"between %i and %i"`."""
    message = record.message
    texts = () if message is None else message.value.texts()
    if message is None or len(texts) != 1:
        return frozenset()
    operands = [operand for key, operand in record.site.args if key.isdigit()]
    start = next((at for at, one in enumerate(operands) if one is message or one.node is message.node), None)
    if start is None:
        return frozenset()
    places = [found[1] for found in _PLACES.finditer(texts[0]) if found[1] != "%"]
    return frozenset(id(one) for one, place in zip(operands[start + 1 :], places, strict=False) if place in _NUMBERS)


def shown(operands: tuple[Operand, ...], numbers: frozenset[int]) -> tuple[Operand, ...]:
    """The operands that are not written as numbers."""
    return tuple(one for one in operands if id(one) not in numbers)
