"""Operations of GraphQL as routes, below the address where their schema is answered: `/graphql/createOrder`.

As those of NestJS (`nest_graphql.py`), what only reads is told as GET and what changes something as POST.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.web_concepts import GraphqlRoot, GraphqlSchema
from backend_audit.frameworks.definitions import Written, decorators_of
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.frameworks.graphql_fields import Field, Fields
from backend_audit.frameworks.graphql_guards import GraphqlGuards
from backend_audit.frameworks.graphql_middleware import GrapheneMiddleware
from backend_audit.frameworks.graphql_mounts import KIND, GraphqlMounts
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, object_key
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.texts import definition, texts_of
from backend_audit.source import Mark

PATH = "/graphql"
_METHODS = {"query": "GET", "mutation": "POST", "subscription": "GET"}
_NAMED = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
_ASKS = (Does.AUTHENTICATES, Does.AUTHORIZES)
_AROUND = ("resolve", "on_operation", "on_execute", "on_request_start")


@dataclass(slots=True)
class _Schema:
    key: str
    framework: str
    roots: dict[str, list[ClassSymbol]] = field(default_factory=dict)
    around: list[Guard] = field(default_factory=list)


class GraphqlRoutes:
    """Makes them. `routers` and `django` are asked for their routes only after this is made."""

    def __init__(self, routers: RouterRoutes, django: DjangoRoutes) -> None:
        self.routers = routers
        self.engine = routers.engine
        self.facts = routers.tree.facts
        self.definitions = django.definitions
        self.django = django
        self.mounts = GraphqlMounts(routers, django.definitions)
        self.fields = Fields(django.definitions)
        self.guards = GraphqlGuards(routers, django)
        self.middleware = GrapheneMiddleware(django)

    def routes(self, found: list[Route]) -> list[Route]:
        """The mounts that nothing has told yet, and the operations of every schema; mounts among `found` are known by kind."""
        schemas = self._schemas()
        added = list(self.mounts.routes(found)) if schemas else []
        mounted = [one for one in (*found, *added) if one.kind == KIND]
        self.routers.behaviours.anonymous.nobody_is_none = not any(one.framework == "django" for one in found)
        told: list[Route] = []
        for schema in schemas:
            mount = _least_guarded([one for one in mounted if schema.key in one.schemas or len(schemas) == 1])
            told += self._of_schema(schema, mount)
        for one in mounted:
            one.schemas = one.schemas or (("",) if told else ())
            one.kind = KIND if told else "http" if one.handler is not None else "library"  # nothing is known of what it answers
        return [*told, *added]

    def _schemas(self) -> list[_Schema]:
        """The schemas that are made; the functions that are bound by name belong to all of their library's."""
        found: dict[str, _Schema] = {}
        for made in self.facts.made.values():
            for one in made:
                if isinstance(one, GraphqlSchema):
                    key = object_key(one.site.path, one.site.node)
                    known = found.setdefault(key, _Schema(key, one.site.api.partition(".")[0].partition("_")[0]))
                    for kind, operand in (("query", one.query), ("mutation", one.mutation), ("subscription", one.subscription)):
                        known.roots.setdefault(kind, []).extend(self._classes(operand, one.site.path))
                    known.around += self._around(one.extensions, one.site.path)
        if self.facts.resolvers and not any(one.framework == "ariadne" for one in found.values()):
            found["ariadne"] = _Schema("ariadne", "ariadne")
        return [found[key] for key in sorted(found)]

    def _classes(self, operand: Operand | None, path: str) -> list[ClassSymbol]:
        """The classes of a root type: `Query`, `merge_types("Query", (Users, Orders))`."""
        value = None if operand is None else operand.value
        direct = [one for each in contents(value) for one in of_kind(each.refs, ClassSymbol)]
        if direct or operand is None or operand.node is None:
            return direct
        behind = self.definitions.behind(Written(self.definitions.module(path), operand.node))
        given = behind.node.args if isinstance(behind.node, ir.Call) else []
        values = [self.definitions.value(Written(behind.module, arg.value)) for arg in given]
        return [one for each in values for inner in contents(each) for one in of_kind(inner.refs, ClassSymbol)]

    def _around(self, operand: Operand | None, path: str) -> list[Guard]:
        """What extensions of a schema do to who has not signed in."""
        found: list[Guard] = []
        for value in contents(None if operand is None else operand.value):
            owners = [*of_kind(value.refs, ClassSymbol), *self.engine.classes_of(value)]
            for owner in owners:
                methods = (self.engine.find_method(owner, name) for name in _AROUND)
                for method in (one for one in methods if one is not None):
                    mark = Mark(path, operand.node.at, operand.node.end, owner.name) if operand and operand.node else None
                    guard = self.guards.around(owner, method, "application", mark)
                    found += [guard] if guard.has(*_ASKS) else []
        return found

    # --- operations -------------------------------------------------------------------------------------------------

    def _of_schema(self, schema: _Schema, mount: Route | None) -> Iterator[Route]:
        for kind, roots in schema.roots.items():
            for root in roots:
                for one in self.fields.of(root):
                    yield self._route(schema, mount, kind, one)
        if schema.framework == "ariadne":
            for kind, one in self._bound():
                yield self._route(schema, mount, kind, one)

    def _bound(self) -> Iterator[tuple[str, Field]]:
        """The functions that are bound to fields of root types, each once."""
        seen: set[tuple[str, str]] = set()
        for concept in self.facts.resolvers:
            owners = self.facts.objects(None if concept.owner is None else concept.owner.value)
            kinds = [kind for _, made in owners for one in made if isinstance(one, GraphqlRoot) for kind in _kinds(one)]
            functions = [] if concept.resolver is None else of_kind(concept.resolver.value.refs, FunctionSymbol)
            names = texts_of(None if concept.name is None else concept.name.value)
            if not kinds or not names or not functions or (kinds[0], names[0]) in seen:
                continue
            seen.add((kinds[0], names[0]))
            handler = functions[0]
            decorators = tuple(one for one in decorators_of(handler) if not self._binds(one.node))
            yield kinds[0], Field(names[0], handler.module, concept.site.node, handler, None, decorators)

    def _binds(self, node: ir.Expr) -> bool:
        return any(one.site.node is node for one in self.facts.resolvers)

    def _route(self, schema: _Schema, mount: Route | None, kind: str, one: Field) -> Route:
        """One operation as a route."""
        module = one.home.module if isinstance(one.home, ClassSymbol) else one.home
        registered = Mark(module.path, one.node.at, one.node.end, "declared here")
        if isinstance(one.node, ir.Function):
            registered = Mark(module.path, one.node.at, one.node.name_end, "declared here")
        handler = one.handler
        mark = registered
        if handler is not None:
            mark = definition(handler)
        around = [guard for each in self.middleware.of(schema.framework) if (guard := self.guards.before(*each, one.name))]
        guards = [*([] if mount is None else mount.guards), *schema.around, *around, *self.guards.of(one)]
        if one.api and handler is None and kind == "mutation":
            because = f"is a library's: {one.api}"
            guards.append(Guard(one.api.rpartition(".")[2], frozenset((Does.DEPENDS,)), "library", registered, None, because))
        answers = handler.name if handler is not None and one.owner is None else _called(one)
        return Route(
            methods=(_METHODS[kind],), path=f"{(PATH if mount is None else mount.path).rstrip('/')}/{one.name}",
            framework=schema.framework, handler=handler, owner=one.owner, name=answers, mark=mark, registered=registered,
            guards=deduplicated(guards), kind=KIND, app="" if mount is None else mount.app, group=f"{one.home.key} {kind}",
        )  # fmt: skip


def _called(one: Field) -> str:
    owner = one.owner or (one.home if isinstance(one.home, ClassSymbol) else None)
    last = one.name.rpartition("/")[2] if one.handler is None else one.handler.node.name
    return last if owner is None else f"{owner.name}.{last}"


def _kinds(root: GraphqlRoot) -> list[str]:
    """What a root type that functions are bound to holds: by the row, or by the name that it is given."""
    names = [] if root.name is None else texts_of(root.name.value)
    return [root.kind] if root.kind else [_NAMED[one] for one in names if one in _NAMED]


def _least_guarded(mounts: list[Route]) -> Route | None:
    """The way into a schema that asks least: whoever calls takes that."""
    return min(
        mounts, key=lambda one: (any(guard.has(*_ASKS) for guard in one.guards), KIND not in one.path, one.path), default=None
    )
