"""Functions that are handed to others: called by a library's function, in a thread, or by a worker of a queue."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin, named_parts
from backend_audit.flow.arguments import Args, argument, pieces
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value, container
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_TEXTS = frozenset({"str", "bytes"})


def invoked(frame: "Calls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What comes of a function handed to one that calls it: `asyncio.to_thread(f, x)`, `map(f, xs)`; None if this is none."""
    invoker = frame.models.invokers.get(path)
    operand = None if invoker is None else argument(args, invoker.function)
    if invoker is None or operand is None or not (operand.value.refs or (operand.value.apis and path != "functools.partial")):
        return None  # a library's function with a part of its arguments is no call of it
    handed: list[tuple[str, Operand]] = []
    for key, one in args:
        if key.isdigit() and int(key) >= invoker.first:
            value = builtin.iterated(one.value) if invoker.each else one.value
            handed.append((str(int(key) - invoker.first), Operand(value, one.node)))
        elif key == "args" and one.value.kind:
            handed += [(str(at), Operand(value, one.node)) for at, value in (one.value.items or {}).items()]
        elif key == "kwargs" and one.value.kind:
            handed += [(str(name), Operand(value, one.node)) for name, value in (one.value.items or {}).items()]
        elif not key.isdigit() and key not in invoker.function and "*" not in key:
            handed.append((key, one))
    before, frame.elsewhere = frame.elsewhere, invoker.elsewhere or frame.elsewhere
    found = _applied(frame, node, operand, tuple(handed))
    frame.elsewhere = before
    if not invoker.result:
        return operand.value if path == "functools.partial" else None
    return container("list", None, found) if invoker.each else found


def _applied(frame: "Calls", node: ir.Call, function: Operand, args: Args) -> Value:
    """What a function that was handed over gives for `args`; `str.strip` is a method of the first of them."""
    if function.value.refs:
        return frame.apply(node, Value(refs=function.value.refs), named_parts.bound_to(frame, function), args)
    first = argument(args, "0")
    owner, _, method = next(iter(sorted(function.value.apis))).rpartition(".")
    if owner in _TEXTS and first is not None:
        found = builtin.text_method(first.value, method, *pieces(args[1:]))
        return first.value.derived() if found is None else found
    return frame.apply(node, Value(apis=function.value.apis), None, args)


def queued(frame: "Calls", node: ir.Call, attr: str, receiver: Value, args: Args) -> None:
    """`task.delay(url)`: a worker calls the function with these arguments; its result is not here."""
    if attr == "apply_async":
        given = dict(args)
        listed, named = argument(args, "0:args"), given.get("kwargs")
        values = [] if listed is None else [*(listed.value.items or {}).items()]
        args = tuple((str(at), Operand(value, None)) for at, value in values)
        args += tuple((str(name), Operand(value, None)) for name, value in (named.value.items or {}).items()) if named else ()
    for symbol in sorted(receiver.refs, key=lambda one: one.key):
        if isinstance(symbol, FunctionSymbol) and symbol.node.decorators:
            bound = bool(symbol.node.params) and symbol.owner is None and symbol.node.params[0].name == "self"
            shifted = tuple((str(int(key) + bound) if key.isdigit() else key, one) for key, one in args)
            before, frame.elsewhere = frame.elsewhere, "later"
            frame.call_function(node, symbol, None, shifted)
            frame.elsewhere = before
