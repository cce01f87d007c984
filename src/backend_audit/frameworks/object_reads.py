"""Relations that code reads of one object, each of which is a query of its own unless it was loaded with the object.

Read in the code itself, in a method or property of the object's class, or in a function that is called with the object.
https://docs.djangoproject.com/en/stable/topics/db/optimization/#understand-queryset-evaluation
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.relations import Relation, Relations
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.source import Mark

_KEPT = frozenset(("all", "count", "exists", "iterator", "first", "last"))  # what a loaded manager answers by itself, or may
_ASKS = _KEPT | frozenset(
    "filter exclude order_by values values_list get aggregate annotate distinct latest earliest only".split()
)
_ALL = frozenset(("all", "count", "exists"))
_PROPERTIES = ("property", "cached_property", "hybrid_property")


@dataclass(frozen=True, slots=True)
class Reading:
    """A relation is read at `mark`; `node` is where and `function` whose code it is.

    `path`: as a query would load it ("author__country"). `filtered`: a query of its own each time, whatever was loaded.
    `steps` are the calls that lead there.
    """

    node: ir.Expr
    function: FunctionSymbol
    path: str
    relation: Relation
    filtered: bool
    steps: tuple[Mark, ...] = ()


class ObjectReads:
    """Follows an object by its name."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.engine = relations.engine

    def of(
        self, function: FunctionSymbol, body: list[ir.Node], name: str, model: ClassSymbol, prefix: str, depth: int
    ) -> Iterator[Reading]:
        """The relations of the object called `name` that `body` reads."""
        relations = self.relations.of(model)
        nodes = list(ir.walk_scope(*body))
        written_to = {id(target) for one in nodes if isinstance(one, ir.Assign) and not one.op for target in one.targets}
        calls = {id(one.func): one for one in nodes if isinstance(one, ir.Call)}
        above = {id(one.value): one for one in nodes if isinstance(one, ir.Attribute)}
        for node in nodes:
            if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) and node.value.id == name:
                if id(node) in written_to:
                    continue
                if node.attr in relations:
                    yield from self._chain(function, node, relations[node.attr], above, calls, prefix)
                    continue
                method = self.engine.find_method(model, node.attr) if depth else None
                if method is not None and (id(node) in calls or method.decorated(*_PROPERTIES)):
                    step = Mark(function.module.path, node.at, node.end, f"{written(node)} is asked of each of them")
                    yield from self.within(method, step, model, prefix, depth)
            elif isinstance(node, ir.Call) and depth:
                yield from self._handed(function, node, name, model, prefix, depth)

    def _chain(
        self, function: FunctionSymbol, node: ir.Attribute, relation: Relation,
        above: dict[int, ir.Attribute], calls: dict[int, ir.Call], prefix: str,
    ) -> Iterator[Reading]:  # fmt: skip
        """`x.author`, and what is read of that: `x.author.country`."""
        path = f"{prefix}{relation.name}"
        outer = above.get(id(node))
        if relation.manager:
            if outer is None or outer.attr not in _ASKS or id(outer) not in calls:
                return
            filtered = outer.attr not in _ALL
            yield Reading(node, function, path, relation, filtered)
            return
        if not relation.eager:
            yield Reading(node, function, path, relation, filtered=False)
        if relation.target is not None and outer is not None and not relation.many:
            inner = self.relations.of(relation.target).get(outer.attr)
            if inner is not None:
                yield from self._chain(function, outer, inner, above, calls, f"{path}__")

    def within(
        self, method: FunctionSymbol, step: Mark, model: ClassSymbol, prefix: str, depth: int, at: int = 0
    ) -> Iterator[Reading]:
        """What a method reads of the object that its parameter number `at` is: its own, or one that it is handed."""
        if len(method.node.params) <= at or method.node.is_async:
            return
        for read in self.of(method, list[ir.Node](method.node.body), method.node.params[at].name, model, prefix, depth - 1):
            yield replace(read, steps=(step, *read.steps))

    def _handed(
        self, function: FunctionSymbol, node: ir.Call, name: str, model: ClassSymbol, prefix: str, depth: int
    ) -> Iterator[Reading]:
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
            for read in self.of(callee, list[ir.Node](callee.node.body), param.name, model, prefix, depth - 1):
                yield replace(read, steps=(step, *read.steps))
