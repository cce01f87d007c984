"""Helpers that a handler asks who calls: `const session = validateSession(req, res); if (!session) return;`."""

import re
from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value, changed
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviour
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.script_missing import is_request
from backend_audit.routes.wrappers import wraps

BY_HELPER = "turns callers away, and is asked before all else"
_PASSWORD = re.compile(
    r"(?:compare|match|verify|check|valid|correct)\w*passw|passw(?:or)?d?(?:compare|match|verify|check|valid|iscorrect)|"
    r"^bcrypt(?:js)?\.compare|^argon2?\.verify"
)
_CALLER_WORDS = re.compile(
    r"^(?:require|ensure|assert|need|demand|must_?(?:have|be))s?(?=[A-Z_]).*(?:User|Session|Auth\w*|Log(?:ged)?_?[iI]n|Login|Caller|Admin)$"
)
_ANSWERS = frozenset("res response reply resp _res".split())


def unwrapped(value: Value, own: Callable[[FunctionSymbol], Behaviour]) -> Value:
    """A value without what only calls the functions that it was made for: `wrap(auth)` is known to be both."""
    functions = of_kind(value.refs, FunctionSymbol)
    idle = {one for one in functions if wraps(one, functions) and not own(one).denies and not own(one).looks}
    return value if len(idle) in (0, len(functions)) else changed(value, refs=value.refs - idle)


def turns_all_away(function: FunctionSymbol, own: Behaviour) -> bool:
    """Whether all that a function does is to refuse whoever calls: `(req, res) => res.redirect("/login")`."""
    only = function.node.body[0] if len(function.node.body) == 1 else None
    call = only.value if isinstance(only, (ir.ExprStmt, ir.Return)) else None
    plain = (ir.Call, ir.Arg, ir.Attribute, ir.Name, ir.Const)
    return call is not None and bool(own.denies) and not own.looks and all(isinstance(one, plain) for one in ir.walk(call))


def keeps_caller(function: FunctionSymbol) -> bool:
    """Whether a function puts what it found of the caller into the request: `req.user = await userOf(req)`."""
    nodes = [node for node in ir.walk(*function.node.body) if isinstance(node, ir.Assign)]
    kept = [target for node in nodes if not isinstance(node.value, (ir.Const, ir.Lambda)) for target in node.targets]
    return any(is_caller(one) for one in kept if isinstance(one, ir.Attribute))


def compares_password(function: FunctionSymbol) -> bool:
    """Whether a function holds a password against the one that is kept, and so signs its caller in."""
    calls = (node for node in ir.walk(*function.node.body) if isinstance(node, ir.Call))
    return any(_PASSWORD.search(written(one.func).replace("_", "").lower()) for one in calls)


def only_defines(function: FunctionSymbol) -> bool:
    """Whether all that a function does is to give the request methods, which ask nothing before they are called."""
    body = [one for one in function.node.body if not isinstance(one, ir.Return)]
    defined = [one for one in body if isinstance(one, ir.Assign) and isinstance(one.value, ir.Lambda)]
    return bool(defined) and all(one in defined or isinstance(one, ir.ExprStmt) for one in body)


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


def asked_plainly(engine: Engine, function: FunctionSymbol, ahead_of: frozenset[str] = frozenset()) -> Iterator[FunctionSymbol]:
    """The functions that are handed the request in a statement of their own, in front of any call of `ahead_of`.

    They turn callers away by what they throw: `const user = await authenticate(request);`, `request.authenticate()`.
    """
    body = function.node.body
    while body and isinstance(body[0], ir.Try):
        body = [*body[0].body, *body[1:]]
    for statement in body:
        if any(
            isinstance(one, ir.Call) and isinstance(one.func, ir.Name) and one.func.id in ahead_of for one in ir.walk(statement)
        ):
            return
        value = statement.value if isinstance(statement, (ir.Assign, ir.ExprStmt, ir.Return)) else None
        call = value.value if isinstance(value, ir.Await) else value
        if isinstance(call, ir.Call) and (any(map(is_request, _handed(call))) or asks_around(call)):
            found = list(engine.callees.get(id(call), {}).values())
            yield from found if len(found) == 1 else ()


def asks_around(call: ir.Call) -> bool:
    """Whether a call that is handed nothing is called after who calls: `await this.ensureWebUser()` looks at what is around."""
    return not call.args and _CALLER_WORDS.search(last_word(call.func)) is not None


def needs_nothing(function: FunctionSymbol) -> bool:
    """Whether a function can be called without arguments, and throws where it finds nobody: its answer may be dropped."""
    free = all(one.default is not None or one.name == "this" for one in function.node.params)
    return free and bool(function.scope.of(ir.Raise))


def _handed(call: ir.Call) -> list[str]:
    """What a call is handed, what it is a method of among it."""
    owner = [written(call.func.value)] if isinstance(call.func, ir.Attribute) else []
    return owner + [written(arg.value) for arg in call.args]


def _helper(engine: Engine, node: ir.Expr) -> FunctionSymbol | None:
    call = node.value if isinstance(node, ir.Await) else node
    if not isinstance(call, ir.Call):
        return None
    names = [written(arg.value) for arg in call.args]
    if not any(map(is_request, names)) or not any(name.rpartition(".")[2] in _ANSWERS for name in names):
        return None
    found = list(engine.callees.get(id(call), {}).values())
    return found[0] if len(found) == 1 else None
