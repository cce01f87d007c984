"""Functions that ask a schema which they are given: `validate(req.body, schema)`, `validator(schema)(req.body)`.

In terms of its parameters such a function says nothing of what the schema lets through, so it is run for each of its calls.
A function that was made within a call which was given a schema keeps that (`GIVEN`), and is run with it.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.frame import Env
from backend_audit.flow.script_chains import chains
from backend_audit.flow.script_schemas import ASKS, SCHEMA
from backend_audit.flow.summary import bind_arguments
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, changed, container
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

_MAX_CALLS = 3000  # of all such functions of a project
_ME = "this"
GIVEN = " given"  # what the function around a function was given: a name that no program can write


class Asked:
    """Runs functions that ask schemas for one of their calls."""

    def __init__(self) -> None:
        self.left = _MAX_CALLS
        self._asking: dict[str, bool] = {}  # by the key of a function
        self.around = UNKNOWN  # what the function around the one that is called next was given

    def taken(self) -> Value:
        """What the function around the one that is called was given, asked once."""
        found, self.around = self.around, UNKNOWN
        return found

    def result(
        self, frame: "ScriptCallbacks", node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args, around: Value
    ) -> Value | None:
        """What this call of a function gives, where it is given a schema and asks it; None for any other."""
        held = () if receiver is None or receiver.kind else (receiver.items or {}).values()
        given = any(SCHEMA in one.types for one in (*held, *(operand.value for _, operand in args))) or bool(around.items)
        if not self.left or not ((given and self._asks(symbol)) or _chooses(frame, symbol, args)):
            return None
        self.left -= 1
        bound = bind_arguments(symbol, receiver, args)
        env = {str(name): value for name, value in (around.items or {}).items()}
        inner = frame.engine.frame(symbol.module, symbol, env if receiver is None else {**env, _ME: receiver})
        for at, param in enumerate(symbol.node.params):
            default = UNKNOWN if param.default is None else inner.eval(param.default)
            inner.env[param.name] = bound.get(at, default)
            if param.pattern is not None:
                inner.bind(param.pattern, inner.env[param.name])
        frame.engine.run_in(inner, symbol)
        if inner.returns is NOTHING:
            _checked(frame, symbol, node, inner.env)
            return None
        return _keeping(inner.returns, symbol, {param.name: inner.env[param.name] for param in symbol.node.params})

    def _asks(self, symbol: FunctionSymbol) -> bool:
        known = self._asking.get(symbol.key)
        if known is None:
            known = self._asking[symbol.key] = _asks(symbol)
        return known


def _chooses(frame: "ScriptCallbacks", symbol: FunctionSymbol, args: Args) -> bool:
    """Whether a function gives other chains of express-validator for another name: `validate("createOrder")`."""
    constant = bool(args) and all(one.value.constant() is not None for _, one in args)
    if not constant or next(chains(frame.engine.summary(symbol).result), None) is None:
        return False
    return any(isinstance(one, (ir.Switch, ir.If, ir.Conditional, ir.Index)) for one in symbol.scope)


def _keeping(result: Value, symbol: FunctionSymbol, given: dict[str, Value]) -> Value:
    """What a call gives; a function that was made within it keeps what the call was given."""
    if not any(isinstance(one, FunctionSymbol) and one.parent is symbol for one in result.refs):
        return result
    schemas: dict[str | int, Value] = {name: one for name, one in given.items() if SCHEMA in one.types}
    return changed(result, items={**(result.items or {}), GIVEN: container("dict", schemas)})


def _checked(frame: "ScriptCallbacks", symbol: FunctionSymbol, node: ir.Call, env: Env) -> None:
    """Fields of data that a function without a way out before its end has let through are known to who gave it."""
    if any(isinstance(one, ir.Return) for one in symbol.scope):
        return
    for param, arg in zip(symbol.node.params, node.args, strict=False):
        given = dotted(arg.value)
        for path, value in list(env.items()) if given and not arg.star and not arg.name else ():
            if path.startswith(f"{param.name}."):
                frame.env[f"{given}{path.removeprefix(param.name)}"] = value


def _asks(symbol: FunctionSymbol) -> bool:
    """Whether a function calls such a method of what a parameter leads to, or hands a parameter on to a function."""
    names = {param.name for param in symbol.node.params}
    for node in ir.walk(*symbol.node.body):
        if not isinstance(node, ir.Call):
            continue
        if isinstance(node.func, ir.Attribute) and node.func.attr in ASKS:
            return True
        if any(isinstance(arg.value, ir.Name) and arg.value.id in names for arg in node.args):
            return True
    return False
