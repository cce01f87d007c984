"""The route table of a project of JavaScript, from all frameworks; same model and verdicts as Python's."""

from collections.abc import Mapping
from functools import partial

from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.frameworks.controllers import ControllerRoutes
from backend_audit.frameworks.express import ExpressRoutes
from backend_audit.frameworks.fastify import FastifyRoutes
from backend_audit.frameworks.hapi import HapiRoutes
from backend_audit.frameworks.nest import NestRoutes
from backend_audit.frameworks.next_routes import NextRoutes
from backend_audit.frameworks.node_http import NodeRoutes
from backend_audit.frameworks.prisma_schemas import fields_in_prisma
from backend_audit.frameworks.query_secrets import ScriptQuerySecrets
from backend_audit.frameworks.script_bodies import ScriptBodies
from backend_audit.frameworks.script_children import CheckedParents
from backend_audit.frameworks.script_credentials import SetCredentials
from backend_audit.frameworks.script_exposure import ScriptExposure
from backend_audit.frameworks.script_held import HeldObjects
from backend_audit.frameworks.script_intake import ScriptIntake
from backend_audit.frameworks.script_page_sizes import ScriptPageSizes
from backend_audit.frameworks.script_rows import OddRows
from backend_audit.frameworks.sent_secrets import SentSecrets
from backend_audit.frameworks.settling import Settling, in_table_order
from backend_audit.frameworks.trpc import TrpcRoutes
from backend_audit.frameworks.writes import ScriptWrites, answers_get
from backend_audit.inventory import Declared
from backend_audit.routes.chains import ChainTree
from backend_audit.routes.declared import Declarations
from backend_audit.routes.model import Auth, Route, RouteTable
from backend_audit.routes.reached_lookups import ScriptOddLookups
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.routes.script_claims import ScriptClaims
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.script_scoping import ScriptScoping
from backend_audit.routes.script_tenants import ScriptTenants
from backend_audit.routes.script_unawaited import UnawaitedChecks
from backend_audit.routes.script_unended import UnendedRefusals
from backend_audit.routes.verdicts import settle_sign_ups

_READS = frozenset(("GET", "HEAD"))


def script_route_table(
    behaviours: ScriptBehaviours, declared: Declared | None = None, texts: Mapping[str, str] | None = None
) -> RouteTable:
    """As `inventory.route_table`, for JavaScript and TypeScript; `texts`: of data models beside the code, by path."""
    engine, facts = behaviours.engine, behaviours.facts
    declarations = Declarations(declared or Declared(), engine)
    guarding = ScriptGuarding(engine, facts, behaviours, declarations)
    found: list[Route] = [*NestRoutes(engine, facts, guarding).routes()]
    found += NodeRoutes(engine, facts, guarding).routes()
    tree = ChainTree(engine, facts)
    express = ExpressRoutes(engine, tree, guarding)
    found += [*express.routes(), *FastifyRoutes(engine, tree, guarding).routes(), *HapiRoutes(engine, tree, guarding).routes()]
    found += ControllerRoutes(engine, facts, guarding).routes(express.in_front)
    found += TrpcRoutes(engine, facts, guarding).routes()
    if isinstance(engine, ScriptEngine):
        found += NextRoutes(engine, guarding).routes()
    table = RouteTable(in_table_order(found), express.bare)
    scoping = ScriptScoping(engine, ((model, name) for model, name, _, _ in fields_in_prisma(texts or {})))
    Settling(behaviours, declarations, ScriptClaims(behaviours).of, scoping.fill, _describe).settle(engine, table)
    settle_sign_ups(table.routes, engine)
    intake, exposure, sent = ScriptIntake(engine), ScriptExposure(engine, texts or {}), SentSecrets(engine)
    odd, tenants = OddRows(engine, table, scoping.callers), ScriptTenants(engine, scoping.callers)
    looked_up = (odd.fill, HeldObjects(odd, table).fill, ScriptOddLookups(engine).fill, SetCredentials(odd).fill)
    children = CheckedParents(odd, texts or {})
    writes, bodies, sizes = ScriptWrites(engine, facts), ScriptBodies(engine), ScriptPageSizes(engine)
    unended, unawaited = UnendedRefusals(behaviours, scoping.callers), UnawaitedChecks(engine, scoping.callers)
    for route in table.routes:
        route.unended = (*unended.of(route), *unawaited.of(route))
        if route.handler is not None and answers_get(route):
            route.writes = writes.of(route.handler)
        engine.attempt(route.mark.path, f"reading the input of {route.path}", partial(_take, route, bodies, sizes))
        route.taken, route.rows_shown, route.sent = intake.of(route), exposure.of(route), sent.of(route)
        if route.auth is Auth.REQUIRED:
            for fill in looked_up:
                engine.attempt(route.mark.path, f"reading the queries of {route.path}", partial(fill, route))
            route.lookups = (*route.lookups, *tenants.of(route))
        engine.attempt(route.mark.path, f"reading the ids of {route.path}", partial(children.fill, route))
    return table


def _take(route: Route, bodies: ScriptBodies, sizes: ScriptPageSizes) -> bool:
    route.body, route.page_sizes = bodies.of(route), sizes.of(route)
    return True


def _describe(route: Route) -> None:
    if route.handler is not None:
        route.secrets_in_query = tuple(ScriptQuerySecrets().of(route.handler, reads=set(route.methods) <= _READS))
