"""Guards of Python that ask whether the caller belongs to the tenant of the address: `if not request.team: raise Http404`.

What the address says of the tenant then names the caller's own: `get_object_or_404(Note, pk=pk, team__slug=team_slug)`.
"""

import re

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.mentions import TENANT_PARTS
from backend_audit.routes.model import Does, Route

_NAMES = re.compile(r"(?:tenant|org|organi[sz]ation|workspace|company|team|household)(?:_(?:id|pk|uuid|slug|key|name))?")
_HOLDERS = frozenset(("request", "self.request", "req", "info.context"))
_TESTS = ("test_func", "has_permission")
_DEPTH = 2


class TenantGuards:
    """Finds them among the guards of routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._asking: dict[str, bool] = {}

    def names(self, route: Route, ids: set[str]) -> frozenset[str]:
        """Which of `ids` name a tenant of which a guard has asked whether the caller belongs to it."""
        named = frozenset(one for one in ids if _NAMES.fullmatch(one))
        guards = [one.function for one in route.guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES, Does.REJECTS)]
        if route.owner is not None:  # what a mixin of a library calls
            guards += [self.engine.find_method(route.owner, name) for name in _TESTS]
        asked = any(one is not None and self._asks(one, _DEPTH) for one in guards) if named else False
        return named if asked else frozenset()

    def _asks(self, function: FunctionSymbol, depth: int) -> bool:
        """Whether a guard looks at the tenant that the request has got, or what it calls does."""
        known = self._asking.get(function.key)
        if known is None:
            every = [function, *function.nested]
            known = any(_of_request(node) for one in every for node in one.scope.of(ir.Attribute))
            called = {key: one for each in every for key, one in self.engine.calls.get(each.key, {}).items()} if depth else {}
            known = known or any(self._asks(called[key], depth - 1) for key in sorted(called))
            self._asking[function.key] = known
        return known


def _of_request(node: ir.Attribute) -> bool:
    return node.attr in TENANT_PARTS and written(node.value) in _HOLDERS
