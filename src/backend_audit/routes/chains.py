"""Routers whose middleware and handlers run in the order in which they were added: Express, Koa, Fastify.

A layer is one call that adds something; what its arguments mean differs with the framework, and is read in `frameworks/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.script_entering import entered, handed
from backend_audit.flow.script_objects import OF, wrapped
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.web_concepts import RouteChain, RouterCreation
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol, object_key
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.order import Order
from backend_audit.routes.texts import texts_of

_TEXTS = frozenset(("str", "string"))


@dataclass(eq=False, slots=True)
class ChainRouter:
    """A router: the calls that make it (one, but where callers differ), and its layers in order."""

    key: str
    creations: list[RouterCreation] = field(default_factory=list)
    layers: list["Layer"] = field(default_factory=list)

    @property
    def is_app(self) -> bool:
        return any(one.app for one in self.creations)

    @property
    def prefix(self) -> str:
        texts = [text for one in self.creations if one.prefix is not None for text in texts_of(one.prefix.value)]
        return texts[0] if texts else ""

    @property
    def api(self) -> str:
        """What makes it, as an API path; "" for a plugin's instance."""
        return self.creations[0].site.api if self.creations else ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one call adds to a router: middleware and handlers, or (`child`) a router that is made on it."""

    order: int
    chain: RouteChain | None = None
    child: ChainRouter | None = None


class ChainTree:
    """All routers of a project with their layers."""

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        self.engine = engine
        self.facts = facts
        self.order = Order(engine)
        self.routers: dict[str, ChainRouter] = {}
        self._owned: list[tuple[ChainRouter, ChainRouter]] = []  # the router of a class, after that of its base
        self.floating: dict[int, list[Layer]] = {}  # on a parameter of which no call is in sight, by the function's node
        self._of_class: dict[str, ChainRouter] = {}
        self._functions = {id(one.node): one for one in engine.project.functions()}
        for concepts in facts.made.values():
            for concept in concepts:
                if isinstance(concept, RouterCreation):
                    key = object_key(concept.site.path, concept.site.node)
                    self.routers.setdefault(key, ChainRouter(key)).creations.append(concept)
                    self._made_above(concept, key)
        for chain in facts.chains:
            if chain.kind == "plugin":
                key = object_key(chain.site.path, chain.site.node)
                self.routers.setdefault(key, ChainRouter(key))
        for router in list(self.routers.values()):
            for creation in router.creations:
                for owner in [] if creation.on is None else self.of(creation.on.value):
                    child = self._made_with(router, owner)
                    if owner is not router and not any(one.child is child for one in owner.layers):
                        owner.layers.append(Layer(self.order.of(creation.site.node), child=child))
        self._attach()
        for base, router in self._owned:
            router.layers += base.layers  # what the constructor of the base class has put there
        self.inherited = {base.key for base, _ in self._owned}
        for router in self.routers.values():
            router.layers.sort(key=lambda one: one.order)
        for layers in self.floating.values():
            layers.sort(key=lambda one: one.order)

    def _made_above(self, creation: RouterCreation, key: str) -> None:
        """`super()` makes the router that the objects of a class are: `class Server extends Koa`."""
        site = creation.site
        function = None if site.function is None else self._functions.get(id(site.function))
        above = site.call is not None and isinstance(site.call.func, ir.Name) and site.call.func.id == "super"
        if above and function is not None and function.owner is not None:
            self._of_class[function.owner.key] = self.routers[key]

    def _of_classes(self, value: Value) -> list[ChainRouter]:
        """The routers that objects of the project's own classes are, by the constructor of a class or of one that it extends."""
        owners = [*self.engine.classes_of(value)] if value.types else []
        return [router for owner in owners if (router := self._own(owner)) is not None]

    def _own(self, owner: ClassSymbol) -> ChainRouter | None:
        for one in self.engine.bases(owner)[0]:
            if one.key in self._of_class:
                return self._of_class[one.key]
        for path in self.engine.external_bases(owner):
            for row in self.engine.models.rows["call"].get(path, ()):
                if row.concept is RouterCreation:
                    site = Site(owner.module.path, owner.node, path, owner.name, owner.name)
                    router = ChainRouter(owner.key, [RouterCreation(site, app=bool(row.constants.get("app")))])
                    self.routers[owner.key] = self._of_class[owner.key] = router
                    return router
        return None

    def _made_with(self, router: ChainRouter, owner: ChainRouter) -> ChainRouter:
        """The one of several routers of one call that belongs to `owner`, which is one of several itself."""
        _, _, call = owner.key.partition(OF)
        if ":call@" not in call:
            return router
        key = f"{router.key}{OF}{call}"
        if key not in self.routers:
            self.routers[key] = ChainRouter(key)
        own = self.routers[key]
        own.creations = [one for one in router.creations if one.on is not None and owner in self.of(one.on.value)]
        return own

    def apart(self, chain: RouteChain, router: ChainRouter) -> bool:
        """Whether a registration runs at a time that is not known: nothing calls its function, as far as the code shows."""
        return any(self.order.apart(chain.site.node, one.site.node) for one in router.creations)

    def _attach(self) -> None:
        seen: set[tuple[int, str, str]] = set()
        loose: list[Layer] = []
        for chain in self.facts.chains:
            arguments = chain.arguments
            if (
                arguments is None
                or chain.kind.startswith(("nest-", "listener", "controllers", "trpc-"))
                or decided_by_callers(arguments)
            ):
                continue
            if chain.verb is not None:
                verbs = [text.upper() for one in contents(chain.verb.value) for text in one.texts()]
                if not verbs:
                    continue
                chain = replace(chain, method="" if "ALL" in verbs else " ".join(verbs), verb=None)  # noqa: PLW2901 - now it is known
            layer = Layer(self.order.of(chain.site.node), chain)
            owners = [] if chain.owner is None else self.of(chain.owner.value)
            told = f"{chain.method} {_described(arguments.value)}"
            for router in owners:
                if (key := (id(chain.site.node), router.key, told)) not in seen:
                    seen.add(key)
                    router.layers.append(layer)
            holder = None if owners else self.holder(chain)
            if holder is not None and not (chain.site.api.startswith("express.") and self.main_app() is not None):
                if (key := (id(chain.site.node), "", told)) not in seen:
                    seen.add(key)
                    self.floating.setdefault(id(holder.node), []).append(layer)
            elif not owners:
                loose.append(layer)
        app = self.main_app()
        if app is not None:
            app.layers += loose

    def of(self, value: Value | None) -> list[ChainRouter]:
        """The routers that a value can be, or that a function hands on to."""
        value = value if value is None or (inner := self.entered(value)) is UNKNOWN else inner
        found = [router for one, _ in self.facts.objects(value) if (router := self._router(one)) is not None]
        return found or ([] if value is None else self._of_classes(value))

    def entered(self, value: Value) -> Value:
        """What a function of a script hands its requests to."""
        return entered(self.engine, value) if isinstance(self.engine, ScriptEngine) else UNKNOWN

    def _router(self, symbol: ObjectSymbol) -> ChainRouter | None:
        """The router that an object is; one that a class has of its own is made where it is first met."""
        found = self.routers.get(symbol.key)
        base = self.routers.get(symbol.key.partition(OF)[0])
        if found is None and base is not None:
            found = self.routers[symbol.key] = ChainRouter(symbol.key, base.creations)
            self._owned.append((base, found))
        return found

    def plugin(self, chain: RouteChain) -> ChainRouter:
        """The scope that registering a plugin makes."""
        key = object_key(chain.site.path, chain.site.node)
        return self.routers.setdefault(key, ChainRouter(key))

    def main_app(self) -> ChainRouter | None:
        """The application that most is put on, where it stands out."""
        apps = sorted((one for one in self.routers.values() if one.is_app), key=lambda one: -len(one.layers))
        return apps[0] if apps and (len(apps) == 1 or len(apps[0].layers) > len(apps[1].layers)) else None

    def holder(self, chain: RouteChain) -> FunctionSymbol | None:
        """The function whose parameter the owner of a chain is."""
        node = None if chain.owner is None else chain.owner.node
        while isinstance(node, (ir.Attribute, ir.Call)):
            node = node.func if isinstance(node, ir.Call) else node.value
        function = None if chain.site.function is None else self._functions.get(id(chain.site.function))
        while function is not None and isinstance(node, ir.Name):
            if any(param.name == node.id for param in function.node.params):
                return function
            function = function.parent
        return None


def decided_by_callers(arguments: Operand) -> bool:
    """Whether an argument is a parameter that the callers fill: what they give was told at their calls."""
    return any(_filled_elsewhere(one) for one in contents(arguments.value))


def _filled_elsewhere(value: Value) -> bool:
    known = value.consts or value.shapes or value.apis or value.types - _TEXTS or value.refs or value.kind
    return value.made and not value.open and not known


def _described(value: Value) -> str:
    """What tells two registrations by the same call apart."""
    inside = [inner for item in contents(value) for inner in contents(item)]
    refs = "|".join(sorted(one.key for inner in inside for one in (inner.refs | wrapped(inner).refs | handed(inner).refs)))
    return f"{'|'.join(texts_of(value))} {refs}"


def flat(values: Iterator[Value] | list[Value], depth: int = 4) -> Iterator[Value]:
    """Values with those in lists in their places."""
    for one in values:
        if one.kind in ("list", "tuple", "set") and depth:
            yield from flat(contents(one), depth - 1)
        else:
            yield one
