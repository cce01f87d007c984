"""Middleware by its shape: what a function calls the parameter that hands a request on, and whether it does."""

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol

_NEXT = frozenset(("next", "done", "_next", "nxt"))
_THIRD = 2
_ANSWERS = frozenset("json send end render redirect sendFile download jsonp write sendStatus".split())
_STATUS = frozenset(("status", "sendStatus", "code"))
_ERROR, _NOT_FOUND = 400, 404
_TELLING = frozenset("res response reply ctx context h".split())
ERROR_NAMES = frozenset(("err", "error", "e", "ex", "exception"))


def next_of(function: FunctionSymbol) -> str:
    """What a function calls its parameter that hands the request on; "" if it has none."""
    params = [one.name for one in function.node.params if one.kind == "positional"]
    named = next((name for name in params[1:4] if name in _NEXT), "")
    is_handler = len(params) == _THIRD + 1 and params[0].lstrip("_") in ("req", "request")
    return named or (params[_THIRD] if is_handler else "")


def option_of(function: FunctionSymbol) -> str:
    """How a function whose only parameter holds `next` calls that: `({ ctx, next }) => next()`, `(opts) => opts.next()`."""
    params = [one for one in function.node.params if one.kind == "positional"]
    if len(params) != 1 or next_of(function):
        return ""
    pattern = params[0].pattern
    items = pattern.items if isinstance(pattern, ir.Container) else []
    names = [
        item.value.id
        for item in items
        if isinstance(item.key, ir.Const) and item.key.value == "next" and isinstance(item.value, ir.Name)
    ]
    name = names[0] if names else f"{params[0].name}.next"
    called = (written(node.func) for node in ir.walk(*function.node.body) if isinstance(node, ir.Call))
    return name if name in called else ""


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


def goes_on(function: FunctionSymbol) -> bool:
    """Whether a function itself calls its `next` without an error: a wrapper that does so when what it wraps has come back."""
    name = next_of(function)
    calls = (one for one in ir.walk(*(function.node.body if name else ())) if isinstance(one, ir.Call) and not one.args)
    return any(isinstance(one.func, ir.Name) and one.func.id == name for one in calls)


def calls(body: list[ir.Stmt], name: str) -> bool:
    """Whether statements call a function of that name."""
    return any(isinstance(node, ir.Call) and written(node.func) == name for node in ir.walk_scope(*body))


def ends_not_found(body: list[ir.Stmt]) -> bool:
    """Whether statements end with the answer that there is nothing: `return res.status(404).end()`."""
    if not body or not isinstance(body[-1], ir.Return):
        return False
    given = (status_given(node) for node in ir.walk_scope(*body) if isinstance(node, ir.Call))
    return any(isinstance(code, ir.Const) and code.value == _NOT_FOUND for code in given)


def only_says(body: list[ir.Stmt]) -> bool:
    """Whether all that statements do is to answer with what is written there, and no status: `ctx.body = LOG_IN; return;`."""
    if not body or not isinstance(body[-1], ir.Return):
        return False
    said = 0
    for node in body:
        value = node.value if isinstance(node, (ir.Return, ir.ExprStmt, ir.Assign)) else None
        target = written(node.targets[0]) if isinstance(node, ir.Assign) else ""
        if value is None and isinstance(node, ir.Return):
            continue
        if value is None or (target and target.partition(".")[0] not in _TELLING):
            return False
        inner = [one for one in ir.walk(value) if isinstance(one, (ir.Call, ir.Await))]
        chain = [one for one in inner if isinstance(one, ir.Call) and written(one.func).partition(".")[0] in _TELLING]
        if len(chain) != len(inner) or not (target or chain) or target.endswith(("status", "statusCode")):
            return False
        if any(status_given(one) is not None for one in chain):
            return False
        said += 1
    return said > 0


def only_refuses(function: FunctionSymbol) -> bool:
    """Whether a function answers requests with errors alone, and leaves the rest to what comes after it."""
    params = [one.name for one in function.node.params if one.kind == "positional"]
    response = params[1] if len(params) > 1 else ""
    for node in ir.walk(*function.node.body):
        if not isinstance(node, ir.Call):
            continue
        if any(isinstance(arg.value, ir.Name) and arg.value.id == response for arg in node.args):
            return False  # what it is handed to may answer
        chain = written(node.func)
        if chain.startswith(f"{response}.") and chain.rpartition(".")[2] in _ANSWERS and not is_error(node):
            return False
    return True


def is_error(call: ir.Call) -> bool:
    """`res.status(401).json(…)`, `res.sendStatus(403)`."""
    code = status_given(call)
    return code is not None and (not isinstance(code, ir.Const) or (isinstance(code.value, int) and code.value >= _ERROR))


def status_given(call: ir.Call) -> ir.Expr | None:
    """The status that a chain of calls answers with: `401` of `res.status(401).json(…)`."""
    node: ir.Expr = call
    while isinstance(node, (ir.Call, ir.Attribute)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _STATUS and node.args:
            return node.args[0].value
        node = node.func if isinstance(node, ir.Call) else node.value
    return None


def is_error_handler(node: ir.Function) -> bool:
    """Whether a function names its four parameters as such a handler does: `(err, req, res, next)`."""
    names = [param.name.lower().lstrip("_") for param in node.params if param.kind == "positional"]
    return len(names) == 4 and names[0] in ERROR_NAMES and names[3] == "next"
