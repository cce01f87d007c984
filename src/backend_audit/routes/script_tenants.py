"""Rows of the tenant that a request of Node names, where neither the handler nor what runs before it asks whose tenant that is.

`prisma.order.findMany({ where: { tenantId: req.headers["x-tenant-id"] } })`; or a middleware puts the header on the request.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Lookup, Route
from backend_audit.routes.script_caller import CallerReads, Callers
from backend_audit.routes.script_client_reads import ClientReads, Read
from backend_audit.routes.script_missing import is_request
from backend_audit.source import Mark

_TENANT = re.compile(
    r"^(?:x_)?(?:tenant|org|organi[sz]ation|workspace|company|team|account)s?(?:_(?:id|pk|uuid|slug|key))?$", re.IGNORECASE
)
_ASKS = re.compile(r"^(?:find|count|exists?$|update|delete|remove|destroy|softDelete|paginate|aggregate|distinct|sum$)")
_WHERE = frozenset("where andWhere".split())
_COMPARES = frozenset(("eq", "equals"))
_SQL = re.compile(r"\b(\w{1,60})\"?\s{0,5}=\s{0,5}(?:\$\d+|\?|:\w+)", re.ASCII)
_TABLE = re.compile(r"\b(?:FROM|UPDATE|INTO)\s{1,20}[\"`]?([\w.]{1,60})", re.IGNORECASE)
_OF_CALLER = re.compile(r"user|auth|session|account|member|caller|token|decoded|payload|principal|claims|identity", re.IGNORECASE)
_DECORATORS = {"Headers": "headers", "Query": "query", "Param": "params", "Body": "body"}
_DEPTH = 2


class ScriptTenants:
    """Finds them, route by route."""

    def __init__(self, engine: Engine, callers: Callers) -> None:
        self.engine = engine
        self.callers = callers
        self._told: set[int] = set()

    def of(self, route: Route) -> Iterator[Lookup]:
        """What a route's handler, or what it hands the tenant on to, looks up by it."""
        handler = route.handler
        if handler is None or route.testing or route.right:
            return
        ahead = [one.function for one in route.guards if one.function is not None and one.function is not handler]
        given = frozenset(name for one in ahead for name in self._left_on_request(one))
        if not given and route.consults:
            return
        reads = CallerReads(handler, self.callers.knows, given) if given else self.callers.of(handler)
        if reads.tests() or reads.hands() or reads.right() is not None:
            return
        params = _decorated(handler)
        for function in (handler, *handler.nested):
            named = _Named(ClientReads(function), given, params)
            for node in function.scope:
                if isinstance(node, ir.Call):
                    yield from self._lookup(function, node, named, _DEPTH)

    def _left_on_request(self, guard: FunctionSymbol) -> Iterator[str]:
        """`req.tenantId = req.headers["x-tenant-id"]`, in a middleware that asks nothing else of the caller."""
        reads = ClientReads(guard)
        for node in guard.scope:
            target = node.targets[0] if isinstance(node, ir.Assign) and len(node.targets) == 1 else None
            if isinstance(target, ir.Attribute) and is_request(written(target.value)) and _is_tenant(target.attr):
                value = node.value if isinstance(node, ir.Assign) else None
                named = frozenset((target.attr,))
                asks = CallerReads(guard, self.callers.knows, named).mentions(*guard.node.body)
                if value is not None and reads.of(value) is not None and not asks:
                    yield target.attr

    def _lookup(self, function: FunctionSymbol, node: ir.Call, named: "_Named", depth: int) -> Iterator[Lookup]:
        column, read = _asked(node, named)
        if read is not None:
            if id(node) in self._told:
                return
            self._told.add(id(node))
            mark = Mark(function.module.path, node.at, node.end, "looks it up")
            key = ".".join(part for part in read if part)
            word = _word(column)
            yield Lookup(mark, _model(node), key, word if word in self._of_callers else "", written(node.func), tenant=True)
            return
        for at, arg in enumerate(node.args):
            handed = named.of(arg.value)
            target = self._target(node) if handed is not None and _is_tenant(handed[1]) and depth else None
            if target is None or handed is None or at >= len(target.node.params):
                continue
            inner = _Named(None, frozenset(), {target.node.params[at].name: handed})
            reads = self.callers.of(target)
            if reads.right() is None and not reads.tests():
                for one in target.scope:
                    if isinstance(one, ir.Call):
                        yield from self._lookup(target, one, inner, depth - 1)

    def _target(self, node: ir.Call) -> FunctionSymbol | None:
        found = self.engine.callees.get(id(node), {})
        return next(iter(found.values())) if len(found) == 1 else None

    @cached_property
    def _of_callers(self) -> frozenset[str]:
        """The kinds of tenants that callers are known to belong to: `req.user.tenantId`, `session.orgId`."""
        found: set[str] = set()
        for module in self.engine.project.modules.values():
            for node in module.nodes.of(ir.Attribute):
                if _is_tenant(node.attr) and _OF_CALLER.search(last_word(node.value)):
                    found.add(_word(node.attr))
        return frozenset(found)


