"""Injected dependencies: what fills a parameter, and what a provider gives, its own parameters being filled by the framework.

`Depends(get_page)` calls `get_page` with values of the request, by the same rules as a handler's parameters; what happens in the
provider with them has happened by the time the handler runs. https://fastapi.tiangolo.com/tutorial/dependencies/
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.bound import Bound
from backend_audit.flow.expressions import AliasSymbol
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.summary import lift, substitute
from backend_audit.flow.syntax import annotated_call, is_bare
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, changed, instance, join
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_MARKERS = frozenset({"fastapi.Depends", "fastapi.Security"})

# What frameworks know, handed to the engine.
ParameterHook = Callable[[FrameState, FunctionSymbol, int, ir.Param, Value], Value]  # what a framework hands over
AttributeHook = Callable[[FrameState, ClassSymbol, str, ir.Attribute], Value | None]  # what a framework puts into an object
ReturnHook = Callable[[FrameState, FunctionSymbol, ir.Return, Value], None]  # what a framework does with a handler's result
GivenHook = Callable[[FrameState, FunctionSymbol, ir.Param, Value], Value]  # what a framework fills a provider's parameter with


def injected(engine: "Engine", frame: FrameState, param: ir.Param) -> Value | None:
    """What a dependency-injected parameter gets: the result of its provider (`Depends(get_db)`)."""
    provides = None if frame.function is None else provider(engine, frame.function, param)
    found: Value | None = None
    for symbol in () if provides is None else sorted(provides.refs, key=lambda one: one.key):
        if isinstance(symbol, FunctionSymbol):
            value = provided(engine, frame, symbol, param)
            found = value if found is None else join(found, value)
        elif isinstance(symbol, ClassSymbol) and not is_bare(param.default):  # else the request fills its fields
            found = engine.instance_of(symbol)
    for type_name in () if provides is None else sorted(provides.types):
        owner = engine.class_of(type_name)
        method = None if owner is None else engine.find_method(owner, "__call__")
        if method is not None:  # an object that is called: `Depends(Session(auto=False))`
            found = join(found or NOTHING, provided(engine, frame, method, param))
    if found is None and provides is not None and not provides.refs:
        made = [path for path in sorted(provides.apis) if engine.models.result(path) == path]  # a class that models know
        return instance(*made) if made else UNKNOWN  # filled by something, and not by the request
    return None if found is None else engine.settled(found)


def provider(engine: "Engine", function: FunctionSymbol, param: ir.Param) -> Value | None:
    """What the framework calls to fill a parameter of `function`; None for a parameter without a marker."""
    found = filling(engine, function.module, param, function.parent)
    return found if found is None else changed(found, refs=found.refs - {function})  # of its own name: what had it before


def filling(engine: "Engine", module: ModuleSymbol, param: ir.Param, parent: FunctionSymbol | None = None) -> Value | None:
    """The same of what stands in a module, or in a function of it: a parameter, or an attribute of a class."""
    default = param.default
    if param.annotation is None and not isinstance(default, ir.Call):
        return None
    frame = engine.frame(module)
    if parent is not None:
        frame.env |= engine.closure(parent) or {}
    marker, scope = (default, frame) if isinstance(default, ir.Call) else _annotated_marker(engine, frame, param.annotation)
    if marker is None:
        return None
    if not _marks(scope, marker):
        return _made(engine, scope, marker)
    if marker.args:
        return scope.eval(marker.args[0].value)
    return None if param.annotation is None else frame.eval(param.annotation)  # `Depends()` calls the annotation


def _made(engine: "Engine", scope: Frame, call: ir.Call) -> Value | None:
    """What a function of the project hands to the marker that it gives back: `limit: int = LimitBody()`."""
    callee = scope.eval(call.func) if isinstance(call.func, (ir.Name, ir.Attribute)) else UNKNOWN
    for symbol in of_kind(callee.refs, FunctionSymbol):
        inner = engine.frame(symbol.module, symbol)
        for node in symbol.scope:
            made = node.value if isinstance(node, ir.Return) else None
            if isinstance(made, ir.Call) and made.args and _marks(inner, made):
                nested = [one for one in symbol.nested if one.node.name == written(made.args[0].value)]
                return Value(refs=frozenset(nested)) if nested else inner.eval(made.args[0].value)
    return None


def _marks(scope: Frame, marker: ir.Call) -> bool:
    """Whether a call is FastAPI's marker of a dependency, by what it means or by its name."""
    known = scope.eval(marker.func) if isinstance(marker.func, (ir.Name, ir.Attribute)) else UNKNOWN
    return bool(known.apis & _MARKERS) or written(marker.func).rsplit(".", 1)[-1] in ("Depends", "Security")


def _annotated_marker(engine: "Engine", frame: Frame, annotation: ir.Expr | None) -> tuple[ir.Call | None, Frame]:
    """The marker of an annotation, and the frame whose names it uses: an alias is read where it was written."""
    if isinstance(annotation, (ir.Name, ir.Attribute)):
        for symbol in engine.type_expression(frame, annotation).refs:
            if isinstance(symbol, AliasSymbol):
                found = annotated_call(symbol.node)
                return found, engine.frame(symbol.frame.module)
    return annotated_call(annotation), frame


def provided(engine: "Engine", frame: FrameState, symbol: FunctionSymbol, at: ir.Param) -> Value:
    """The result of the provider `symbol` for the parameter `at`; what its parameters reach, is noted in `frame`."""
    summary = engine.summary(symbol)
    bound = _filled(engine, symbol)
    mark = frame.mark(at, f"{symbol.node.name}() provides {at.name}")
    for number, event in enumerate(summary.lifting):
        lifted = lift(event, symbol.key, bound, mark)
        if lifted is not None:
            frame.events[symbol.key, number, at.at] = lifted
    result = summary.yields if symbol.node.is_generator else summary.result
    return substitute(result, symbol.key, bound).stepped(mark)


def _filled(engine: "Engine", symbol: FunctionSymbol) -> Bound:
    bound: Bound = {}
    if engine.given is None:
        return bound
    inner = engine.frame(symbol.module, symbol, {})
    for index, param in enumerate(symbol.node.params):
        receives = index == 0 and symbol.owner is not None and symbol.binds_first
        if receives or param.kind in ("args", "kwargs") or provider(engine, symbol, param) is not None:
            continue
        value = UNKNOWN if param.annotation is None else engine.annotated(inner, param.annotation)
        bound[index] = engine.given(inner, symbol, param, value)
    return bound
