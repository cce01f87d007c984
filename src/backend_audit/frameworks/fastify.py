"""Routes of Fastify: scopes that plugins make, hooks that cover a scope and those below it, guards in a route's options.

https://fastify.dev/docs/latest/Reference/Encapsulation/, https://fastify.dev/docs/latest/Reference/Hooks/
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import UNKNOWN, Value, join_all
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.frameworks.autoload import Loaded, autoloaded, configured_off
from backend_audit.frameworks.controller_dialects import HOOKS
from backend_audit.frameworks.operations import operation_by
from backend_audit.frameworks.registrations import deduplicated, joined
from backend_audit.frameworks.steps import Step, contracted, handler_of, rooted, steps_of
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.routes import script_configured
from backend_audit.routes.body import Body
from backend_audit.routes.chains import ChainTree, Layer, flat
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition, mark_of, texts_of
from backend_audit.source import Mark

_MAX_DEPTH = 12
_AUTOLOAD = frozenset(("@fastify/autoload", "fastify-autoload"))
_SHARED = frozenset(("fastify-plugin()",))


@dataclass(slots=True)
class Scope:
    """A plugin's scope: its layers, where it is mounted, the guards that hooks of it and of those above bring."""

    layers: list[Layer]
    prefix: str
    group: str
    hooks: list[Guard] = field(default_factory=list)
    depth: int = 0
    stated: list[tuple[RouteChain, Value]] = field(default_factory=list)  # routes that are objects


