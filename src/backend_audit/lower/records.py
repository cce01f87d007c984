"""Classes that a call makes: `Point = namedtuple("Point", ["x", "y"])` says what a class with two fields says.

https://docs.python.org/3/library/collections.html#collections.namedtuple, https://docs.python.org/3/library/typing.html#typing.NamedTuple
"""

from backend_audit import ir

_MAKERS = frozenset(("namedtuple", "NamedTuple", "make_dataclass"))
_ANYTHING = "Any"


def record(node: ir.Assign) -> ir.Class | None:
    """The class that the assignment of such a call makes; None where its fields are not written there."""
    call, target = node.value, node.targets[0]
    if len(node.targets) != 1 or not isinstance(call, ir.Call) or not isinstance(target, ir.Name):
        return None
    name = call.func.attr if isinstance(call.func, ir.Attribute) else call.func.id if isinstance(call.func, ir.Name) else ""
    if name not in _MAKERS or len(call.args) < 2 or any(arg.star for arg in call.args):
        return None
    stated = next((arg.value for arg in call.args if arg.name in ("field_names", "fields")), call.args[1].value)
    fields = _fields(stated)
    if not fields:
        return None
    body: list[ir.Stmt] = [
        ir.Assign(one.at, one.end, [ir.Name(one.at, one.end, name)], "", None, annotation) for name, one, annotation in fields
    ]
    base = ir.Arg(call.func.at, call.func.end, call.func, None, 0)
    return ir.Class(node.at, node.end, target.id, target.end, [base], body, [])


def _fields(stated: ir.Expr) -> list[tuple[str, ir.Expr, ir.Expr]]:
    """Name, place and type of each field; none if one of them is not written as a text."""
    if isinstance(stated, ir.Const) and isinstance(stated.value, str):
        return [(name, stated, _any(stated)) for name in stated.value.replace(",", " ").split() if name.isidentifier()]
    found: list[tuple[str, ir.Expr, ir.Expr]] = []
    for item in stated.items if isinstance(stated, ir.Container) else []:
        one: ir.Expr = item.value
        kind = _any(one)
        if isinstance(item.value, ir.Container) and len(item.value.items) > 1:
            one, kind = item.value.items[0].value, item.value.items[1].value
        if not isinstance(one, ir.Const) or not isinstance(one.value, str) or not one.value.isidentifier():
            return []
        found.append((one.value, one, kind))
    return found


def _any(node: ir.Expr) -> ir.Expr:
    return ir.Name(node.at, node.end, _ANYTHING)
