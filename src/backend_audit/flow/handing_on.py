"""What a decorator's inner function hands to the one that it decorates: `return f(request.get_json(), *args, **kwargs)`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls


def note(frame: "Calls", callee: Value, args: Args) -> None:
    """A parameter of a function around is called, with data from outside: whoever decorates with it gets that."""
    if frame.function is None or frame.function.parent is None:
        return
    given = tuple((key, one) for key, one in args if "*" not in key)
    if not any(origin.label == "untrusted" for _, one in given for origin in one.value.all_origins()):
        return
    for origin in callee.origins:
        if origin.label == "param" and len(origin.key) == 2 and origin.key[0] != frame.function.key:
            known = frame.engine.handed_on.setdefault((str(origin.key[0]), int(origin.key[1])), {})
            known[frame.function.key] = given


def applied(frame: "Calls", decorator: ir.Expr, symbol: FunctionSymbol, operand: Operand) -> None:
    """The function that is decorated by `symbol` runs with what that hands on."""
    frame.engine.summary(symbol)
    for args in frame.engine.handed_on.get((symbol.key, 0), {}).values():
        for target in of_kind(operand.value.refs, FunctionSymbol):
            frame.call_function(ir.Call(decorator.at, decorator.end, decorator, []), target, None, args)