class FastifyRoutes:
    """Makes the routes of a project's Fastify servers."""

    def __init__(self, engine: Engine, tree: ChainTree, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.tree = tree
        self.guarding = guarding
        self._reached: set[int] = set()
        self._entered: set[str] = set()

    def routes(self) -> Iterator[Route]:
        """Every route; those of plugins that nothing in sight registers only where no server is."""
        self.guarding.decorated = self.decorations()
        found: list[Route] = []
        for router in sorted(self.tree.routers.values(), key=lambda one: one.key):
            if router.is_app and router.api.startswith("fastify"):
                found += self.within(Scope(router.layers, "", router.key))
        others = any(router.is_app and router.api.startswith("@hapi/") for router in self.tree.routers.values())
        for module in self.engine.project.modules.values():
            for function in module.every if not found and not others else ():  # whose plugins look alike
                layers = self.tree.floating.get(id(function.node), []) if id(function.node) not in self._reached else []
                if any(one.chain is not None and one.chain.site.api.startswith("fastify.") for one in layers):
                    found += self.within(self.entering([function], Scope([], "", function.key)))
        yield from found

    def decorations(self) -> dict[str, Value]:
        """What instances are decorated with, by name."""
        found: dict[str, list[Value]] = {}
        layers = [layer for router in self.tree.routers.values() for layer in router.layers]
        layers += [layer for held in self.tree.floating.values() for layer in held]
        for layer in layers:
            given = _given(layer.chain) if layer.chain is not None and layer.chain.kind == "decorate" else []
            for name in given[0].texts() if len(given) > 1 else ():
                found.setdefault(name, []).append(given[1])
        return {name: join_all(values) for name, values in found.items()}

    # --- scopes -----------------------------------------------------------------------------------------------------

    def within(self, scope: Scope) -> Iterator[Route]:
        """The routes of a scope and of those below it. Its hooks cover all of them, whatever stands first."""
        if scope.depth > _MAX_DEPTH:
            return
        below: list[Scope] = []
        for layer in list(scope.layers):
            if layer.chain is not None and layer.chain.kind == "plugin":
                below += self.registered(layer.chain, scope)
        for layer in scope.layers:
            if layer.chain is not None and layer.chain.kind == "hook":
                scope.hooks += self.hook(layer.chain)
        for layer in scope.layers:
            if layer.chain is not None and layer.chain.kind == "options":
                yield from self.stated(layer.chain, scope, next(iter(_given(layer.chain)), UNKNOWN))
            elif layer.chain is not None and layer.chain.kind == "verb":
                yield from self.short(layer.chain, scope)
            elif layer.chain is not None and layer.chain.kind == "contract":
                given = _given(layer.chain)
                scope.stated += [(layer.chain, one) for one in contracted(*given[:2])]
        for chain, options in scope.stated:
            yield from self.stated(chain, scope, options)
        for one in below:
            one.hooks = [*scope.hooks, *one.hooks]
            yield from self.within(one)

    def registered(self, chain: RouteChain, scope: Scope) -> list[Scope]:
        """The scopes that registering a plugin makes; one that shares the scope above adds its layers to that."""
        given = _given(chain)
        if not given:
            return []
        options = given[1] if len(given) > 1 else UNKNOWN
        if (given[0].apis | given[0].types) & _AUTOLOAD:
            return self.loaded(autoloaded(self.engine, chain, options), scope, chain)
        known = self.guarding.of_library(given[0], chain)
        scope.hooks += known
        made = self.tree.plugin(chain)
        prefix = _text(options, "prefix")
        layers = [] if any(one.chain is chain for one in made.layers) else list(made.layers)  # `fastify().register(plugin)`
        child = Scope(layers, joined([scope.prefix], prefix) if prefix else scope.prefix, made.key, [], scope.depth + 1)
        self.entering(self.plugins(given[0]), scope if given[0].types & _SHARED else child)
        child.stated += [(chain, one) for one in contracted(given[0])]
        return [child]

    def loaded(self, files: list[Loaded], scope: Scope, chain: RouteChain) -> list[Scope]:
        """Plugins that are found in a folder: each a scope, with the hooks of its folder and of those above."""
        found: list[Scope] = []
        for one in files:
            value = self.engine.module_attribute(one.module, "default")
            if value is None:
                continue
            prefix = joined([scope.prefix, one.prefix], "") if one.prefix else scope.prefix
            child = Scope([], prefix.rstrip("/"), one.module.key, [], scope.depth + 1)
            for hooks in one.hooks:
                held = self.engine.module_attribute(hooks, "default")
                functions = [] if held is None else self.plugins(held)
                layers = self.entering(functions, Scope([], "", hooks.key)).layers
                child.hooks += [guard for layer in layers if _is_hook(layer) for guard in self.hook(layer.chain)]
            self.entering(self.plugins(value), scope if value.types & _SHARED or one.shared else child)
            child.stated += [(chain, value)] if value.kind == "dict" and "handler" in (value.items or {}) else []
            if not configured_off(self.engine, one.module):
                scope.hooks += self.guarding.of_library(value, chain)  # such a plugin is its parent's
            found.append(child)
        return found

    def entering(self, functions: list[FunctionSymbol], scope: Scope) -> Scope:
        """`scope` with what plugin functions add to an instance of which no call is in sight."""
        for function in functions:
            for one in (function, *function.nested):
                layers = self.tree.floating.get(id(one.node), [])
                self._reached.add(id(one.node))
                scope.layers += [layer for layer in layers if layer not in scope.layers]
        return scope

    def plugins(self, value: Value) -> list[FunctionSymbol]:
        """The functions that a plugin is; of a module, what it exports."""
        found = of_kind(value.refs, FunctionSymbol)
        for module in of_kind(value.refs, ModuleSymbol):
            exported = self.engine.module_attribute(module, "default")
            found += [one for one in (UNKNOWN if exported is None else exported).refs if isinstance(one, FunctionSymbol)]
        return sorted(found, key=lambda one: one.key)

    # --- guards -----------------------------------------------------------------------------------------------------

    def hook(self, chain: RouteChain | None) -> list[Guard]:
        """The guards of `addHook("onRequest", f)`."""
        steps = [] if chain is None else steps_of(chain)
        if chain is None or len(steps) < 2 or not set(steps[0].value.texts()) & set(HOOKS):
            return []
        return [guard for step in steps[1:] for guard in self.guarding.of_step(step.value, step.node, chain, "hook")]

    def options_guards(self, options: Value, chain: RouteChain) -> list[Guard]:
        """The guards in a route's options, in the order in which they run."""
        found: list[Guard] = []
        for name in HOOKS:
            held = options.item(name) if options.kind == "dict" and name in (options.items or {}) else None
            values = [] if held is None else list(flat([held]))
            for value, node in zip(values, _written(chain, name, len(values)), strict=True):
                found += self.guarding.of_step(value, node, chain, "route")
        return found

    # --- routes -----------------------------------------------------------------------------------------------------

    def stated(self, chain: RouteChain, scope: Scope, options: Value) -> Iterator[Route]:
        """`fastify.route({method, url, handler})`."""
        held = options.items or {}
        methods = tuple(sorted({text.upper() for text in texts_of(held.get("method"))}))
        handler = Step(held.get("handler", UNKNOWN), None)
        for path in texts_of(held.get("url") or held.get("path")):
            yield self.route(chain, scope, path, methods, handler, options)

    def short(self, chain: RouteChain, scope: Scope) -> Iterator[Route]:
        """`fastify.get("/a", options, handler)`."""
        given, steps = _given(chain), steps_of(chain)
        if len(given) < 2 or (not given[0].texts() and not given[0].shapes):
            return
        options = next((one for one in given[1:] if one.kind == "dict"), UNKNOWN)
        handler = steps[-1] if given[-1] is not options else Step((options.items or {}).get("handler", UNKNOWN), None)
        for path in texts_of(given[0]):
            yield self.route(chain, scope, path, tuple(chain.method.split()), handler, options)

    def route(self, chain: RouteChain, scope: Scope, path: str, methods: tuple[str, ...], handler: Step, options: Value) -> Route:
        full = joined([scope.prefix] if scope.prefix else [], rooted(path)).rstrip("/") or "/"
        function = handler_of(handler.value)
        registered = mark_of(chain, "registered here")
        found = _limited([*scope.hooks, *self.options_guards(options, chain)], options, registered)
        told = script_configured.told((options.items or {}).get("config")) if options.kind == "dict" or options is UNKNOWN else ()
        found = self.guarding.exempted(found, Asked(full, "", "", methods, told))
        found += self.guarding.of_wrappers(handler.value, handler.node, chain)
        if function is not None:
            found += self.guarding.in_body(function)
        schema = (options.items or {}).get("schema", UNKNOWN)
        held = schema.items or {}
        return Route(
            methods=methods,
            path=full,
            framework="fastify",
            handler=function,
            name="" if function is None else function.name,
            mark=registered if function is None else definition(function),
            registered=registered,
            guards=deduplicated(found),
            group=scope.group,
            body=Body(validated=True, schema="schema.body") if "body" in held else Body(),
            bare=not held,
            kind="websocket" if (options.items or {}).get("websocket", UNKNOWN).is_just(value=True) else "http",
            operation=None if held.get("hide", UNKNOWN).is_just(value=True) else operation_by(schema, chain.site.call),
            response_schema=None if held.get("hide", UNKNOWN).is_just(value=True) else "response" in held,
        )


def _given(chain: RouteChain | None) -> list[Value]:
    return [] if chain is None or chain.arguments is None else contents(chain.arguments.value)


def _limited(guards: list[Guard], options: Value, mark: Mark) -> list[Guard]:
    """`guards` with the limit that a route's own configuration sets or lifts: `{config: {rateLimit: {max: 10}}}`."""
    held = (options.items or {}).get("config", UNKNOWN).items or {}
    if "rateLimit" not in held:
        return guards
    if held["rateLimit"].is_just(value=False):
        return [guard for guard in guards if not guard.has(Does.LIMITS)]
    return [*guards, Guard("rateLimit", frozenset((Does.LIMITS,)), "route", mark, None, "its configuration")]


def _written(chain: RouteChain, name: str, count: int) -> list[ir.Expr | None]:
    """How the hooks are written that a route's options hold under `name`, where there are as many of them."""
    call = chain.site.call
    options = [arg.value for arg in call.args if isinstance(arg.value, ir.Container)] if call is not None else []
    for item in (item for one in options if one.kind == "dict" for item in one.items):
        if isinstance(item.key, ir.Const) and item.key.value == name:
            inside = item.value.items if isinstance(item.value, ir.Container) and item.value.kind == "list" else [item]
            return [one.value for one in inside] if len(inside) == count else [None] * count
    return [None] * count


def _is_hook(layer: Layer) -> bool:
    return layer.chain is not None and layer.chain.kind == "hook"


def _text(options: Value, name: str) -> str:
    held = options.item(name) if options.kind == "dict" and name in (options.items or {}) else None
    texts = texts_of(held)
    return texts[0] if texts else ""
