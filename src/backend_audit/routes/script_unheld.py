"""Handlers of Node that take an id of the request, and hold the caller against nothing: not the row, not the query.

That the whole request goes on to something (`star.updateWithCtx(ctx, { index })`) is not enough, unless that turns callers away.
"""

import re

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.script_caller import CHECKS, FINDS_CALLER, CallerReads, Callers
from backend_audit.routes.script_missing import is_request
from backend_audit.routes.script_unread import takes_request

_ID = re.compile(r"^_?id$|(?:Id|_id|uuid|Uuid|UUID)$")
_PART = re.compile(r"^(?:req|request|ctx|c|context)\.(?:request\.|input\.)?(?:params|query|body)$")


def takes_unheld(callers: Callers, handler: FunctionSymbol) -> bool:
    """Whether a handler is one of them."""
    reads = callers.of(handler)
    if reads.right() is not None or reads.tests() or not _takes_id(handler):
        return False
    calls = (node for node in reads.nodes if isinstance(node, ir.Call))
    if any(_checks(callers, node) for node in calls):
        return False
    return all(_gets_request_alone(reads, node) for node in reads.handing())


def _checks(callers: Callers, node: ir.Call) -> bool:
    """Whether what a call means in the project turns callers away: `return updateRole(forward)`."""
    return any(callers.of(one).right() is not None for one in callers.engine.callees.get(id(node), {}).values())


def _gets_request_alone(reads: CallerReads, node: ir.Call) -> bool:
    """Whether a method gets the request and no caller, and neither checks nor looks for one by its name."""
    rest = [arg.value for arg in node.args if not is_request(written(arg.value))]
    if not takes_request(node) or reads.mentions(*rest):
        return False
    name = last_word(node.func)
    return isinstance(node.func, ir.Attribute) and not CHECKS.match(name) and not FINDS_CALLER.search(name)


def _takes_id(function: FunctionSymbol) -> bool:
    """Whether a handler reads an id off the request: `const { id } = ctx.input.body`, `req.params.orderId`."""
    for node in ir.walk(*function.node.body):
        if isinstance(node, ir.Attribute) and _ID.search(node.attr) and _PART.search(written(node.value)):
            return True
        if isinstance(node, ir.Assign) and node.value is not None and _PART.search(written(node.value)):
            patterns = [one for one in node.targets if isinstance(one, ir.Container)]
            names = [item.key.value for one in patterns for item in one.items if isinstance(item.key, ir.Const)]
            if any(isinstance(name, str) and _ID.search(name) for name in names):
                return True
    return False
