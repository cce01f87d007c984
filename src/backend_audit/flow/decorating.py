"""Decorators that register what they stand on: those of libraries, and the project's own around them.

`@app.before_request` is a call of it; `@route("/x")` may be a function of the project that gives `app.route("/api/x")`, or one
whose inner function calls `app.add_url_rule("/x", view_func=f)` for the `f` that it decorates, or what it is handed:
`@protected(router.get, "/x")`.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import handing_on
from backend_audit.flow.concepts import Concept, Operand
from backend_audit.flow.frame import DECORATED
from backend_audit.flow.summary import bind_arguments, lift
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.web_concepts import RouteHook, RouteRegistration
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.statements import Frame

_Key = tuple[object, ...]


def bare(frame: "Frame", decorator: ir.Expr, value: Value) -> None:
    """A decorator without parentheses is called with what it stands on."""
    if isinstance(decorator, ir.Call):
        return
    receiver = Operand(frame.eval(decorator.value), decorator.value) if isinstance(decorator, ir.Attribute) else None
    for path in sorted(value.apis):
        for row in frame.models.rows["call"].get(path, ()):
            if DECORATED in row.roles.values():
                frame.emit(row, path, decorator, {} if receiver is None else {"self": receiver})


def completed(frame: "Frame", decorator: ir.Expr, operand: Operand, added: list[_Key]) -> None:
    """Registrations among the events `added` that say nothing of what they register: it is what the decorator stands on."""
    for key in added:
        event = frame.events[key]
        role = _open_role(event)
        if role:
            site = event.site.moved(frame.module.path, decorator, frame.module.node)
            frame.events[key] = replace(event, site=site, **{role: operand})


def applied(frame: "Frame", decorator: ir.Expr, value: Value, operand: Operand) -> None:
    """The registrations that a function of the project makes of what it decorates."""
    for symbol in sorted(value.refs, key=lambda one: one.key):
        if not isinstance(symbol, FunctionSymbol) or not symbol.node.params:
            continue
        _by_what_is_handed(frame, decorator, symbol, operand)
        handing_on.applied(frame, decorator, symbol, operand)
        frame.engine.closures.write(symbol, bind_arguments(symbol, None, (("0", operand),)), None)  # it may keep it in a table
        events = [one for one in frame.engine.summary(symbol).events if isinstance(one, (RouteHook, RouteRegistration))]
        if not events:
            continue
        bound = bind_arguments(symbol, None, (("0", operand),))
        for number, event in enumerate(events):
            found = lift(event, symbol.key, bound, frame.mark(decorator, f"decorated by {symbol.node.name}()")) or event
            if symbol.parent is not None and isinstance(decorator, ir.Call):
                receiver = frame.eval(decorator.func.value) if isinstance(decorator.func, ir.Attribute) else None
                outer = bind_arguments(symbol.parent, receiver, frame.arguments(decorator))
                found = lift(found, symbol.parent.key, outer, frame.mark(decorator, "passed here")) or found
            if found is not event:
                site = found.site.moved(frame.module.path, decorator, frame.module.node)
                frame.events[symbol.key, number, decorator.at] = _unwrapped(replace(found, site=site), operand)


def _by_what_is_handed(frame: "Frame", decorator: ir.Expr, symbol: FunctionSymbol, operand: Operand) -> None:
    """The registrations by a method of a router that is handed to the function which gives the decorator `symbol`.

    Which method it is differs from use to use, so both are run with what is handed here.
    """
    parent = symbol.parent
    if parent is None or not isinstance(decorator, ir.Call) or parent.key in frame.engine.decorating:
        return
    args = frame.arguments(decorator)
    methods = {path: one.node for _, one in args if isinstance(one.node, ir.Attribute) for path in one.value.apis}
    if not any(issubclass(row.concept, RouteRegistration) for path in methods for row in frame.models.rows["call"].get(path, ())):
        return
    bound = bind_arguments(parent, None, args)
    names = {one.name: bound.get(at, UNKNOWN) for at, one in enumerate(parent.node.params)}
    frame.engine.decorating.add(parent.key)  # it may decorate functions by itself
    outer = frame.engine.frame(parent.module, parent, names)
    frame.engine.contained(outer, parent.node.body)
    inner = frame.engine.frame(symbol.module, symbol, {**outer.env, symbol.node.params[0].name: operand.value})
    frame.engine.contained(inner, symbol.node.body)
    frame.engine.decorating.discard(parent.key)
    for number, event in enumerate(inner.events.values()):
        method = methods.get(event.site.api)
        if isinstance(event, RouteRegistration) and event.owner is None and method is not None:
            owner = Operand(frame.eval(method.value), method.value)
            site = event.site.moved(frame.module.path, decorator, frame.module.node)
            found = _unwrapped(replace(event, site=site, owner=owner), operand)
            frame.events[symbol.key, "handed", number, decorator.at] = found


def _unwrapped(event: Concept, operand: Operand) -> Concept:
    """`event` with what is decorated as its handler, where it registers functions that a decorator has put around that."""
    if not isinstance(event, RouteRegistration) or event.handler is None:
        return event
    refs = event.handler.value.refs
    wrappers = [one for one in refs if isinstance(one, FunctionSymbol) and one.parent is not None]
    if not refs or len(wrappers) < len(refs) or refs & operand.value.refs:
        return event
    return replace(event, around=event.handler, handler=operand)


def _open_role(event: Concept) -> str:
    if isinstance(event, RouteRegistration) and event.handler is None:
        return "handler"
    return "function" if isinstance(event, RouteHook) and event.function is None else ""
