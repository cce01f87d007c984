"""Routes of JavaScript that answer with all objects that the database holds, however many these have become.

https://www.prisma.io/docs/orm/prisma-client/queries/pagination, https://mongoosejs.com/docs/queries.html,
https://typeorm.io/docs/working-with-entity-manager/find-options, https://sequelize.org/docs/v6/core-concepts/model-querying-basics/
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import DatabaseQuery
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.whole_lists import ENDS_IN_ONE, FEW, WholeList
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route, RouteTable
from backend_audit.source import Mark

_LISTING = frozenset("find findMany findAll findBy".split())
_ANSWERING = frozenset("json send jsonp render".split())
_SAME = frozenset("map filter sort lean exec populate toArray select order orderBy reverse flatMap toJSON".split())
_CUTTING = frozenset("limit take skip offset paginate slice".split())
_PAGE = frozenset("limit page pageSize page_size perPage per_page offset skip take cursor pagination".split())
_OPTIONS = _PAGE | {"first", "last", "count", "before", "after"}
_STORE = re.compile(r"(repository|repo|model|store|dao|collection)$", re.IGNORECASE)
_MAX_DEPTH = 10


class ScriptWholeLists:
    """Reads what handlers answer with, back to the queries."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.engine = engine
        self.table = table
        self.bindings = Bindings()
        self._seen: set[int] = set()  # of the route that is read
        self.queries = {id(one.site.node): one for _, one in facts.work if isinstance(one, DatabaseQuery)}

    def concepts(self) -> Iterator[WholeList]:
        """One for each query that a route answers with as it is."""
        told: set[int] = set()
        for route in self.table.routes if self.queries else ():
            reads = "GET" in route.methods or not route.methods
            if route.handler is None or not reads or ENDS_IN_ONE.search(route.path) or _cuts(route.handler):
                continue
            self._seen.clear()
            for answer in _answers(route.handler):
                found = next(iter(self._listed(route.handler, answer, _MAX_DEPTH)), None)
                if found is not None and id(found) not in told:
                    told.add(id(found))
                    yield self._made(route, found)

    def _listed(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> Iterator[ir.Call]:
        """The queries without a limit whose rows an expression is or holds."""
        if depth == 0 or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, (ir.Await, ir.Starred)):
            yield from self._listed(function, node.value, depth - 1)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._listed(function, item.value, depth - 1)
        elif isinstance(node, ir.Name):
            for value in self.bindings.values(function, node.id, node.at)[-1:]:
                yield from self._listed(function, value, depth - 1)  # `found = found.filter(…)` is made of itself
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, depth)

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Iterator[ir.Call]:
        name = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        if id(node) in self.queries:
            if name in _LISTING and self._whole(function, node):
                yield node
        elif name in _SAME and isinstance(node.func, ir.Attribute):
            yield from self._listed(function, node.func.value, depth - 1)
        elif name in _ANSWERING:
            for arg in node.args:
                yield from self._listed(function, arg.value, depth - 1)
        else:
            for (at, _), site in sorted(self.engine.sites.get(function.key, {}).items()):
                if at == node.at and site.node is node and not _cuts(site.callee):
                    for value in returns(site.callee):
                        yield from self._listed(site.callee, value, depth - 1)

    def _whole(self, function: FunctionSymbol, node: ir.Call) -> bool:
        """Whether nothing among the arguments of a query says how many rows it gives; what cannot be read might."""
        for arg in node.args:
            given = arg.value
            if isinstance(given, ir.Name):
                given = next(iter(self.bindings.values(function, given.id, given.at)[-1:]), given)
            if isinstance(given, ir.Const):
                continue
            if not isinstance(given, ir.Container) or arg.star or any(item.star for item in given.items):
                return False
            if any(isinstance(item.key, ir.Const) and item.key.value in _OPTIONS for item in given.items):
                return False
        return True

    def _made(self, route: Route, node: ir.Call) -> WholeList:
        query = self.queries[id(node)]
        model = _model(node)
        way = (Mark(query.site.path, node.at, node.end, f"all of `{model}`"),)
        return WholeList(query.site, route, f"`{model}`", "query", _narrowed(node), bool(FEW.search(model)), way)


def _answers(handler: FunctionSymbol) -> Iterator[ir.Expr]:
    """What a handler answers with: what it sends, returns or makes the body."""
    yield from returns(handler)
    for node in ir.walk_scope(*handler.node.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _ANSWERING:
            yield node
        elif isinstance(node, ir.Assign) and node.value is not None and any(_is_body(target) for target in node.targets):
            yield node.value


def _is_body(node: ir.Expr) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "body"


def _cuts(function: FunctionSymbol) -> bool:
    """Whether a function takes a part of something, or knows of pages."""
    if any(param.name in _PAGE for param in function.node.params):
        return True
    for one in ir.walk_scope(*function.node.body):
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and one.func.attr in _CUTTING:
            return True
        if (isinstance(one, ir.Attribute) and one.attr in _PAGE) or (isinstance(one, ir.Name) and one.id in _PAGE):
            return True
        if isinstance(one, ir.Call) and "pagina" in written(one.func).lower():
            return True
    return False


def _narrowed(node: ir.Call) -> bool:
    """Whether a filter holds something else than constants: of one owner, of one parent."""
    given = node.args[0].value if node.args else None
    if not isinstance(given, ir.Container):
        return False
    named = {item.key.value: item.value for item in given.items if isinstance(item.key, ir.Const)}
    asked = named.get("where", ir.Container(given.at, given.end, "dict", []) if _OF_QUERY & named.keys() else given)
    return any(isinstance(one, (ir.Name, ir.Attribute, ir.Call, ir.Await)) for one in ir.walk_scope(asked))


_OF_QUERY = frozenset("where include select orderBy order relations attributes omit distinct".split())


def _model(node: ir.Call) -> str:
    """What is listed, in the word that the code has for it."""
    holder = node.func.value if isinstance(node.func, ir.Attribute) else node.func
    if isinstance(holder, ir.Call) and holder.args:
        return written(holder.args[0].value)  # `getRepository(Order)`
    if node.args and isinstance(node.args[0].value, ir.Name):
        return node.args[0].value.id  # `manager.find(Order)`
    last = written(holder).rpartition(".")[2]
    return _STORE.sub("", last) or last
