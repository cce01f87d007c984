"""Routes of JavaScript that answer with all objects that the database holds, however many these have become.

https://www.prisma.io/docs/orm/prisma-client/queries/pagination, https://mongoosejs.com/docs/queries.html,
https://typeorm.io/docs/working-with-entity-manager/find-options, https://sequelize.org/docs/v6/core-concepts/model-querying-basics/,
https://knexjs.org/guide/query-builder.html, https://orm.drizzle.team/docs/select
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import DatabaseQuery, QueryBuilding
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.whole_lists import CUTTING, ENDS_IN_ONE, FEW, PAGE, WholeList, cuts
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route, RouteTable
from backend_audit.source import Mark

_LISTING = frozenset("find findMany findAll findBy getMany getRawMany".split())
_ANSWERING = frozenset("json send jsonp render".split())
_WHERE = frozenset("where andWhere orWhere whereIn whereNot whereNull whereNotNull having filter".split())
_SAME = _WHERE | frozenset(
    "map sort lean exec populate toArray select order orderBy reverse flatMap toJSON then from table distinct join innerJoin "
    "leftJoin rightJoin leftOuterJoin fullJoin groupBy addSelect addOrderBy leftJoinAndSelect innerJoinAndSelect columns column "
    "$dynamic".split()
)
_COMPUTED = frozenset("count sum avg min max countDistinct".split())
_OPTIONS = PAGE | {"first", "last", "count", "before", "after"}
_STORE = re.compile(r"(repository|repo|model|store|dao|collection)$", re.IGNORECASE)
_MAX_DEPTH = 14


@dataclass(frozen=True, slots=True)
class _Chain:
    """What the calls say that are made on a query: `table` it is of, where that is said later than the query begins."""

    filtered: bool = False
    table: str = ""

    def then(self, node: ir.Call, name: str) -> "_Chain":
        """With one more call, met from the last to the first."""
        if name in ("from", "getRepository") and node.args:
            return replace(self, table=_named(node.args[0].value))
        if name == "createQueryBuilder" and isinstance(node.func, ir.Attribute) and not isinstance(node.func.value, ir.Call):
            last = written(node.func.value).rpartition(".")[2]
            return replace(self, table=_STORE.sub("", last) or last)
        return replace(self, filtered=self.filtered or (name in _WHERE and _compares(node)))


_START = _Chain()


class ScriptWholeLists:
    """Reads what handlers answer with, back to the queries."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.table = table
        self.bindings = Bindings()
        self._seen: set[int] = set()  # of the route that is read
        self.queries = {id(one.site.node): one for _, one in facts.work if isinstance(one, DatabaseQuery)}
        self.built = {id(one.site.node): one for _, one in facts.work if isinstance(one, QueryBuilding)}
        self._callees = Callees(engine)

    def concepts(self) -> Iterator[WholeList]:
        """One for each query that a route answers with as it is."""
        told: set[int] = set()
        for route in self.table.routes if self.queries or self.built else ():
            reads = "GET" in route.methods or not route.methods
            if route.handler is None or not reads or ENDS_IN_ONE.search(route.path) or cuts(route.handler):
                continue
            self._seen.clear()
            for answer in _answers(route.handler):
                found = next(iter(self._listed(route.handler, answer, _MAX_DEPTH)), None)
                if found is not None and id(found[0]) not in told:
                    told.add(id(found[0]))
                    yield self._made(route, *found)

    def _listed(
        self, function: FunctionSymbol, node: ir.Expr, depth: int, chain: _Chain = _START
    ) -> Iterator[tuple[ir.Call, _Chain]]:
        """The queries without a limit whose rows an expression is or holds."""
        if depth == 0 or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, (ir.Await, ir.Starred)):
            yield from self._listed(function, node.value, depth - 1, chain)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._listed(function, item.value, depth - 1)
        elif isinstance(node, ir.Name):
            for value in self.bindings.values(function, node.id, node.at)[-1:]:
                yield from self._listed(function, value, depth - 1, chain)  # `found = found.filter(…)` is made of itself
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, depth, chain)

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int, chain: _Chain) -> Iterator[tuple[ir.Call, _Chain]]:
        name = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        if id(node) in self.built:
            if not _is_computed(node):
                yield node, chain
        elif id(node) in self.queries and name in _LISTING:
            below = _below(node, chain)
            if below is not None and self._whole(function, node):
                first = self._written(function, node.args[0].value) if node.args else None
                yield node, replace(below, filtered=below.filtered or _narrowed(first))
        elif name in _SAME and isinstance(node.func, ir.Attribute):
            yield from self._listed(function, node.func.value, depth - 1, chain.then(node, name))
        elif name in _ANSWERING:
            for arg in node.args:
                yield from self._listed(function, arg.value, depth - 1)
        else:
            for callee in self._callees.of(function, node):
                if not cuts(callee):
                    for value in returns(callee):
                        yield from self._listed(callee, value, depth - 1)

    def _whole(self, function: FunctionSymbol, node: ir.Call) -> bool:
        """Whether nothing among the arguments of a query says how many rows it gives; what cannot be read might."""
        for arg in node.args:
            given = self._written(function, arg.value)
            if isinstance(given, ir.Const):
                continue
            if not isinstance(given, ir.Container) or arg.star or any(item.star for item in given.items):
                return False
            if any(isinstance(item.key, ir.Const) and item.key.value in _OPTIONS for item in given.items):
                return False
        return True

    def _written(self, function: FunctionSymbol, node: ir.Expr) -> ir.Expr:
        """What a variable was given last, where that is written; else the expression itself."""
        values = self.bindings.values(function, node.id, node.at) if isinstance(node, ir.Name) else []
        return values[-1] if values else node

    def _made(self, route: Route, node: ir.Call, chain: _Chain) -> WholeList:
        query = self.built.get(id(node)) or self.queries[id(node)]
        model = chain.table or _model(node)
        way = (Mark(query.site.path, node.at, node.end, f"all of `{model}`"),)
        return WholeList(query.site, route, f"`{model}`", "query", chain.filtered, bool(FEW.search(model)), way)


