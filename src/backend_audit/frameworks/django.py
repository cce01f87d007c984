"""Routes of Django and Django REST framework: patterns, views and what guards them.

https://docs.djangoproject.com/en/stable/topics/http/urls/, https://www.django-rest-framework.org/api-guide/views/
"""

from collections.abc import Iterator
from functools import partial

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.aside import finds_own_first
from backend_audit.frameworks.definitions import Definitions, Written, decorators_of
from backend_audit.frameworks.django_classes import ClassGuards
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.frameworks.django_hooks import Hooks
from backend_audit.frameworks.django_middleware import Middleware
from backend_audit.frameworks.django_settings import Settings, Site
from backend_audit.frameworks.django_urls import Pattern, UrlTree, certain, joined
from backend_audit.frameworks.django_views import ACTIONS, Answer, View, Views
from backend_audit.frameworks.drf import Permissions
from backend_audit.frameworks.drf_routers import Resource, ResourceRoutes
from backend_audit.frameworks.graphql_mounts import is_view, schemas_in
from backend_audit.frameworks.marked import Marked
from backend_audit.frameworks.withheld import withheld
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, decorator_name
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.body import Body
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.guards import Guarding
from backend_audit.routes.missing import ABSENT
from backend_audit.routes.model import KNOWN, Does, Guard, Route
from backend_audit.routes.texts import definition, mark_of
from backend_audit.source import Mark

_SHIELDING = (Does.SHIELDS, Does.UNSHIELDS)
_SAYS_ANSWER = ("extend_schema", "swagger_auto_schema")
_TAKE = frozenset(("POST", "PUT", "PATCH"))
_ASKS = (Does.AUTHENTICATES, Does.AUTHORIZES)
_LISTING = "rest_framework.routers.APIRootView"


