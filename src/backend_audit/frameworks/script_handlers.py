"""Parameters of handlers in JavaScript that no registration in sight says the types of.

A controller's method is often registered where values cannot be followed: in a loop over files, in a list of routes. Two
parameters called `req` and `res` are a handler's by every convention of Express.
"""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import Value, changed
from backend_audit.link.symbols import FunctionSymbol

_REQUESTS = frozenset(("req", "request"))
_RESPONSES = frozenset(("res", "response"))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:  # noqa: ARG001 - a hook
    """What is known of a parameter; `value` unchanged where that is nothing."""
    names = [one.name for one in symbol.node.params]
    first = next((number for number, name in enumerate(names[:2]) if name in _REQUESTS), None)
    if value.types or value.refs or first is None or len(names) <= first + 1 or names[first + 1] not in _RESPONSES:
        return value
    if at == first:
        return changed(value, types=frozenset(("express.Request",)))
    return changed(value, types=frozenset(("express.Response",))) if at == first + 1 else value
