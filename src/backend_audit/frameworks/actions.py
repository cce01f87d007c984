"""What a method of a view gives for one action: `get_queryset` and `get_serializer_class` often choose by `self.action`.

https://www.django-rest-framework.org/api-guide/viewsets/#introspecting-viewset-actions
"""

from collections.abc import Mapping

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol

Said = Mapping[str, str]  # what expressions are: `self.action` is "list"
LISTING: Said = {"self.action": "list", "self.request.method": "GET", "request.method": "GET"}


def returned_for(function: FunctionSymbol, said: Said) -> list[ir.Expr]:
    """The expressions that a function may return where what is `said` holds."""
    found: list[ir.Expr] = []
    _block(function.node.body, said, found)
    return found


def _block(body: list[ir.Stmt], said: Said, found: list[ir.Expr]) -> bool:
    """Gather what a body returns; whether its end can be reached."""
    return all(_statement(node, said, found) for node in body)


def _statement(node: ir.Stmt, said: Said, found: list[ir.Expr]) -> bool:
    if isinstance(node, ir.Return):
        value = node.value
        if isinstance(value, ir.Conditional) and (decided := holds(value.test, said)) is not None:
            value = value.then if decided else value.orelse
        if value is not None:
            found.append(value)
        return False
    if isinstance(node, ir.Raise):
        return False
    if isinstance(node, ir.If):
        decided = holds(node.test, said)
        if decided is not None:
            return _block(node.body if decided else node.orelse, said, found)
        ends = [_block(one, said, found) for one in (node.body, node.orelse)]
        return any(ends)
    if isinstance(node, ir.Try):
        ends = [_block(one, said, found) for one in ([*node.body, *node.orelse], *(each.body for each in node.handlers))]
        return any(ends)
    if isinstance(node, (ir.With, ir.For, ir.While)):
        return _block(node.body, said, found) or not isinstance(node, ir.With)
    return True


def holds(test: ir.Expr, said: Said) -> bool | None:
    """Whether a test holds; None where what is said does not decide it."""
    if isinstance(test, ir.Unary) and test.op == "not":
        inner = holds(test.operand, said)
        return None if inner is None else not inner
    if isinstance(test, ir.Logical) and test.op in ("and", "or"):
        sides = [holds(one, said) for one in (test.left, test.right)]
        decisive = test.op == "or"
        return decisive if decisive in sides else None if None in sides else not decisive
    if not isinstance(test, ir.Compare) or len(test.ops) != 1:
        return None
    wanted, right, op = said.get(written(test.left)), test.rights[0], test.ops[0]
    if wanted is None:
        return None
    if op in ("==", "!=") and isinstance(right, ir.Const):
        return (right.value == wanted) is (op == "==")
    if op in ("in", "not in") and isinstance(right, ir.Container) and all(isinstance(one.value, ir.Const) for one in right.items):
        return any(isinstance(one.value, ir.Const) and one.value.value == wanted for one in right.items) is (op == "in")
    return None
