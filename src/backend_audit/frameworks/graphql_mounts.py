"""Where GraphQL schemas are answered: views and applications of libraries that are mounted, handlers that execute a schema.

https://docs.graphene-python.org/projects/django/en/latest/installation/, https://strawberry.rocks/docs/integrations/fastapi,
https://ariadnegraphql.org/docs/starlette-integration, https://ariadnegraphql.org/docs/flask-integration
"""

from collections.abc import Iterable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import GraphqlSchema, RouterCreation, RouteRegistration, ViewObject
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.frameworks.registrations import deduplicated, framework_of, handlers, joined, methods_of, paths_of, prefix
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route
from backend_audit.routes.texts import mark_of
from backend_audit.routes.tree import Placed

VIEW = "graphql.View"  # what models call the views of all libraries
KIND = "graphql"
_EXECUTES = frozenset("graphql graphql_sync execute execute_sync execute_async handle_request".split())
_SCHEMAS = frozenset(("graphene.Schema", "strawberry.Schema", "strawberry.federation.Schema", "ariadne.Schema"))


def is_view(engine: Engine, owner: ClassSymbol | None, api: str) -> bool:
    """Whether a class, or a library's class of that path, is a view that answers with a schema."""
    models = engine.models
    paths = (api,) if owner is None else engine.external_bases(owner)
    return any(VIEW in models.lineage(models.canonical(path)) for path in paths if path)


def schemas_in(facts: WebFacts, value: Value | None) -> tuple[str, ...]:
    """The keys of the schemas that a value can be."""
    return tuple(symbol.key for symbol, made in facts.objects(value) if any(isinstance(one, GraphqlSchema) for one in made))


class GraphqlMounts:
    """Finds them. Made before the routes of routers are, which a server of GraphQL is one of."""

    def __init__(self, routers: RouterRoutes, definitions: Definitions) -> None:
        self.routers = routers
        self.definitions = definitions
        self.engine = routers.engine
        self.facts = routers.tree.facts
        for router in routers.tree.routers.values():
            for creation in router.creations:
                if creation.schema is not None and not router.registrations:
                    router.registrations.append(RouteRegistration(site=creation.site, kind=KIND))

    def routes(self, found: Iterable[Route]) -> Iterator[Route]:
        """The routes of mounted servers and views that no router tells; handlers among `found` that execute one become some."""
        for placed in self.routers.tree.placed():
            schemas = self._answered(placed)
            if schemas is not None:
                yield from self._of_placed(placed, schemas)
        for route in found:
            if route.kind == "http" and route.handler is not None and (keys := self._executed(route)):
                route.kind, route.schemas = KIND, keys

    def _of_placed(self, placed: Placed, schemas: tuple[str, ...]) -> Iterator[Route]:
        framework = framework_of(placed.routers)
        registered = mark_of(placed.registration, "registered here")
        before = self.routers.before(placed)
        if placed.registration.guards is not None:
            before += self.routers.attached(placed.registration.guards, "route")
        for path in paths_of(placed.registration):
            yield Route(
                methods=methods_of(placed), path=joined(prefix(placed, framework), path), framework=framework, handler=None,
                name="GraphQL", mark=registered, registered=registered, guards=deduplicated(before), kind=KIND, schemas=schemas,
                app=placed.routers[0].key if placed.mounted else "", group=placed.routers[-1].key,
            )  # fmt: skip

    def _answered(self, placed: Placed) -> tuple[str, ...] | None:
        """The schemas that a registration answers with; None where it is none of GraphQL."""
        registration = placed.registration
        if registration.kind == KIND and registration.handler is None:
            own = (one for router in placed.routers[-1:] for one in router.creations if one.schema is not None)
            return next((self._of_server(one) for one in own), None)
        if registration.handler is None or any(not isinstance(one, ClassSymbol) for one in handlers(registration.handler)):
            return None
        made = [one for _, concepts in self.facts.objects(registration.handler.value) for one in concepts]
        server = next((one for one in made if isinstance(one, RouterCreation) and one.schema is not None), None)
        if server is not None:
            return self._of_server(server)
        views = [one for one in made if isinstance(one, ViewObject) and one.owner is not None]
        values = [registration.handler.value, *(one.owner.value for one in views if one.owner is not None)]
        owners = [one for value in values for one in value.refs if isinstance(one, ClassSymbol)]
        apis = [path for value in values for path in value.apis]
        if not any(is_view(self.engine, one, "") for one in owners) and not any(is_view(self.engine, None, one) for one in apis):
            return None
        return self._of_call(registration.handler.node, registration.site.path)

    def _of_server(self, creation: RouterCreation) -> tuple[str, ...]:
        return schemas_in(self.facts, None if creation.schema is None else creation.schema.value)

    def _of_call(self, node: ir.Expr | None, path: str) -> tuple[str, ...]:
        """The schema that `View.as_view("graphql", schema=schema)` is told."""
        given = [arg.value for arg in node.args if arg.name == "schema"] if isinstance(node, ir.Call) else []
        if not given:
            return ()
        return schemas_in(self.facts, self.definitions.value(Written(self.definitions.module(path), given[0])))

    def _executed(self, route: Route) -> tuple[str, ...]:
        """The schemas that a handler executes what it is sent against: `graphql_sync(schema, data)`, `schema.execute(query)`."""
        handler = route.handler
        found: list[str] = []
        for node in () if handler is None else ir.walk_scope(*handler.node.body):
            if handler is None or not isinstance(node, ir.Call) or written(node.func).rpartition(".")[2] not in _EXECUTES:
                continue
            frame = self.engine.frame(handler.module, handler)
            given = [node.func.value] if isinstance(node.func, ir.Attribute) else []
            given += [arg.value for arg in node.args[:1]]
            found += [key for one in given for key in schemas_in(self.facts, frame.eval(one))]
        return tuple(dict.fromkeys(found))
