"""Functions that a handler surely hands the request to, through others: which of them turns away who brings no credential."""

from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.middleware import is_error
from backend_audit.routes.script_missing import is_request

BEHIND = "fails without a credential, and the request always comes to it"
_DEPTH = 5


def denier(
    engine: Engine, function: FunctionSymbol, denies: Callable[[FunctionSymbol], bool], depth: int = _DEPTH
) -> FunctionSymbol | None:
    """The function that is handed the request whatever way `function` takes, and which `denies`."""
    found = _first(function.node.body, lambda node: _called(engine, node, denies, depth))
    return found if depth else None


def _called(engine: Engine, node: ir.Expr, denies: Callable[[FunctionSymbol], bool], depth: int) -> FunctionSymbol | None:
    for call in _calls(node):
        if any(is_request(written(arg.value)) for arg in call.args):
            callees = list(engine.callees.get(id(call), {}).values())
            if len(callees) == 1:
                found = callees[0] if denies(callees[0]) else denier(engine, callees[0], denies, depth - 1)
                if found is not None:
                    return found
        executor = call.args[0].value if call.form == "new" and written(call.func) == "Promise" and call.args else None
        if isinstance(executor, ir.Lambda):
            found = _first(executor.function.body, lambda one: _called(engine, one, denies, depth))
            if found is not None:
                return found
    return None


def _first(body: list[ir.Stmt], asked: Callable[[ir.Expr], FunctionSymbol | None]) -> FunctionSymbol | None:
    """What `asked` says of the statements that run on every way through `body`."""
    for statement in body:
        found = None
        if isinstance(statement, (ir.Assign, ir.ExprStmt, ir.Return)) and statement.value is not None:
            found = asked(statement.value)
        elif isinstance(statement, (ir.Block, ir.Try)):
            found = _first(statement.body, asked)
        elif isinstance(statement, ir.If):
            found = asked(statement.test) or _all([statement.body, statement.orelse], asked)
        elif isinstance(statement, ir.Switch) and any(case.value is None for case in statement.cases):
            found = asked(statement.subject) or _all([case.body for case in statement.cases if case.body], asked)
        if found is not None or _answers(statement):
            return found
    return None


def _answers(statement: ir.Stmt) -> bool:
    """Whether a statement may end the request with anything but an error: `if (cached) return cached;`."""
    nodes = list(ir.walk_scope(statement))
    told = any(isinstance(one, ir.Call) and is_error(one) for one in nodes)
    leaving = [one.value for one in nodes if isinstance(one, ir.Return)]
    return not all(told if one is None else isinstance(one, ir.Call) and _refuses(one) for one in leaving)


def _refuses(call: ir.Call) -> bool:
    return is_error(call) or written(call.func) == "Promise.reject"


def _all(ways: list[list[ir.Stmt]], asked: Callable[[ir.Expr], FunctionSymbol | None]) -> FunctionSymbol | None:
    """What `asked` says of the first of some ways, where it says something of each."""
    found = [_first(one, asked) for one in ways]
    return found[0] if found and None not in found else None


def _calls(node: ir.Expr) -> Iterator[ir.Call]:
    """The calls that an expression surely makes: not those of functions in it, nor of ways that it may not take."""
    if isinstance(node, ir.Call):
        yield node
        yield from _calls(node.func)
        for arg in node.args:
            yield from _calls(arg.value)
    elif isinstance(node, (ir.Await, ir.Attribute)):
        yield from _calls(node.value)
    elif isinstance(node, ir.Logical):
        yield from _calls(node.left)
    elif isinstance(node, ir.Conditional):
        yield from _calls(node.test)
    elif isinstance(node, ir.Unary):
        yield from _calls(node.operand)
    elif isinstance(node, ir.Container) and node.kind in ("dict", "list"):
        for item in node.items:
            yield from _calls(item.value)
