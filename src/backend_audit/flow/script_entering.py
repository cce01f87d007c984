"""Functions that hand a request on to a router, as if they were it: `(req, res, next) => router(req, res, next)`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.origins import DERIVED
from backend_audit.flow.values import UNKNOWN, Value, changed, join_all, ref
from backend_audit.link.symbols import FunctionSymbol, ObjectSymbol, Symbol

if TYPE_CHECKING:
    from backend_audit.flow.script_engine import ScriptEngine
    from backend_audit.flow.script_expressions import ScriptExpressions

_ENTERS = " enters"  # the routers that a function hands its requests to: a name that no program can write
_FEWEST = 2  # parameters: the request and the response


def made(frame: "ScriptExpressions", function: ir.Function, symbol: Symbol) -> Value:
    """A function as a value, with what it hands requests to, as that is known where it is made."""
    handed = [
        value for name in _called(frame.engine, function) if _may_be_router(value := frame.env.get(name) or frame.lookup(name))
    ]
    return changed(ref(symbol), items={_ENTERS: join_all(handed)}) if handed else ref(symbol)


def handed(value: Value) -> Value:
    """What a function hands its requests to, as that was known where it was made."""
    return UNKNOWN if value.kind or value.items is None else value.items.get(_ENTERS, UNKNOWN)


def entered(engine: "ScriptEngine", value: Value) -> Value:
    """As `handed`; of a function that a module declares, what the module's names are in the end."""
    if (told := handed(value)) is not UNKNOWN:
        return told
    found = [
        engine.frame(one.module).lookup(name)
        for one in value.refs
        if isinstance(one, FunctionSymbol) and one.parent is None
        for name in _called(engine, one.node)
    ]
    return join_all([one for one in found if _may_be_router(one)]) if found else UNKNOWN


def _called(engine: "ScriptEngine", function: ir.Function) -> tuple[str, ...]:
    """The names of what a function calls with the request and the response that it is given itself."""
    known = engine.entering.get(id(function))
    if known is None:
        known = engine.entering[id(function)] = _handing_on(function)
    return known


def _handing_on(function: ir.Function) -> tuple[str, ...]:
    given = [param.name for param in function.params if param.kind == "positional"]
    if len(given) < _FEWEST:
        return ()
    found = []
    for node in ir.walk(*function.body):
        if (
            isinstance(node, ir.Call)
            and isinstance(node.func, ir.Name)
            and node.func.id not in given
            and len(node.args) >= _FEWEST
        ):
            passed = [one.value.id for one in node.args if isinstance(one.value, ir.Name)]
            found += [node.func.id] if passed[:_FEWEST] == given[:_FEWEST] else []
    return tuple(dict.fromkeys(found))


def _may_be_router(value: Value) -> bool:
    """Whether it is an object that a call has made, or what callers give."""
    parameter = not value.refs and any(one.label == "param" and one.key[-1] != DERIVED for one in value.origins)
    return parameter or any(isinstance(one, ObjectSymbol) for one in value.refs)
