"""Relations that are read of each object of a query which has not loaded them: a query for each object.

Read in the loop itself, in a method of the object's class, or in a function that is called with the object.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.moments import Loop
from backend_audit.flow.syntax import nodes_of
from backend_audit.flow.written import written
from backend_audit.frameworks.loads import Loads, Query
from backend_audit.frameworks.relations import Relation
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.work import Work
from backend_audit.source import Mark

_MAX_DEPTH = 3
_KEPT = frozenset(("all", "count", "exists", "iterator", "first", "last"))  # what a loaded manager answers by itself, or may
_ASKS = _KEPT | frozenset(
    "filter exclude order_by values values_list get aggregate annotate distinct latest earliest only".split()
)
_ALL = frozenset(("all", "count", "exists"))


@dataclass(frozen=True, slots=True)
class LazyLoad(Concept):
    """A relation is read of each object of a query. `query` is where the query stands, `reading` where the relation is read.

    `path`: as the query would have to load it ("author__country"). `many`: it holds several objects. `served` as ever.
    """

    model: str = ""
    path: str = ""
    many: bool = False
    filtered: bool = False  # a query of its own each time, whatever was loaded
    query: Mark | None = None
    way: tuple[Mark, ...] = ()
    served: bool = False
    others: tuple[str, ...] = ()  # further relations that are read in the same loop


@dataclass(frozen=True, slots=True)
class _Read:
    """A relation's reading: `steps` are the calls that lead there."""

    node: ir.Attribute
    function: FunctionSymbol
    path: str
    relation: Relation
    filtered: bool
    steps: tuple[Mark, ...] = ()


