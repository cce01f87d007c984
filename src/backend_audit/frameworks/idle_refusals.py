"""Handlers of a JavaScript project that answer 400 to what a validator has found, and then go on all the same.

https://expressjs.com/en/guide/error-handling.html, https://express-validator.github.io/docs/guides/getting-started
"""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.web_concepts import IdleValidator
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.frameworks.idle_validators import IdleValidators
from backend_audit.link.symbols import FunctionSymbol

_ANSWERS = frozenset("json send sendStatus end jsonp render".split())
_RESPONSES = frozenset("res response reply".split())
_VERDICTS = frozenset("error errors success isEmpty".split())
_RESULT = "validationResult"


def answered_in_vain(validators: IdleValidators) -> Iterator[IdleValidator]:
    """`if (error) res.status(400).json(error);` without `return`, and statements after it."""
    for function in validators.project.functions():
        names = _verdicts(validators, function)
        for block in _blocks(function.node.body) if names else ():
            for at, node in enumerate(block):
                goes_on = any(not (isinstance(one, ir.Return) and one.value is None) for one in block[at + 1 :])
                if (
                    isinstance(node, ir.If)
                    and goes_on
                    and not node.orelse
                    and _asks(node.test, names)
                    and _only_answers(node.body)
                ):
                    answer = node.body[-1]
                    text = written(node.test)
                    site = Site(
                        function.module.path, answer, "", text, function.name, None, (), function.node, function.module.node
                    )
                    yield IdleValidator(site, "goes on", text)


def _verdicts(validators: IdleValidators, function: FunctionSymbol) -> frozenset[str]:
    """The variables of a function that hold what a validator has found."""
    found: set[str] = set()
    for node in function.scope.of(ir.Assign):
        call = node.value.value if isinstance(node.value, ir.Await) else node.value
        if not isinstance(call, ir.Call):
            continue
        if last_word(call.func) == _RESULT or validators.kind(function, call) in ("answer", "later answer"):
            target = node.targets[0]
            if isinstance(target, ir.Name):
                found.add(target.id)
            for item in target.items if isinstance(target, ir.Container) else ():
                if isinstance(item.key, ir.Const) and item.key.value in _VERDICTS:
                    found.add(last_word(item.value))
    return frozenset(found)


def _blocks(body: Sequence[ir.Stmt]) -> Iterator[Sequence[ir.Stmt]]:
    yield body
    for one in body:
        if isinstance(one, ir.Try):
            yield from _blocks(one.body)


def _asks(test: ir.Expr, names: frozenset[str]) -> bool:
    """Whether a test is the verdict alone: `error`, `result.error`, `!result.success`, `!errors.isEmpty()`."""
    node = test.operand if isinstance(test, ir.Unary) and test.op == "not" else test
    if isinstance(node, ir.Call) and not node.args:
        node = node.func
    if isinstance(node, ir.Attribute):
        return node.attr in _VERDICTS and last_word(node.value) in names
    return isinstance(node, ir.Name) and node.id in names


def _only_answers(body: Sequence[ir.Stmt]) -> bool:
    """Whether statements answer, and do not end the function."""
    if not body or any(isinstance(one, (ir.Return, ir.Raise, ir.Jump)) for one in ir.walk_scope(*body)):
        return False
    last = body[-1].value if isinstance(body[-1], ir.ExprStmt) else None
    call = last.value if isinstance(last, ir.Await) else last
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or call.func.attr not in _ANSWERS:
        return False
    return first_word(call.func) in _RESPONSES
