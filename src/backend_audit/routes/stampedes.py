"""Copies that all requests make anew at the same moment, when the copy in a shared cache has run out: a stampede.

https://en.wikipedia.org/wiki/Cache_stampede
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backend_audit import ir
from backend_audit.flow.bindings import names_in
from backend_audit.flow.concepts import Concept, OutgoingRequest
from backend_audit.flow.moments import CallSite
from backend_audit.flow.syntax import any_of
from backend_audit.flow.work_concepts import BlockingCall, CacheWrite, DatabaseQuery, HeavyWork
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.work import Work, happens_later
from backend_audit.source import Mark

_READING = frozenset(("get", "aget", "getAsync"))
_WAITS = frozenset(("network", "database", "process"))
_GUARDED = re.compile(
    r"lock|mutex|semaphore|single_?flight|jitter|random|in_?flight|pending|dedup|coalesc|stale|revalidat|promises|early|\bnx\b",
    re.IGNORECASE,
)
_ABSENT = frozenset(("==", "===", "is"))
_SINGLE = re.compile(
    r"^(get|find_?one|find_?by_?(id|pk)|find_?unique|find_?first|first|one|one_or_none|scalar\w*)", re.IGNORECASE
)
_MANAGED = frozenset("all filter exclude values values_list annotate order_by select_related prefetch_related".split())
_MAX_HOPS = 2


@dataclass(frozen=True, slots=True)
class Stampede(Concept):
    """A value that is missing in a cache is made by each request that misses it. `work`: what makes it, as written.

    `single`: that is one row of a database, which is no great work. `way`: from the handler to where it is made.
    """

    root: str = ""
    key: str = ""
    work: str = ""
    single: bool = False
    way: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """Something that takes long, where it stands and as it is written; `single`: it gets one row."""

    path: str
    node: ir.Node
    written: str
    single: bool


class Stampedes:
    """Finds them: a read of a key, a test whether it was there, work that waits for others, and a write of the same key."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def concepts(self) -> Iterator[Stampede]:
        """The first in each function that requests run."""
        told: set[str] = set()
        for function, concept in self.work.facts.work:
            if isinstance(concept, CacheWrite) and function.key in self.work.serving and function.key not in told:
                found = self._of(function, concept)
                if found is not None:
                    told.add(function.key)
                    yield found

    def _of(self, function: FunctionSymbol, write: CacheWrite) -> Stampede | None:
        call, key, steps = write.site.call, write.key, self.work.steps(self.work.serving, function)
        if write.site.moment is None or write.site.moment.loops or any(one.moment.loops for one in steps):
            return None  # a job over many, which few ask for at once
        if call is None or key is None or key.node is None or happens_later(write.site) or not _keeps_a_result(call):
            return None
        read = _read(function, call, written(key.node))
        start = None if read is None else _miss(function, read, call)
        if read is None or start is None or self._is_guarded(function):
            return None
        made = self._made(function, start, call.end)
        if not made:
            return None
        before = self.work.way(self.work.serving, function)
        found = Mark(write.site.path, read.at, read.end, f"{written(read)} finds nothing")
        done = Mark(made[0].path, made[0].node.at, made[0].node.end, f"{made[0].written} is what it takes")
        root = self.work.called(self.work.serving[function.key].root)
        single = all(one.single for one in made)
        return Stampede(write.site, root, written(key.node), made[0].written, single, (*before, found, done))

    def _is_guarded(self, function: FunctionSymbol) -> bool:
        """Whether the function, or one that leads to it, has a word of what lets only one request make the value."""
        around = [function, *(one.caller for one in self.work.steps(self.work.serving, function))]
        return any(_GUARDED.search(word) for one in around for word in _words(one))

    def _made(self, function: FunctionSymbol, start: int, end: int) -> list[_Work]:
        """The work between two places of a function: in it, then in what it calls there."""
        found = [one for one in self._in(function) if start <= one.node.at < end]
        for one in self._calls(function):
            found += self._done_by(one.callee, _MAX_HOPS) if start <= one.node.at < end else []
        return found

    def _done_by(self, function: FunctionSymbol, hops: int) -> list[_Work]:
        found = self._in(function)
        if found or not hops:
            return found
        return [each for one in self._calls(function) for each in self._done_by(one.callee, hops - 1)]

    def _calls(self, function: FunctionSymbol) -> list[CallSite]:
        """The calls of the project's functions that the function waits for."""
        sites = self.work.engine.sites.get(function.key, {})
        return [one for _, one in sorted(sites.items()) if one.moment.elsewhere != "later"]

    def _in(self, function: FunctionSymbol) -> list[_Work]:
        """The work that stands in a function itself; a query of Django's managers is asked where its rows are used."""
        path = function.module.path
        lazy = (one for one in function.scope.of(ir.Call) if _is_lazy(one))
        return [
            *(
                _Work(path, one.site.node, one.site.written, isinstance(one, DatabaseQuery) and _is_single(one.site.written))
                for one in self._expensive.get(function.key, ())
            ),
            *(_Work(path, one, written(one.func), single=False) for one in lazy),
        ]

    @cached_property
    def _expensive(self) -> dict[str, list[Concept]]:
        found: dict[str, list[Concept]] = {}
        for function, concept in self.work.facts.work:
            if _is_expensive(concept):
                found.setdefault(function.key, []).append(concept)
        return found


