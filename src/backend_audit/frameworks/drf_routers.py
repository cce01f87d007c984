"""Routers of Django REST framework: the routes of view sets by the names of their methods.

https://www.django-rest-framework.org/api-guide/routers/, https://github.com/alanjds/drf-nested-routers,
https://chibisov.github.io/drf-extensions/docs/#nested-routes
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import ResourceRegistration, ResourceRouter
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.frameworks.django_guards import texts_in
from backend_audit.frameworks.django_urls import from_regex
from backend_audit.frameworks.django_views import Views
from backend_audit.frameworks.drf_mappings import LISTED, SINGLE, Mappings, Pair
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, ObjectSymbol, decorator_name, object_key
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.texts import texts_of

_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Resource:
    """One route of a view set: `handler` None where a library's method answers."""

    path: str
    method: str
    action: str
    owner: ClassSymbol | None
    api: str
    handler: FunctionSymbol | None
    concept: ResourceRegistration | ResourceRouter


class ResourceRoutes:
    """Reads the registrations on routers."""

    def __init__(self, definitions: Definitions, facts: WebFacts, views: Views) -> None:
        self.definitions = definitions
        self.engine = definitions.engine
        self.facts = facts
        self.views = views
        self.registered: dict[str, list[ResourceRegistration]] = {}
        for one in facts.resources:
            for symbol, _ in facts.objects(None if one.owner is None else one.owner.value):
                listed = self.registered.setdefault(symbol.key, [])
                if not any(other.site.node is one.site.node and _same(other, one) for other in listed):
                    listed.append(one)
        self.mappings = Mappings(definitions)
        self._extended = self._extensions()
        self._within: dict[str, list[ObjectSymbol]] = {}
        for made in facts.made.values():
            for concept in made:
                if isinstance(concept, ResourceRouter) and concept.within and isinstance(concept.site.node, ir.Call):
                    inner = ObjectSymbol(object_key(concept.site.path, concept.site.node), concept.site.node)
                    for symbol, _ in facts.objects(None if concept.parent is None else concept.parent.value):
                        nested = self._within.setdefault(symbol.key, [])
                        if all(one.key != inner.key for one in nested):
                            nested.append(inner)

    def of(self, router: ObjectSymbol, outer: str | None = None, depth: int = _MAX_DEPTH) -> Iterator[Resource]:
        """The routes of a router, and of those whose registry it takes over."""
        creation = self._creation(router)
        if depth == 0:
            return
        if creation is not None and creation.root and not any(key == "include_root_view" for key, _ in creation.site.args):
            yield Resource("", "GET", "", None, "rest_framework.routers.APIRootView", None, creation)
        slash = "" if creation is not None and creation.slash is not None and creation.slash.value.is_just(value=False) else "/"
        slash = slash if outer is None else outer
        above = "" if creation is None else self.above(creation)
        for one in self.registered.get(router.key, ()):
            yield from self.registration(one, above, slash, self.mappings.of(router))
        for other in (*self._within.get(router.key, ()), *self._extended.get(router.key, ())):
            for resource in self.of(other, slash, depth - 1):
                if resource.action:
                    yield resource

    def registration(
        self, one: ResourceRegistration, above: str, slash: str, mapped: tuple[tuple[Pair, ...], tuple[Pair, ...]]
    ) -> Iterator[Resource]:
        """The routes of one `router.register(prefix, ViewSet)`."""
        prefixes = texts_of(one.prefix.value, "<part>") if one.prefix is not None else []
        value = Value() if one.views is None else one.views.value
        owners: list[tuple[ClassSymbol | None, str]] = [
            (symbol, "") for symbol in sorted(value.refs, key=lambda each: each.key) if isinstance(symbol, ClassSymbol)
        ]
        owners = owners or [(None, path) for path in sorted(value.apis)]
        for prefix in prefixes:
            for owner, api in owners:
                base = (above + from_regex(prefix)).strip("/")
                for path, method, action in self.routes(owner, api, mapped):
                    handler = None if owner is None else self.views.method(owner, action)
                    full = "/".join(part for part in (base, path) if part)
                    yield Resource(f"{full}{slash}" if full else "", method, action, owner, api, handler, one)

    def routes(
        self, owner: ClassSymbol | None, api: str, mapped: tuple[tuple[Pair, ...], tuple[Pair, ...]] = (LISTED, SINGLE)
    ) -> Iterator[tuple[str, str, str]]:
        """Path below the prefix, method and action of a view set's routes, in the order in which the router makes them."""
        allowed = self.views.allowed(owner)
        provided = self.views.provided(owner, api)
        extra = list(self.marked(owner, allowed)) if owner is not None else []
        key = self.lookup(owner)
        for single, standard in ((False, mapped[0]), (True, mapped[1])):
            path = key if single else ""
            own = [(f"{path}/{url}" if path else url, verb, name) for is_single, url, verb, name in extra if is_single is single]
            if not single:
                yield from own
            for verb, action in standard:
                has = action in provided or (owner is not None and self.views.method(owner, action) is not None)
                if has and verb in allowed:
                    yield path, verb, action
            if single:
                yield from own

    def marked(self, owner: ClassSymbol, allowed: frozenset[str]) -> Iterator[tuple[bool, str, str, str]]:
        """`@action` methods of the class and its bases: whether for one object, URL path, HTTP method, name."""
        seen: set[str] = set()
        for one in self.engine.bases(owner)[0]:
            for name, method in one.methods.items():
                if name in seen:
                    continue
                seen.add(name)
                for node in method.node.decorators:
                    word = decorator_name(node)
                    if isinstance(node, ir.Call) and word in ("action", "detail_route", "list_route"):
                        single, url, verbs = self._action(Written(one.module, node), word, name)
                        yield from ((single, url, verb, name) for verb in verbs if verb in allowed)
                    mapped = self._mapped(one, node)
                    if mapped is not None:
                        yield (*mapped, word.upper(), name)

    def _action(self, one: Written, word: str, name: str) -> tuple[bool, str, list[str]]:
        node = one.node
        given = {arg.name: Written(one.module, arg.value) for arg in node.args if arg.name} if isinstance(node, ir.Call) else {}
        values = {key: self.definitions.value(each) for key, each in given.items()}
        single = word == "detail_route" or ("detail" in values and not values["detail"].is_just(value=False))
        methods = values.get("methods")
        if methods is None and isinstance(node, ir.Call) and node.args and node.args[0].name is None:
            methods = self.definitions.value(Written(one.module, node.args[0].value))
        verbs = [text.upper() for text in texts_in(methods)] if methods is not None else ["GET"]
        url = values["url_path"].texts() if "url_path" in values else ()
        return single, from_regex(url[0]) if url else name, verbs or ["GET"]

    def _mapped(self, owner: ClassSymbol, node: ir.Expr) -> tuple[bool, str] | None:
        """`@archive.mapping.delete`: another method of the action `archive`."""
        if not (isinstance(node, ir.Attribute) and isinstance(node.value, ir.Attribute) and node.value.attr == "mapping"):
            return None
        base = node.value.value
        first = owner.methods.get(base.id) if isinstance(base, ir.Name) else None
        for one in [] if first is None else first.node.decorators:
            if isinstance(one, ir.Call) and decorator_name(one) == "action" and first is not None:
                return self._action(Written(owner.module, one), "action", first.node.name)[:2]
        return None

    def lookup(self, owner: ClassSymbol | None) -> str:
        """The part of the address that names one object."""
        if owner is not None:
            for attr in ("lookup_url_kwarg", "lookup_field"):
                texts = self.engine.class_attribute(owner, attr).texts()
                if texts:
                    return f"<{texts[0]}>"
        return "<pk>"

    def above(self, creation: ResourceRouter) -> str:
        """The address above a nested router's resources."""
        if creation.parent is None or creation.below is None:
            return ""
        prefix = "".join(texts_of(creation.below.value)[:1])
        lookup = "parent_lookup" if creation.within else "nested"
        lookup = "".join(texts_of(creation.lookup.value)[:1]) if creation.lookup is not None else lookup
        outer, field = "", "pk"
        for symbol, made in self.facts.objects(creation.parent.value):
            outer = next((self.above(one) for one in made if isinstance(one, ResourceRouter)), "")
            for one in self.registered.get(symbol.key, ()):
                owner = _owner(one.views)
                if owner is not None and one.prefix is not None and prefix in one.prefix.value.texts():
                    field = self.lookup(owner).strip("<>")
        return f"{outer}{from_regex(prefix)}/<{lookup}_{field}>/"

    def _creation(self, router: ObjectSymbol) -> ResourceRouter | None:
        made = self.facts.made.get(id(router.node), [])
        return next((one for one in made if isinstance(one, ResourceRouter)), None)

    def _extensions(self) -> dict[str, list[ObjectSymbol]]:
        """`router.registry.extend(other.registry)` at the top of modules."""
        found: dict[str, list[ObjectSymbol]] = {}
        for module in self.engine.project.modules.values():
            for into, taken in _extending(module):
                others = [other for other, _ in self.facts.objects(self.definitions.value(Written(module, taken)))]
                for symbol, _ in self.facts.objects(self.definitions.value(Written(module, into))):
                    found.setdefault(symbol.key, []).extend(others)
        return found


def _extending(module: ModuleSymbol) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """The routers that take over another's registry, and those others."""
    for node in module.node.body:
        call = node.value if isinstance(node, ir.ExprStmt) else None
        if isinstance(call, ir.Call) and isinstance(call.func, ir.Attribute) and call.func.attr == "extend" and call.args:
            base, arg = call.func.value, call.args[0].value
            if isinstance(base, ir.Attribute) and isinstance(arg, ir.Attribute) and base.attr == arg.attr == "registry":
                yield base.value, arg.value


def _owner(views: Operand | None) -> ClassSymbol | None:
    return next((one for one in (views.value.refs if views is not None else ()) if isinstance(one, ClassSymbol)), None)


def _same(one: ResourceRegistration, other: ResourceRegistration) -> bool:
    texts = [texts_of(each.prefix.value) if each.prefix is not None else [] for each in (one, other)]
    return texts[0] == texts[1] and _owner(one.views) is _owner(other.views)
