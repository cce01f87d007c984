"""Routers and what hangs on them: prefixes, guards and hooks handed down along mounts, whatever the framework."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import (
    RouteHook,
    RouteInclude,
    RouteObject,
    RouterCreation,
    RouteRegistration,
    RouterMount,
)
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol, key_at, object_key
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.mounting import Place, place, same_child, same_hook, unknown_parts
from backend_audit.routes.texts import texts_of

Exposes = Callable[[ClassSymbol], tuple[str, dict[str, FunctionSymbol]]]  # a class's prefix, and its methods by name
Named = Callable[[str, str], Value | None]  # what a dotted text names, read in the file of that path
_MAX_DEPTH = 12
_AFTER = frozenset({"after_request", "response", "app_reset", "config"})


@dataclass(slots=True)
class Router:
    """A router: what was said when it was made, and what was put on it since."""

    key: str
    creations: list[RouterCreation]
    registrations: list[RouteRegistration] = field(default_factory=list)
    mounts: list[RouterMount] = field(default_factory=list)
    hooks: list[RouteHook] = field(default_factory=list)
    prefix: str = ""  # of a class whose methods are routes: no call makes it
    at: str = ""  # where another framework's patterns mount it
    implicit: str = ""  # the framework whose only application it is, which nothing in sight makes

    @property
    def is_app(self) -> bool:
        return bool(self.implicit) or any(one.app for one in self.creations)


@dataclass(frozen=True, slots=True)
class Placed:
    """A registration as it is reached: the routers from the application down, and the mounts between them."""

    registration: RouteRegistration
    routers: tuple[Router, ...]
    mounts: tuple[RouterMount, ...]
    mounted: bool  # the first router is an application


class RouterTree:
    """All routers of a project and how they hang together."""

    def __init__(self, facts: WebFacts, exposes: Exposes | None = None, named: Named | None = None) -> None:
        self.facts = facts
        self.exposes = exposes
        self.named = named
        self._classes: dict[str, Router] = {}
        self.routers: dict[str, Router] = {}
        self.loose: list[RouteRegistration] = []  # on something that is not known
        for concepts in facts.made.values():
            for concept in concepts:
                if isinstance(concept, RouterCreation) and not self._constructed(concept):
                    key = _key(concept)
                    self.routers.setdefault(key, Router(key, [])).creations.append(concept)
        for router in list(self.routers.values()):
            self._attach_made(router)
        seen: set[tuple[int, str, str]] = set()
        for registration in facts.registrations:
            self._attach_registration(registration, seen)
        for mount in facts.mounts:
            guessed = mount.site.api.startswith("?")
            for router in self.owners(mount.owner, guessed=guessed) or (self._unseen(mount) if guessed else []):
                if not any(one.site.node is mount.site.node and same_child(one, mount) for one in router.mounts):
                    router.mounts.append(mount)
        for hook in facts.hooks:
            if hook.function is None or (hook.event is not None and _AFTER & set(hook.event.value.texts())):
                continue  # one row says it of a decorator, another of a call
            for router in self.owners(hook.owner) or self._implicit(hook.implicit):
                if not any(same_hook(one, hook) for one in router.hooks):
                    router.hooks.append(hook)

    def _constructed(self, concept: RouterCreation) -> bool:
        """Whether a constructor tells its library base what the objects that are made of the class are told to hold."""
        func = concept.site.node.func if isinstance(concept.site.node, ir.Call) else None
        if not isinstance(func, ir.Attribute) or func.attr != "__init__" or concept.routes is None:
            return False
        every = [
            one for made in self.facts.made.values() for one in made if isinstance(one, RouterCreation) and one is not concept
        ]
        return any(one.site.api == concept.site.api and _same_node(one.routes, concept.routes) for one in every)

    def _attach_made(self, router: Router) -> None:
        """A router that is put on another when it is made: `Api(blueprint)`."""
        for creation in router.creations:
            node = creation.site.node
            if creation.on is None or not isinstance(node, ir.Call):
                continue
            child = Operand(Value(refs=frozenset((ObjectSymbol(router.key, node),))), None)
            for owner in self.of(creation.on.value):
                owner.mounts.append(RouterMount(site=creation.site, owner=creation.on, child=child))

    def _attach_registration(self, registration: RouteRegistration, seen: set[tuple[int, str, str]]) -> None:
        owners = self.owners(registration.owner) or self._implicit(registration.implicit)
        if not owners:
            self.loose.append(registration)
        for router in owners:
            key = (id(registration.site.node), router.key, _described(registration))
            if key not in seen:
                seen.add(key)
                router.registrations.append(registration)

    def _implicit(self, framework: str) -> list[Router]:
        """The application that calls without any mean, where their framework has one."""
        if not framework:
            return []
        made = [one for one in self.routers.values() if any(creation.implicit for creation in one.creations)]
        return made[:1] or [self.routers.setdefault(framework, Router(framework, [], implicit=framework))]

    def of(self, value: Value | None) -> list[Router]:
        """The routers that a value can be."""
        return [self.routers[one.key] for one, _ in self.facts.objects(value) if one.key in self.routers]

    def _unseen(self, mount: RouterMount) -> list[Router]:
        """The application that mounts something, where another package makes the only one: `create_app()` of a library."""
        made = [creation for child in self._children(mount) for creation in child.creations]
        if not made or any(one.is_app and not one.implicit for one in self.routers.values()):
            return []
        return self._implicit(made[0].site.api.partition(".")[0])

    def owners(self, operand: Operand | None, *, guessed: bool = False) -> list[Router]:
        """The routers that an operand can be; an application of which only the type is known is the only one that there is.

        So is one of which nothing is known, where the call is `guessed` to be one of its methods.
        """
        if operand is None:
            return []
        found = self.of(operand.value)
        apps = [] if found else [one for one in self.routers.values() if one.is_app]
        if len(apps) == 1 and guessed and not operand.value.types:
            return apps
        if len(apps) == 1 and any(creation.site.api in operand.value.types for creation in apps[0].creations):
            return apps
        return found

    def mounts_unknown(self) -> bool:
        """Whether an application mounts something that is not known, as plugin loaders do."""
        mounts = [mount for router in self.routers.values() if router.is_app for mount in router.mounts]
        return any(not self._children(one) and not (one.child is not None and self._lists(one.child.value)) for one in mounts)

    def _lists(self, value: Value) -> bool:
        """Whether a value is a list of route objects."""
        objects = [made for one in contents(value) if value.kind for _, made in self.facts.objects(one)]
        pairs = (
            [one for one in contents(value) if one.kind == "tuple" and {0, 1} <= (one.items or {}).keys()] if value.kind else []
        )
        return bool(pairs) or any(isinstance(concept, RouteObject) for made in objects for concept in made)

    def placed(self) -> Iterator[Placed]:
        """Every registration at every place where it is reached; routers that nothing mounts come last, as if by themselves."""
        reached: set[str] = set()
        mounted_below = {
            child.key for router in self.routers.values() for mount in router.mounts for child in self._children(mount)
        }
        roots = [router for router in self.routers.values() if router.is_app and router.key not in mounted_below]
        for root in sorted(roots, key=lambda one: one.key):
            yield from self._below((root,), (), reached, mounted=True)
        rest = [one for one in self.routers.values() if one.key not in reached]
        for router in sorted(rest, key=lambda one: (one.key in mounted_below, one.key)):
            if router.key not in reached:
                yield from self._below((router,), (), reached, mounted=False)

    def _told_better(self, router: Router, mount: RouterMount, child: Router) -> bool:
        """Whether another mount of the same child says its place, where this one's is not known: settings decide there."""
        unknown = unknown_parts(mount)
        others = [] if not unknown else [one for one in router.mounts if one is not mount and child in self._children(one)]
        return any(unknown_parts(one) < unknown for one in others)

    def _children(self, mount: RouterMount) -> list[Router]:
        found: list[Router] = []
        for value in contents(None if mount.child is None else mount.child.value):
            named = [] if self.named is None else [self.named(mount.site.path, text) for text in value.texts()]
            found += [router for one in (value, *named) for router in self.of(one) if router not in found]
            symbols = [] if self.exposes is None else sorted(value.refs, key=lambda one: one.key)
            found += [self.of_class(one) for one in symbols if isinstance(one, ClassSymbol)]
        return found

    def of_class(self, symbol: ClassSymbol) -> Router:
        """A class as a router: its methods that a decorator without a router makes routes, those of its bases included."""
        known = self._classes.get(symbol.key)
        if known is None:
            prefix, methods = ("", {}) if self.exposes is None else self.exposes(symbol)
            mine = [one for one in self.loose if one.handler is not None and _method_among(one.handler.value, methods)]
            known = self._classes[symbol.key] = Router(symbol.key, [], mine, prefix=prefix)
        return known

    def _below(
        self, routers: tuple[Router, ...], mounts: tuple[RouterMount, ...], reached: set[str], *, mounted: bool
    ) -> Iterator[Placed]:
        router = routers[-1]
        reached.add(router.key)
        if len(routers) > _MAX_DEPTH:
            return
        made = _apart(router)
        if made[0] is not router:
            for one in made:
                yield from self._below((*routers[:-1], one), mounts, reached, mounted=mounted)
            return
        for registration in router.registrations:
            yield Placed(registration, routers, mounts, mounted)
        for creation in router.creations[:1]:
            if creation.routes is not None:
                yield from self._listed(creation.routes.value, routers, mounts, reached, mounted=mounted)
        places: set[Place] = set()
        for mount in router.mounts:
            for child in self._children(mount):
                if any(one.key == child.key for one in routers) or (at := place(mount, child)) in places:
                    continue
                places.add(at)
                if not self._told_better(router, mount, child):
                    yield from self._below((*routers, child), (*mounts, mount), reached, mounted=mounted)
            if mount.child is not None and self._lists(mount.child.value):
                listed = Router(key_at(mount.site.path, "mount", mount.site.node), [])
                yield from self._listed(mount.child.value, (*routers, listed), (*mounts, mount), reached, mounted=mounted)

    @staticmethod
    def pairs(value: Value, routers: tuple[Router, ...]) -> Iterator[Placed]:
        """The routes of a list of patterns and classes, as if `routers` held it."""
        pairs = (_paired(one, routers) for one in contents(value) if one.kind == "tuple")
        yield from (Placed(one, routers, (), mounted=True) for one in pairs if one is not None)

    def _listed(
        self, value: Value, routers: tuple[Router, ...], mounts: tuple[RouterMount, ...], reached: set[str], *, mounted: bool
    ) -> Iterator[Placed]:
        """Route objects in a list of routes: `Starlette(routes=[Route(…), Mount(…)])`."""
        if len(routers) > _MAX_DEPTH:
            return
        for one in contents(value):
            if one.kind == "tuple" and (pair := _paired(one, routers)) is not None:
                yield Placed(pair, routers, mounts, mounted)
            for _, made in self.facts.objects(one):
                told = [one for one in made if not isinstance(one, RouteInclude) or one.child is not None]
                for concept in told[:1]:
                    if isinstance(concept, RouteObject):
                        yield Placed(concept, routers, mounts, mounted)
                    elif isinstance(concept, RouteInclude):
                        inner = None if concept.child is None else concept.child.value
                        for child in self.of(inner):
                            yield from self._below((*routers, child), (*mounts, concept), reached, mounted=mounted)
                        if inner is not None and inner.kind:
                            listed = Router(key_at(concept.site.path, "mount", concept.site.node), [])
                            yield from self._listed(inner, (*routers, listed), (*mounts, concept), reached, mounted=mounted)


