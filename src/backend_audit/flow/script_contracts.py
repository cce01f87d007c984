"""Contracts of ts-rest: which routes they state, which handler answers each, and what of a request they have let through.

https://ts-rest.com/docs/core, https://ts-rest.com/docs/fastify, https://ts-rest.com/docs/express. A contract is an object of
operations by name, or of such objects; its handlers are an object with the same names. A router is both of them put together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.script_schemas import described
from backend_audit.flow.values import UNKNOWN, Value, changed, container, text
from backend_audit.link.symbols import FunctionSymbol

ROUTER = "ts-rest.Router"  # what puts contract and handlers together: an object of routes by name
_PREFIXED = "ts-rest.Contract.router"
_MAKES = "ts-rest.Server.router"
_MAX_DEPTH = 6
_PARTS = {"body": "body", "query": "query", "pathParams": "params", "headers": "headers"}  # as handlers call them
_SCHEMA = {"body": "body", "query": "querystring", "pathParams": "params", "headers": "headers", "responses": "response"}
_BEFORE = ("middleware", "hooks")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a contract, and what handles it."""

    name: str
    stated: Value
    handled: Value

    @property
    def handler(self) -> Value:
        """The function that answers, which may stand beside what runs before it."""
        held = self.handled.items or {} if self.handled.kind == "dict" else {}
        return held.get("handler", self.handled)


def called(path: str, given: list[Value]) -> Value | None:
    """What the calls give that state a contract or put one and its handlers together; None for any other."""
    if path == _PREFIXED and given:
        options = given[1].items or {} if len(given) > 1 and given[1].kind == "dict" else {}
        prefix = options["pathPrefix"].texts() if "pathPrefix" in options else ()
        return _below(prefix[0], given[0], _MAX_DEPTH) if len(prefix) == 1 else given[0]
    return table(given[0], given[1]) if path == _MAKES and len(given) > 1 else None


def table(contract: Value, handlers: Value) -> Value:
    """The routes of a contract as objects: each with method, path, handler, and what checks and runs before."""
    if ROUTER in handlers.types:
        return handlers
    routes: dict[str | int, Value] = {}
    for one in operations(contract, handlers):
        stated, held = one.stated.items or {}, (one.handled.items or {}) if one.handled.kind == "dict" else {}
        schema = container("dict", {told: stated[name] for name, told in _SCHEMA.items() if name in stated})
        row: dict[str | int, Value] = {"handler": one.handler, "schema": schema}
        row.update({name: stated[name] for name in ("method", "path")})
        row.update({name: held[name] for name in _BEFORE if name in held})
        row.update((held["hooks"].items or {}) if "hooks" in held else {})
        routes[one.name] = container("dict", row)
    return changed(container("dict", routes), types=frozenset((ROUTER,)))


def operations(contract: Value, handlers: Value, prefix: str = "", depth: int = _MAX_DEPTH) -> Iterator[Operation]:
    """The operations of a contract for which handlers are given, in the contract's order."""
    if contract.kind != "dict" or handlers.kind != "dict" or not depth:
        return
    for key, stated in (contract.items or {}).items():
        handled = (handlers.items or {}).get(key, UNKNOWN)
        if stated.kind != "dict" or handled is UNKNOWN:
            continue
        name = f"{prefix}.{key}" if prefix else str(key)
        if _is_operation(stated):
            yield Operation(name, stated, handled)
        else:
            yield from operations(stated, _as_handlers(handled), name, depth - 1)


def of_handler(given: list[Value], handler: FunctionSymbol) -> dict[str, Value]:
    """What the contract says of the operations that `handler` answers, by part of the request."""
    found: dict[str, Value] = {}
    for one in operations(given[0], given[1]) if len(given) > 1 else ():
        if handler in one.handler.refs:
            held = one.stated.items or {}
            found.update({part: described(held[name]) for name, part in _PARTS.items() if name in held})
    return found


def _as_handlers(value: Value) -> Value:
    """A router in the place of handlers: what it was put together from, by the same names."""
    return changed(value, types=frozenset()) if ROUTER in value.types else value


def _is_operation(value: Value) -> bool:
    held = value.items or {}
    return all(name in held and held[name].texts() for name in ("method", "path"))


def _below(prefix: str, contract: Value, depth: int) -> Value:
    """A contract with something before all its paths."""
    if contract.kind != "dict" or not depth:
        return contract
    items = {key: _below(prefix, one, depth - 1) for key, one in (contract.items or {}).items()}
    if _is_operation(contract):
        paths = (contract.items or {})["path"].texts()
        items = {**(contract.items or {}), "path": text(f"{prefix}{paths[0]}")}
    return changed(contract, items=items)
