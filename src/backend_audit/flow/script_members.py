"""What an object holds under a name that comes from outside: it may be `Object.prototype`, or a function that nobody meant.

Such a value carries, beside its own, an origin of the label `member`, which no check of data asks for.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import lacks, sensitive, uploads
from backend_audit.flow.concepts import CodeExecution, Operand
from backend_audit.flow.frame import FrameState
from backend_audit.flow.models import Row
from backend_audit.flow.object_concepts import MemberCall, MemberWrite
from backend_audit.flow.origins import MEMBER, Origin
from backend_audit.flow.script_functions import BARE
from backend_audit.flow.strings import is_text
from backend_audit.flow.urls import HOST
from backend_audit.flow.values import Value, changed
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

PREFIXED = "prefixed"  # a mark: the name begins with what the program says, so that it cannot be `__proto__`
OWN = "own"  # a mark: of a Map or an object without prototype, which hold nothing but what was put into them
HOST_PARTS = frozenset(("hostname", "host", "origin"))
_NO_TAG = frozenset(
    ("html",)
)  # `<` ends a host or makes the address invalid: https://url.spec.whatwg.org/#forbidden-host-code-point
_CALL = Row(MemberCall, {"member": "value"}, {})
_WRITE = Row(MemberWrite, {"member": "value"}, {})
_NAMED = Row(MemberWrite, {"name": "key"}, {})
_RUNS = Row(CodeExecution, {"code": "key"}, {"kind": "member"})
_KEPT = ("express.Request.session.", "koa.Context.session.", "fastify.Request.session.")  # what the program keeps of a visitor
_CALLS = frozenset(("apply", "call"))
_GLOBALS = frozenset(("global", "globalThis", "self", "window"))
_LACKS = lacks.lacking("_")
_HARMLESS = _LACKS | {"all"}


def chosen(frame: "Expressions", base: Value, name: Value, found: Value, *, own: bool = False) -> Value:
    """`found`, which `base` holds under `name`, marked where that name is a client's."""
    if base.kind in ("list", "tuple") or is_text(base) or found.constants() is not None or found.made:
        return found
    if not all(path.endswith("()") or (path.startswith(_KEPT) and not frame.engine.knows(path)) for path in base.apis):
        return found
    marks = frozenset((OWN,)) if own or is_bare(base) else frozenset[str]()
    if name.shapes and all(isinstance(shape.parts[0], str) for shape in name.shapes):
        marks |= {PREFIXED}
    added = [
        Origin(MEMBER, one.key, one.what, marks, one.trace)
        for one in name.all_origins()
        if one.label == "untrusted" and "all" not in one.cleared and not one.cleared >= _LACKS
    ]
    return found.with_origins(added)


def called(frame: "Expressions", node: ir.Call, callee: Value, receiver: Value | None) -> None:
    """Tell that such a member is called; what a collection does is its own, whatever was put into it (`found.set(id, one)`)."""
    own = receiver is not None and receiver.kind and not _is_member(receiver)
    if not own and _is_member(callee):
        frame.emit(_CALL, "member", node, {"value": Operand(callee, node.func)})
    elif receiver is not None and isinstance(node.func, ir.Attribute) and node.func.attr in _CALLS and _is_member(receiver):
        frame.emit(_CALL, "member", node, {"value": Operand(receiver, node.func.value)})  # `db[name].apply(db, args)`
    if isinstance(node.func, ir.Index):
        base, name = frame.eval(node.func.value), frame.eval(node.func.index)
        begun = name.shapes and all(isinstance(shape.parts[0], str) for shape in name.shapes)
        if _reaches_eval(base) and not begun and name.all_origins():
            frame.emit(_RUNS, "member", node, {"key": Operand(name, node.func.index)})


def is_bare(value: Value) -> bool:
    """Whether it is an object without prototype."""
    return BARE in value.types


def _is_member(value: Value) -> bool:
    return any(origin.label == MEMBER for origin in value.origins)


def _reaches_eval(base: Value) -> bool:
    """Whether what it holds makes code of texts: the global object has `eval`, each function the constructor `Function`."""
    functions = bool(base.refs) and all(isinstance(one, FunctionSymbol) for one in base.refs)
    return functions or bool(base.apis & _GLOBALS)


def written_to(frame: FrameState, target: ir.Expr, base: ir.Expr, value: Value) -> None:
    """Tell that such a member is written to."""
    if _is_member(value):
        frame.emit(_WRITE, "member", target, {"value": Operand(value, base)})


def written_by_name(frame: "Expressions", target: ir.Expr, base: ir.Expr) -> None:
    """Tell of `rooms[room][user] = data` whose `room` a caller gives."""
    if not isinstance(base, ir.Index):
        return
    holder, name = frame.eval(base.value), frame.eval(base.index)
    if holder.kind in ("list", "tuple") or is_text(holder) or holder.apis or BARE in holder.types or name.shapes:
        return
    if any(one.label == "param" and not one.cleared & _HARMLESS for one in name.origins):
        frame.emit(_NAMED, "member", target, {"key": Operand(name, base.index)})


def known_part(found: Value, base: Value, step: str) -> Value:
    """`found`, the field `step` of `base`: an upload lies where the server says, the host of an address is known as that."""
    if step in HOST_PARTS and any("part" in one.cleared for one in base.origins):
        found = found.cleared(HOST | _NO_TAG if any("address" in one.cleared for one in base.origins) else HOST)
    known = frozenset(one for origin in base.origins for one in uploads.known_by_server(origin, step))
    return found.cleared(known)


def _is_unknown(frame: "Expressions", made: str) -> bool:
    """Whether it is what a function gives of which no model says anything."""
    return made.endswith("()") and not frame.engine.knows(made) and not frame.engine.knows(made.removesuffix("()"))


def _is_sure(node: ir.Name | ir.Attribute) -> bool:
    """Whether a name says of whatever it is given that this is a text that nobody should see: a `token` may be anything."""
    return sensitive.classify(node.id if isinstance(node, ir.Name) else node.attr) in ("password", "secret", "private key")


def possibly_text(frame: "Expressions", node: ir.Node, value: Value) -> Value:
    """Data of a request, or of what nothing is known about: models say no more, so that it may be a text, and a secret."""
    if value.types and not value.open and not value.apis and all(_is_unknown(frame, name) for name in value.types):
        return changed(value, open=True) if isinstance(node, (ir.Name, ir.Attribute)) and _is_sure(node) else value
    if not value.apis or value.open:
        return value
    free = isinstance(node, ir.Attribute) or (isinstance(node, ir.Name) and value.apis == {node.id})
    unknown = free and not value.types and not any(map(frame.engine.knows, value.apis))
    if unknown or any(origin.label == "untrusted" for origin in value.origins):
        return changed(value, open=True)
    return value
