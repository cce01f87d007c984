"""Objects that a handler of Python looks up by their own id alone, where the right is asked to another id of the address.

`/issues/<issue_pk>/events/<event_pk>` below a decorator that asks whether the caller may see the issue, and
`Event.objects.get(pk=event_pk)`, which takes any issue's. Silent where the query, a test or a call says that the one belongs
to the other.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import first_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Guard, Lookup, Route
from backend_audit.routes.readings import Reading, called, handed, holders, permits, tells
from backend_audit.routes.scoping import LOOKUPS, Scoping
from backend_audit.source import Mark

_AWAY = frozenset((401, 403, 404))
_IN_ADDRESS = re.compile(r"[{<](?:\w+:)?(\w+)|\?P<(\w+)>")
_SUFFIX = re.compile(r"_?(?:id|pk|uuid|guid|slug|key|name|number)$")
_DEPTH = 2


class CheckedParents:
    """Finds them; `scoping` reads the bodies."""

    def __init__(self, scoping: Scoping) -> None:
        self.scoping = scoping
        self.engine = scoping.engine
        self._told: set[Mark] = set()

    def fill(self, route: Route) -> None:
        """Add the first such look-up of a route that asks for a right by another part of its address."""
        handler = route.handler
        named = [name for pair in _IN_ADDRESS.findall(route.path) for name in pair if name]
        if handler is None or len(named) < _DEPTH or any(one.odd for one in route.lookups):
            return
        parents = {name for guard in route.guards for name in self._asked(guard, named)}
        children = frozenset(name for name in named[1:] if name not in parents and _SUFFIX.search(name))
        first = next((name for name in named if name in parents), "")
        stem = _SUFFIX.sub("", first)
        if not stem or not children:
            return
        for lookup in self._within(route, handler, children, stem, first, _DEPTH):
            if lookup.mark not in self._told:
                self._told.add(lookup.mark)
                route.lookups = (*route.lookups, lookup)
            return

    def _asked(self, guard: Guard, named: list[str]) -> Iterator[str]:
        """The parts of the address by which a guard that turns callers away decides."""
        function = guard.function
        if function is None or guard.via == "body" or function.node.name in ("process_view", "process_request"):
            return
        if self.scoping.behaviours.of(function).denies.isdisjoint(_AWAY):
            return
        inside = [*ir.walk(*function.node.body)]
        read = {one.value for one in inside if isinstance(one, ir.Const) and isinstance(one.value, str)}
        read |= {param.name for param in function.node.params} & {one.id for one in inside if isinstance(one, ir.Name)}
        yield from (name for name in named if name in read)

    def _within(
        self, route: Route, function: FunctionSymbol, children: frozenset[str], stem: str, parent: str, depth: int
    ) -> Iterator[Lookup]:
        """The look-ups by `children` alone in a function, and in those that it hands them to."""
        reading, frame = self.scoping.reading(function), self.engine.frame(function.module, function)
        ids = reading.ids(children)
        for node in reading.calls:
            model = self._by_id_alone(frame, reading, node, ids, stem)
            if model:
                if not _is_held(function, reading, node, stem, parent):
                    mark = Mark(function.module.path, node.at, node.end, "looks it up")
                    key = written(reading.keys(node, ids)[0])
                    odd = f"the right is asked for `{parent}` alone, and nothing says that it belongs there"
                    yield Lookup(mark, model, key, "", written(node.func), parent=parent, odd=odd)
                continue
            target = self.scoping.target(route, frame, node) if depth and called(node) not in LOOKUPS else None
            given = () if target is None else handed(target, node)
            names = frozenset(param for param, arg in given if isinstance(arg, ir.Name) and arg.id in ids)
            if target is not None and names and not _is_held(function, reading, node, stem, parent):
                yield from self._within(route, target, names, stem, parent, depth - 1)

    def _by_id_alone(self, frame: Frame, reading: Reading, node: ir.Call, ids: frozenset[str], stem: str) -> str:
        """The class that a call looks up by an id and by nothing else, where its objects say to which parent they belong."""
        if called(node) not in LOOKUPS or not reading.keys(node, ids):
            return ""
        asked = {first_word(one) for one in ir.walk_scope(node) if isinstance(one, (ir.Call, ir.Attribute))}
        asked |= {first_word(one.func) for one in ir.walk_scope(node) if isinstance(one, ir.Call)}
        mentioned = reading.mentions.of(node)
        others = {one for one in mentioned.names - ids - asked if not one[:1].isupper()}
        if others or mentioned.asks_caller or asked & {stem} or any(arg.star for arg in node.args):
            return ""
        for model in self.scoping.models(frame, node):
            fields = {_SUFFIX.sub("", name) for name, _ in self.scoping.fields(model)}
            if stem in fields:
                return model.node.name
        return ""


def _is_held(function: FunctionSymbol, reading: Reading, node: ir.Call, stem: str, parent: str) -> bool:
    """Whether what a call gives is brought together with the parent, or with a right, anywhere in the function."""
    kept = holders(function, node)
    for one in function.scope:
        if isinstance(one, ir.Attribute) and first_word(one) in kept and _SUFFIX.sub("", one.attr) == stem:
            return True  # `event.issue_id != issue.pk`
        if isinstance(one, ir.Call) and one is not node and not tells(one):
            plain = {arg.value.id for arg in one.args if isinstance(arg.value, ir.Name)}
            if not plain.isdisjoint({stem, parent}) and plain & kept:
                return True
            if permits(one) and any(not reading.mentions.of(arg.value).names.isdisjoint(kept) for arg in one.args):
                return True
    return False
