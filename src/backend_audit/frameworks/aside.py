"""Where views of Django turn callers aside otherwise than by an error: what they may not do is not there, or leads elsewhere."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.acting import acting
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.readings import permits

_FIND = frozenset(("get_object_or_404", "aget_object_or_404", "get"))
_CALLERS = frozenset(("request.user", "self.request.user", "user"))


def turns_aside(dispatch: FunctionSymbol) -> bool:
    """Whether a `dispatch` answers by itself who may not: `if not may_see(request.user, order): return redirect(order)`."""
    verdicts = set(_verdicts(dispatch))
    return any(
        isinstance(node, ir.If) and _asks(node.test, verdicts) and any(map(_ends_here, (node.body, node.orelse)))
        for node in dispatch.node.body  # what stands in another test may be for other views of the class
    )


def _verdicts(function: FunctionSymbol) -> Iterator[str]:
    """The variables that hold what a check says of the caller: `permission, reason = has_permission(request.user, …)`."""
    for node in function.scope.of(ir.Assign):
        if isinstance(node.value, ir.Call) and _is_check(node.value):
            for target in node.targets:
                inside = [one.value for one in target.items] if isinstance(target, ir.Container) else [target]
                yield from (one.id for one in inside if isinstance(one, ir.Name))


def _is_check(call: ir.Call) -> bool:
    """Whether a call asks what the caller may: it is called so, and is handed or asked of who calls."""
    inside = [*(arg.value for arg in call.args), *([call.func.value] if isinstance(call.func, ir.Attribute) else [])]
    return permits(call) and any(is_caller(node) for one in inside for node in ir.walk_scope(one))


def _asks(test: ir.Expr, verdicts: set[str]) -> bool:
    inside = list(ir.walk_scope(test))
    named = any(isinstance(one, ir.Name) and one.id in verdicts for one in inside)
    return named or any(isinstance(one, ir.Call) and _is_check(one) for one in inside)


def _ends_here(body: list[ir.Stmt]) -> bool:
    """Whether a branch ends with an answer that is not what the view goes on to give."""
    last = body[-1] if body else None
    if isinstance(last, ir.Raise):
        return True
    return isinstance(last, ir.Return) and "super()" not in written(last.value)


def finds_own_first(handler: FunctionSymbol) -> bool:
    """Whether a handler begins by finding what is the caller's, which fails for nobody: `get_object_or_404(Cart, user=…)`."""
    for node in handler.node.body:
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and last_word(node.value.func) in _FIND:
            asked = (arg for arg in node.value.args if arg.name is not None)
            if any(written(arg.value) in _CALLERS and is_caller(arg.value) for arg in asked):
                return True
        if isinstance(node, (ir.Return, ir.If, ir.Try, ir.For)) or acting([node]):
            return False
    return False
