"""Rights that a handler asks for, itself or in the service that it calls: `await access.can("shops:update", id)`.

What such a call gives nobody looks at, so it can only be there to throw.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.middleware import is_error
from backend_audit.routes.model import Does, Guard

_ASKING = frozenset(
    "can assertCan ensureCan throwUnlessCan throwIfCannot authorize authorise requirePermission assertPermission "
    "ensurePermission checkPermission requireRole assertRole enforce".split()
)
_CHAINED = frozenset(("then", "catch", "finally"))
_DEPTH = 3
ROLES = re.compile(r"[Rr]ole|[Pp]ermission|[Aa]dmin|[Aa]ccess|[Pp]rivilege|[Aa]cl|[Rr]bac")
LOGIN_ALONE = re.compile(
    r"^(?:is|ensure|requires?|must_?be|check)?_?(?:authenticated|logged_?in|signed_?in)(?:_?user)?$", re.IGNORECASE
)
BY_RIGHT = "asks for a right, or throws"


def right_asked(engine: Engine, function: FunctionSymbol, depth: int = _DEPTH) -> ir.Call | None:
    """The call that asks for a right on every way through a function, or through one that it calls on every way."""
    for call in _certain(function.node.body):
        if _asks(call) and not _tested(call, function):
            return call
        callees = list(engine.callees.get(id(call), {}).values()) if depth else []
        found = right_asked(engine, callees[0], depth - 1) if len(callees) == 1 and callees[0] is not function else None
        if found is not None:
            return found
    return None


def _certain(body: Sequence[ir.Stmt]) -> Iterator[ir.Call]:
    """The calls that run in any case, of each statement one and those that it is handed, up to where a way may end."""
    for statement in body:
        if isinstance(statement, ir.Try):
            yield from _certain(statement.body)
        elif isinstance(statement, (ir.ExprStmt, ir.Return)) or (isinstance(statement, ir.Assign) and not statement.op):
            call = _first_call(statement.value)
            if call is not None:
                yield from (inner for arg in call.args if (inner := _first_call(arg.value)) is not None)
                yield call
        if isinstance(statement, ir.If) and _leaves(statement):
            return
        if isinstance(statement, (ir.Return, ir.Raise)):
            return


def _leaves(statement: ir.If) -> bool:
    """Whether a way ends there that is no refusal."""
    inside = list(ir.walk_scope(*statement.body))
    refuses = any(isinstance(one, ir.Call) and is_error(one) for one in inside)
    return not refuses and any(isinstance(one, ir.Return) for one in inside)


def _first_call(node: ir.Expr | None) -> ir.Call | None:
    """`access.can(…)` of `await access.can(…).then(f)`."""
    while True:
        if isinstance(node, ir.Await):
            node = node.value
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _CHAINED:
            node = node.func.value
        else:
            return node if isinstance(node, ir.Call) else None


def _asks(call: ir.Call) -> bool:
    first = call.args[0].value if call.args else None
    named = isinstance(first, ir.Const) and isinstance(first.value, str)
    return named and isinstance(call.func, ir.Attribute) and written(call.func).rpartition(".")[2] in _ASKING


def _tested(call: ir.Call, function: FunctionSymbol) -> bool:
    """Whether the answer is a verdict, on which something depends: then it refuses nobody by itself."""
    for node in function.scope:
        given = node.value if isinstance(node, ir.Assign) else None
        if given is not None and _first_call(given) is call:
            names = {one.id for one in node.targets if isinstance(one, ir.Name)} if isinstance(node, ir.Assign) else set()
            tests = [one.test for one in function.scope.of(ir.If)]
            return any(isinstance(one, ir.Name) and one.id in names for one in ir.walk(*map(_whole, tests)))
    return False


def _whole(test: ir.Expr) -> ir.Expr:
    """What a test asks of: `ok` in `!ok`; of members of an answer it asks something else."""
    while isinstance(test, ir.Unary):
        test = test.operand
    return test if isinstance(test, ir.Name) else ir.Const(test.at, test.end, "none", None)


def with_rights(guard: Guard, node: ir.Expr) -> Guard:
    """A guard as it is written there: told what callers must be, it asks for that; called after a login alone, it does not."""
    if not guard.has(Does.AUTHENTICATES):
        return guard
    if isinstance(node, ir.Call) and _names_right(node):
        return replace(guard, does=guard.does | {Does.AUTHORIZES})
    if LOGIN_ALONE.search(guard.name):  # its 403 is for who is not logged in
        return replace(guard, does=guard.does - {Does.AUTHORIZES})
    return guard


def _names_right(node: ir.Call) -> bool:
    """Whether a call names what callers must be: `isAuthenticated(Permission.ADMIN)`, `auth("admin")`."""
    given = (one for arg in node.args for one in (arg.value, *ir.children(arg.value)))
    return any(ROLES.search(written(one)) for one in given if isinstance(one, ir.Expr))
