"""Routes of hapi: objects that describe them, the strategies by which they know callers, extension points of the server.

https://hapi.dev/api/#server.route(), https://hapi.dev/tutorials/auth, https://hapi.dev/api/#request-lifecycle
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import UNKNOWN, Value, join_all
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.frameworks.registrations import deduplicated, joined
from backend_audit.frameworks.steps import given_to, handler_of
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.routes.body import Body
from backend_audit.routes.chains import ChainTree, Layer, flat
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.model import KNOWN, Does, Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition, mark_of, texts_of

PACKAGE = "@hapi/"
_MAX_DEPTH = 8
_POINTS = frozenset(("onRequest", "onPreAuth", "onCredentials", "onPostAuth", "onPreHandler"))
_LETS_BY = frozenset(("try", "optional"))
_RIGHTS = ("access", "scope", "entity")


@dataclass(frozen=True, slots=True)
class Placed:
    """One registration, with the prefix of the plugins around it."""

    chain: RouteChain
    prefix: str


class HapiRoutes:
    """Makes the routes of a project's hapi servers."""

    def __init__(self, engine: Engine, tree: ChainTree, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.tree = tree
        self.guarding = guarding

    def routes(self) -> Iterator[Route]:
        """Every route; those of plugins that a manifest names make one server, where none is made in sight."""
        servers = [one for one in self.tree.routers.values() if one.is_app and one.api.startswith(PACKAGE)]
        for server in sorted(servers, key=lambda one: one.key):
            yield from self.of_server(server.key, server.layers)
        layers = [layer for function in self.plugins() for layer in self.tree.floating[id(function.node)]] if not servers else []
        yield from self.of_server("", layers)

    def plugins(self) -> Iterator[FunctionSymbol]:
        """The functions that put something on a server which they are handed: a manifest may name their modules."""
        for module in self.engine.project.modules.values():
            for function in module.every:
                layers = self.tree.floating.get(id(function.node), ())
                if any(one.chain is not None and one.chain.site.api.startswith(PACKAGE) for one in layers):
                    yield function

    def of_server(self, key: str, layers: list[Layer]) -> Iterator[Route]:
        """The routes of one server: its extension points and its default cover all of them, whenever they are told."""
        placed = list(self.placed(layers, "", 0))
        hooks = [guard for one in placed if one.chain.kind == "hook" for guard in self.hook(one.chain)]
        usual = [value for one in placed if one.chain.kind == "default" for value in given_to(one.chain)[:1]]
        for one in placed:
            for value in flat(given_to(one.chain)) if one.chain.kind == "options" else ():
                yield from self.stated(one, value, hooks, usual[-1] if usual else None, key)

    def placed(self, layers: list[Layer], prefix: str, depth: int) -> Iterator[Placed]:
        """The registrations of a server and of the plugins that it is given."""
        for layer in layers:
            if layer.chain is None:
                continue
            yield Placed(layer.chain, prefix)
            if layer.chain.kind == "plugin" and depth < _MAX_DEPTH:
                given = given_to(layer.chain)
                usual = _prefix(given[1]) if len(given) > 1 else ""
                for value in flat(given[:1]):
                    below = joined([prefix], _prefix(value) or usual) if _prefix(value) or usual else prefix
                    for function in self.plugin(value):
                        yield from self.placed(self.tree.floating.get(id(function.node), []), below, depth + 1)

    def plugin(self, value: Value, depth: int = 3) -> list[FunctionSymbol]:
        """The functions that registering a plugin runs: `{ plugin: { name, register }, routes }`, or a module of that kind."""
        found = of_kind(value.refs, FunctionSymbol)
        held = [one for name in ("register", "plugin") if (one := (value.items or {}).get(name)) is not None]
        for module in of_kind(value.refs, ModuleSymbol):
            exported = (self.engine.module_attribute(module, name) for name in ("plugin", "register", "default"))
            held += [one for one in exported if one is not None]
        return found or [one for inner in held if depth for one in self.plugin(inner, depth - 1)]

    # --- guards -----------------------------------------------------------------------------------------------------

    def hook(self, chain: RouteChain) -> list[Guard]:
        """The guards of `server.ext("onPreAuth", f)`, `server.ext({ type, method })`, `server.ext([…])`."""
        given = given_to(chain)
        pairs = [(given[0], given[1])] if len(given) > 1 and given[0].texts() else []
        described = [one.items or {} for one in flat(given) if one.kind == "dict"]
        pairs += [(one["type"], one["method"]) for one in described if "type" in one and "method" in one]
        return [
            guard
            for point, method in pairs
            if _POINTS.intersection(point.texts())
            for step in flat([method])
            for guard in self.guarding.of_step(step, None, chain, "application")
        ]

    def strategies(self, told: Value | None, usual: Value | None, chain: RouteChain) -> list[Guard]:
        """The guards of a route's `auth`, or of what the server states for all routes that say nothing."""
        via = "settings" if told is None else "route"
        value = usual if told is None else told
        if value is None:
            return []
        if value.is_just(value=False):
            opened = Guard("auth: false", frozenset((Does.OPENS,)), via, mark_of(chain, "registered here"), None, "its options")
            return [opened] if usual is not None else []
        held = (value.items or {}) if value.kind == "dict" else {}
        above = (usual.items or {}) if usual is not None and usual.kind == "dict" else {}
        mode = held.get("mode") or above.get("mode")
        named = _strategies(value) or (None if usual is None else _strategies(usual)) or UNKNOWN
        names = [text for one in contents(named) for text in one.texts()] or ["auth"]
        does = {Does.IDENTIFIES if mode is not None and _LETS_BY.intersection(mode.texts()) else Does.AUTHENTICATES}
        if not held and not value.texts():
            does = {Does.DEPENDS}
        if any(name in held and not held[name].is_just(value=False) for name in _RIGHTS):
            does |= {Does.AUTHORIZES}
        scopes = tuple(text for one in contents(held.get("scope")) for text in one.texts())
        mark = mark_of(chain, "registered here")
        return [Guard(name, frozenset(does), via, mark, None, KNOWN, scopes=scopes) for name in dict.fromkeys(names)]

    def before(self, options: Value, chain: RouteChain) -> list[Guard]:
        """The guards among a route's `pre`: functions, objects with a `method`, lists of both that run side by side."""
        found: list[Guard] = []
        for step in flat([(options.items or {}).get("pre", UNKNOWN)]):
            held = (step.items or {}) if step.kind == "dict" else {}
            names = held["assign"].texts() if "assign" in held else ()
            made = self.guarding.of_step(held.get("method", UNKNOWN) if held else step, None, chain, "route")
            found += [replace(one, name=names[0]) if names and one.name == "method" else one for one in made]
        return found

    # --- routes -----------------------------------------------------------------------------------------------------

    def stated(self, placed: Placed, value: Value, hooks: list[Guard], usual: Value | None, group: str) -> Iterator[Route]:
        """The routes that an object describes: one path, some methods."""
        held = value.items or {} if value.kind == "dict" else {}
        options = self.options(held.get("options") or held.get("config") or UNKNOWN)
        own = options.items or {}
        handler = held.get("handler") or own.get("handler") or UNKNOWN
        methods = sorted({text.upper() for one in contents(held.get("method")) for text in one.texts()})
        asked = [*self.strategies(own.get("auth"), usual, placed.chain), *self.before(options, placed.chain)]
        for path in texts_of(held.get("path")):
            full = joined([placed.prefix], path).rstrip("/") or "/"
            yield self.route(
                placed.chain, full, tuple(one for one in methods if one != "*"), handler, [*hooks, *asked], own, group
            )

    def options(self, value: Value) -> Value:
        """A route's options, which a function may give."""
        makers = of_kind(value.refs, FunctionSymbol) if value.kind != "dict" else []
        return join_all(self.engine.summary(one).result for one in makers) if makers else value

    def route(
        self, chain: RouteChain, path: str, methods: tuple[str, ...], handler: Value, guards: list[Guard],
        own: Mapping[str | int, Value], group: str,
    ) -> Route:  # fmt: skip
        function = handler_of(handler)
        found = self.guarding.exempted(guards, Asked(path, "", "", methods))
        if function is not None:
            found += self.guarding.in_body(function)
        registered = mark_of(chain, "registered here")
        schemas = (own["validate"].items or {}) if "validate" in own else {}
        if set(schemas) - {"payload", "failAction", "options"}:
            found.append(Guard("validate", frozenset((Does.VALIDATES,)), "route", registered, None, "its options"))
        return Route(
            methods=methods,
            path=path,
            framework="hapi",
            handler=function,
            name=_kind_of(handler) if function is None else _name_of(function),
            mark=registered if function is None else definition(function),
            registered=registered,
            guards=deduplicated(found),
            group=group,
            body=Body(validated=True, schema="validate.payload") if "payload" in schemas else Body(),
            bare=not schemas,
            response_schema="response" in own,
        )


def _prefix(value: Value) -> str:
    """The prefix in what a plugin is registered with: `{ plugin, routes: { prefix: "/v1" } }`."""
    routes = (value.items or {}).get("routes") if value.kind == "dict" else None
    texts = texts_of((routes.items or {}).get("prefix")) if routes is not None else []
    return texts[0] if texts else ""


def _strategies(value: Value) -> Value | None:
    """What names the strategies in an `auth`: a text, or an object that may leave them out."""
    return value if value.kind != "dict" else value.item("strategy") or value.item("strategies")


def _kind_of(handler: Value) -> str:
    """What answers in place of a function: `{ directory: {…} }`, `{ proxy: {…} }`."""
    return next((str(one) for one in handler.items or {}), "") if handler.kind == "dict" else ""


def _name_of(function: FunctionSymbol) -> str:
    """What a handler is called; the plugin's function around it says nothing of it."""
    return function.name if function.parent is None else function.node.name
