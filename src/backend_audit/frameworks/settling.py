"""What the routes of a table are told when all are known, whatever the language: guards as declared, verdict, claims, scope."""

from collections.abc import Callable, Iterable
from functools import partial

from backend_audit.flow.engine import Engine
from backend_audit.routes.address_pieces import AddressPieces
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.costly import Costs
from backend_audit.routes.declared import Declarations
from backend_audit.routes.limiting import costs, tried
from backend_audit.routes.model import NARROWS, Auth, Claim, Does, Route, RouteTable
from backend_audit.routes.verdicts import decide


class Settling:
    """Tells them. `claims` and `scope` read a route as its language is read; so does `describe`, where something says more."""

    def __init__(
        self,
        behaviours: Behaviours,
        declarations: Declarations,
        claims: Callable[[Route], tuple[Claim, ...]],
        scope: Callable[[Route], None],
        describe: Callable[[Route], None] | None = None,
    ) -> None:
        self.behaviours = behaviours
        self.declarations = declarations
        self.claims = claims
        self.scope = scope
        self.describe = describe
        self._pieces = AddressPieces()
        self._costs = Costs(behaviours)

    def settle(self, engine: Engine, table: RouteTable) -> None:
        """Go through the table; a route that breaks is a problem of its file."""
        for route in table.routes:
            route.table = table
            engine.attempt(route.mark.path, f"deciding on {route.path}", partial(self._settled, route))

    def _settled(self, route: Route) -> bool:
        if route.handler is not None:
            known = self.behaviours.of(route.handler)
            route.acts, route.acts_outside = known.acts, known.surely
            route.looks = self.behaviours.looks_itself(route.handler)
        route.looks = route.looks or any(one.because == NARROWS for one in route.guards)
        if self.describe is not None:
            self.describe(route)
        route.guards = self.declarations.guards_of(route)
        asking = [one for one in route.guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES, Does.REJECTS)]
        route.skips = tuple(self._pieces.of([(one.name, one.function) for one in asking if one.function is not None]))
        decide(route)
        self.declarations.settle(route)
        route.claims = self.claims(route)
        route.danger = self._danger(route)
        route.tried = tried(route, self.behaviours)
        route.costs = costs(route, self.behaviours, self._costs)
        if route.auth is Auth.REQUIRED:
            self.scope(route)
        return True

    def _danger(self, route: Route) -> str:
        """What the handler does with what comes in to it."""
        handler = route.handler
        if handler is None:
            return ""
        found = self.behaviours.facts.dangers.get(handler.module.path, ())
        return next((what for at, what in found if handler.node.at <= at < handler.node.end), "")


def in_table_order(routes: Iterable[Route]) -> list[Route]:
    """As a table lists them: by path, methods and place."""
    return sorted(routes, key=lambda one: (one.path, one.methods, one.mark.path, one.mark.at))
