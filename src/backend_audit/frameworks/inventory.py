"""The route table of a project: every framework's routes, with their guards and verdicts."""

from collections.abc import Iterator

from backend_audit.frameworks.channels import ChannelsRoutes
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.frameworks.exposure import Exposure
from backend_audit.frameworks.generated import Generated
from backend_audit.frameworks.graphql_routes import GraphqlRoutes
from backend_audit.frameworks.pyramid import PyramidRoutes
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.frameworks.settling import Settling, in_table_order
from backend_audit.frameworks.unregistered import Unregistered
from backend_audit.inventory import Declared
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.checked_parents import CheckedParents
from backend_audit.routes.claims import Claims
from backend_audit.routes.declared import Declarations
from backend_audit.routes.guards import Guarding
from backend_audit.routes.handed_out import HandedOut
from backend_audit.routes.held_finders import HeldFinders
from backend_audit.routes.held_objects import HeldObjects
from backend_audit.routes.kept import settle_unfilled
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.own_beside import OwnBeside
from backend_audit.routes.rights import Rights
from backend_audit.routes.scoping import Scoping
from backend_audit.routes.sign_ins import only_administrators
from backend_audit.routes.verdicts import settle_pages, settle_sign_ups


def route_table(behaviours: Behaviours, declared: Declared | None = None) -> RouteTable:
    """All routes of the project whose functions do what `behaviours` says.

    `declared` is what the team says of its guards and routes.
    """
    engine, facts = behaviours.engine, behaviours.facts
    declarations = Declarations(declared or Declared(), engine)
    guarding = Guarding(engine, facts, behaviours, declarations)
    routers, django = RouterRoutes(engine, facts, behaviours, guarding), DjangoRoutes(engine, facts, behaviours, guarding)
    graphql = GraphqlRoutes(routers, django)
    found = list(django.routes())
    routers.mount_at(django.tree.mounted)
    found = [*routers.routes(), *Generated(routers).routes(), *PyramidRoutes(routers).routes(), *found]
    found += Unregistered(engine, routers, django).routes(found)
    found += [*graphql.routes(found), *ChannelsRoutes(routers, django).routes()]
    table = RouteTable(list(_told_once(in_table_order(found))), only_administrators=only_administrators(engine))
    exposure, scoping, claims = Exposure(engine), Scoping(engine, behaviours), Claims(behaviours)
    rights, held = Rights(behaviours, scoping), HeldObjects(behaviours, scoping)

    def scope(route: Route) -> None:
        scoping.fill(route)
        rights.fill(route)
        held.fill(route)

    Settling(behaviours, declarations, claims.of, scope, exposure.describe).settle(engine, table)
    HeldFinders(scoping).fill(table.routes)
    parents, beside = CheckedParents(scoping), OwnBeside(scoping)
    for route in table.routes:
        parents.fill(route)
        beside.fill(route)
    HandedOut(scoping).fill(table.routes)
    settle_pages(table.routes, engine)
    settle_sign_ups(table.routes, engine)
    settle_unfilled(table.routes, engine, behaviours)
    return table


def _told_once(routes: list[Route]) -> Iterator[Route]:
    """Each once: several applications may be made of the same routes, and a helper that registers lists may be called often."""
    told: set[tuple[object, ...]] = set()
    for route in routes:
        handled = None if route.handler is None else route.handler.key
        guards = tuple((guard.name, guard.does, guard.via) for guard in route.guards)
        same = (route.path, route.methods, route.mark, route.registered, route.name, handled, route.kind, guards)
        if same not in told:
            told.add(same)
            yield route
