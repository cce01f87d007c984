"""Functions that are handed a list of rows and register each: `configure(blueprint, [("/users", Users), …])`.

In terms of its parameters such a list says nothing of what stands where, so these functions are run for each of their calls.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Concept
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.summary import Summary
from backend_audit.flow.unrolled import elements
from backend_audit.flow.values import UNKNOWN
from backend_audit.flow.web_concepts import ResourceRegistration, RouteHook, RouterCreation, RouteRegistration, RouterMount
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ObjectSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_REGISTERING = (RouteRegistration, RouteHook, RouterMount, ResourceRegistration)
_MAX_CALLS = 400  # of all such functions of a project


class Registrars:
    """Runs them."""

    def __init__(self) -> None:
        self.left = _MAX_CALLS
        self._under_way: set[str] = set()
        self._listing: dict[str, frozenset[int]] = {}  # by the key of a function, its parameters that it goes through

    def run_again(self, frame: "Calls", node: ir.Call, symbol: FunctionSymbol, summary: Summary, bound: Bound) -> None:
        """Put what one call registers in the place of what was lifted from the function."""
        lifted = [(number, event) for number, event in enumerate(summary.lifting) if isinstance(event, _REGISTERING)]
        if not lifted or not self.left or symbol.key in self._under_way:
            return
        rows = [elements(bound[at]) for at in self._listed(symbol) if at in bound]
        if not any(len(one) > 1 for one in rows):
            return
        self.left -= 1
        self._under_way.add(symbol.key)
        env = {param.name: bound.get(at, UNKNOWN) for at, param in enumerate(symbol.node.params)}
        inner = frame.engine.frame(symbol.module, symbol, env)
        for at, param in enumerate(symbol.node.params):
            if at not in bound and param.default is not None:
                inner.env[param.name] = inner.eval(param.default)
        frame.engine.run_for_call(inner, symbol)
        self._under_way.discard(symbol.key)
        told = [event for event in inner.events.values() if isinstance(event, _REGISTERING)]
        if not told:
            return
        for number, _ in lifted:
            frame.events.pop((symbol.key, number, node.at), None)
        made = {id(one.site.node): one for one in inner.events.values() if isinstance(one, RouterCreation)}
        for number, event in enumerate(told):
            frame.events[symbol.key, "told", number, node.at] = _on_the_given(event, made)

    def _listed(self, symbol: FunctionSymbol) -> frozenset[int]:
        """The parameters that a function goes through, one by one."""
        known = self._listing.get(symbol.key)
        if known is None:
            over = {written(one.iter) for one in symbol.scope.of(ir.For)}
            params = enumerate(symbol.node.params)
            known = frozenset(at for at, one in params if one.name in over or f"{one.name}.items()" in over)
            self._listing[symbol.key] = known
        return known


def _on_the_given(event: Concept, made: dict[int, RouterCreation]) -> Concept:
    """A registration on what the function itself puts on a router that it is given, as one on that: `api = Api(blueprint)`."""
    if not isinstance(event, RouteRegistration) or event.owner is None:
        return event
    creations = [made[id(one.node)] for one in of_kind(event.owner.value.refs, ObjectSymbol) if id(one.node) in made]
    plain = [one for one in creations if one.on is not None and one.prefix is None and one.guards is None]
    return replace(event, owner=plain[0].on) if len(plain) == len(creations) == 1 else event