def _is_expensive(concept: Concept) -> bool:
    if isinstance(concept, DatabaseQuery):
        return not concept.guess or (concept.site.moment is not None and concept.site.moment.awaited)
    return isinstance(concept, OutgoingRequest | HeavyWork) or (isinstance(concept, BlockingCall) and concept.kind in _WAITS)


def _is_single(asked: str) -> bool:
    return bool(_SINGLE.match(asked.rpartition(".")[2]))


def _is_lazy(call: ir.Call) -> bool:
    """Whether a call makes a query of many rows of a manager: `Order.objects.filter(…)`."""
    func = call.func
    manager = func.value if isinstance(func, ir.Attribute) and func.attr in _MANAGED else None
    return isinstance(manager, ir.Attribute) and manager.attr == "objects"


def _keeps_a_result(write: ir.Call) -> bool:
    """Whether what is kept was made, and is no constant, which only marks that something has happened."""
    name = last_word(write.func).lower()
    at = 2 if name == "setex" else 1  # after the key and the lifetime
    return name != "add" and not any(isinstance(one.value, ir.Const) for one in write.args[at : at + 1])


def _read(function: FunctionSymbol, write: ir.Call, key: str) -> ir.Call | None:
    """The last call before `write` that reads the same key of the same cache."""
    if not isinstance(write.func, ir.Attribute):
        return None
    cache = written(write.func.value)
    found = [
        one
        for one in function.scope.of(ir.Call)
        if one.at < write.at
        and one.args
        and isinstance(one.func, ir.Attribute)
        and one.func.attr in _READING
        and written(one.func.value) == cache
        and written(one.args[0].value) == key
    ]
    return max(found, key=lambda one: one.at, default=None)


def _miss(function: FunctionSymbol, read: ir.Call, write: ir.Call) -> int | None:
    """Where the code begins that runs when `read` has found nothing, and that ends with `write`."""
    names = _holding(function, read)
    for one in sorted(function.scope.of(ir.If), key=lambda one: one.at):
        inside = bool(one.body) and one.body[0].at <= write.at < one.body[-1].end
        asks = not names.isdisjoint(names_in(one.test)) or one.test.at <= read.at < one.test.end
        if not asks or one.end <= read.at:
            continue
        if inside and any(_is_lacking(part) for part in any_of(one.test)):
            return one.body[0].at
        if one.end <= write.at and not one.orelse and _gives(one.body, names):
            return one.end
        if one.orelse and one.orelse[0].at <= write.at < one.orelse[-1].end and _gives(one.body, names):
            return one.orelse[0].at
    return None


def _holding(function: FunctionSymbol, read: ir.Call) -> frozenset[str]:
    """The names that hold what a call has given, or what was made of it."""
    names: set[str] = set()
    given = [(one.at, one.value, one.targets) for one in function.scope.of(ir.Assign) if one.value is not None]
    given += [(one.at, one.value, [one.target]) for one in function.scope.of(ir.Walrus)]
    for at, value, targets in sorted(given, key=lambda one: one[0]):
        if value.at <= read.at < value.end or (read.at < at and not names.isdisjoint(names_in(value))):
            names.update(target.id for target in targets if isinstance(target, ir.Name))
    return frozenset(names)


def _is_lacking(test: ir.Expr) -> bool:
    """Whether a condition holds where nothing was found: `not found`, `found is None`, `found === undefined`."""
    if isinstance(test, ir.Compare):
        return len(test.ops) == 1 and test.ops[0] in _ABSENT and written(test.rights[0]) in ("None", "null", "undefined")
    return isinstance(test, ir.Unary) and test.op in ("not", "!")


def _gives(body: list[ir.Stmt], names: frozenset[str]) -> bool:
    """Whether a block ends the function, or is one way of two, with what was found."""
    return bool(body) and any(isinstance(one, ir.Name) and one.id in names for one in ir.walk_scope(*body))


def _words(function: FunctionSymbol) -> Iterator[str]:
    """What stands in a function: names, attributes, names of arguments, short texts."""
    for node in (*function.scope, *(each for one in function.node.decorators for each in ir.walk_scope(one))):
        if isinstance(node, ir.Name):
            yield node.id
        elif isinstance(node, ir.Attribute):
            yield node.attr
        elif isinstance(node, ir.Arg) and node.name is not None:
            yield node.name
        elif isinstance(node, ir.Const) and isinstance(node.value, str) and len(node.value) < 4:
            yield node.value
