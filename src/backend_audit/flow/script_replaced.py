"""Texts in which a function says what stands in the place of a hit: `page.replace(/{(.*)}/g, (hit, name) => data[name])`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, argument, pieces
from backend_audit.flow.script_builtin import text_method
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

_METHODS = frozenset(("replace", "replaceAll"))
_REPLACING = 2  # arguments
_GIVEN = 3  # the hit and what its groups are


def is_text(frame: "ScriptCallbacks", attr: str, receiver: Value, args: Args) -> bool:
    """Whether what nothing is known about is a text, since one thing is put in the place of another: a file that was read."""
    if attr not in _METHODS or len(args) != _REPLACING or receiver.kind or receiver.refs:
        return False
    engine = frame.engine
    return not any(map(engine.knows, (*receiver.apis, *receiver.types))) and not any(map(engine.class_of, receiver.types))


def method(frame: "ScriptCallbacks", node: ir.Call, attr: str, receiver: Value, args: Args) -> Value | None:
    """What a method of a text gives, and what a function brings to it from elsewhere: what it makes of a hit is its own."""
    found = text_method(receiver, attr, pieces(args)[0])
    function = argument(args, "1") if attr in _METHODS else None
    if found is None or function is None or not function.value.refs:
        return found
    hit = receiver.derived()
    own = {one.key for one in receiver.all_origins()}
    made = frame.handed(node, function.value, [hit] * _GIVEN)
    return found.with_origins(one for one in made.derived().origins if one.key not in own)
