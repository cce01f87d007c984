"""Handlers that give nothing away and change nothing: all they do is to put constants into their answer."""

import re

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol

_SAYS = re.compile(r"\w*Response|jsonify|make_response|abort|HTTPException")
_CHECKS = re.compile(r"_*(?:is|has|check|verify|validate|exists)(?:_\w+)?")


def answers_with_constants(handler: FunctionSymbol) -> bool:
    """Whether all that the handler does is to give a text, or a call of constants: `return HttpResponse("not implemented")`."""
    body = [one for one in handler.node.body if not is_text(one)]
    if len(body) > 1:
        return all(_puts_constants(one, frozenset(param.name for param in handler.node.params)) for one in body)
    given = body[0].value if len(body) == 1 and isinstance(body[0], ir.Return) else None
    if not isinstance(given, ir.Call):
        return isinstance(given, ir.Const)
    return all(_is_constant(one.value) for one in given.args)


def puts_constants_alone(handler: FunctionSymbol) -> bool:
    """Whether all that the handler does, line by line, is to put constants into its answer: `ctx.status = 405`."""
    return len(handler.node.body) > 1 and answers_with_constants(handler)


def only_checks(handler: FunctionSymbol) -> bool:
    """Whether all that a handler calls says yes or no, beside its answers: `if is_valid(key): return Response()`.

    What it is asked about is the caller's own to know.
    """
    calls = list(handler.scope.of(ir.Call))
    asked = [one for one in calls if _CHECKS.fullmatch(last_word(one.func))]
    answers = [one for one in calls if _SAYS.fullmatch(last_word(one.func))]
    plain = all(_is_constant(arg.value) for one in answers for arg in one.args)
    given = [one.value for one in handler.scope.of(ir.Return)]
    said = all(isinstance(one, ir.Const) or one in answers for one in given if one is not None)
    stated = [one.value for one in handler.scope.of(ir.ExprStmt)]  # what is not asked for its answer does something
    dropped = {id(one.value if isinstance(one, ir.Await) else one) for one in stated}
    kept = all(id(one) not in dropped for one in asked)
    return bool(asked) and len(asked) + len(answers) == len(calls) and plain and said and kept


def only_acknowledges(handler: FunctionSymbol) -> bool:
    """Whether a handler of Node sends a constant and does nothing else: `reply.code(204).send()`."""
    params = frozenset(param.name for param in handler.node.params)
    body = [one for one in handler.node.body if not is_text(one)]
    return bool(body) and all(isinstance(one, ir.ExprStmt) and _puts_constants(one, params) for one in body)


def _puts_constants(statement: ir.Stmt, params: frozenset[str]) -> bool:
    """`ctx.status = 405`, `ctx.set("Allow", "POST")`, `res.status(405).end()`: a constant is put into the answer at hand."""
    if isinstance(statement, ir.Assign):
        target = statement.targets[0] if len(statement.targets) == 1 else None
        held = isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id in params
        return held and statement.value is not None and _is_constant(statement.value)
    given = statement.value if isinstance(statement, (ir.ExprStmt, ir.Return)) else statement
    while (
        isinstance(given, ir.Call) and isinstance(given.func, ir.Attribute) and all(_is_constant(one.value) for one in given.args)
    ):
        if isinstance(given.func.value, ir.Name):
            return given.func.value.id in params
        given = given.func.value
    return isinstance(statement, ir.Return) and given is None


def _is_constant(node: ir.Expr) -> bool:
    return all(isinstance(one, (ir.Const, ir.Container, ir.Item)) for one in ir.walk(node))


def is_text(node: ir.Stmt) -> bool:
    """Whether a statement is a text alone, such as a docstring."""
    return isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Const)
