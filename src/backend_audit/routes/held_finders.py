"""Look-ups by an id of the request that go past the project's own function for them, which asks whose it is.

`Bookmark.find(id)` in a handler, beside `get_bookmark_if_owned(id)`, which makes the same look-up and which other handlers call.
"""

from collections.abc import Iterator, Mapping

from backend_audit import ir
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Does, Lookup, Route
from backend_audit.routes.readings import Reading, handed
from backend_audit.routes.scoping import Scoping
from backend_audit.source import Mark

_AWAY = frozenset((401, 403, 404))


class HeldFinders:
    """Finds them once the handlers of all routes are read."""

    def __init__(self, scoping: Scoping) -> None:
        self.scoping = scoping
        self.engine = scoping.engine
        self._behaviours = scoping.behaviours
        self._held: dict[str, frozenset[str]] = {}  # what a function looks up for its callers, by its key

    def fill(self, routes: list[Route]) -> None:
        """Add the bare look-ups to the routes whose handlers make them."""
        used: dict[str, list[tuple[Route, FunctionSymbol]]] = {}
        for route in routes:
            for finder, sought in self._finders(route):
                for key in sorted(sought):
                    used.setdefault(key, []).append((route, finder))
        for route in routes if used else ():
            if not route.consults and not route.right and not route.guarded(Does.AUTHORIZES):
                route.lookups = (*route.lookups, *self._bare(route, used))

    def _finders(self, route: Route) -> Iterator[tuple[FunctionSymbol, frozenset[str]]]:
        """The functions that a handler calls, which give it what they look up and turn away whose it is not."""
        handler = route.handler
        for key, one in () if handler is None else sorted(self.engine.calls.get(handler.key, {}).items()):
            if key not in self._held:
                self._held[key] = frozenset(self._sought(one))
            if self._held[key]:
                yield one, self._held[key]

    def _sought(self, function: FunctionSymbol) -> Iterator[str]:
        reading, callers = self.scoping.reading(function), self.scoping.caller_names(function)
        if not reading.tests(callers) or self._behaviours.own(function).denies.isdisjoint(_AWAY):
            return
        given = frozenset(param.name for param in function.node.params) - callers
        frame = self.engine.frame(function.module, function)
        found = {id(one) for value in _given(function, reading) for one in ir.walk_scope(value)}
        yield from (key for node in reading.calls if id(node) in found and (key := self._key(frame, reading, node, given)))

    def _key(self, frame: Frame, reading: Reading, node: ir.Call, ids: frozenset[str]) -> str:
        """What tells look-ups apart: the class that is asked for, or the project's own function that finds it."""
        lookup = self.scoping.lookup(frame, reading, node, ids)
        if lookup is not None and lookup.model and not lookup.tenant:
            return f"class {lookup.model}"
        if not isinstance(node.func, ir.Attribute) or not written(node.func.value)[:1].isupper():
            return ""
        target = self.scoping.target(None, frame, node)
        found = target is not None and any(isinstance(arg, ir.Name) and arg.id in ids for _, arg in handed(target, node))
        return f"call {target.key}" if target is not None and found else ""

    def _bare(self, route: Route, used: Mapping[str, list[tuple[Route, FunctionSymbol]]]) -> Iterator[Lookup]:
        handler = route.handler
        if handler is None or any(finder is handler for found in used.values() for _, finder in found):
            return
        reading, frame = self.scoping.reading(handler), self.engine.frame(handler.module, handler)
        ids = reading.ids(frozenset(self.scoping.ids_of(route, handler)))
        for node in reading.calls:
            key = self._key(frame, reading, node, ids)
            others = [(one, finder) for one, finder in used.get(key, ()) if one is not route and one.handler is not handler]
            if others and (route.changes() or not all(one.changes() for one, _ in others)):
                other, finder = others[0]
                mark = Mark(frame.module.path, node.at, node.end, "looks it up")
                key = written(node.args[0].value) if node.args else ""
                odd = f"`{finder.node.name}`, which `{other.name}` calls, looks it up and holds it against the caller"
                yield Lookup(mark, "", key, "", written(node.func), odd=odd)
                return


def _given(function: FunctionSymbol, reading: Reading) -> Iterator[ir.Expr]:
    """What a function returns: the calls that it has from, too."""
    for one in function.scope.of(ir.Return):
        if one.value is not None:
            yield one.value
            yield from ([reading.made[one.value.id]] if isinstance(one.value, ir.Name) and one.value.id in reading.made else [])
