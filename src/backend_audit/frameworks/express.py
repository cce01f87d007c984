"""Routes of Express and its kind (Restify, Hono, Koa): middleware and handlers in the order in which they were added.

https://expressjs.com/en/guide/routing.html, https://expressjs.com/en/guide/using-middleware.html
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit.flow.engine import Engine
from backend_audit.flow.values import UNKNOWN
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.flow.written import written
from backend_audit.frameworks.chained import each_once, framework_of, mounted_elsewhere, stated_prefix
from backend_audit.frameworks.registrations import checked, deduplicated, joined
from backend_audit.frameworks.steps import (
    Step,
    bare_of,
    by_contract,
    from_setting,
    given_to,
    handler_of,
    is_object,
    left,
    mounted_at,
    path_texts,
    runs,
    stated,
    steps_of,
)
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.chains import ChainRouter, ChainTree, flat
from backend_audit.routes.covers import Before, everything
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.guards import LATE
from backend_audit.routes.middleware import hands_on
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition, mark_of, texts_of

_MAX_DEPTH = 12
_ERROR_HANDLER = 4  # parameters: (error, request, response, next)
_SOCKET = ("WS",)
_OF_THEIR_OWN = ("fastify", "@hapi/")  # frameworks whose routers are read elsewhere


class ExpressRoutes:
    """Makes the routes of a project's applications."""

    def __init__(self, engine: Engine, tree: ChainTree, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.tree = tree
        self.guarding = guarding
        self._reached: set[str] = set()
        self._made: list[Route] = []
        self._apart: set[int] = set()  # routes that are added at a time that is not known, by their identity
        self.bare: list[FunctionSymbol] = []  # the functions that Express itself calls, and whose promise it drops
        self.ahead: dict[str, list[Before]] = {}  # what applications run before what is put on them last, by the file of each

    def routes(self) -> Iterator[Route]:
        """Every route, those of routers that nothing mounts last (and only where no application is known whole)."""
        routers = sorted(self.tree.routers.values(), key=lambda one: one.key)
        routers = [one for one in routers if one.creations and not one.api.startswith(_OF_THEIR_OWN)]
        mounted = {child.key for router in routers for child in self.children(router)}
        found: list[Route] = []
        for router in routers:
            if router.is_app and router.key not in mounted:
                before, first = list[Before](), len(self._made)
                known = {(one.path, one.methods, one.mark) for one in found}
                own = each_once(list(self.below(router, "", before, ())))
                found += [one for one in own if (one.path, one.methods, one.mark) not in known]  # two may serve the same routes
                self.behind(before, first)
                self.ahead[router.key.partition(":")[0]] = before
        complete = bool(found)
        for router in routers:
            elsewhere = router.key not in self._reached and router.key not in mounted and router.key not in self.tree.inherited
            if elsewhere and not complete:
                found += self.below(router, "", [mounted_elsewhere()], ())
        for key in sorted(self.tree.floating) if not found else ():
            chains = [(one, one.chain) for one in self.tree.floating[key] if one.chain is not None]
            layers = [layer for layer, chain in chains if chain.site.api.startswith("express.")]
            holder = self.tree.holder(chains[0][1]) if layers else None
            if holder is not None:
                found += self.below(ChainRouter(holder.key, [], layers), "", [mounted_elsewhere()], ())
        yield from found if complete else each_once(found)

    def in_front(self) -> dict[str, list[Before]]:
        """As `ahead`, with what functions put on an application that they are handed: `server.setConfig((app) => …)`."""
        for key in sorted(self.tree.floating):
            layers = [one for one in self.tree.floating[key] if one.chain is not None and one.chain.kind == "use"]
            holder = self.tree.holder(layers[0].chain) if layers and layers[0].chain is not None else None
            if holder is not None and holder.module.path not in self.ahead:
                before = self.ahead[holder.module.path] = list[Before]()
                list(self.below(ChainRouter(holder.key, [], layers), "", before, ()))
        return self.ahead

    def children(self, router: ChainRouter) -> Iterator[ChainRouter]:
        """The routers that are put on a router."""
        for layer in router.layers:
            if layer.child is not None:
                yield layer.child
            elif layer.chain is not None and layer.chain.kind in ("use", "verb"):
                for step in steps_of(layer.chain):
                    yield from self.tree.of(step.value)

    def below(self, router: ChainRouter, prefix: str, before: list[Before], above: tuple[ChainRouter, ...]) -> Iterator[Route]:
        """The routes of a router as it is reached at `prefix`, after `before` has run."""
        if router in above or len(above) > _MAX_DEPTH:
            return
        self._reached.add(router.key)
        # In Express what a router runs for a path also runs for what is mounted there after it; Koa's routers keep to themselves.
        mine = list(before) if "koa" in router.api else before
        here = joined([prefix] if prefix else [], stated_prefix(router))
        here = "" if here == "/" else here
        for layer in router.layers:
            if layer.child is not None:
                yield from self.below(layer.child, here, mine, (*above, router))
                continue
            chain = layer.chain
            if chain is None or chain.kind == "prefix":
                continue
            if chain.kind == "resource":
                yield from self.resource(router, chain, here, mine)
                continue
            if chain.kind == "contract":
                for agreed in by_contract(chain):
                    paths, steps = self.read(router, agreed)
                    for path in paths:
                        yield from self.handled(router, agreed, joined([here] if here else [], path), steps, mine)
                continue
            chain = stated(chain) if chain.kind in ("described", "verb") else chain
            paths, steps = self.read(router, chain)
            if paths and router.api.startswith("express"):
                self.bare += [function for step in steps if (function := bare_of(step)) is not None]
            for path in paths:
                full = path if path.startswith("/^") else joined([here] if here else [], path)
                full = full.rstrip("/") or "/"
                if chain.kind == "use":
                    yield from self.used(router, chain, full, steps, mine, (*above, router))
                elif chain.kind == "param":
                    guards = [guard for step in steps for guard in self.guarding.of_step(step.value, step.node, chain, "param")]
                    mine.append(Before(here, tuple(guards), param=path))
                elif steps and is_object(steps[-1].value) and (inner := self.tree.of(steps[-1].value)):
                    guards = [guard for one in steps[:-1] for guard in self.guarding.of_step(one.value, one.node, chain, "route")]
                    for one in inner:  # `app.all("/orders*", orders)`: whose own paths are whole
                        yield from self.below(one, here, [*mine, Before(full, tuple(guards))], (*above, router))
                else:
                    yield from self.handled(router, chain, full, steps, mine)

    # --- arguments --------------------------------------------------------------------------------------------------

    def read(self, router: ChainRouter, chain: RouteChain) -> tuple[list[str], list[Step]]:
        """The paths of a chain, and what runs for them."""
        given = given_to(chain)
        if router.api.endswith(".route"):
            return [""], steps_of(chain)
        if not given:
            return [], []
        steps = steps_of(chain)
        paths = path_texts(given[0], setting=chain.kind == "use")
        if "koa" in router.api and len(given) > 2 and not runs(given[1]) and (named := path_texts(given[1])):
            return named, steps[2:]  # the route's name comes first
        if paths:
            taken = len(list(flat([given[0]])))
            return ([], []) if chain.kind == "verb" and len(given) == 1 else (paths, steps[taken:])
        if chain.kind == "use" and (len(given) == 1 or runs(given[0])):
            return [""], steps
        if chain.kind == "verb" and (runs(given[0]) or len(given) == 1):
            return [], []
        return ["" if chain.kind == "use" and from_setting(steps) else "/{}"], steps[1:]

    # --- layers -----------------------------------------------------------------------------------------------------

    def used(
        self, router: ChainRouter, chain: RouteChain, path: str, steps: list[Step], before: list[Before],
        above: tuple[ChainRouter, ...],
    ) -> Iterator[Route]:  # fmt: skip
        """What `use` puts on a router: routers below, or middleware before what comes later."""
        plain = "" if path == "/" else path
        for step in steps:
            routers = self.tree.of(step.value)
            first = (
                self.guarding.of_step(step.value, step.node, chain, "router")
                if self.tree.entered(step.value) is not UNKNOWN
                else []
            )
            within = [*before, Before(plain, tuple(first))] if first else before  # what it asks before it hands on
            for one in routers:
                made = len(self._made)
                yield from self.below(one, joined([plain], mounted_at(step.node)), within, above)
                if made == len(self._made):
                    self.covering(before, path, ())  # what is put on it cannot be read
            if routers:
                continue
            function = handler_of(step.value)
            if function is not None and sum(one.kind == "positional" for one in function.node.params) == _ERROR_HANDLER:
                continue
            guards = self.guarding.of_step(step.value, step.node, chain, "application" if router.is_app else "router")
            answers = function is not None and self.guarding.answers_always(function) and not self.guarding.passes_on(step.value)
            if answers and plain and not everything(plain):
                yield self.route(router, chain, path, (), step, before, [])
            if function is None or hands_on(function) or not everything(plain):
                self.covering(before, path, ())
            guards = _everywhere(guards) if everything(plain) else guards
            before.append(Before(plain, tuple(guards), added=len(self._made), used=self.tree.apart(chain, router)))

    def handled(
        self, router: ChainRouter, chain: RouteChain, path: str, steps: list[Step], before: list[Before]
    ) -> Iterator[Route]:
        """A route: the last step handles it, those before guard it; all of them run before what is registered later."""
        if not steps:
            return
        *first, last = steps
        methods = tuple(chain.method.split())
        guards = [guard for step in first for guard in self.guarding.of_step(step.value, step.node, chain, "route")]
        ahead = list(before)
        closing = self.guarding.of_step(last.value, last.node, chain, "route")
        before.append(Before(path, (*guards, *closing), exact=True, methods=methods))
        function = handler_of(last.value)
        passes = self.guarding.passes_on(last.value)
        if passes and (not methods or everything(path)):
            return
        made = self.route(router, chain, path, methods, last, ahead, guards)
        if methods == _SOCKET:
            made.methods, made.kind = (), "websocket"
        elif passes:
            made.kind = "middleware"  # it is a route of its own unless another one follows
            made.guards = deduplicated([*made.guards, *left(last, function, closing)])
        if function is not None or last.value.apis or last.value.types or last.value.open:
            yield made

    def resource(self, router: ChainRouter, chain: RouteChain, here: str, before: list[Before]) -> Iterator[Route]:
        """The routes that a library makes for a model: of all its objects, and of one."""
        given = given_to(chain)
        endpoints = given[0].item("endpoints") if given else None
        texts = [] if endpoints is None else [texts_of(one) for one in contents(endpoints)]
        for found, verbs in zip(texts, (("GET", "POST"), ("GET", "PUT", "DELETE")), strict=False):
            for path in found:
                for verb in verbs:
                    yield self.route(
                        router, chain, joined([here] if here else [], path), (verb,), Step(UNKNOWN, None), before, []
                    )

    def route(
        self, router: ChainRouter, chain: RouteChain, path: str, methods: tuple[str, ...], last: Step, before: list[Before],
        guards: list[Guard],
    ) -> Route:  # fmt: skip
        function = handler_of(last.value)
        registered = mark_of(chain, "registered here")
        asked = Asked(path, "", "", methods)
        ahead = [guard for one in self.covering(before, path, methods) for guard in one.guards]
        found = self.guarding.exempted([*ahead, *guards], asked)
        found += self.guarding.of_wrappers(last.value, last.node, chain)
        if function is not None:
            found += self.guarding.in_body(function)
        name = written(last.node or chain.site.node) if function is None else function.name
        mark = registered if function is None else definition(function)
        made = Route(
            methods=methods,
            path=path,
            framework=framework_of(router),
            handler=function,
            name=name.rpartition(".")[2] if function is None else name,
            mark=mark,
            registered=registered,
            guards=deduplicated(found),
            group=router.key,
            body=checked([*ahead, *guards]),
        )
        self._made.append(made)
        if self.tree.apart(chain, router):
            self._apart.add(id(made))
        return made

    def covering(self, before: list[Before], path: str, methods: tuple[str, ...]) -> list[Before]:
        """Those of `before` that run for a path, which are of use by that."""
        found = [one for one in before if one.covers(path, methods)]
        for one in found:
            one.used = True
        return found

    def behind(self, before: list[Before], first: int) -> None:
        """Note guards that were added behind all that they could have guarded, of the routes from `first` on."""
        for one in before:
            asking = [guard for guard in one.guards if guard.has(Does.AUTHENTICATES, Does.AUTHORIZES)]
            late = [replace(guard, via=LATE) for guard in asking if guard.function is None or hands_on(guard.function)]
            if late and not one.used and not one.exact and not one.param:
                for route in self._made[first : one.added]:
                    if one.covers(route.path, route.methods) and id(route) not in self._apart:
                        route.unapplied = (*route.unapplied, *late)


def _everywhere(guards: list[Guard]) -> list[Guard]:
    """Guards in front of a whole application: that one of them notes who calls says nothing of its routes."""
    idle = frozenset((Does.IDENTIFIES,))
    return [
        replace(one, does=frozenset((Does.RUNS,))) if one.does == idle and one.function is not None else one for one in guards
    ]
