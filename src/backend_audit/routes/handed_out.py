"""Open routes that hand out somebody's objects by their ids: a `DetailView` of `Document`, `Invoice.objects.get(pk=pk)`.

What nobody is asked for is told by the check where nearly all of the application asks; here is only found what is handed out.
"""

from collections.abc import Iterable

from backend_audit import ir
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Auth, Lookup, Route, Verdict
from backend_audit.routes.readings import Reading
from backend_audit.routes.scoping import Scoping
from backend_audit.source import Mark

_SHOW_ONE = frozenset(("DetailView", "BaseDetailView", "SingleObjectMixin", "RetrieveAPIView", "RetrieveModelMixin"))


class HandedOut:
    """Finds them, and keeps them with the routes; `scoping` knows look-ups and whose objects are."""

    def __init__(self, scoping: Scoping) -> None:
        self.scoping = scoping
        self.engine = scoping.engine

    def fill(self, routes: Iterable[Route]) -> None:
        """Note what open routes that read give to everybody."""
        for route in routes:
            by_id = any(map(is_variable, route.path.split("/")))
            if route.verdict is Verdict.OPEN and route.auth is Auth.NONE and route.methods and route.reads_only() and by_id:
                found = self._of_view(route) or self._of_handler(route)
                route.lookups = () if found is None else (found,)

    def _of_view(self, route: Route) -> Lookup | None:
        """The object that a generic view shows, whose class says what it takes."""
        view = route.owner
        own = route.handler is not None and route.handler.owner is view
        if view is None or own or not any(one.rpartition(".")[2] in _SHOW_ONE for one in self.engine.external_bases(view)):
            return None
        if any(self.engine.find_method(view, name) is not None for name in ("get_object", "get_queryset", "dispatch")):
            return None
        model, node = self.scoping.whole.shown(view)
        owned = "" if model is None else self.scoping.owner_field(model)
        if model is None or node is None or not owned:
            return None
        key = next(part for part in reversed(route.path.split("/")) if is_variable(part)).strip("<{>}:").rpartition(":")[2]
        return Lookup(Mark(view.module.path, node.at, node.end, "shows it"), model.node.name, key, owned, model.node.name)

    def _of_handler(self, route: Route) -> Lookup | None:
        """The object that a handler looks up, and then asks nothing of but whether it is there."""
        handler = route.handler
        ids = set() if handler is None or route.looks else self.scoping.ids_of(route, handler)
        if handler is None or not ids:
            return None
        reading, frame = self.scoping.reading(handler), self.engine.frame(handler.module, handler)
        known = reading.ids(frozenset(ids))
        for node in reading.calls:
            found = self.scoping.lookup(frame, reading, node, known)
            if found is not None and found.owned and not found.tenant and not _asks_of_it(handler, reading):
                return found
        return None


def _asks_of_it(handler: FunctionSymbol, reading: Reading) -> bool:
    """Whether a handler decides anything by what it holds: `if not post.published`, `.filter(listed=True)`."""
    tests = (one.test for one in handler.scope if isinstance(one, (ir.If, ir.Conditional, ir.While)))
    asked = any(isinstance(node, ir.Attribute) for test in tests for node in ir.walk_scope(test))
    told = (arg.value for call in reading.calls for arg in call.args if arg.name)
    return asked or any(isinstance(one, ir.Const) and isinstance(one.value, bool) for one in told)
