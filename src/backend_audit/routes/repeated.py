"""Queries that are asked once for each element of a loop: in it, or in a function that it calls with the element.

A loop over a few constants asks a few times; a query for a batch of elements (`id__in=`, `.in_(…)`) is what mends the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.bindings import Bindings, names_in
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.moments import CallSite, Loop
from backend_audit.flow.work_concepts import DatabaseQuery
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.routes.remembered import remembered, singled_out
from backend_audit.routes.work import Work
from backend_audit.source import SCRIPTS, Mark

_MAX_HOPS = 3
_BATCH = re.compile(r"chunk|batch|bulk|page|slice|window", re.IGNORECASE)
_CACHES = re.compile(r"cache|memo", re.IGNORECASE)
_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_FETCHES = re.compile(r"(^|_)(get|fetch|select|find|load|query|list|count|exists)", re.IGNORECASE)
_CHANGES = re.compile(r"(^|_)(create|update|upsert|add|delete|remove|set|save|insert|store|register|send|sync)(_|$)")
_MODEL_CHANGES = re.compile(r"(^|\.)[A-Z]\w*\.(create|insert|upsert|bulkCreate|destroy)[A-Z]\w*$")  # `Order.createWithHistory`
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MANY = frozenset(("in_", "any_", "in_bulk", "whereIn", "In", "in", "$in", "inArray"))
_WRITES = frozenset(
    "save delete create bulk_create bulk_update update add add_all commit flush merge insert upsert set remove asave acreate "
    "adelete aupdate insert_one update_one delete_one replace_one get_or_create update_or_create".split()
)
_SCRIPT_WRITES = frozenset(
    "save create createMany bulkCreate update updateMany upsert destroy delete deleteMany insert insertMany updateOne softDelete "
    "deleteOne replaceOne findOneAndUpdate findOneAndDelete findByIdAndUpdate findByIdAndDelete findOrCreate".split()
)
_BUILT = "sqlalchemy.Select"
_AFTERWARDS = frozenset(("then", "catch", "finally"))  # what is done with the rows


@dataclass(frozen=True, slots=True)
class RepeatedQuery(Concept):
    """A query runs once for each element of `loop`. `site` is the call in the loop; `query` is what asks, as written.

    `way`: from the request's handler to the loop, then to the query. `served`: a request's handler runs it. `others`: further
    queries in the same loop.
    """

    loop: Mark | None = None
    over: str = ""
    query: str = ""
    way: tuple[Mark, ...] = ()
    served: bool = False
    others: int = 0


class Repeated:
    """Finds them, by the calls of the project's functions."""

    def __init__(self, work: Work, bindings: Bindings) -> None:
        self.work = work
        self.bindings = bindings
        self._callers: dict[str, list[CallSite]] = {}
        self._around: dict[str, dict[int, ir.Call]] = {}
        for _, sites in sorted(work.engine.sites.items()):
            for _, site in sorted(sites.items()):
                if site.moment.elsewhere != "later":
                    self._callers.setdefault(site.callee.key, []).append(site)

    def callers(self, function: FunctionSymbol) -> list[CallSite]:
        """The calls of a function that are made at once, not later."""
        return self._callers.get(function.key, [])

    def concepts(self) -> Iterator[RepeatedQuery]:
        """One for each loop: its first query."""
        together: dict[Mark | None, dict[int, RepeatedQuery]] = {}
        for function, concept in self.work.facts.work:
            site = concept.site
            if (
                isinstance(concept, DatabaseQuery)
                and site.call is not None
                and site.moment is not None
                and reads(concept, function)
            ):
                for found in self._of(function, concept, self._whole(function, site.call)):
                    together.setdefault(found.loop, {}).setdefault(found.site.node.at, found)
        for calls in together.values():
            yield replace(calls[min(calls)], others=len(calls) - 1)

    def _whole(self, function: FunctionSymbol, call: ir.Call) -> ir.Call:
        """The whole of a query that a builder begins: the calls on it say what it asks for, `db.select().from(a).where(b)`."""
        around = self._around.get(function.key)
        if around is None:
            calls = function.scope.of(ir.Call)
            around = self._around[function.key] = {id(inner): one for one in calls if (inner := _called_on(one)) is not None}
        while id(call) in around:
            call = around[id(call)]
        return call

    def _of(self, function: FunctionSymbol, concept: DatabaseQuery, call: ir.Call) -> Iterator[RepeatedQuery]:
        site = concept.site
        moment = site.moment
        if moment is None or _asks_for_many(call) or (concept.guess and not moment.awaited):
            return
        names, query = names_in(call), written(site.call.func) if site.call is not None else ""
        loop = self.repeating(moment.loops, names, function)
        if loop is not None and (remembered(loop, call) or singled_out(loop, call)):
            return
        if loop is not None:
            yield self._made(function, site, loop, query, ())
        elif not moment.loops:
            end = (Mark(site.path, call.at, call.end, f"{query} asks the database"),)
            each = None if concept.batched else self._each(function, names)
            if each is not None:
                yield self._made(function, site, each, query, ())
            else:
                yield from self._through(function, query, names, end, _MAX_HOPS)

    def _through(
        self, function: FunctionSymbol, query: str, names: frozenset[str], way: tuple[Mark, ...], hops: int
    ) -> Iterator[RepeatedQuery]:
        """The loops that call `function`, which asks each time that it is called, with what `names` hold."""
        needed = self._parameters_in(names, function)
        if (
            hops == 0
            or not needed
            or _writes(function)
            or any(_CACHES.search(decorator_name(one)) for one in function.node.decorators)
        ):
            return
        for one in self._callers.get(function.key, ()):
            caller, node = one.caller, one.node
            if _calls_each(one):
                continue
            given = frozenset(name for expression in _given(node, function, needed) for name in names_in(expression))
            loop = self.repeating(one.moment.loops, given, caller)
            if loop is None and not one.moment.loops:
                loop = self._each(caller, given)
            if loop is not None and (remembered(loop, node) or singled_out(loop, node)):
                continue
            if loop is not None:
                module = caller.module
                site = Site(module.path, node, "", written(node.func), caller.name, node, module=module.node, moment=one.moment)
                yield self._made(caller, site, loop, query, way)
            elif not one.moment.loops and caller is not function:
                step = Mark(caller.module.path, node.at, node.end, f"{caller.node.name}() calls {written(node.func)}()")
                yield from self._through(caller, query, given, (step, *way), hops - 1)

    def _each(self, function: FunctionSymbol, names: frozenset[str]) -> Loop | None:
        """The loop that a call makes of `function` (`xs.map(f)`), if `names` hold something of the element that it is given."""
        for one in self._callers.get(function.key, ()):
            if not _calls_each(one) or not function.node.params:
                continue
            bound = _bound(function.node.params[0])
            if names.isdisjoint(self.bindings.derived(function, bound)):
                continue
            loop = one.moment.loops[-1]
            if not _is_short(loop) and not _BATCH.search(f"{written(loop.iter)} {' '.join(bound)}"):
                return loop
        return None

    def repeating(self, loops: tuple[Loop, ...], names: frozenset[str], function: FunctionSymbol) -> Loop | None:
        """The innermost loop whose elements are among `names`; None for one of few passes, or of many elements in each."""
        for loop in reversed(loops):
            if isinstance(loop.node, ir.Call):
                continue  # of the function that it is handed
            bound = set(names_in(loop.target))
            if isinstance(loop.node, (ir.For, ir.While)):
                bound = self.bindings.derived(function, bound, loop.node)
            if not names.isdisjoint(bound - {param.name for param in function.node.params}):
                text = written(loop.iter) + " " + written(loop.target)
                own = any(param.kind == "kwargs" and param.name in names_in(loop.iter) for param in function.node.params)
                return None if own or _is_short(loop) or _BATCH.search(text) else loop
        return None

    def _parameters_in(self, names: frozenset[str], function: FunctionSymbol) -> set[str]:
        """The parameters of which the things called `names` are made; not the object, which is mostly the same each time."""
        params = function.node.params[1:] if function.binds_first else function.node.params
        return {one.name for one in params if not names.isdisjoint(self.bindings.derived(function, _bound(one)))}

    def _made(self, function: FunctionSymbol, site: Site, loop: Loop, query: str, after: tuple[Mark, ...]) -> RepeatedQuery:
        path = function.module.path
        mark = Mark(path, loop.iter.at, loop.iter.end, f"for each of {written(loop.iter)}")
        served = function.key in self.work.serving
        before = self.work.way(self.work.serving, function) if served else ()
        here = Mark(path, site.node.at, site.node.end, f"{site.written} is called each time")
        return RepeatedQuery(site, mark, written(loop.iter), query, (*before, mark, here, *after), served)


