"""What middleware leaves in the request beside the caller: `ctx.state.transaction`, `res.locals.errors`."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.routes.script_missing import is_request

NO_CALLER = re.compile(
    r"^(?:transaction|trx|tx|pagination|page|limit|offset|logger|log|requestId|locale|lang|i18n|nonce|errors?)$"
)

IS_CALLER = re.compile(r"^(?:auth|user|currentUser|userId|session|viewer|account|principal|identity)$")


def taken_apart(pattern: ir.Expr | None) -> Iterator[tuple[str, str]]:
    """What a parameter gives of a request that is taken apart in it: `{ input, context: { user } }`."""
    for item in pattern.items if isinstance(pattern, ir.Container) and pattern.kind == "dict" else ():
        if isinstance(item.key, ir.Const) and is_request(str(item.key.value)) and isinstance(item.value, ir.Container):
            inner = ((one.key, one.value) for one in item.value.items)
            yield from ((str(key.value), one.id) for key, one in inner if isinstance(key, ir.Const) and isinstance(one, ir.Name))


def bound_in(target: ir.Expr) -> Iterator[str]:
    """The names that a target binds."""
    for node in ir.walk_scope(target):
        if isinstance(node, ir.Name):
            yield node.id


def is_else(node: ir.Expr) -> bool:
    """Whether it is something else that middleware has left: `ctx.state.transaction`."""
    left = isinstance(node, ir.Attribute) and last_word(node.value) in ("locals", "state")
    return left and bool(NO_CALLER.match(last_word(node)))


def kept_in(node: ir.Node) -> Iterator[ir.Node]:
    """What an assignment writes to: `res.locals.errors = […]` asks for nobody."""
    for target in node.targets if isinstance(node, ir.Assign) else ():
        if isinstance(target, ir.Attribute):
            yield from ir.walk_scope(target)
