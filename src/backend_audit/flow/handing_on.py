"""What a decorator's inner function hands to the one that it decorates, and gets from it.

`return f(request.get_json(), *args, **kwargs)` runs what is decorated with that; what that gives or throws of a request
(`raise BadInput("no " + request.GET["q"])`) comes back here: `except BadInput as error: return HttpResponse(str(error))`.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import in_order, of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import NOTHING, Value, join, transform
from backend_audit.link.symbols import FunctionSymbol

_TEXT = frozenset(("str",))

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls


def note(frame: "Calls", callee: Value, args: Args) -> None:
    """A parameter of a function around is called, with data from outside: whoever decorates with it gets that."""
    if frame.function is None:
        return
    given = tuple((key, one) for key, one in args if "*" not in key)
    if not any(origin.label == "untrusted" for _, one in given for origin in one.value.all_origins()):
        return
    for origin in callee.origins:
        if origin.label == "param" and len(origin.key) == 2 and origin.key[0] != frame.function.key:
            known = frame.engine.decorations.given.setdefault((str(origin.key[0]), int(origin.key[1])), {})
            known[frame.function.key] = given


def answer(frame: "Calls", node: ir.Call, callee: Value) -> Value:
    """What a call of a parameter of a function around gives and throws of a request, by all that is decorated with that."""
    found = NOTHING
    if frame.function is None:
        return found
    params = [one for one in callee.origins if one.label == "param" and one.key[1:] == (0,)]
    around = frozenset(str(one.key[0]) for one in params if one.key[0] != frame.function.key)
    for decorator in in_order(around):
        frame.engine.decorations.calls.setdefault(decorator, {})[frame.function.key] = frame.function
        for _, target in sorted(frame.engine.decorations.decorated.get(decorator, {}).items()):
            summary = frame.engine.summary(target)
            frame.engine.decorations.read.setdefault(frame.function.key, set()).add(target.key)
            frame.thrown = join(frame.thrown, _own(summary.thrown, frame, node, target))
            if not summary.result.kind and summary.result.types <= _TEXT:
                found = join(found, _own(summary.result, frame, node, target))
    return found


def _own(value: Value, frame: "Calls", node: ir.Call, target: FunctionSymbol) -> Value:
    """What is from outside of a function's own accord, and not its callers'."""
    if not any(origin.label == "untrusted" for origin in value.all_origins()):
        return NOTHING

    def kept(origin: Origin) -> tuple[Origin, ...]:
        return (origin,) if origin.label == "untrusted" else ()

    return transform(value, kept).stepped(frame.mark(node, f"{target.node.name}(), which is decorated, gives it"))


def applied(frame: "Calls", decorator: ir.Expr, symbol: FunctionSymbol, operand: Operand) -> None:
    """The function that is decorated by `symbol` runs with what that hands on."""
    frame.engine.summary(symbol)
    targets = {one.key: one for one in of_kind(operand.value.refs, FunctionSymbol)}
    known = frame.engine.decorations.decorated.setdefault(symbol.key, {})
    if not targets.keys() <= known.keys():
        known.update(targets)
        frame.engine.read_again(frame.engine.decorations.calls.get(symbol.key, {}).values())
    for args in frame.engine.decorations.given.get((symbol.key, 0), {}).values():
        for target in of_kind(operand.value.refs, FunctionSymbol):
            frame.call_function(ir.Call(decorator.at, decorator.end, decorator, []), target, None, args)
