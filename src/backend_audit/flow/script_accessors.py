"""What reading a member runs in JavaScript: getters of classes and of objects, `arguments`."""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_objects import OwnedObjects
from backend_audit.flow.summary import bind_arguments, substitute
from backend_audit.flow.values import UNKNOWN, Value, changed, container, join_all
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_MORE = 4  # arguments beyond the parameters that a function may ask for


def of_class(frame: FrameState, base: Value, attr: str, owned: OwnedObjects) -> Value | None:
    """What the getter `attr` of an object's class gives for this very object; None where there is none."""
    owners = frame.engine.classes_of(base)
    methods = [(owner, method) for owner in owners if (method := frame.engine.find_method(owner, attr)) is not None]
    if not methods or any(method.node.kind != "getter" for _, method in methods):
        return None
    return join_all(
        owned.of(substitute(frame.engine.summary(method).result, method.key, bind_arguments(method, base, ())), owner)
        for owner, method in methods
    )


def of_object(frame: FrameState, item: ir.Item, value: Value) -> Value | None:
    """The value of a member of an object as it is written; None where that can only be set."""
    kind = item.value.function.kind if isinstance(item.value, ir.Lambda) else ""
    if kind != "getter":
        return None if kind == "setter" else value
    own = [one for one in value.refs if isinstance(one, FunctionSymbol)]
    return join_all(frame.engine.summary(one).result for one in own) if own else value


def arguments(frame: FrameState) -> Value | None:
    """`arguments` of the function under way, arrows in it included; None outside of functions."""
    function = frame.function
    while function is not None and function.node.kind == "arrow":
        function = function.parent
    if function is None:
        return None
    params = function.node.params
    if any(param.kind == "args" for param in params):
        return None
    given = [frame.lookup(param.name) for param in params if param.kind == "positional"]
    for beyond in range(_MORE):
        origin = Origin("param", (function.key, len(params) + beyond), f"arguments[{len(given)}]")
        given.append(Value(open=True, origins=frozenset((origin,))))
    return container("list", dict(enumerate(given)))


def above(frame: FrameState, owner: ClassSymbol | None) -> Value:
    """What `super` is in a method of `owner`: the object that it runs on, as the class above sees it."""
    mine = frame.env.get("this", UNKNOWN)
    return UNKNOWN if owner is None else changed(frame.engine.above(owner), items=mine.items, origins=mine.origins)
