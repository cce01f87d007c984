"""Functions of JavaScript that others call, or give a part of their arguments: `f.call(me, x)`, `_.partial(f, x)`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Operand
from backend_audit.flow.partials import Partial, shifted
from backend_audit.flow.values import Value, ref
from backend_audit.link.symbols import key_at

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

# Which method of functions each is like, and whether what `this` is to be is given: https://lodash.com/docs#partial
_LIKE = {
    "Reflect.apply": ("apply", True),
    "lodash.partial": ("bind", False),
    "lodash.bind": ("bind", True),
}


def called(frame: "ScriptCallbacks", node: ir.Call, path: str, args: Args) -> Value | None:
    """What a function gives that is like a method of its first argument; None if `path` is none of them."""
    if path not in _LIKE or not args:
        return None
    attr, told = _LIKE[path]
    nobody = (("0", Operand(Value(), None)),)
    return method(frame, node, attr, args[0][1].value, shifted(args[1:], -1) if told else (*nobody, *args[1:]))


def method(frame: "ScriptCallbacks", node: ir.Call, attr: str, function: Value, args: Args) -> Value:
    """`f.call(me, x)`, `f.apply(me, xs)`, `f.bind(me)`."""
    me = args[0][1].value if args else None
    rest = args[1:]
    if attr == "bind":
        if not rest:
            return function
        return ref(Partial(key_at(frame.module.path, "bind", node), function, me, shifted(rest, -1)))
    if attr == "apply":
        listed = (rest[0][1].value.items if rest else None) or {}
        rest = tuple((str(int(key) + 1), Operand(value, None)) for key, value in listed.items() if isinstance(key, int))
    return frame.apply_to(node, function, me, shifted(rest, -1), whole=True)
