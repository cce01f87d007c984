"""What middleware leaves in the request beside the caller: `ctx.state.transaction`, `res.locals.errors`."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word

NO_CALLER = re.compile(
    r"^(?:transaction|trx|tx|pagination|page|limit|offset|logger|log|requestId|locale|lang|i18n|nonce|errors?)$"
)


def is_else(node: ir.Expr) -> bool:
    """Whether it is something else that middleware has left: `ctx.state.transaction`."""
    left = isinstance(node, ir.Attribute) and last_word(node.value) in ("locals", "state")
    return left and bool(NO_CALLER.match(last_word(node)))


def kept_in(node: ir.Node) -> Iterator[ir.Node]:
    """What an assignment writes to: `res.locals.errors = […]` asks for nobody."""
    for target in node.targets if isinstance(node, ir.Assign) else ():
        if isinstance(target, ir.Attribute):
            yield from ir.walk_scope(target)
