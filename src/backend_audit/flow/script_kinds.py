"""Questions that texts and arrays answer differently, put to data that may be either: `x.includes("..")`, `x.length > 20`.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Array/includes
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.frame import FrameState
from backend_audit.flow.models import Row
from backend_audit.flow.object_concepts import TextTest
from backend_audit.flow.sensitive import words
from backend_audit.flow.values import MADE, Value, text
from backend_audit.flow.written import last_word

if TYPE_CHECKING:
    from backend_audit.flow.script_expressions import ScriptExpressions

_ROWS = {
    name: Row(TextTest, {"text": "text", "wanted": "wanted"}, {"method": name}) for name in ("includes", "indexOf", "lastIndexOf")
}
_LENGTH = Row(TextTest, {"text": "text"}, {"method": "length"})
_NAMES = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "undefined": "undefined", "none": "object"}
_ENGINES = frozenset("search searcher index engine client fuse".split())
_ORDERS = frozenset(("<", "<=", ">", ">="))


def asked(frame: FrameState, node: ir.Call, receiver: Value, wanted: Operand | None) -> None:
    """Tell of `receiver.includes(wanted)` where the receiver is data of which nothing says that it is a text."""
    row = _ROWS.get(node.func.attr) if isinstance(node.func, ir.Attribute) else None
    if row is not None and isinstance(node.func, ir.Attribute) and wanted is not None and _of_any_kind(receiver):
        frame.emit(row, node.func.attr, node, {"text": Operand(receiver, node.func.value), "wanted": wanted})


def measured(frame: "ScriptExpressions", test: ir.Compare) -> None:
    """Tell of `x.length > 20` likewise."""
    for side in (test.left, test.rights[0]) if test.ops[0] in _ORDERS else ():
        if isinstance(side, ir.Attribute) and side.attr == "length":
            value = frame.eval(side.value)
            if _of_any_kind(value):
                frame.emit(_LENGTH, "length", side, {"text": Operand(value, side.value)})


def _of_any_kind(value: Value) -> bool:
    told = value.kind or value.types or value.shapes or value.consts or value.made
    return not told and any(one.label in ("untrusted", "param") for one in value.origins)


def is_untold(frame: FrameState, value: Value, method: Value) -> bool:
    """Whether nothing is known of an object that could say what its method gives."""
    told = value.refs or value.consts or value.shapes or any(not name.endswith("()") for name in value.types)
    return not told and not any(map(frame.engine.knows, (*value.apis, *method.apis)))


def told(value: Value) -> Value:
    """What `typeof` says of a value that is known."""
    consts = value.constants()
    names = {_NAMES[one.kind] for one in consts if one.kind in _NAMES} if consts is not None else set[str]()
    if consts is not None and len(names) == 1 and all(one.kind in _NAMES for one in consts):
        return text(names.pop())
    return text("object") if value.kind and not value.open and not value.origins else MADE


def is_engine(node: ir.Expr) -> bool:
    """Whether what is written there looks words up by its name, and takes them for no pattern: `this.miniSearch`."""
    return not _ENGINES.isdisjoint(words(last_word(node)))