def _called_on(node: ir.Call) -> ir.Call | None:
    """The call on whose result a method is called: `db.select()` in `db.select().from(a)`."""
    inner = node.func.value if isinstance(node.func, ir.Attribute) and node.func.attr not in _AFTERWARDS else None
    return inner if isinstance(inner, ir.Call) else None


def reads(query: DatabaseQuery, function: FunctionSymbol) -> bool:
    """Whether the call reads: of one that runs any statement, whether that is a SELECT, or its function's name says it."""
    if not query.statement:
        return True
    operand = query.site.arg(query.statement)
    if operand is None:
        return False
    value = operand.value
    if value.kind == "list":  # a tagged template
        value = (value.items or {}).get(0, value)
    if _BUILT in value.types:
        return True
    texts = [*value.texts(), *(shape.text() for shape in value.shapes)]
    if not texts:
        return value.open and bool(_FETCHES.search(function.node.name))
    return all(_READS.match(text) for text in texts)


def _calls_each(site: CallSite) -> bool:
    """Whether the callee is called with each element of something, by a method that it is handed to."""
    return bool(site.moment.loops) and site.moment.loops[-1].node is site.node


def _bound(param: ir.Param) -> set[str]:
    """The names that a parameter binds."""
    return {param.name} if param.pattern is None else {param.name, *names_in(param.pattern)}


