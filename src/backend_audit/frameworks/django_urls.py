"""Django's URL modules: every pattern at the address where it is reached, through includes, routers and lists.

https://docs.djangoproject.com/en/stable/topics/http/urls/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import ResourceRouter, RouteInclude, RouteObject, RouterCreation
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.frameworks.django_settings import Settings
from backend_audit.link.symbols import ModuleSymbol, ObjectSymbol, Symbol
from backend_audit.routes.facts import Made, WebFacts, contents
from backend_audit.routes.texts import texts_of

_MAX_DEPTH = 12
OPEN = "<?>"  # a part of the address that settings decide
_ADMIN = re.compile(r"^django\.contrib\.admin\.(?:site|AdminSite)\.urls$")
_GROUP_NAME = re.compile(r"\?P<(\w+)>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pattern is: the address above it, what decorates the includes above, the module that lists it."""

    prefix: str
    module: ModuleSymbol
    decorators: tuple[Written, ...] = ()
    depth: int = 0
    names: tuple[str, ...] = ()  # the namespaces around it: `app_name` of the modules

    def below(self, prefix: str) -> "Place":
        return replace(self, prefix=self.prefix + prefix, depth=self.depth + 1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern whose view is not opened yet; `router`: the resources of a router are reached here; `admin`: Django's admin."""

    place: Place
    path: str
    view: Operand | None = None
    concept: RouteObject | None = None
    router: ObjectSymbol | None = None
    admin: bool = False


class UrlTree:
    """Walks from a root URL module down."""

    def __init__(self, engine: Engine, facts: WebFacts, settings: Settings, definitions: Definitions) -> None:
        self.engine = engine
        self.facts = facts
        self.settings = settings
        self.definitions = definitions
        self.added = self._added()
        self._unnamed: list[ModuleSymbol] | None = None  # URL modules that no include names, once they are asked for
        self.mounted: dict[str, str] = {}  # where patterns mount applications of other frameworks, by their keys

    def of_module(self, module: ModuleSymbol, place: Place | None = None) -> Iterator[Pattern]:
        """The patterns of a URL module."""
        value = self.engine.module_attribute(module, "urlpatterns")
        if value is not None:
            here = Place("", module) if place is None else replace(place, module=module)
            here = replace(here, names=(*here.names, *texts_of(self.engine.module_attribute(module, "app_name"))[:1]))
            yield from self.of_list(value, here)
            yield from self.of_list(Value(refs=self.added.get(module.key, frozenset())), here)

    def _added(self) -> dict[str, frozenset[Symbol]]:
        """What applications add to a URL module when they are ready: `urlpatterns.append(path(…))`, by the module's key."""
        found: dict[str, frozenset[Symbol]] = {}
        for function in self.engine.project.functions():
            if function.node.name != "ready" or function.owner is None:
                continue
            imports = [node for node in function.node.body if isinstance(node, ir.Import)]
            targets = [
                target
                for node in imports
                for alias in node.names
                if alias.name == "urlpatterns"
                and isinstance(target := self.engine.project.find(function.module, node.module, node.level), ModuleSymbol)
            ]
            calls = function.scope.of(ir.Call)
            objects = frozenset(self.engine.object_of(function.module, node) for node in calls if self._is_pattern(node))
            for target in targets:
                found[target.key] = found.get(target.key, frozenset()) | objects
        return found

    def _is_pattern(self, node: ir.Call) -> bool:
        return any(isinstance(one, RouteObject) for one in self.facts.made.get(id(node), ()))

    def roots(self) -> list[ModuleSymbol]:
        """URL modules that nothing includes: where no settings name the root."""
        included: set[str] = set()
        modules = self.engine.project.modules.values()
        listed = [module for module in modules if "urlpatterns" in self.engine.environment(module)]
        for made in self.facts.made.values():
            for one in made:
                if isinstance(one, RouteInclude) and one.child is not None:
                    home = self.definitions.module(one.site.path)
                    included |= {target.key for target in self._modules(one.child.value, home)}
        for module in modules:
            included |= {target.key for target in self._taken_over(module)}
        return [module for module in listed if module.key not in included]

    def _taken_over(self, module: ModuleSymbol) -> Iterator[ModuleSymbol]:
        """The URL modules whose list a module puts into its own: `from shop.orders.urls import urlpatterns as orders`."""
        for node in module.nodes.of(ir.Import):
            if any(alias.name == "urlpatterns" for alias in node.names):
                target = self.engine.project.find(module, node.module, node.level)
                if isinstance(target, ModuleSymbol) and target is not module:
                    yield target

    def of_list(self, value: Value, place: Place) -> Iterator[Pattern]:
        """The patterns in a list of them, each object once, in the order in which Django tries them."""
        if place.depth > _MAX_DEPTH:
            return
        seen: set[str] = set()
        for one in [*contents(value), *([Value(refs=value.refs)] if value.kind and value.refs else [])]:
            for symbol, made in self.facts.objects(one):
                if symbol.key in seen:
                    continue
                seen.add(symbol.key)
                if not made:  # of a router class of the project that is made in its own way
                    yield Pattern(place, "", router=symbol)
                for concept in complete(made):
                    if isinstance(concept, RouteObject):
                        yield from self.of_path(concept, place)
                    elif isinstance(concept, RouteInclude):
                        yield from self.of_include(concept, place)
                    elif isinstance(concept, ResourceRouter):
                        yield Pattern(place, "", router=symbol)
                        break

    def of_path(self, concept: RouteObject, place: Place) -> Iterator[Pattern]:
        """One `path(…)`: a view, or what lies below it."""
        texts = [""] if concept.path is None else texts_of(self.settings.filled(concept.path.value), OPEN) or [OPEN]
        for text in texts:
            route = from_regex(text) if concept.converter == "regex" else text
            view = concept.handler
            if view is None:
                continue
            if any(_ADMIN.match(path) for path in view.value.apis):
                yield Pattern(place, place.prefix + route, view, concept, admin=True)
                continue
            held = [each for one in contents(view.value) for each in self.facts.objects(one)]
            apps = [symbol.key for symbol, made in held if any(isinstance(one, RouterCreation) for one in made)]
            if apps:  # an application of another framework, which knows its own routes
                self.mounted.update(dict.fromkeys(apps, joined(place.prefix + route)))
                continue
            includes = [one for _, made in self.facts.objects(view.value) for one in made if isinstance(one, RouteInclude)]
            if includes:
                for one in includes:
                    yield from self.of_include(one, place.below(route))
            elif view.value.kind:
                yield from self.below(view.value, place.below(route))
            else:
                yield Pattern(place, place.prefix + route, view, concept)

    def of_include(self, concept: RouteInclude, place: Place) -> Iterator[Pattern]:
        """What an `include(…)` brings."""
        if concept.guards is not None and concept.guards.node is not None:
            home = self.definitions.module(concept.site.path)
            place = replace(place, decorators=(*place.decorators, Written(home, concept.guards.node)))
        if concept.child is not None:
            home = self.definitions.module(concept.site.path)
            yield from self.below(concept.child.value, replace(place, module=home))

    def below(self, value: Value, place: Place) -> Iterator[Pattern]:
        """Patterns given as a dotted text, a module, a list, or a tuple of one of these and names."""
        modules = self._modules(value, place.module) or self._computed(value, place.module)
        for module in modules:
            if place.depth <= _MAX_DEPTH:
                yield from self.of_module(module, replace(place, depth=place.depth + 1))
        if modules:
            return
        first = (value.items or {}).get(0) if value.kind == "tuple" else None
        place = replace(place, names=(*place.names, *texts_of((value.items or {}).get(1))[:1])) if first is not None else place
        if first is not None and (first.kind or not any(self.facts.objects(first))):
            yield from self.below(first, replace(place, depth=place.depth + 1)) if place.depth <= _MAX_DEPTH else ()
        else:
            yield from self.of_list(value, place)

    def _computed(self, value: Value, home: ModuleSymbol) -> list[ModuleSymbol]:
        """The URL modules that `f"{plugin.module}.urls"` may name: those of its package that nothing else does."""
        ends = [shape.parts[-1] for shape in value.shapes]
        if not ends or value.texts() or not all(isinstance(one, str) and one.startswith(".") for one in ends):
            return []
        if self._unnamed is None:
            sites = {site.urls.key for site in self.settings.sites()}
            self._unnamed = [module for module in self.roots() if module.key not in sites]
        endings = tuple(str(one).replace(".", "/") for one in ends)
        top = home.key.rpartition("/")[0]
        return [one for one in self._unnamed if one.key.endswith(endings) and one.key.startswith(f"{top}/") and one is not home]

    def _modules(self, value: Value, home: ModuleSymbol) -> list[ModuleSymbol]:
        found = of_kind(value.refs, ModuleSymbol)
        for text in value.texts():
            module = self.settings.module(home, text)
            found += [module] if module is not None else []
        if not found and value.kind == "tuple" and (value.items or {}).get(0) is not None:
            first = (value.items or {})[0]
            return [] if first.kind else self._modules(first, home)
        return sorted(set(found), key=lambda one: one.key)


def complete(made: list[Made]) -> list[Made]:
    """The concepts of one call without that which waits for its callers, where these have come."""
    told = [one for one in made if not isinstance(one, RouteObject) or one.path is None or texts_of(one.path.value)]
    found: dict[object, Made] = {}
    for one in told or made:
        found.setdefault(_described(one) if isinstance(one, RouteObject) else id(one), one)
    return list(found.values())


def _described(one: RouteObject) -> object:
    texts = () if one.path is None else tuple(texts_of(one.path.value))
    view = None if one.handler is None else one.handler.value
    return texts, () if view is None else (view.refs, view.apis, view.types)


def certain(patterns: list[Pattern]) -> list[Pattern]:
    """The patterns without those that are reached at an open address and at a known one: a prefix that is empty by default."""
    known = {_written_at(one) for one in patterns if OPEN not in one.place.prefix + one.path}
    return [one for one in patterns if OPEN not in one.place.prefix + one.path or _written_at(one) not in known]


def _written_at(pattern: Pattern) -> tuple[int, int]:
    return 0 if pattern.concept is None else id(pattern.concept.site.node), id(pattern.router)


def from_regex(text: str) -> str:
    """A regular expression as an address: its groups as `<name>`, its anchors and escapes gone."""
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            out.append(text[at + 1] if not text[at + 1].isalnum() else "<part>" if text[at + 1] in "dwsDWS" else "")
            at += 2
            while at < len(text) and text[at] in "+*?" and out[-1] == "<part>":
                at += 1
            continue
        if text.startswith(OPEN, at):
            out.append(OPEN)
            at += len(OPEN)
            continue
        if char in "([":
            end = _closing(text, at)
            inner = text[at + 1 : end - 1]
            name = _GROUP_NAME.match(inner)
            if char == "(" and inner.startswith("?:"):
                out.append(from_regex(inner[2:].partition("|")[0]))
            elif not inner.startswith(("?=", "?!", "?<!", "?<=", "?i")):
                out.append(f"<{name[1]}>" if name else "<part>")
            at = end
            while at < len(text) and text[at] in "+*?":
                at += 1
            if text[at : at + 1] == "{":
                at = text.find("}", at) + 1 or len(text)
            continue
        if char not in "^$?+*":
            out.append(char)
        at += 1
    return "".join(out)


def _closing(text: str, at: int) -> int:
    """The index after the bracket that closes the one at `at`."""
    depth, in_set = 0, False
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif in_set:
            in_set = char != "]"
            if not in_set and depth == 0:
                return at + 1
        elif char == "[":
            in_set = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(text)


def joined(path: str) -> str:
    """The address as a browser asks for it."""
    return re.sub(r"/{2,}", "/", "/" + path)
