"""What actions of Sails are called with: `{ inputs: { name: { type: "string" } }, fn: async function (inputs) { … } }`.

https://sailsjs.com/documentation/concepts/actions-and-controllers#?actions-2, https://node-machine.org/spec/machine
What does not fit the inputs is turned away before the function runs.
"""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import MADE, NUMBER, UNKNOWN, Key, Value, container
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_NUMBERS = frozenset(("number", "boolean"))
_SHOWN = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}
_OBJECTS = frozenset(("ref", "json"))
_CLOSED = frozenset(("isIn", "isEmail", "isInteger", "isUUID", "isIP", "isCreditCard"))
_PARSED = frozenset(("parsed",))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:  # noqa: ARG001 - as its kind
    """The inputs of an action; None for any other function."""
    inputs = _inputs(frame.module, symbol) if at == 0 and symbol.node.name == "fn" else None
    if inputs is None:
        return None
    items: dict[Key, Value] = {}
    for item in inputs.items:
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            items[item.key.value] = _input(frame, item.value, item.key.value, param)
    return container("dict", items)


def _inputs(module: ModuleSymbol, symbol: FunctionSymbol) -> ir.Container | None:
    """What stands under `inputs` beside the function."""
    for node in module.nodes.of(ir.Container):
        if node.kind != "dict":
            continue
        held = {str(one.key.value): one.value for one in node.items if isinstance(one.key, ir.Const)}
        function, inputs = held.get("fn"), held.get("inputs")
        if isinstance(function, ir.Lambda) and function.function is symbol.node:
            return inputs if isinstance(inputs, ir.Container) else None
    return None


def _input(frame: FrameState, node: ir.Expr, name: str, param: ir.Param) -> Value:
    said = node.items if isinstance(node, ir.Container) else []
    told = {str(one.key.value): one.value for one in said if isinstance(one.key, ir.Const)}
    typed, shown = told.get("type"), told.get("example", told.get("defaultsTo"))  # without a type, the example says it
    kind = typed.value if isinstance(typed, ir.Const) else _SHOWN.get(shown.kind, "") if isinstance(shown, ir.Const) else ""
    if told.keys() & _CLOSED:
        return MADE
    if isinstance(typed or shown, ir.Container):
        return _shaped(frame, typed or shown, name, param)
    return _of_kind(frame, str(kind), name, param)


def _shaped(frame: FrameState, node: ir.Expr | None, name: str, param: ir.Param) -> Value:
    """`[{ fullName: "string" }]`: a pattern of what comes in."""
    if not isinstance(node, ir.Container):
        return _of_kind(frame, str(node.value) if isinstance(node, ir.Const) else "", name, param)
    if node.kind == "dict":
        keyed = [(str(one.key.value), one.value) for one in node.items if isinstance(one.key, ir.Const)]
        return container("dict", {key: _shaped(frame, one, name, param) for key, one in keyed})
    return container("list", None, _shaped(frame, node.items[0].value, name, param) if node.items else UNKNOWN)


def _of_kind(frame: FrameState, kind: str, name: str, param: ir.Param) -> Value:
    if kind in _NUMBERS:
        return NUMBER
    marks = _PARSED if kind in _OBJECTS or not kind else frozenset[str]()
    origin = Origin("untrusted", ("sails.inputs", frame.module.path, param.at, name), "the request", marks)
    return UNKNOWN.with_origins((origin.step(frame.mark(param, f"the input `{name}` comes from outside")),))
