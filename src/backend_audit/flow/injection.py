"""What a provider of a dependency gives, its own parameters being filled by the framework.

`Depends(get_page)` calls `get_page` with values of the request, by the same rules as a handler's parameters; what happens in the
provider with them has happened by the time the handler runs. https://fastapi.tiangolo.com/tutorial/dependencies/
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.statements import Frame
from backend_audit.flow.summary import Bound, lift, substitute
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

# What frameworks know, handed to the engine.
ParameterHook = Callable[[FrameState, FunctionSymbol, int, ir.Param, Value], Value]  # what a framework hands over
AttributeHook = Callable[[FrameState, ClassSymbol, str, ir.Attribute], Value | None]  # what a framework puts into an object
ReturnHook = Callable[[FrameState, FunctionSymbol, ir.Return, Value], None]  # what a framework does with a handler's result
GivenHook = Callable[[FrameState, FunctionSymbol, ir.Param, Value], Value]  # what a framework fills a provider's parameter with


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
    inner = Frame(engine, symbol.module, symbol, {})
    for index, param in enumerate(symbol.node.params):
        if param.kind in ("args", "kwargs") or engine.provider(symbol, param) is not None:
            continue
        value = UNKNOWN if param.annotation is None else engine.annotated(inner, param.annotation)
        bound[index] = engine.given(inner, symbol, param, value)
    return bound
