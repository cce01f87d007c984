"""Methods that only texts have in JavaScript: data on which one was called and came back is a text, whatever JSON it came from.

On an object or an array `x.trim()` throws: JSON holds no functions that could be called by that name.
https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/String
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.guards import clear_data
from backend_audit.flow.script_builtin import NO_OBJECT, THROWING

if TYPE_CHECKING:
    from backend_audit.flow.script_expressions import ScriptExpressions


def must_be_text(frame: "ScriptExpressions", node: ir.Expr) -> None:
    """`name.trim().toLowerCase()` was computed: `name` is a text; so are the arguments of which such a method was asked."""
    while isinstance(node, (ir.Call, ir.Attribute, ir.Await)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
            if node.func.attr in THROWING:
                _is_text(frame, node.func.value)
            for arg in node.args:
                if isinstance(arg.value, ir.Call):
                    must_be_text(frame, arg.value)
        node = node.func if isinstance(node, ir.Call) else node.value


def _is_text(frame: "ScriptExpressions", node: ir.Expr) -> None:
    if isinstance(node, (ir.Name, ir.Attribute, ir.Index)):
        value = frame.eval(node)
        if frame.is_data(value):
            clear_data(frame, value, NO_OBJECT, node=node)
