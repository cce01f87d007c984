"""Copies that a handler makes for its caller and keeps under one name for all: `cache.set("orders", orders_of(user))`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.bindings import names_in
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import CacheWrite
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.library_names import library_name
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.model import Auth, Does, Route, RouteTable

_DEPENDS = frozenset(("Depends", "Security"))
_ROUNDS = 3


def shared_keys(engine: Engine, facts: WebFacts, table: RouteTable) -> Iterator[tuple[CacheWrite, Route, str]]:
    """Each with its route, and the caller as the handler calls it."""
    writes: dict[str, list[CacheWrite]] = {}
    for function, concept in facts.work:
        if isinstance(concept, CacheWrite) and concept.site.call is not None and _is_constant(concept):
            writes.setdefault(function.key, []).append(concept)
    told: set[int] = set()
    for route in table.routes if writes else ():
        handler = route.handler
        if handler is None or route.auth is not Auth.REQUIRED or handler.key not in writes:
            continue
        callers = told_callers(engine, handler, route)
        for write in writes[handler.key]:
            caller = _kept(write, handler, callers)
            if caller and id(write.site.node) not in told:
                told.add(id(write.site.node))
                yield write, route, caller


def _is_constant(write: CacheWrite) -> bool:
    return write.key is not None and bool(write.key.value.texts()) and write.key.value.constants() is not None


def told_callers(engine: Engine, handler: FunctionSymbol, route: Route) -> frozenset[str]:
    """The parameters by which a handler is told who calls: those that a guard which asks for that fills."""
    guards = {guard.name.rpartition(".")[2] for guard in route.guards if guard.has(Does.AUTHENTICATES, Does.IDENTIFIES)}
    found = set()
    for param in handler.node.params:
        stated = [one for one in (param.default, param.annotation) if one is not None]
        made = [one for one in ir.walk(*stated) if isinstance(one, ir.Call) and one.args]
        calls = [one for one in made if library_name(engine, handler.module, one.func) in _DEPENDS]
        if any(last_word(one.args[0].value) in guards for one in calls):
            found.add(param.name)
    return frozenset(found)


def _kept(write: CacheWrite, handler: FunctionSymbol, callers: frozenset[str]) -> str:
    """The caller as written, where what is kept is made of it; "" where it is not."""
    made: dict[str, str] = {name: name for name in callers}
    assigned = [one for one in handler.scope if isinstance(one, ir.Assign) and one.value is not None]
    for _ in range(_ROUNDS):
        for one in assigned:
            caller = "" if one.value is None else _mentioned(one.value, made)
            made.update({target.id: caller for target in one.targets if caller and isinstance(target, ir.Name)})
    given = [] if write.site.call is None else [arg.value for arg in write.site.call.args[1:]]
    return next((caller for one in given if (caller := _mentioned(one, made))), "")


def _mentioned(node: ir.Expr, made: dict[str, str]) -> str:
    asked = next((one for one in ir.walk_scope(node) if is_caller(one)), None)
    if asked is not None:
        return written(asked)
    return next((made[name] for name in sorted(names_in(node)) if name in made), "")
