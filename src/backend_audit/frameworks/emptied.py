"""Which fields of what a handler gives back are empty by then: set to nothing, or refused where they are filled."""

from collections.abc import Iterator
from typing import TypeGuard

from backend_audit import ir
from backend_audit.frameworks.entities import returns
from backend_audit.link.symbols import FunctionSymbol

_NOTHING: frozenset[str] = frozenset()


def emptied(function: FunctionSymbol) -> frozenset[str]:
    """Names of fields, where all that the function returns is one variable: `data.password = None`, then `return data`."""
    given = [node for node in returns(function) if not (isinstance(node, ir.Const) and node.value is None)]
    names = {node.id for node in given if isinstance(node, ir.Name)}
    if len(names) != 1 or not all(isinstance(node, ir.Name) for node in given):
        return _NOTHING
    name, until = names.pop(), min(node.at for node in given)
    found: dict[str, int] = {}
    for statement in function.node.body:  # what a branch does alone is done on one way only
        if statement.at >= until:
            break
        if isinstance(statement, ir.If) and not statement.orelse and statement.body and _leaves(statement.body[-1]):
            found.update({attr: statement.end for test in _alternatives(statement.test) if (attr := _field(test, name))})
        elif isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Const) and not statement.value.value:
            found.update({attr: statement.end for target in statement.targets if (attr := _field(target, name))})
    return frozenset(found) - frozenset(attr for attr, at in _filled(function, name) if at >= found.get(attr, at + 1))


def _filled(function: FunctionSymbol, name: str) -> Iterator[tuple[str, int]]:
    """The fields that some statement fills, and where."""
    for node in function.scope:
        if isinstance(node, ir.Assign) and not (isinstance(node.value, ir.Const) and not node.value.value):
            yield from ((_field(target, name), node.at) for target in node.targets)


def _field(node: ir.Expr, name: str) -> str:
    """The attribute's name, where it is one of the variable `name`."""
    return node.attr if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) and node.value.id == name else ""


def _alternatives(test: ir.Expr) -> Iterator[ir.Expr]:
    """What is asked one by one: each of `a or b or c` is empty where none is taken."""
    while isinstance(test, ir.Logical) and test.op == "or":
        yield test.right
        test = test.left
    yield test


def _leaves(node: ir.Stmt) -> bool:
    return isinstance(node, (ir.Raise, ir.Return))


def popped(function: FunctionSymbol) -> set[str]:
    """The names under which a function takes something out of a mapping: `data.pop("secret")`, `del data["secret"]`."""
    found: set[str] = set()
    for node in function.scope:
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "pop" and node.args:
            found |= _constant(node.args[0].value)
        for target in node.targets if isinstance(node, ir.Delete) or _replaces(node) else ():
            found |= _constant(target.index) if isinstance(target, ir.Index) else set()
    return found


def _replaces(node: ir.Node) -> TypeGuard[ir.Assign]:
    """`data["secret"] = None`, `data["secret"] = "***"`."""
    return isinstance(node, ir.Assign) and isinstance(node.value, ir.Const)


def _constant(node: ir.Expr) -> set[str]:
    return {str(node.value)} if isinstance(node, ir.Const) else set()