class DjangoRoutes:
    """Makes the routes of the Django sites of a project."""

    def __init__(self, engine: Engine, facts: WebFacts, behaviours: Behaviours, guarding: Guarding) -> None:
        self.engine = engine
        self.facts = facts
        self.behaviours = behaviours
        self.definitions = Definitions(engine)
        self.settings = Settings(engine)
        self.tree = UrlTree(engine, facts, self.settings, self.definitions)
        self.views = Views(self.definitions, facts)
        self.deciding = Deciding(self.definitions, behaviours, guarding)
        self._guarded: dict[str, bool] = {}
        self.permissions = Permissions(self.deciding, self.settings)
        self.classes = ClassGuards(self.deciding, self.permissions)
        self.hooks = Hooks(self.deciding)
        self.middleware = Middleware(self.deciding, self.settings)
        self.resources: ResourceRoutes | None = None
        self.marked = Marked(engine)
        sites = self.settings.sites()[:1]
        behaviours.anonymous.setting = lambda name: self.settings.value(sites[0], name) if sites else None

    def routes(self) -> Iterator[Route]:
        """Every route of every site; of two at one address the first counts."""
        self.behaviours.anonymous.guarded = self.guarded
        sites = self.settings.sites() or [Site(module, None) for module in self.tree.roots()]
        for site in sites:
            seen: dict[str, object] = {}
            told: set[tuple[str, tuple[str, ...]]] = set()  # a router of two kinds (`A() if DEBUG else B()`) has its routes once
            for pattern in certain(list(self.tree.of_module(site.urls))):
                if pattern.router is None and joined(pattern.path) in seen:
                    continue
                for route in self.of_pattern(pattern, site):
                    first = seen.setdefault(route.path, route.owner or pattern) is (route.owner or pattern)
                    if first and (route.path, route.methods) not in told:
                        told.add((route.path, route.methods))
                        yield route
        self.behaviours.anonymous.guarded = None

    def guarded(self, function: FunctionSymbol) -> bool:
        """Whether decorators turn callers away before they reach a function, whoever calls it."""
        known = self._guarded.get(function.key)
        if known is None:
            self._guarded[function.key] = False  # while it is found out
            guards = self.deciding.decorators(decorators_of(function), "decorator", {})
            known = self._guarded[function.key] = any(guard.has(*_ASKS) for guard in guards)
        return known

    def of_pattern(self, pattern: Pattern, site: Site) -> Iterator[Route]:
        """The routes of one pattern."""
        if pattern.router is not None:
            self.resources = self.resources or ResourceRoutes(self.definitions, self.facts, self.views)
            for resource in self.resources.of(pattern.router):
                yield self.of_resource(resource, pattern, site)
            return
        if pattern.view is None or pattern.concept is None:
            return
        if pattern.admin:
            yield self.admin(pattern, mark_of(pattern.concept, "registered here"))
            return
        module = self.definitions.module(pattern.concept.site.path)
        local = pattern.concept.site.function is not None
        mark = mark_of(pattern.concept, "registered here")
        for view in self.views.opened(pattern.view, module, local=local):
            if isinstance(view.symbol, FunctionSymbol):
                yield self.of_function(view, view.symbol, pattern, site, mark)
            else:
                for answer in self.views.answers(view):
                    yield self.of_class(view, answer, pattern, site, mark)

    def admin(self, pattern: Pattern, mark: Mark) -> Route:
        """Django's admin, as one route."""
        guard = Guard("admin_view", frozenset(_ASKS), "application", None, None, KNOWN)
        path = joined(pattern.path)
        return Route(
            methods=(), path=path, framework="django", handler=None, name="admin.site.urls", mark=mark, registered=mark,
            guards=(guard,), kind="admin", group=pattern.place.module.key,
        )  # fmt: skip

    def of_function(self, view: View, handler: FunctionSymbol, pattern: Pattern, site: Site, mark: Mark) -> Route:
        """The route of a function view: one for all its methods."""
        decorators = decorators_of(handler)
        methods = self.deciding.methods([*view.wrappers, *decorators]) or ()
        said = _said(methods[0] if len(methods) == 1 else "", "")
        guards = self.deciding.decorators(list(pattern.place.decorators), "mount", said)
        guards += self.deciding.decorators(list(view.wrappers), "decorator", said)
        guards += self.deciding.decorators(decorators, "decorator", said)
        guards += self.permissions.of_function(decorators, said, site) or []
        guards += self.in_body(handler, said, guards)
        return self.route(pattern, site, tuple(methods), handler, None, handler.node.name, guards, said, mark)

    def of_class(self, view: View, answer: Answer, pattern: Pattern, site: Site, mark: Mark) -> Route:
        """The route of one method of a class-based view."""
        method = answer.methods[0] if answer.methods else ""
        said = _said(method, answer.action)
        guards = self.deciding.decorators([*pattern.place.decorators, *view.wrappers], "decorator", said)
        guards += self.of_owner(view, answer.handler, said, site, answer.name)
        owner = view.symbol if isinstance(view.symbol, ClassSymbol) else None
        home = view.api.rpartition(".")[2] if owner is None else owner.name
        known = owner is not None or self.views.provided(None, view.api) or view.api == "lambda"
        name = f"{home}.{answer.name}" if known and home != "lambda" else home
        kind = "graphql" if is_view(self.engine, owner, view.api) else "http" if known else "library"
        route = self.route(pattern, site, answer.methods, answer.handler, owner, name, guards, said, mark, kind=kind)
        route.schemas = self.answered(view) if kind == "graphql" else ()
        return route

    def answered(self, view: View) -> tuple[str, ...]:
        """The schemas that a view of GraphQL is told to answer with."""
        told = [one for name, one in view.given if name == "schema"]
        return schemas_in(self.facts, self.definitions.value(told[0])) if told else ()

    def of_resource(self, resource: Resource, pattern: Pattern, site: Site) -> Route:
        """The route of one action of a view set on a router."""
        path = joined(pattern.place.prefix + resource.path)
        said = _said(resource.method, resource.action)
        view = View(resource.owner, resource.api)
        guards = self.deciding.decorators(list(pattern.place.decorators), "mount", said)
        guards += self.of_owner(view, resource.handler, said, site, resource.action)
        name = f"{resource.owner.name}.{resource.action}" if resource.owner is not None else resource.api.rpartition(".")[2]
        registered = mark_of(resource.concept, "registered here")
        kind = "docs" if resource.api == _LISTING else "http"  # it lists the router's own addresses
        return self.route(
            pattern, site, (resource.method,), resource.handler, resource.owner, name, guards, said, registered, path, kind
        )

    def of_method(
        self, view: View, owner: ClassSymbol, methods: tuple[str, ...], action: str, pattern: Pattern, site: Site, mark: Mark,
        path: str,
    ) -> Route:  # fmt: skip
        """The route of one method of a class at an address given."""
        said = _said(methods[0] if methods else "", action)
        handler = self.views.method(owner, action)
        guards = self.of_owner(view, handler, said, site, action)
        return self.route(pattern, site, methods, handler, owner, f"{owner.name}.{action}", guards, said, mark, path)

    def of_owner(self, view: View, handler: FunctionSymbol | None, said: Said, site: Site, action: str) -> list[Guard]:
        """The guards of a class and of the method that answers."""
        if isinstance(view.symbol, ClassSymbol):
            said = {**said, **self.permissions.objects.said(view.symbol, handler, action)}
        found = self.classes.of(view, handler, said, site, action)
        if handler is not None:
            decorators = decorators_of(handler)
            found += self.deciding.decorators(decorators, "decorator", said)
            found += self.in_body(handler, said, found)
        if isinstance(view.symbol, ClassSymbol) and not any(guard.has(*_ASKS) for guard in found):
            decides = partial(self.behaviours.anonymous.decides, said=said)
            found += withheld(self.engine, view.symbol, handler, action, decides)
            if not any(guard.has(*_ASKS) for guard in found):
                found += self.hooks.guards(view.symbol, handler, action, said)
        return found

    def in_body(self, handler: FunctionSymbol, said: Said, before: list[Guard]) -> list[Guard]:
        """The handler itself, where whoever has not signed in is turned away on every way that answers at all."""
        if any(guard.has(*_ASKS) for guard in before):
            return []
        because = "finds what is the caller's own" if finds_own_first(handler) else "turns away who has not signed in"
        if not finds_own_first(handler):
            if not self.deciding.may_turn_away(handler):
                return []
            run = self.behaviours.anonymous.run(handler, None, said)
            if not run.denied or any(one is not ABSENT for one in run.passed):
                return []
        mark = Mark(handler.module.path, handler.node.at, handler.node.name_end, handler.node.name)
        does, carrier = frozenset((Does.AUTHENTICATES,)), self.behaviours.carrier(handler)
        return [Guard(handler.node.name, does, "body", mark, handler, because, carrier=carrier)]

    def route(
        self, pattern: Pattern, site: Site, methods: tuple[str, ...], handler: FunctionSymbol | None, owner: ClassSymbol | None,
        name: str, guards: list[Guard], said: Said, registered: Mark, path: str = "", kind: str = "http",
    ) -> Route:  # fmt: skip
        """A route with what covers the whole site before it."""
        path = path or joined(pattern.path)
        concept = pattern.concept
        mark = registered
        if handler is not None:
            mark = definition(handler)
        elif owner is not None:
            mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, f"view {owner.name}")
        opened = any(guard.name == "login_not_required" and guard.has(Does.OPENS) for guard in guards)
        names = () if concept is None or concept.name is None else concept.name.value.texts()
        asked = Asked(path, names[0] if names else "", ".".join(pattern.place.names) or "-", methods)
        before = self.middleware.guards(site, asked, names, said, opened=opened)
        before = before if handler is None or owner is not None else self.marked.without(before, handler)
        if self.is_rest(handler, owner):  # it is exempt from the middleware, and its own authentication looks instead
            guards = [guard for guard in guards if guard.via == "authentication" or not guard.has(*_SHIELDING)]
        else:
            before += self.middleware.unshielded(site)
        return Route(
            methods=methods, path=path, framework="django", handler=handler, owner=owner, name=name, mark=mark,
            registered=registered, kind=kind, guards=_once([*before, *guards]), body=self.takes(handler, owner, methods),
            response_schema=self.declares(handler, owner) if self.is_rest(handler, owner) else None,
            group=pattern.place.module.key if owner is None else owner.key, unapplied=self.classes.unapplied(owner),
            keyed=_knows_nobody(guards),
        )  # fmt: skip

    def declares(self, handler: FunctionSymbol | None, owner: ClassSymbol | None) -> bool:
        """Whether a REST view says what it answers with: by its serializer, or by a decorator for its documentation."""
        inherited = owner is not None and (handler is None or handler.owner is not owner or handler.node.name in ACTIONS)
        if owner is not None and inherited and self._serializes(owner):
            return True
        return handler is not None and any(self._describes(handler.module, one) for one in handler.node.decorators)

    def takes(self, handler: FunctionSymbol | None, owner: ClassSymbol | None, methods: tuple[str, ...]) -> Body:
        """What is known of the body: the framework's own methods hold it against the view's serializer."""
        inherited = owner is not None and (handler is None or handler.owner is not owner)
        if owner is None or not inherited or _TAKE.isdisjoint(methods) or not self.is_rest(handler, owner):
            return Body()
        return Body(validated=True if self._serializes(owner) else None)

    def _serializes(self, owner: ClassSymbol) -> bool:
        named = self.definitions.attribute(owner, "serializer_class") is not None
        return named or self.engine.find_method(owner, "get_serializer_class") is not None

    def _describes(self, module: ModuleSymbol, decorator: ir.Expr) -> bool:
        """Whether a decorator is for the documentation, or a function of the project that gives one back."""
        if decorator_name(decorator) in _SAYS_ANSWER:
            return True
        callee = decorator.func if isinstance(decorator, ir.Call) else decorator
        functions = [one for one in self.definitions.value(Written(module, callee)).refs if isinstance(one, FunctionSymbol)]
        made = [one.value for function in functions for one in function.scope.of(ir.Return)]
        return any(isinstance(one, ir.Call) and decorator_name(one) in _SAYS_ANSWER for one in made)

    def is_rest(self, handler: FunctionSymbol | None, owner: ClassSymbol | None) -> bool:
        """Whether a view is one of the REST framework."""
        if owner is not None:
            return self.permissions.covers(owner)
        decorators = [] if handler is None else decorators_of(handler)
        return self.permissions.is_api_view(decorators)


def _said(method: str, action: str) -> dict[str, str]:
    """What is known of a request, by how views and permissions write it."""
    said = {"request.method": method, "self.request.method": method} if method else {}
    if action:
        said |= {"self.action": action, "view.action": action}
    return said


def _knows_nobody(guards: list[Guard]) -> bool:
    """Whether all that asks who calls are authentication classes that let a key pass and find no user: a program calls."""
    asking = [guard for guard in guards if guard.has(*_ASKS)]
    return bool(asking) and all(guard.via == "authentication" and not _gives(guard.function) for guard in asking)


def _gives(function: FunctionSymbol | None) -> bool:
    """Whether a function gives anything but nothing, as far as it can be read."""
    if function is None:
        return True
    given = (node.value for node in function.scope.of(ir.Return))
    return any(one is not None and not (isinstance(one, ir.Const) and one.value is None) for one in given)


def _once(guards: list[Guard]) -> tuple[Guard, ...]:
    found: dict[tuple[str, object, object], Guard] = {}
    for guard in guards:
        found.setdefault((guard.name, guard.function, guard.does), guard)
    return tuple(found.values())