class _Named:
    """What of a function's expressions the client has chosen. `given`: attributes of the request that middleware filled."""

    def __init__(self, reads: ClientReads | None, given: frozenset[str], params: dict[str, Read] | None = None) -> None:
        self.reads = reads
        self.given = given
        self.params = params or {}
        if reads is not None and given:
            reads.keep(self._on_request)

    def of(self, node: ir.Expr) -> Read | None:
        if isinstance(node, ir.Name) and node.id in self.params:
            return self.params[node.id]
        if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name):  # `dto.orgId` of `@Body() dto`
            holder, name = self.params.get(node.value.id, ("", "…"))
            if not name:
                return holder, node.attr
        return self._on_request(node) or (None if self.reads is None else self.reads.of(node))

    def _on_request(self, node: ir.Expr) -> Read | None:
        on = isinstance(node, ir.Attribute) and node.attr in self.given and is_request(written(node.value))
        return ("", written(node)) if on else None


def _decorated(function: FunctionSymbol) -> dict[str, Read]:
    """`@Headers("x-tenant-id") tenant: string`, `@Body() order: OrderDto` (all of it: without a name)."""
    found: dict[str, Read] = {}
    for param in function.node.params:
        for one in param.decorators:
            holder = _DECORATORS.get(last_word(one.func), "") if isinstance(one, ir.Call) else ""
            first = one.args[0].value if isinstance(one, ir.Call) and one.args else None
            if holder:
                name = first.value if isinstance(first, ir.Const) and isinstance(first.value, str) else ""
                found[param.name] = (holder, name)
    return found


def _asked(node: ir.Call, named: _Named) -> tuple[str, Read | None]:
    """The column of a tenant by which a call looks rows up, and what of the request it is held against."""
    name, args = last_word(node.func), [arg.value for arg in node.args]
    if name in _COMPARES and len(args) > 1 and _is_tenant(last_word(args[0])):
        return last_word(args[0]), named.of(args[1])
    if not isinstance(node.func, ir.Attribute):
        return "", None
    if name in _WHERE and len(args) > 1 and isinstance(args[0], ir.Const) and _is_tenant(str(args[0].value).rpartition(".")[2]):
        return str(args[0].value).rpartition(".")[2], named.of(args[-1])
    if name in _WHERE or _ASKS.match(name):
        first = args[0] if args else None
        held = [first, *(item.value for item in _items(first) if _key(item) == "where")]
        for item in (each for one in held for each in _items(one)):
            if _is_tenant(_key(item)) and (read := named.of(item.value)) is not None:
                return _key(item), read
    text = args[0].value if len(args) > 1 and isinstance(args[0], ir.Const) else None
    for column in _SQL.findall(text) if isinstance(text, str) else ():
        if _is_tenant(column):
            found = (read for one in _items(args[1]) if (read := named.of(one.value)) is not None and _is_tenant(read[1]))
            return column, next(found, None)
    return "", None


def _items(node: ir.Expr | None) -> list[ir.Item]:
    return node.items if isinstance(node, ir.Container) else []


def _key(item: ir.Item) -> str:
    return str(item.key.value) if isinstance(item.key, ir.Const) else ""


def _model(node: ir.Call) -> str:
    """What is looked up: `order` of `prisma.order.findMany`, the table of a statement."""
    first = node.args[0].value if node.args else None
    if isinstance(first, ir.Const) and isinstance(first.value, str) and (table := _TABLE.search(first.value)):
        return table[1]
    if last_word(node.func) in _COMPARES and isinstance(first, ir.Attribute):
        return written(first.value)
    base = node.func.value if isinstance(node.func, ir.Attribute) else node.func
    while isinstance(base, ir.Call):
        inner = base.args[0].value if base.args else None
        if isinstance(inner, ir.Const):
            return str(inner.value)
        base = base.func.value if isinstance(base.func, ir.Attribute) else base.func
    return last_word(base) or written(base)


def _is_tenant(name: str) -> bool:
    return _TENANT.match(_snake(name)) is not None


def _word(name: str) -> str:
    """`organization` of `organization_id`, `x-organization-id`: the kind of tenant, in one spelling."""
    plain = re.sub(r"^x_|_(?:id|pk|uuid|slug|key)$", "", _snake(name))
    return "org" if plain.startswith("org") else plain.removesuffix("s")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).replace("-", "_").lower()
