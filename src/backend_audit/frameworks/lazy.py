"""Relations that are read of each object of a query which has not loaded them: a query for each object.

Read in the loop itself, in a method of the object's class, or in a function that is called with the object.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.moments import Loop
from backend_audit.flow.written import written
from backend_audit.frameworks.loads import Loads, Query
from backend_audit.frameworks.object_reads import ObjectReads, Reading
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.work import Work
from backend_audit.source import Mark

_MAX_DEPTH = 3


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


class LazyLoads:
    """Finds them in all loops that were run through."""

    def __init__(self, loads: Loads, reads: ObjectReads, work: Work) -> None:
        self.loads = loads
        self.reads = reads
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
            told: dict[str, Reading] = {}
            for read in self.reads.of(function, body, names[0], query.model, "", _MAX_DEPTH):
                if read.filtered or not query.loads(read.path):
                    told.setdefault(read.path, read)
            if told:
                first, *others = told.values()
                yield replace(self._made(function, loop, query, first), others=tuple(one.path for one in others))

    def _worth(self, body: list[ir.Node]) -> bool:
        """Whether a body can read a relation at all, or hand the object on."""
        return any(
            isinstance(one, ir.Call) or (isinstance(one, ir.Attribute) and one.attr in self.relations.names)
            for one in ir.walk_scope(*body)
        )

    def _made(self, function: FunctionSymbol, loop: Loop, query: Query, read: Reading) -> LazyLoad:
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
    if not isinstance(node, ir.Comprehension):
        return [] if isinstance(node, ir.Call) else list[ir.Node](node.body)
    inner: list[ir.Node] = [node.value] if node.key is None else [node.key, node.value]
    return [*inner, *(one for clause in node.clauses for one in clause.conditions)]