def _answers(handler: FunctionSymbol) -> Iterator[ir.Expr]:
    """What a handler answers with: what it sends, returns or makes the body."""
    yield from returns(handler)
    for node in handler.scope:
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _ANSWERING:
            yield node
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "then" and _hands_on(node):
            yield node.func.value
        elif isinstance(node, ir.Assign) and node.value is not None and any(_is_body(target) for target in node.targets):
            yield node.value


def _hands_on(node: ir.Call) -> bool:
    """`query.then((rows) => res.json(rows))`."""
    then = node.args[0].value if node.args else None
    if not isinstance(then, ir.Lambda) or not then.function.params:
        return False
    calls = (one for one in ir.walk_scope(*then.function.body) if isinstance(one, ir.Call) and last_word(one.func) in _ANSWERING)
    given = (arg.value for one in calls for arg in one.args)
    return any(isinstance(one, ir.Name) and one.id == then.function.params[0].name for one in given)


def _is_body(node: ir.Expr) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "body"


def _narrowed(given: ir.Expr | None) -> bool:
    """Whether a filter holds something else than constants: of one owner, of one parent."""
    if not isinstance(given, ir.Container):
        return False
    named = {item.key.value: item.value for item in given.items if isinstance(item.key, ir.Const)}
    asked = named.get("where", ir.Container(given.at, given.end, "dict", []) if _OF_QUERY & named.keys() else given)
    return any(isinstance(one, (ir.Name, ir.Attribute, ir.Call, ir.Await)) for one in ir.walk_scope(asked))


def _compares(node: ir.Call) -> bool:
    """Whether a condition of a builder holds something else than columns and constants: `eq(orders.owner, owner)`."""
    for arg in node.args[:1]:
        if isinstance(arg.value, ir.Name):  # what is asked is said elsewhere
            return True
        for one in ir.walk(arg.value):
            given = [item.value for item in one.items if item.key is not None] if isinstance(one, ir.Container) else []
            given += [each.value for each in one.args[1:]] if isinstance(one, ir.Call) else []
            if any(not isinstance(each, (ir.Const, ir.Container, ir.Call)) for each in given):
                return True
    return any(not isinstance(arg.value, ir.Const) for arg in node.args[1:])


def _below(node: ir.Call, chain: _Chain) -> _Chain | None:
    """What the calls say on which a query is made: `createQueryBuilder("o").where(…).getMany()`; None where they cut it."""
    current: ir.Expr = node.func
    while isinstance(current, (ir.Attribute, ir.Call, ir.Await)):
        if isinstance(current, ir.Call):
            name = last_word(current.func)
            if name in CUTTING:
                return None
            chain = chain.then(current, name)
        current = current.func if isinstance(current, ir.Call) else current.value
    return chain


def _is_computed(node: ir.Call) -> bool:
    """Whether a query asks for sums alone: `select({ number: count() })`."""
    calls = [one for arg in node.args for one in ir.walk_scope(arg.value) if isinstance(one, ir.Call)]
    return any(one.form == "tagged" or written(one.func).rpartition(".")[2] in _COMPUTED for one in calls)


def _named(node: ir.Expr) -> str:
    return str(node.value) if isinstance(node, ir.Const) else written(node).rpartition(".")[2]


_OF_QUERY = frozenset("where include select orderBy order relations attributes omit distinct".split())


def _model(node: ir.Call) -> str:
    """What is listed, in the word that the code has for it."""
    holder = node.func.value if isinstance(node.func, ir.Attribute) else node.func
    if isinstance(node.func, ir.Name) and node.args:
        return _named(node.args[0].value)  # `knex("orders")`
    if isinstance(holder, ir.Call) and holder.args:
        return _named(holder.args[0].value)  # `getRepository(Order)`
    if node.args and isinstance(node.args[0].value, ir.Name) and node.args[0].value.id[:1].isupper():
        return node.args[0].value.id  # `manager.find(Order)`
    last = written(holder).rpartition(".")[2]
    return _STORE.sub("", last) or last
