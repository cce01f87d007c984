"""Decorators that are told which part of the address they are to ask about: `@may_see(order="order_pk")`."""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.model import Route

_REFUSALS = (401, 403, 404)


def told_of(behaviours: Behaviours, route: Route, guard: FunctionSymbol, ids: set[str]) -> bool:
    """Whether `guard` is made by a decorator of the handler that is told one of `ids`, and may refuse."""
    handler = route.handler
    if handler is None or behaviours.of(guard).denies.isdisjoint(_REFUSALS):
        return False
    told = {
        arg.value.value
        for node in ir.walk(*handler.node.decorators)
        if isinstance(node, ir.Call) and _makes(behaviours.engine, handler, node, guard)
        for arg in node.args
        if isinstance(arg.value, ir.Const)
    }
    return not told.isdisjoint(ids)


def _makes(engine: Engine, handler: FunctionSymbol, call: ir.Call, guard: FunctionSymbol) -> bool:
    """Whether a decorator's call makes that guard: it is nested in what is called."""
    called = of_kind(engine.frame(handler.module).eval(call.func).refs, FunctionSymbol)
    around: FunctionSymbol | None = guard
    while around is not None and around not in called:
        around = around.parent
    return around is not None
