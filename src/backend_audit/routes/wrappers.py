"""What stands in the place of a decorated function: the wrapper that its decorator makes, or another decorator's."""

from backend_audit import ir
from backend_audit.flow import script_objects
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

_DEPTH = 3


def wrapper_of(function: FunctionSymbol) -> FunctionSymbol:
    """The function that stands in the place of what `function` decorates: the innermost one that it gives back."""
    for _ in range(_DEPTH):
        names = {one.id for one in ir.walk_scope(*_returned(function)) if isinstance(one, ir.Name)}
        inner = next((one for one in function.nested if one.node.name in names), None)
        if inner is None:
            break
        function = inner
    return function


def wrappers(engine: Engine, function: FunctionSymbol, depth: int = _DEPTH) -> list[FunctionSymbol]:
    """The wrappers that a decorator makes, also through others that it leaves the work to: `return self._secured(function)`."""
    inner = wrapper_of(function)
    called = engine.calls.get(inner.key, {})
    names = {_name(one) for one in _returned(inner) if isinstance(one, ir.Call)}
    others = [called[key] for key in sorted(called) if called[key].node.name in names and called[key] is not inner]
    found = [one for other in others if depth > 0 for one in wrappers(engine, other, depth - 1) if one is not other]
    return found or [inner]


def makers(engine: Engine, function: FunctionSymbol) -> list[FunctionSymbol]:
    """What stands in the place of a decorated function, of decorators of the project: `@made_of_test def managers(user)`.

    Also in the place of its wrapper: `def members(view): @signed_in def wrapper(…)`.
    """
    inside = [one for one in leaves(function) if one is not function]
    decorated = [(engine.frame(function.module), function), *((engine.frame(one.module, one.parent), one) for one in inside)]
    found = [
        each
        for frame, one in decorated
        for node in one.node.decorators
        for each in of_kind(frame.eval(node).refs, FunctionSymbol)
    ]
    return [leaf for one in found if one is not function for leaf in leaves(one)]


def leaves(function: FunctionSymbol) -> list[FunctionSymbol]:
    """The innermost functions of a decorator: those that stand for the view."""
    if not function.nested:
        return [function]
    return [leaf for nested in function.nested for leaf in leaves(nested)]


def maker_of(engine: Engine, function: FunctionSymbol) -> tuple[FunctionSymbol, ir.Call] | None:
    """The function that makes a decorator for another, which only hands it what to test: `return guarded_by(is_staff)(view)`.

    With the call; None where the function, or one nested in it, stands for the view itself.
    """
    if any(called_parameters(leaf) for leaf in leaves(function)):
        return None
    called = engine.calls.get(function.key, {})
    for node in _returned(function):
        inner = node
        while isinstance(inner, ir.Call) and isinstance(inner.func, ir.Call):
            inner = inner.func
        if not isinstance(inner, ir.Call):
            continue
        found = next((called[key] for key in sorted(called) if called[key].node.name == _name(inner)), None)
        if found is not None and found is not function and found.nested and any(map(called_parameters, leaves(found))):
            return found, inner
    return None


def around(value: Value) -> list[FunctionSymbol]:
    """The functions that wrappers have put around a handler: what `withUser(handler)` gives, which calls that."""
    found = of_kind(value.refs, FunctionSymbol)
    known = bool(script_objects.wrapped(value).refs)
    return [one for one in found if wraps(one, found) or (known and one.parent is not None and called_parameters(one))]


def wraps(function: FunctionSymbol, others: list[FunctionSymbol]) -> bool:
    """Whether a function is made by a wrapper around one of `others`: it stands in a function and calls what that was given."""
    return len(others) > 1 and function.parent is not None and bool(called_parameters(function))


def called_parameters(function: FunctionSymbol) -> set[str]:
    """The parameters of the functions around `function` that it calls."""
    names: set[str] = set()
    around = function.parent
    while around is not None:
        names |= {param.name for param in around.node.params}
        around = around.parent
    called: set[str] = set()
    for node in ir.walk(*function.node.body):
        if isinstance(node, ir.Call):
            func = node.func
            if isinstance(func, ir.Attribute) and func.attr in ("call", "apply"):
                func = func.value
            called |= {func.id} if isinstance(func, ir.Name) else set()
    return (names - {param.name for param in function.node.params}) & called


def _returned(function: FunctionSymbol) -> list[ir.Expr]:
    nodes = function.scope
    return [node.value for node in nodes if isinstance(node, ir.Return) and node.value is not None]


def _name(call: ir.Call) -> str:
    return call.func.attr if isinstance(call.func, ir.Attribute) else getattr(call.func, "id", "")
