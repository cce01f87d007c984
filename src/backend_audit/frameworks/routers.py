"""Routes of frameworks whose applications hold routers: FastAPI and Starlette, Flask and its extensions.

https://fastapi.tiangolo.com/tutorial/bigger-applications/, https://flask.palletsprojects.com/en/stable/blueprints/
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import RouteHook, RouteRegistration
from backend_audit.flow.written import written
from backend_audit.frameworks.channels_connect import Connections
from backend_audit.frameworks.exposed import Exposed
from backend_audit.frameworks.marked import Marked
from backend_audit.frameworks.misplaced import Misplaced
from backend_audit.frameworks.named_objects import NamedObjects
from backend_audit.frameworks.operations import operation_of
from backend_audit.frameworks.registrations import (
    asked,
    deduplicated,
    framework_of,
    functions_in,
    handlers,
    has_schema,
    is_described,
    joined,
    methods_of,
    paths_of,
    prefix,
    put_around,
    told_apart,
)
from backend_audit.frameworks.replacing import Replacing
from backend_audit.frameworks.view_classes import VERBS, ViewClasses
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.denials import ALL, NOBODY, SOME, Denials
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.guard_names import judged
from backend_audit.routes.guards import Guarding
from backend_audit.routes.missing import TRUE
from backend_audit.routes.model import MARKED, TURNS_AWAY, Does, Guard, Route
from backend_audit.routes.texts import definition, mark_of, texts_of
from backend_audit.routes.tree import Placed, RouterTree
from backend_audit.source import Mark

_MAY_EXEMPT = frozenset(("application", "router", "mount", "dependency"))  # what covers several routes may look at their paths


class RouterRoutes:
    """Makes the routes of a router tree."""

    def __init__(self, engine: Engine, facts: WebFacts, behaviours: Behaviours, guarding: Guarding) -> None:
        self.engine = engine
        self.behaviours = behaviours
        self.guarding = guarding
        self.tree = RouterTree(facts, Exposed(engine).of, NamedObjects(engine).of)
        self._hooks: dict[int, list[Guard]] = {}
        self.replacing = Replacing(guarding)
        self.classes = ViewClasses(engine, guarding)
        self.marked = Marked(engine)
        self.denials = Denials(engine, behaviours)
        self.sockets = Connections(behaviours)
        self.misplaced = Misplaced(guarding, self.tree, self.hook)

    def mount_at(self, places: dict[str, str]) -> None:
        """Where patterns of another framework mount routers, by the routers' keys."""
        for key in places.keys() & self.tree.routers.keys():
            self.tree.routers[key].at = places[key]

    def routes(self) -> Iterator[Route]:
        """Every route; those of routers that no application mounts only where nothing is mounted at all."""
        placed = list(self.tree.placed())
        any_mounted = any(one.mounted for one in placed) and not self.tree.mounts_unknown()
        for one in placed:
            if one.mounted or not any_mounted:
                yield from self.made(one)

    def made(self, placed: Placed) -> Iterator[Route]:
        """The routes of one registration: several for several handlers, paths or a class with methods."""
        registration = placed.registration
        prefixes = prefix(placed, framework := framework_of(placed.routers))
        wrappers, inner = self.wrapped(registration)
        answering = self.classes.instances(registration.handler) if registration.responders else []
        symbols = inner or [*handlers(registration.handler), *answering]
        around = put_around(symbols)
        symbols = [one for one in symbols if one not in around]
        before = [*self.before(placed), *wrappers]
        before += [self.guarding.classified(one, (one.parent or one).node.name, "decorator", None) for one in around]
        paths = told_apart(paths_of(registration), len(symbols))
        known = [joined(prefixes, path) for path in paths if path or prefixes or registration.path is not None]
        for symbol, full in ((symbol, full) for symbol in symbols for full in known):
            if isinstance(symbol, FunctionSymbol):
                yield self.route(placed, framework, full, symbol, None, methods_of(placed), before)
            else:
                yield from self.of_class(placed, framework, full, symbol, before)

    def of_class(self, placed: Placed, framework: str, path: str, symbol: ClassSymbol, before: list[Guard]) -> Iterator[Route]:
        """One route for each HTTP method of a class-based view."""
        given = placed.registration.methods
        stated = methods_of(placed) if given is not None and texts_of(given.value) else ()
        dispatch = self.engine.find_method(symbol, "dispatch_request")
        answering = list(self.classes.answering(symbol, placed.registration))
        if dispatch is not None and not answering:
            named = texts_of(self.engine.class_attribute(symbol, "methods"))
            yield self.route(placed, framework, path, dispatch, symbol, stated or tuple(sorted(named)) or ("GET",), before)
        for verb, method in answering:
            if not stated or verb.upper() in stated:
                yield self.route(placed, framework, path, method, symbol, (verb.upper(),), before)
        if (socket := self.classes.socket(symbol)) is not None:
            yield replace(self.route(placed, framework, path, socket, symbol, ("GET",), before), kind="websocket")

    def unplaced(self, symbol: ClassSymbol, path: str) -> Iterator[Route]:
        """The routes of a class that nothing registers, as far as is seen; those of its module are its siblings."""
        mark = Mark(symbol.module.path, symbol.node.at, symbol.node.name_end, f"view {symbol.name}")
        for verb in VERBS:
            handler = self.engine.find_method(symbol, verb)
            if handler is None or verb in ("head", "options"):
                continue
            guards = [*self.of_class_body(symbol, verb, "flask"), *self.guarding.decorators(handler, handler.node.decorators)]
            guards += self.in_body(handler)
            yield Route(
                methods=(verb.upper(),), path=path, framework="flask", handler=handler, owner=symbol, name=handler.name,
                mark=definition(handler),
                registered=mark, guards=deduplicated(guards), group=symbol.module.key,
                response_schema=has_schema(None, handler),
            )  # fmt: skip

    def route(
        self, placed: Placed, framework: str, path: str, handler: FunctionSymbol, owner: ClassSymbol | None,
        methods: tuple[str, ...], before: list[Guard],
    ) -> Route:  # fmt: skip
        registration = placed.registration
        applied, unapplied = self.decorators(handler, registration)
        unapplied += [*self.misplaced.astray(registration), *self.misplaced.early(handler, registration)]
        guards = [*before, *self.classes.routing(placed)]
        if owner is not None:
            guards += self.of_class_body(owner, handler.node.name, framework)
        if registration.replaces:
            guards += self.replacing.of(placed)
        elif registration.guards is not None:
            guards += self.attached(registration.guards, "route")
        guards += [*self.guarding.dependencies(handler), *self.guarding.of_attributes(handler)]
        if registration.around is not None:
            guards += self.guarding.of_value(registration.around.value, "decorator", mark_of(registration, "registered here"))
        guards += applied
        guards += self.misplaced.unshielded(placed, handler, owner)
        guards += self.in_body(handler) or (self.sockets.of_handler(handler) if registration.kind == "websocket" else [])
        guards = self.marked.without(guards, handler)
        return Route(
            methods=methods, path=path, framework=framework, handler=handler, owner=owner, name=handler.name,
            mark=definition(handler),
            registered=mark_of(registration, "registered here"),
            guards=deduplicated(self.exempted(guards, asked(placed, path, handler, owner, methods), owner)),
            unapplied=tuple(unapplied),
            kind=registration.kind,
            app=placed.routers[0].key if placed.mounted else "",
            group=placed.routers[-1].key,
            response=registration.response,
            response_schema=has_schema(registration.response, handler) if is_described(placed) else None,
            operation=operation_of(placed, handler, framework) if is_described(placed) else None,
        )  # fmt: skip

    # --- guards -----------------------------------------------------------------------------------------------------

    def before(self, placed: Placed) -> list[Guard]:
        """The guards that the routers from the application down bring, and the mounts between them.

        Of what holds a foreign application, only the middleware stands before that.
        """
        found: list[Guard] = []
        foreign = max((depth for depth, mount in enumerate(placed.mounts) if mount.outside), default=-1)
        for depth, router in enumerate(placed.routers):
            via = "application" if router.is_app else "router"
            for creation in router.creations[:1]:
                own = creation.guards if depth > foreign and not creation.replaces else None
                for operand, how in ((creation.middleware, f"{via} middleware"), (own, via)):
                    if operand is not None:
                        found += self.attached(operand, how)
            for hook in router.hooks:
                found += self.hook(hook, via) if depth > foreign or hook.kind == "middleware" else []
            replaced = placed.registration.replaces
            if not replaced and foreign < depth < len(placed.mounts) and (guards := placed.mounts[depth].guards) is not None:
                found += self.attached(guards, "mount")
        everywhere = [hook for router in self.tree.routers.values() for hook in router.hooks if hook.all_routes]
        for hook in everywhere:
            found += self.hook(hook, "application")
        return found

    def attached(self, operand: Operand, via: str) -> list[Guard]:
        """The guards in a list of dependencies, middleware or decorators."""
        found: list[Guard] = []
        for value in contents(operand.value):
            mark = None
            around = list(self.classes.around(value)) if via.endswith("middleware") else []
            found += [self.guarding.classified(method, symbol.name, via, mark) for symbol, method in around]
            found += [] if around else self.guarding.of_value(value, via, mark)
        return found

    def hook(self, hook: RouteHook, via: str) -> list[Guard]:
        """The guards that a hook runs; kept, since it covers many routes."""
        known = self._hooks.get(id(hook))
        if known is None:
            known = []
            mark = mark_of(hook, "registered here")
            for symbol in () if hook.function is None else functions_in(hook.function.value):
                if isinstance(symbol, ClassSymbol):
                    method = self.engine.find_method(symbol, "dispatch") or self.engine.find_method(symbol, "__call__")
                    if method is not None:
                        known.append(self.guarding.classified(method, symbol.name, f"{via} middleware", mark))
                elif isinstance(symbol, FunctionSymbol):
                    known.append(self.guarding.classified(symbol, symbol.node.name, f"{via} hook", mark))
            for value in [] if hook.function is None else contents(hook.function.value):
                known += self.attached(Operand(value, None), f"{via} middleware") if value.types else []
            self._hooks[id(hook)] = known
        return known

    def exempted(self, guards: list[Guard], route: Asked, owner: ClassSymbol | None = None) -> list[Guard]:
        """`guards`, those hooks being none that let this very route through: `if request.endpoint == "login": return`."""
        found: list[Guard] = []
        for one in guards:
            given = self.classes.settled(one.function, owner)
            looking = given or one.via.endswith(("hook", "middleware")) or one.via in _MAY_EXEMPT
            towards = self.behaviours.towards(one, route, Does.RUNS, given) if looking else one
            said = [name.partition(".")[2] for name, value in sorted(given.items()) if value is TRUE]
            marked = towards is not one and said
            found.append(replace(towards, because=f"{MARKED} `{said[0]}` through") if marked else towards)
        return found

    def wrapped(self, registration: RouteRegistration) -> tuple[list[Guard], list[FunctionSymbol | ClassSymbol]]:
        """The guards called around a handler where it is registered, and what decorators of the project are called with.

        `view_func=login_required(admin_only(Page.as_view("page")))`
        """
        if registration.handler is None:
            return [], []
        guards = self.guarding.of_objects(registration.handler.value, "wrapper")
        module = next((one for one in self.engine.project.modules.values() if one.node is registration.site.module), None)
        node, inner = registration.handler.node, None
        frame = None if module is None else self.engine.frame(module)
        while frame is not None and isinstance(node, ir.Call) and len(node.args) == 1:
            value = frame.eval(node.func)
            found = self.guarding.decorating(value, mark_of(registration, "registered here"))
            if not found and not value.refs:
                break
            guards += [replace(one, name=written(node.func).rpartition(".")[2]) for one in found]
            node = node.args[0].value
            inner = node if any(isinstance(one, FunctionSymbol) for one in value.refs) else inner
        around = registration.site.function
        local = {param.name for param in around.params} if around is not None else set()
        if frame is None or inner is None or any(isinstance(one, ir.Name) and one.id in local for one in ir.walk_scope(inner)):
            return guards, []
        return guards, handlers(Operand(frame.eval(inner), None))

    def decorators(self, handler: FunctionSymbol, registration: RouteRegistration) -> tuple[list[Guard], list[Guard]]:
        """The guards of a handler's decorators: those that run, and those above the registration, which do not."""
        nodes = handler.node.decorators
        # One without a router only marks the function, and the class is read when it is whole: all its decorators run.
        marked = None if registration.owner is None else registration.site.node
        at = next((index for index, node in enumerate(nodes) if node is marked), None)
        below = nodes if at is None else nodes[at + 1 :]
        others = [node for node in below if not self.registers(node)]
        above = [] if at is None else [node for node in nodes[:at] if not self.registers(node)]
        unapplied = [
            guard for guard in self.guarding.decorators(handler, above) if guard.has(Does.AUTHENTICATES, Does.AUTHORIZES)
        ]
        return list(self.guarding.decorators(handler, others)), unapplied

    def registers(self, node: ir.Expr) -> bool:
        """Whether a decorator registers a route."""
        return any(one.site.node is node for one in self.guarding.facts.registrations)

    def of_class_body(self, owner: ClassSymbol, name: str, framework: str) -> list[Guard]:
        """The decorators of a view class, those that it lists for all methods or the one called `name`, and what dispatches."""
        registering = [node for one in self.engine.bases(owner)[0] for node in one.node.decorators if self.registers(node)]
        found = list(self.classes.decorated(owner, registering))
        for one in self.classes.guards(owner, name, framework):
            found += self.attached(Operand(one, None), "class") if isinstance(one, Value) else [one]
        return found

    def in_body(self, handler: FunctionSymbol) -> list[Guard]:
        """The handler itself, where it turns callers away that have not said who they are."""
        behaviour = self.behaviours.of(handler, 4)
        does, because = judged(handler.node.name, behaviour.denies, looks=behaviour.looks)
        asks = bool(does & {Does.AUTHENTICATES, Does.AUTHORIZES})
        outcome = self.behaviours.anonymous.run(handler).outcome() if asks or behaviour.looks else Outcome.PASSES
        if not asks and outcome is Outcome.DENIED:  # as if there was nothing: `if not current_user.is_authenticated: abort(404)`
            asks, does, because = True, does | {Does.AUTHENTICATES}, TURNS_AWAY
        whom = self.denials.of(handler) if outcome is Outcome.UNKNOWN else ALL
        if not asks or outcome is Outcome.PASSES or whom == NOBODY:
            return []
        mark = Mark(handler.module.path, handler.node.at, handler.node.name_end, handler.node.name)
        if whom == SOME:
            return [Guard(handler.node.name, frozenset((Does.DEPENDS,)), "body", mark, handler, "turns only some callers away")]
        return [Guard(handler.node.name, does, "body", mark, handler, because, carrier=self.behaviours.carrier(handler))]
