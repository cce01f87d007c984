"""Requests that a loop makes one after the other, although none of them needs what another one brought.

https://docs.python.org/3/library/asyncio-task.html#running-tasks-concurrently,
https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Promise/all
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.bindings import names_in
from backend_audit.flow.concepts import Concept, OutgoingRequest, Site
from backend_audit.flow.moments import Loop
from backend_audit.flow.work_concepts import DatabaseQuery
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.repeated import Repeated
from backend_audit.source import Mark

_PAUSES = frozenset("sleep delay setTimeout throttle acquire wait_for_token backoff limiter".split())
_SESSION = re.compile(  # what serves one at a time
    r"(^|_)(session|db|conn|connection|transaction|trx|tx|cursor)$|[a-z](Session|Db|Conn|Connection|Transaction|Trx)$"
)
_FILLS = frozenset("append extend add update insert push unshift set assign concat".split())
_CHANGES = frozenset("post put patch delete postForm putForm patchForm".split())


_MAX_HOPS = 3  # from what a loop awaits to the request


@dataclass(frozen=True, slots=True)
class SequentialWait(Concept):
    """`site` is awaited for one element of `over` after the other. `request`: what leaves the process, as written.

    `changes`: it may change something at the other end, where the order may matter.
    """

    over: str = ""
    request: str = ""
    way: tuple[Mark, ...] = ()
    changes: bool = False


class Sequential:
    """Finds them in what requests run: in the loop itself, or in a coroutine that it awaits with the element."""

    def __init__(self, repeated: Repeated) -> None:
        self.repeated = repeated
        self.work = repeated.work
        self.bindings = repeated.bindings
        queries = [(function, one) for function, one in self.work.facts.work if isinstance(one, DatabaseQuery)]
        self.asking = {function.key for function, _ in queries}
        self.queries = {(function.key, id(one.site.node)) for function, one in queries}

    def concepts(self) -> Iterator[SequentialWait]:
        """The first of each loop."""
        told: set[int] = set()
        for function, concept in self.work.facts.work:
            if not isinstance(concept, OutgoingRequest) or concept.site.function is not function.node:
                continue  # of a function that this one calls
            for loop, found in self._of(function, concept):
                if id(loop.node) not in told:
                    told.add(id(loop.node))
                    yield found

    def _of(self, function: FunctionSymbol, concept: OutgoingRequest) -> Iterator[tuple[Loop, SequentialWait]]:
        site, moment = concept.site, concept.site.moment
        if moment is None or site.call is None or not moment.awaited:
            return
        request, changes = written(site.call.func), _changes(site)
        if moment.loops:
            if function.key in self.work.serving and self._apart(function, moment.loops, site.call):
                yield moment.loops[-1], self._made(function, site, moment.loops[-1], request, changes=changes)
            return
        yield from self._through(function, request, {function.key: _MAX_HOPS}, _MAX_HOPS, changes=changes)

    def _through(
        self, function: FunctionSymbol, request: str, seen: dict[str, int], hops: int, *, changes: bool
    ) -> Iterator[tuple[Loop, SequentialWait]]:
        """The loops that await `function`, or what awaits it, for one element after the other.

        `seen`: the functions that were met, and how many hops were left there.
        """
        if function.key in self.asking or _pauses(function):
            return  # its session is not made for several at once; it is held back on purpose
        for one in self.repeated.callers(function):
            caller = one.caller
            if not one.moment.awaited or caller.key not in self.work.serving:
                continue
            if not one.moment.loops:
                if seen.get(caller.key, -1) < hops - 1:
                    seen[caller.key] = hops - 1
                    yield from self._through(caller, request, seen, hops - 1, changes=changes)
            elif self._apart(caller, one.moment.loops, one.node):
                module = caller.module
                here = Site(module.path, one.node, "", written(one.node.func), caller.name, one.node, module=module.node)
                loop = one.moment.loops[-1]
                yield loop, self._made(caller, here, loop, request, changes=changes)

    def _apart(self, function: FunctionSymbol, loops: tuple[Loop, ...], call: ir.Call) -> bool:
        """Whether the passes of the innermost loop could as well run at the same time."""
        loop = self.repeated.repeating(loops[-1:], names_in(call), function)
        if loop is None or not isinstance(loop.node, (ir.For, ir.Comprehension)):
            return False
        if isinstance(loop.node, ir.For) and loop.node.is_async:
            return False
        body = list(ir.walk_scope(*(loop.node.body if isinstance(loop.node, ir.For) else [loop.node.value])))
        if any(isinstance(one, (ir.Return, ir.Yield)) or _ends(one) for one in body):
            return False
        if any(isinstance(one, ir.Call) and written(one.func).rpartition(".")[2] in _PAUSES for one in body):
            return False
        if any(isinstance(one, ir.Await) and _asks(one.value, function, self) for one in body):
            return False
        if any(_SESSION.search(name) for name in names_in(call)) or any(_sets_state(one) for one in body):
            return False
        return not self._carries(function, loop.node, call, body)

    def _carries(self, function: FunctionSymbol, loop: ir.For | ir.Comprehension, call: ir.Call, body: list[ir.Node]) -> bool:
        """Whether what one pass leaves behind is used by the call of the next."""
        inside = [one for one in self.bindings.of(function) if loop.at <= one.at < loop.end and one.loop is not loop]
        needed = set(names_in(call))
        for one in reversed(inside):
            if one.at < call.at and not one.names.isdisjoint(needed):
                needed |= one.used
        for node in body:
            if isinstance(node, ir.Assign) and (node.op or node.at > call.at) and not needed.isdisjoint(_changed(node)):
                return True
            func = node.func if isinstance(node, ir.Call) else None
            if isinstance(func, ir.Attribute) and func.attr in _FILLS and not names_in(func.value).isdisjoint(needed):
                return True
        return False

    def _made(self, function: FunctionSymbol, site: Site, loop: Loop, request: str, *, changes: bool) -> SequentialWait:
        path = function.module.path
        each = Mark(path, loop.iter.at, loop.iter.end, f"for each of {written(loop.iter)}")
        way = (*self.work.way(self.work.serving, function), each)
        return SequentialWait(site, written(loop.iter), request, way, changes)


def _pauses(function: FunctionSymbol) -> bool:
    calls = function.scope.of(ir.Call)
    return any(written(one.func).rpartition(".")[2] in _PAUSES for one in calls)


def _changed(node: ir.Assign) -> Iterator[str]:
    """The names that an assignment binds, or whose parts it does."""
    for target in node.targets:
        if isinstance(target, ir.Container):
            yield from names_in(target)
        else:
            root: ir.Expr = target
            while isinstance(root, (ir.Attribute, ir.Index)):
                root = root.value
            yield from names_in(root)


def _sets_state(node: ir.Node) -> bool:
    """Whether a pass leaves something in the object, where what it calls may find it: `this.current = library`."""
    targets = node.targets if isinstance(node, ir.Assign) else []
    return any(
        isinstance(one, ir.Attribute) and isinstance(one.value, ir.Name) and one.value.id in ("self", "this") for one in targets
    )


def _ends(node: ir.Node) -> bool:
    return isinstance(node, ir.Jump) and node.kind == "break"


def _asks(node: ir.Expr, function: FunctionSymbol, sequential: Sequential) -> bool:
    """Whether what is awaited asks the database: one session does not serve several at once."""
    if not isinstance(node, ir.Call):
        return False
    if (function.key, id(node)) in sequential.queries:
        return True
    sites = sequential.work.engine.sites.get(function.key, {})
    return any(at == node.at and site.callee.key in sequential.asking for (at, _), site in sites.items())


def _changes(site: Site) -> bool:
    """Whether a request may change something, by its method."""
    last = written(site.call.func).rpartition(".")[2].lower() if site.call is not None else ""
    if last in _CHANGES:
        return True
    for key, operand in site.args:
        method = operand.value.item("method") if operand.value.kind == "dict" else operand.value if key == "method" else None
        if method is not None and not (method.texts() and all(one.upper() in ("GET", "HEAD") for one in method.texts())):
            return True
    first = site.arg("0")
    texts = first.value.texts() if first is not None and last in ("request", "stream") else ()
    return any(one.upper() in ("POST", "PUT", "PATCH", "DELETE") for one in texts)
