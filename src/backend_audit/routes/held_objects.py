"""Objects that handlers look up by an id of the request: whether each is held against the caller, by the query or a test.

`Mailbox.get(mailbox_id)` and `if mailbox.user_id != user.id: return …, 403`; `select(Preset).where(Preset.tenant_id == tenant)`.
What the handlers of an application do with one class is compared by the check.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.statements import Frame
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.acting import acts_by_name
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.model import Fetched, Route
from backend_audit.routes.readings import Reading, called, hands_request, permits, tells
from backend_audit.routes.scoping import LOOKUPS, Scoping

_AWAY = frozenset((401, 403, 404))
_DEPTH = 2
_ROUNDS = 2


class HeldObjects:
    """Reads them off handlers; `scoping` knows who the caller is in them."""

    def __init__(self, behaviours: Behaviours, scoping: Scoping) -> None:
        self.behaviours = behaviours
        self.scoping = scoping
        self.engine = behaviours.engine

    def fill(self, route: Route) -> None:
        """Note what the handler of a route looks up, where no guard takes the id and holds it against the caller."""
        handler = route.handler
        ids = set() if handler is None else self.scoping.ids_of(route, handler)
        if handler is None or not ids or self.scoping.held_before(route, ids):
            return
        reading, frame = self.scoping.reading(handler), self.engine.frame(handler.module, handler)
        callers = reading.callers(self.scoping.known_callers(handler) | self.scoping.tenants.names(route, ids))
        callers |= frozenset(_found_by(reading, callers))
        known = reading.ids(frozenset(ids))
        found: dict[str, Fetched] = {}
        for node in reading.calls:
            lookup = self.scoping.lookup(frame, reading, node, known)
            if lookup is not None and lookup.owned and not lookup.tenant and lookup.model not in found:
                held = self._held(route, handler, frame, reading, node, callers)
                found[lookup.model] = Fetched(lookup, held)
        route.fetched = tuple(found.values())

    def _held(
        self, route: Route, handler: FunctionSymbol, frame: Frame, reading: Reading, node: ir.Call, callers: frozenset[str]
    ) -> bool:
        """Whether the query asks for the caller too, or what it gives is held against the caller afterwards."""
        if any(self._held(route, handler, frame, reading, one, callers) for one in _within(reading, node)):
            return True  # what it is looked up within was held against the caller
        statements = list(_around(handler, node))
        if any(reading.mentions.caller(one, callers) for one in statements):
            return True
        names = _kept_in(handler, statements)
        for one in handler.scope:
            test = one if isinstance(one, ir.Compare) else getattr(one, "test", None)
            if isinstance(test, ir.Node) and _mentions(reading, test, names) and reading.mentions.caller(test, callers):
                return True
            if isinstance(one, ir.Call) and not tells(one) and self._checks(route, frame, reading, one, names, callers):
                return True
        return False

    def _checks(
        self, route: Route, frame: Frame, reading: Reading, call: ir.Call, names: frozenset[str], callers: frozenset[str]
    ) -> bool:
        """Whether a call may hold the object against the caller: it gets both, and is no function that turns nobody away."""
        if not _mentions(reading, call, names):
            return False
        if permits(call):
            return True
        told = reading.mentions.caller(call, callers)
        if not told and not hands_request(call):
            return False
        target = self.scoping.target(route, frame, call)
        if target is None:
            return told and not acts_by_name(called(call))
        return not self.behaviours.of(target, _DEPTH).denies.isdisjoint(_AWAY) or self.scoping.reading(target).refuses()


def _found_by(reading: Reading, callers: frozenset[str]) -> Iterator[str]:
    """The variables that hold what was looked up for the caller: what is looked up by them is held, too."""
    for name, call in reading.made.items():
        if called(call) in LOOKUPS and reading.mentions.caller(call, callers):
            yield name


def _within(reading: Reading, node: ir.Call) -> Iterator[ir.Call]:
    """The look-ups of the objects that a look-up stays within: `get_object_or_404(Post, pk=post_id, thread=thread)`."""
    for arg in node.args:
        made = reading.made.get(arg.value.id) if arg.name is not None and isinstance(arg.value, ir.Name) else None
        if made is not None and made.at < node.at and called(made) in LOOKUPS:
            yield made


def _around(handler: FunctionSymbol, node: ir.Call) -> Iterator[ir.Expr]:
    """The values of the statements that a call stands in."""
    for one in handler.scope:
        value = one.value if isinstance(one, (ir.Assign, ir.ExprStmt, ir.Return)) else None
        if value is not None and any(inner is node for inner in ir.walk_scope(value)):
            yield value


def _kept_in(handler: FunctionSymbol, values: list[ir.Expr]) -> frozenset[str]:
    """The variables that are given `values`, and those that are made of them."""
    assigns = [one for one in handler.scope.of(ir.Assign) if one.value is not None]
    found = {name for one in assigns if any(one.value is each for each in values) for name in _names(one)}
    for _ in range(_ROUNDS):
        for one in assigns:
            inside = ir.walk_scope(one.value) if one.value is not None else ()
            if any(_name(each) in found for each in inside):
                found |= {*_names(one)}
    return frozenset(found)


def _names(node: ir.Assign) -> list[str]:
    return [name for target in node.targets if (name := _name(target))]


def _name(node: ir.Node) -> str:
    """A variable, or an attribute of the view itself: `self.order = Order.objects.get(pk=pk)`."""
    if isinstance(node, ir.Attribute):
        return f"self.{node.attr}" if isinstance(node.value, ir.Name) and node.value.id == "self" else ""
    return node.id if isinstance(node, ir.Name) else ""


def _mentions(reading: Reading, node: ir.Node, names: frozenset[str]) -> bool:
    if not reading.mentions.of(node).names.isdisjoint(names):
        return True
    return any("." in one for one in names) and any(_name(one) in names for one in ir.walk_scope(node))
