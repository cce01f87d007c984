"""The functions that are handed to a library, as the rows of its model say where they stand."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_schemas
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import UNKNOWN, Value, container, join_all
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

_LOOKED_AT = frozenset((script_schemas.CHECKED, "fields"))
_Opened = Callable[[Value], Value]


def called(spec: str, args: Args, opened: _Opened) -> Iterator[Value]:
    """What a row's `function` means: `1*` all arguments from there on, `0.handler` a field (`*`: any) of an object or a list's.

    `a|b`: both. `opened` tells what a function gives that stands in the place of such an object: `fields: () => ({…})`.
    """
    if "|" in spec:
        for one in spec.split("|"):
            yield from called(one, args, opened)
        return
    if "." in spec:
        head, _, name = spec.partition(".")
        whole = argument(args, head)
        inside = [] if whole is None else [whole.value, *(whole.value.items or {}).values()]
        for value in inside:
            yield from _held(value, name.split("."), opened)
        return
    first = int(spec.rstrip("*"))
    for key, operand in args:
        if key.isdigit() and (int(key) == first or (int(key) > first and spec.endswith("*"))):
            yield operand.value


def _held(value: Value, names: list[str], opened: _Opened) -> Iterator[Value]:
    """What an object holds at the end of a path; `*` is any name."""
    if not names:
        yield value
        return
    if value.refs and not value.kind:
        value = opened(value)
    if names[0] == "*":
        for inner in (value.items or {}).values() if value.kind else ():
            yield from _held(inner, names[1:], opened)
        return
    held = argument((("0", Operand(value, None)),), f"0.{names[0]}")
    if held is not None:
        yield from _held(held.value, names[1:], opened)


def functions(value: Value) -> list[FunctionSymbol]:
    """The functions that a value is, or holds as a list."""
    inside = [value, *value.inside()] if value.kind else [value]
    return [symbol for one in inside for symbol in one.refs if isinstance(symbol, FunctionSymbol)]


def from_outside(frame: "ScriptCallbacks", node: ir.Call, path: str, what: str, args: Args) -> Value:
    """Data that a library's function hands over, as its row says it: `kind:words+marks~schemas@name`."""
    what, _, name = what.partition("@")
    what, _, schemas = what.partition("~")
    kind, _, told = what.rpartition(":")
    told, _, marks = told.partition("+")
    origin = Origin(kind or "untrusted", (path, frame.module.path, node.at), told, frozenset(marks.split()))
    step = origin.step(frame.mark(node, f"{written(node)} hands over what comes from outside"))
    data = UNKNOWN.with_origins((step,))
    if schemas.startswith("."):
        found = _as_described(frame, node, data, schemas[1:])
    else:
        found = script_schemas.handed(frame, node, data, schemas, args)
    return container("dict", {name: found}, UNKNOWN) if name else found


def _as_described(frame: "ScriptCallbacks", node: ir.Call, data: Value, name: str) -> Value:
    """`data` as the calls of that method in the chain before describe it: `procedure.input(schema).input(more).query(f)`.

    Several are merged; a schema that is not read here has looked at it all the same. What a function makes of it is known.
    """
    found: list[Value] = []
    for one in _in_chain(node, name):
        schema = frame.eval(one)
        if any(isinstance(symbol, FunctionSymbol) for symbol in schema.refs):
            found.append(frame.handed(node, schema, [data]))
            continue
        through = script_schemas.handed(frame, node, data, "0", (("0", Operand(schema, one)),))
        found.append(data.cleared(_LOOKED_AT) if through is data else through)
    if len(found) > 1 and all(one.kind == "dict" for one in found):
        return container("dict", {key: value for one in reversed(found) for key, value in (one.items or {}).items()})
    return join_all(found) if found else data


def _in_chain(node: ir.Call, name: str) -> Iterator[ir.Expr]:
    """The first arguments of the calls of that method which a call stands on, the nearest first."""
    func = node.func
    while isinstance(func, ir.Attribute) and isinstance(func.value, ir.Call):
        node, func = func.value, func.value.func
        if isinstance(func, ir.Attribute) and func.attr == name and node.args:
            yield node.args[0].value
