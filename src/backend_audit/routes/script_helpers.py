"""Helpers that a handler asks who calls: `const session = validateSession(req, res); if (!session) return;`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.script_missing import is_request

_ANSWERS = frozenset("res response reply resp _res".split())


def asked_first(engine: Engine, handler: FunctionSymbol) -> Iterator[FunctionSymbol]:
    """The functions that are handed the request and the answer, and without whose result the handler does not go on."""
    named: dict[str, FunctionSymbol] = {}
    for statement in handler.node.body:
        if isinstance(statement, ir.Assign) and statement.value is not None:
            helper = _helper(engine, statement.value)
            named |= {one.id: helper for one in statement.targets if isinstance(one, ir.Name)} if helper is not None else {}
        elif isinstance(statement, ir.If) and isinstance(statement.test, ir.Unary) and statement.test.op == "not":
            leaves = bool(statement.body) and isinstance(statement.body[-1], (ir.Return, ir.Raise))
            asked = statement.test.operand
            helper = named.get(asked.id) if isinstance(asked, ir.Name) else _helper(engine, asked)
            if leaves and helper is not None:
                yield helper


def _helper(engine: Engine, node: ir.Expr) -> FunctionSymbol | None:
    call = node.value if isinstance(node, ir.Await) else node
    if not isinstance(call, ir.Call):
        return None
    names = [written(arg.value) for arg in call.args]
    if not any(map(is_request, names)) or not any(name.rpartition(".")[2] in _ANSWERS for name in names):
        return None
    found = list(engine.callees.get(id(call), {}).values())
    return found[0] if len(found) == 1 else None