def _apart(router: Router) -> list[Router]:
    """A router that a function makes for each of its callers, one for each prefix: `make_blueprint("jellyfin", "/jf")`."""
    told: dict[str, RouterCreation] = {}
    for one in router.creations if len(router.creations) > 1 else ():
        for text in texts_of(None if one.prefix is None else one.prefix.value)[:1]:
            told.setdefault(text, one)
    if not told:
        return [router]
    return [replace(router, creations=[told[text]]) for text in sorted(told)]


def _paired(value: Value, routers: tuple[Router, ...]) -> RouteRegistration | None:
    """A pattern and the class that answers, as a route: `("/notes", NoteHandler)`."""
    items = value.items or {}
    made = next((creation for router in reversed(routers) for creation in router.creations), None)
    if made is None or not {0, 1} <= items.keys() or not texts_of(items[0]):
        return None
    if not any(isinstance(one, ClassSymbol) for one in items[1].refs):
        return None
    return RouteRegistration(site=made.site, path=Operand(items[0], None), handler=Operand(items[1], None))


def _same_node(one: Operand | None, other: Operand) -> bool:
    return one is not None and one.node is not None and one.node is other.node


def _method_among(value: Value, methods: dict[str, FunctionSymbol]) -> bool:
    return any(isinstance(one, FunctionSymbol) and methods.get(one.node.name) is one for one in value.refs)


def _key(creation: RouterCreation) -> str:
    return object_key(creation.site.path, creation.site.node)


def _described(registration: RouteRegistration) -> str:
    path = "" if registration.path is None else "|".join(texts_of(registration.path.value))
    handler = "" if registration.handler is None else "|".join(sorted(one.key for one in registration.handler.value.refs))
    return f"{path} {handler}"
