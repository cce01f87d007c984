"""The columns that a query's conditions compare: `where(User.org_id == org)`, `eq(users.orgId, id)`, `where("org_id", id)`."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word

_COMPARING = frozenset("eq ne isNull isNotNull inArray notInArray".split())
_ASKING = _COMPARING | frozenset(
    "filter where and_ or_ having andWhere orWhere whereNull whereNotNull whereIn whereNotIn andWhereNot whereNot".split()
)
_NAMES = re.compile(r"[\w.\"`]+")
_IN_TEXT = re.compile(r"(\w+)[\"`\]]?\s*(?:=|<>|!=|\bIS\b|\bIN\b)", re.IGNORECASE)
_LONGEST = 2_000  # of conditions that are written as a text
_MAX_NESTING = 4


def compared(node: ir.Call) -> Iterator[tuple[str, ir.Node]]:
    """The names of columns in the conditions that a call is given, each with the node that says it."""
    func = node.func
    name = last_word(func)
    if name not in _ASKING:
        return
    for arg in node.args:
        if arg.name is None:
            yield from _in_condition(arg.value, _MAX_NESTING)
    first = node.args[0].value if node.args else None
    if isinstance(first, ir.Attribute) and name in _COMPARING:
        yield first.attr, first
    elif isinstance(first, ir.Const) and isinstance(first.value, str) and name not in _COMPARING:
        yield from ((one, first) for one in _in_text(first.value))


def _in_condition(node: ir.Expr, depth: int) -> Iterator[tuple[str, ir.Node]]:
    if isinstance(node, ir.Compare):
        yield from ((one.attr, one) for one in (node.left, *node.rights) if isinstance(one, ir.Attribute))
    elif depth and isinstance(node, (ir.Binary, ir.Logical)):
        yield from _in_condition(node.left, depth - 1)
        yield from _in_condition(node.right, depth - 1)
    elif depth and isinstance(node, ir.Unary):
        yield from _in_condition(node.operand, depth - 1)


def _in_text(text: str) -> list[str]:
    """A column's name (`o.org_id`), or those that a condition in SQL compares."""
    if _NAMES.fullmatch(text):
        return [text.rpartition(".")[2].strip('"`')]
    return _IN_TEXT.findall(text) if len(text) <= _LONGEST else []
