"""Loops of JavaScript that count up to the `length` of something: only of an array or a text is that a length."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.frame import FrameState
from backend_audit.flow.models import Row
from backend_audit.flow.moments import Loop
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.work_concepts import CountedLoop

ARRAY = "array"  # a mark: the data is an array (or a text), whose length is that of what was sent
ARRAYS = frozenset((ARRAY,))
_LENGTH = "length"
_COUNTED = Row(CountedLoop, {"counted": "value"}, {})


def counted(frame: FrameState, value: Value, read: ir.Attribute) -> None:
    """Tell that a loop ends at `read`, the length of `value`, where that comes from elsewhere."""
    if not value.kind and any(origin.label in ("untrusted", "param") for origin in value.origins):
        frame.emit(_COUNTED, _LENGTH, read, {"value": Operand(value, read.value)})


def bound(loop: ir.While, body: list[ir.Stmt]) -> ir.Attribute | None:
    """`xs.length` in `i < xs.length`, or where a variable in its place was given it."""
    test = loop.test
    if not isinstance(test, ir.Compare) or len(test.ops) != 1:
        return None
    limit = test.rights[0] if test.ops[0] in ("<", "<=", "!=") else test.left if test.ops[0] in (">", ">=") else None
    if isinstance(limit, ir.Name):
        given = list(_assigned(limit.id, body))
        limit = given[0] if len(given) == 1 else None
    return limit if isinstance(limit, ir.Attribute) and limit.attr == _LENGTH else None


def passes(loop: ir.While) -> Loop:
    """What each pass of a loop that counts takes: `xs[i]` of `xs`, by the name `i`; nothing that is known of any other loop."""
    test = loop.test
    counter = test.left if isinstance(test, ir.Compare) and loop.update else None
    limit = test.rights[0] if isinstance(test, ir.Compare) and counter is not None else loop.test
    over = limit.value if isinstance(limit, ir.Attribute) and limit.attr == _LENGTH else limit
    return Loop(loop, over, counter if isinstance(counter, ir.Name) else ir.Container(loop.at, loop.at, "list", []), UNKNOWN)


def _assigned(name: str, body: list[ir.Stmt]) -> Iterator[ir.Expr | None]:
    for node in ir.walk(*body):
        if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == name for one in node.targets):
            yield None if node.op else node.value
