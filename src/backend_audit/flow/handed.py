"""Functions that are handed to others: called by a library's function, or in a thread."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin, named_parts
from backend_audit.flow.arguments import Args, argument, pieces
from backend_audit.flow.concepts import Operand
from backend_audit.flow.models import Invoker
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.partials import Partial, called, shifted
from backend_audit.flow.summary import bind_arguments
from backend_audit.flow.values import UNKNOWN, Value, changed, container, instance, ref
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, key_at

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_TEXTS = frozenset({"str", "bytes"})


def invoked(frame: "Calls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What comes of a function handed to one that calls it: `asyncio.to_thread(f, x)`, `map(f, xs)`; None if this is none."""
    invoker = frame.models.invokers.get(path)
    operand = None if invoker is None else argument(args, invoker.function)
    if invoker is None or operand is None or not (operand.value.refs or (operand.value.apis and path != "functools.partial")):
        return _with_a_part(frame, node, operand, args) if path == "functools.partial" and operand is not None else None
    if invoker.later:
        return ref(Partial(key_at(frame.module.path, "later", node), operand.value, None, (), invoker.elsewhere))
    before, frame.elsewhere = frame.elsewhere, invoker.elsewhere or frame.elsewhere
    found = _applied(frame, node, operand, _handed(invoker, args))
    frame.elsewhere = before
    if not invoker.result:
        return _with_some(frame, node, operand, args) if path == "functools.partial" else None
    return container("list", None, found) if invoker.each else found


def _handed(invoker: Invoker, args: Args) -> Args:
    """What an invoker calls its function with."""
    held, named = argument(args, invoker.arguments), argument(args, invoker.named)
    handed: list[tuple[str, Operand]] = []
    for key, one in args:
        if one is held or one is named:
            continue
        if key.isdigit() and int(key) >= invoker.first:
            value = builtin.iterated(one.value) if invoker.each else one.value
            handed.append((str(int(key) - invoker.first), Operand(value, one.node)))
        elif not key.isdigit() and key not in invoker.function and "*" not in key:
            handed.append((key, one))
    if held is not None:
        listed = builtin.iterated(held.value) if invoker.each else held.value
        handed += [(str(at), Operand(value, held.node)) for at, value in (listed.items or {}).items() if listed.kind]
    if named is not None and named.value.kind:
        handed += [(str(name), Operand(value, named.node)) for name, value in (named.value.items or {}).items()]
    return tuple(handed)


def _with_a_part(frame: "Calls", node: ir.Call, function: Operand, args: Args) -> Value | None:
    """A library's function with a part of its arguments, which is no call of it yet."""
    if not function.value.apis:
        return None
    me = frame.eval(function.node.value) if isinstance(function.node, ir.Attribute) else None
    rest = shifted(tuple(one for one in args if one[1] is not function), -1)
    return ref(Partial(key_at(frame.module.path, "partial", node), Value(apis=function.value.apis), me, rest))


def _with_some(frame: "Calls", node: ir.Call, function: Operand, args: Args) -> Value:
    """A function of the project with some of its arguments: itself, for who registers it, and what a call of that runs."""
    rest = shifted(tuple(one for one in args if one[1] is not function), -1)
    me = None if isinstance(function.node, ir.Name) else named_parts.bound_to(frame, function)
    inner = Value(refs=called(function.value.refs))
    return changed(
        function.value, refs=function.value.refs | {Partial(key_at(frame.module.path, "partial", node), inner, me, rest)}
    )


def made(frame: "Calls", node: ir.Call, path: str, args: Args) -> str | None:
    """The type of what a call of a library gives, which an option may decide; `new X()` may be none that is handed over."""
    if node.form == "new" and (found := frame.models.result(f"new {path}")) is not None:
        return found
    for option, wanted, type_name in frame.models.variants.get(path, ()):
        given = argument(args, option)
        if given is not None and given.value.is_just(wanted):
            return type_name
    return frame.models.result(path)


def _applied(frame: "Calls", node: ir.Call, function: Operand, args: Args) -> Value:
    """What a function that was handed over gives for `args`; `str.strip` is a method of the first of them."""
    if function.value.refs:
        return frame.hand(node, Value(refs=function.value.refs), named_parts.bound_to(frame, function), args)
    first = argument(args, "0")
    owner, _, method = next(iter(sorted(function.value.apis))).rpartition(".")
    if owner in _TEXTS and first is not None:
        found = builtin.text_method(first.value, method, *pieces(args[1:]))
        return first.value.derived() if found is None else found
    return frame.apply(node, Value(apis=function.value.apis), None, args)


def served(frame: "Calls", node: ir.Call, path: str, args: Args) -> None:
    """A library calls the function, or each of those in a mapping, that it is given."""
    callback = frame.models.callbacks.get(path)
    operand = None if callback is None else argument(args, callback.function)
    if callback is None or operand is None:
        return
    value = operand.value
    refs = value.refs.union(*(one.refs for one in (value.items or {}).values()) if value.kind == "dict" else ())
    given = tuple((str(at), Operand(_given(frame, node, path, what), None)) for at, what in enumerate(callback.gives))
    receiver = named_parts.bound_to(frame, Operand(Value(refs=refs), operand.node))
    if any(one.value.origins for _, one in given):
        frame.apply(node, Value(refs=refs), receiver, given)
    else:  # objects: what is read of them is known where the function runs with their types
        for symbol in of_kind(refs, FunctionSymbol):
            frame.engine.note_call(symbol, bind_arguments(symbol, receiver, given), frame, node)


def _given(frame: "Calls", node: ir.Call, path: str, what: str) -> Value:
    """An argument of a callback as its row says it: a type, or `!kind:…` for data from outside."""
    if not what.startswith("!"):
        return instance(what) if what else UNKNOWN
    kind, _, told = what[1:].rpartition(":")
    origin = Origin(kind or "untrusted", (path, frame.module.path, node.at), told)
    return UNKNOWN.with_origins((origin.step(frame.mark(node, f"{written(node)} hands over what comes from outside")),))
