"""Messages that are taken off their queue before the work for them is done: if that fails, nobody tries it again."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written

_ACKNOWLEDGING = re.compile(r"[\w\])](\.basic_ack|\.ack|\.xack|\.xAck|\.acknowledge|\.ackAll)$")
_CONSUMER = re.compile(r"consumer[\w.]*\.(commit|commit_sync|commitSync|commitOffsets)$", re.IGNORECASE)
_WORK = re.compile(
    r"(^|[._])((bulk_?)?(save|store|write|insert|create|update|upsert|delete|remove|charge|persist)|commit|execute|process|handle)"
    r"($|_\w|[A-Z]\w*$|One$|Many$)"
)


def acknowledges_early(node: ir.Function) -> ir.Call | None:
    """The call by which a function acknowledges a message, where work that changes something follows it."""
    return next(_in_block(node.body), None)


def _in_block(body: list[ir.Stmt]) -> Iterator[ir.Call]:
    acknowledged: ir.Call | None = None
    for one in body:
        call = _called(one)
        if call is not None and _acknowledges(call):
            acknowledged = acknowledged or call
        elif acknowledged is not None and any(_WORK.search(written(each.func)) for each in _calls(one)):
            yield acknowledged
            return
        for inner in _blocks(one):
            yield from _in_block(inner)


def _acknowledges(call: ir.Call) -> bool:
    name = written(call.func)
    return bool(_ACKNOWLEDGING.search(name) or _CONSUMER.search(name))


def _called(node: ir.Stmt) -> ir.Call | None:
    """`await message.ack()`, as a statement of its own."""
    value = node.value if isinstance(node, ir.ExprStmt) else None
    value = value.value if isinstance(value, ir.Await) else value
    return value if isinstance(value, ir.Call) else None


def _calls(node: ir.Stmt) -> Iterator[ir.Call]:
    return (one for one in ir.walk_scope(node) if isinstance(one, ir.Call) and not _acknowledges(one))


def _blocks(node: ir.Stmt) -> Iterator[list[ir.Stmt]]:
    """The blocks of a statement that run in the order in which they are written."""
    if isinstance(node, (ir.If, ir.For, ir.While)):
        yield from (node.body, node.orelse)
    elif isinstance(node, ir.Try):
        yield from (node.body, *(one.body for one in node.handlers), node.orelse, node.final)
    elif isinstance(node, ir.With):
        yield node.body
