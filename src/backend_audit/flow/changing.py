"""What calls change: the object that a method is called on, what objects keep, items that are stored by a method."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin, strings
from backend_audit.flow.arguments import Args, argument, constant_key
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Operand
from backend_audit.flow.models import Keeper
from backend_audit.flow.summary import bind_arguments, fields_left
from backend_audit.flow.syntax import left
from backend_audit.flow.values import Constant, Value, changed, join, join_all, join_optional
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls


def changed_object(frame: "Calls", at: ir.Expr, method: FunctionSymbol, receiver: Value, bound: Bound) -> Bound:
    """The arguments of a method's call, with the object, which `at` names, as the method leaves it."""
    above = isinstance(at, ir.Call) and written(at.func) == "super"
    me = "" if frame.function is None else frame.engine.me(frame.function)
    if receiver.kind or not (
        above or any(method.owner in frame.engine.bases(one)[0] for one in frame.engine.classes_of(receiver))
    ):
        return bound
    summary = frame.engine.summary(method)
    mine = fields_left(summary, method.key, bound)
    path, held = me if above else dotted(at), receiver.items or {}
    if path and path == me:
        for key, value in mine.items():
            frame.assign_path(f"{me}.{key}", value)
        return bound
    more = {key: join(held[key], one) if key in held and key in summary.grown else one for key, one in mine.items()}
    after = changed(receiver, items={**held, **more})
    if path in frame.env and mine:
        for key in mine:
            frame.env.pop(f"{path}.{key}", None)
        frame.env[path] = after
    return {place: after if value is receiver else value for place, value in bound.items()}


def as_left(frame: "Calls", node: ir.Call, receiver: Value | None) -> Value | None:
    """The object of the method that runs, as it is by now, where the call is of another one of its methods."""
    me = "" if frame.function is None else frame.engine.me(frame.function)
    if receiver is None or not me or not isinstance(node.func, ir.Attribute) or dotted(node.func.value) not in (me, "super"):
        return receiver
    found = left(frame, me)
    return changed(receiver, items={**(receiver.items or {}), **found}) if found else receiver


def item_put(frame: "Calls", target: ir.Index, base: Value, given: tuple[Operand, Operand]) -> None:
    """`settings["name"] = text` of an object whose class says what that does."""
    if base.kind or not base.types:
        return
    args: Args = (("0", given[0]), ("1", given[1]))
    for owner in frame.engine.classes_of(base):
        method = frame.engine.find_method(owner, "__setitem__")
        if method is not None:
            changed_object(frame, target.value, method, base, bind_arguments(method, base, args))


def filled(frame: "Calls", target: ir.Attribute, base: Value, value: Value) -> None:
    """`order.note = text` of an object that a variable holds, which may be handed on with that in it."""
    name = target.value.id if isinstance(target.value, ir.Name) else ""
    me = "" if frame.function is None else frame.engine.me(frame.function)
    held = base.items or {}
    if name not in frame.env or name == me or base.kind or not (value.all_origins() or target.attr in held):
        return
    if base.types and all(frame.engine.class_of(one) is not None for one in base.types):
        frame.env[name] = changed(base, items={**held, target.attr: value})


def kept(frame: "Calls", node: ir.Call, keeper: Keeper, receiver: Value, args: Args) -> Value | None:
    """What an object that keeps values gives back; putting one in changes the object, and None leaves the result open."""
    key = constant_key(args, keeper.keys)
    held = receiver.items or {}
    if not keeper.value:
        if key is None:
            return join_all(held.values()) if held else None
        return held.get(key) if key in held else receiver.elem
    operand = argument(args, keeper.value)
    if operand is None or not isinstance(node.func, ir.Attribute):
        return None
    value = operand.value
    if key is None:
        frame.update_path(node.func.value, changed(receiver, elem=join_optional(receiver.elem, value)))
        return None
    if keeper.append and key in held:
        value = strings.build([(held[key], ""), (value, written(operand.node))], "+")
    frame.update_path(node.func.value, changed(receiver, items={**held, key: value}))
    return None


def stored(frame: "Calls", node: ir.Call, func: ir.Attribute, receiver: Value, args: Args) -> None:
    """Rows that ask for items being stored, for the method forms of it."""
    pairs: list[tuple[str, Operand]] = [(key, one) for key, one in args if not key.isdigit() and "*" not in key]
    first, second = argument(args, "0"), argument(args, "1")
    if func.attr == "setdefault" and first is not None and second is not None:
        pairs += [(text, second) for text in first.value.texts()]
    elif first is not None and first.value.kind == "dict":
        pairs += [(str(key), Operand(value, first.node)) for key, value in (first.value.items or {}).items()]
    for path in frame.store_paths(receiver):
        for row in frame.models.rows["store"].get(path, ()):
            for key, operand in pairs:
                at = operand.node if operand.node is not None else node
                name = Operand(Value(consts=frozenset((_text(key),))), None)
                frame.emit(row, path, at, {"key": name, "value": operand}, written_as=f"{written(func.value)}[{key!r}]")


def _text(value: str) -> Constant:
    return Constant("str", value)


def deleted(frame: "Calls", target: ir.Expr) -> None:
    """`del name`; `del parts[0]`, as `parts.pop(0)` says it."""
    key = dotted(target)
    if key is not None:
        frame.env.pop(key, None)
    if not isinstance(target, ir.Index):
        return
    receiver = frame.eval(target.value)
    after = builtin.mutated(receiver, "pop", [(frame.eval(target.index), "")], {}) if receiver.kind else None
    if after is not None:
        frame.update_path(target.value, after.with_origins(receiver.origins))
