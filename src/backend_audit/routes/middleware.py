"""Middleware by its shape: what a function calls the parameter that hands a request on, and whether it does."""

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol

_NEXT = frozenset(("next", "done", "_next", "nxt"))
_THIRD = 2


def next_of(function: FunctionSymbol) -> str:
    """What a function calls its parameter that hands the request on; "" if it has none."""
    params = [one.name for one in function.node.params if one.kind == "positional"]
    named = next((name for name in params[1:4] if name in _NEXT), "")
    is_handler = len(params) == _THIRD + 1 and params[0].lstrip("_") in ("req", "request")
    return named or (params[_THIRD] if is_handler else "")


def hands_on(function: FunctionSymbol) -> bool:
    """Whether a function calls its `next` without an error, or hands it to what may."""
    name = next_of(function)
    for node in ir.walk(*(function.node.body if name else ())):
        if isinstance(node, ir.Call):
            func = node.func
            if isinstance(func, ir.Name) and func.id == name and not node.args:
                return True
            given = any(isinstance(arg.value, ir.Name) and arg.value.id == name for arg in node.args)
            if given and not (isinstance(func, ir.Attribute) and func.attr == "catch"):
                return True
    return False