def _given(call: ir.Call, function: FunctionSymbol, needed: set[str]) -> Iterator[ir.Expr]:
    """The arguments that `call` gives for the parameters `needed`."""
    params = [param.name for param in function.node.params]
    if function.binds_first and isinstance(call.func, ir.Attribute):
        params = params[1:]
    for at, arg in enumerate(call.args):
        name = arg.name if arg.name is not None else params[at] if at < len(params) else ""
        if name in needed or arg.star:
            yield arg.value


def _writes(function: FunctionSymbol) -> bool:
    """Whether the function changes what is stored: then each element needs its own call."""
    if _CHANGES.search(_WORD.sub("_", function.node.name).lower()):
        return True
    changing = _SCRIPT_WRITES if function.module.node.language in SCRIPTS else _WRITES
    calls = function.scope.of(ir.Call)
    return any(written(one.func).rpartition(".")[2] in changing or _MODEL_CHANGES.search(written(one.func)) for one in calls)


def _is_short(loop: Loop) -> bool:
    """Whether the loop goes over constants of the program."""
    node = loop.iter
    while isinstance(node, ir.Call) and written(node.func) in ("reversed", "list", "enumerate") and node.args:
        node = node.args[0].value
    if isinstance(node, ir.Call) and written(node.func) == "range":
        return all(isinstance(arg.value, ir.Const) for arg in node.args)
    return isinstance(node, ir.Container) or loop.element.is_literal()


def _asks_for_many(call: ir.Call) -> bool:
    """Whether one query asks for many: `id__in=ids`, `User.id.in_(ids)`, `{ id: { in: ids } }`."""
    for one in ir.walk_scope(call):
        if isinstance(one, ir.Arg) and one.name is not None and one.name.endswith("__in"):
            return True
        if isinstance(one, ir.Attribute) and one.attr in _MANY:
            return True
        if isinstance(one, ir.Item) and isinstance(one.key, ir.Const) and one.key.value in _MANY:
            return True
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Name) and one.func.id in _MANY:
            return True
    return False