class LazyLoads:
    """Finds them in all loops that were run through."""

    def __init__(self, loads: Loads, work: Work) -> None:
        self.loads = loads
        self.relations = loads.relations
        self.engine = loads.engine
        self.work = work

    def concepts(self) -> Iterator[LazyLoad]:
        """One for each loop."""
        if not self.relations.names:
            return
        for function, loop in self.engine.loops.values():
            names = _objects(loop)
            body = _body(loop)
            if names is None or not self._worth(body):
                continue
            query = self.loads.of(function, names[1])
            if query is None or query.awaited:
                continue
            told: dict[str, _Read] = {}
            for read in self._reads(function, body, names[0], query.model, "", _MAX_DEPTH):
                if read.filtered or not query.loads(read.path):
                    told.setdefault(read.path, read)
            if told:
                first, *others = told.values()
                yield replace(self._made(function, loop, query, first), others=tuple(one.path for one in others))

    def _worth(self, body: list[ir.Node]) -> bool:
        """Whether a body can read a relation at all, or hand the object on."""
        return any(
            isinstance(one, ir.Call) or (isinstance(one, ir.Attribute) and one.attr in self.relations.names)
            for one in nodes_of(body)
        )

    def _made(self, function: FunctionSymbol, loop: Loop, query: Query, read: _Read) -> LazyLoad:
        path = function.module.path
        served = function.key in self.work.serving
        before = self.work.way(self.work.serving, function) if served else ()
        each = Mark(path, loop.iter.at, loop.iter.end, f"for each {query.model.name} of {written(loop.iter)}")
        reading = read.function.module.path
        here = Mark(reading, read.node.at, read.node.end, f"{written(read.node)} asks the database")
        site = Site(reading, read.node, "", written(read.node), read.function.name, module=read.function.module.node)
        return LazyLoad(
            site, query.model.name, read.path, read.relation.many, read.filtered, each, (*before, each, *read.steps, here), served
        )

    def _reads(
        self, function: FunctionSymbol, body: list[ir.Node], name: str, model: ClassSymbol, prefix: str, depth: int
    ) -> Iterator[_Read]:
        """The relations of the object called `name` that `body` reads."""
        relations = self.relations.of(model)
        written_to = {id(target) for one in nodes_of(body) if isinstance(one, ir.Assign) and not one.op for target in one.targets}
        calls = {id(one.func): one for one in nodes_of(body) if isinstance(one, ir.Call)}
        above = {id(one.value): one for one in nodes_of(body) if isinstance(one, ir.Attribute)}
        for node in nodes_of(body):
            if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) and node.value.id == name:
                if id(node) in written_to:
                    continue
                if node.attr in relations:
                    yield from self._chain(function, node, relations[node.attr], above, calls, prefix)
                elif id(node) in calls and depth:
                    method = self.engine.find_method(model, node.attr)
                    yield from self._within(function, node, method, model, prefix, depth)
            elif isinstance(node, ir.Call) and depth:
                yield from self._handed(function, node, name, model, prefix, depth)

    def _chain(
        self, function: FunctionSymbol, node: ir.Attribute, relation: Relation,
        above: dict[int, ir.Attribute], calls: dict[int, ir.Call], prefix: str,
    ) -> Iterator[_Read]:  # fmt: skip
        """`x.author`, and what is read of that: `x.author.country`."""
        path = f"{prefix}{relation.name}"
        outer = above.get(id(node))
        if relation.manager:
            if outer is None or outer.attr not in _ASKS or id(outer) not in calls:
                return
            filtered = outer.attr not in _ALL
            yield _Read(node, function, path, relation, filtered)
            return
        if not relation.eager:
            yield _Read(node, function, path, relation, filtered=False)
        if relation.target is not None and outer is not None and not relation.many:
            inner = self.relations.of(relation.target).get(outer.attr)
            if inner is not None:
                yield from self._chain(function, outer, inner, above, calls, f"{path}__")

    def _within(
        self,
        function: FunctionSymbol,
        node: ir.Attribute,
        method: FunctionSymbol | None,
        model: ClassSymbol,
        prefix: str,
        depth: int,
    ) -> Iterator[_Read]:
        """What a method of the object reads of it."""
        if method is None or not method.node.params or method.node.is_async:
            return
        step = Mark(function.module.path, node.at, node.end, f"{written(node)}() is called with each of them")
        body = list[ir.Node](method.node.body)
        for read in self._reads(method, body, method.node.params[0].name, model, prefix, depth - 1):
            yield _Read(read.node, read.function, read.path, read.relation, read.filtered, (step, *read.steps))

    def _handed(
        self, function: FunctionSymbol, node: ir.Call, name: str, model: ClassSymbol, prefix: str, depth: int
    ) -> Iterator[_Read]:
        """What a function reads of the object that it is called with."""
        positions = [
            at for at, arg in enumerate(node.args) if isinstance(arg.value, ir.Name) and arg.value.id == name and not arg.star
        ]
        if not positions:
            return
        sites = self.engine.sites.get(function.key, {})
        for callee in [site.callee for (at, _), site in sorted(sites.items()) if at == node.at]:
            params = callee.node.params[1:] if callee.binds_first else callee.node.params
            arg = node.args[positions[0]]
            param = next((one for one in params if one.name == arg.name), None) if arg.name is not None else None
            if arg.name is None and positions[0] < len(params):
                param = params[positions[0]]
            if param is None or callee.node.is_async or callee is function:
                continue
            step = Mark(function.module.path, node.at, node.end, f"{written(node.func)}() is called with each of them")
            for read in self._reads(callee, list[ir.Node](callee.node.body), param.name, model, prefix, depth - 1):
                yield _Read(read.node, read.function, read.path, read.relation, read.filtered, (step, *read.steps))


def _objects(loop: Loop) -> tuple[str, ir.Expr] | None:
    """The name of each object, and the expression that gives them."""
    target, node = loop.target, loop.iter
    if isinstance(target, ir.Container) and isinstance(node, ir.Call) and written(node.func) == "enumerate" and node.args:
        inner = target.items[-1].value
        return (inner.id, node.args[0].value) if isinstance(inner, ir.Name) else None
    return (target.id, node) if isinstance(target, ir.Name) else None


def _body(loop: Loop) -> list[ir.Node]:
    """What is evaluated in each pass."""
    node = loop.node
    if isinstance(node, ir.For):
        return list[ir.Node](node.body)
    inner: list[ir.Node] = [node.value] if node.key is None else [node.key, node.value]
    return [*inner, *(one for clause in node.clauses for one in clause.conditions)]
