"""Procedures of tRPC and oRPC as routes: routers hold them by name, and each is made of steps that run before its resolver.

https://trpc.io/docs/server/routers, https://trpc.io/docs/server/middlewares. Queries are asked for by GET, mutations by POST.
https://orpc.unnoq.com/docs/procedure: `authenticated.route({ method: "GET", path: "/notes/{id}" }).input(…).handler(…)`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import RouteChain, RouterCreation
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.frameworks.steps import given_to, handler_of, steps_of
from backend_audit.link.symbols import FunctionSymbol, ObjectSymbol
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.guards import ASKING
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.scopes import of_step
from backend_audit.routes.script_guards import ANONYMOUS, ScriptGuarding, called
from backend_audit.routes.texts import definition, mark_of, texts_of

_DEPTH = 12
_KIND = "trpc-"
_PREFIX = "/trpc"
_OPEN = re.compile(r"public|anonymous|anyone|everyone|unauth|unprotected", re.IGNORECASE)
_ASKED = {401: Does.AUTHENTICATES, 403: Does.AUTHORIZES}
_BUILDING = frozenset("input output use meta concat unstable_concat query mutation subscription route errors tag handler".split())
_RPC = "/rpc"


class TrpcRoutes:
    """Makes the routes of a project's routers."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self.at: dict[int, RouteChain] = {}  # by the call that makes a router, a step or a procedure
        self.prefix = _PREFIX
        for chain in facts.chains:
            if chain.kind == f"{_KIND}server" and chain.arguments is not None:
                told = [one.item("endpoint") for one in contents(chain.arguments.value) if one.kind == "dict"]
                self.prefix = next((text for one in told for text in texts_of(one)), self.prefix)
            elif chain.kind.startswith(_KIND):
                self.at.setdefault(id(chain.site.node), chain)

    def routes(self) -> Iterator[Route]:
        """The procedures of every router, by the names under which the outermost one holds them."""
        routers = [one for one in self.at.values() if one.kind == f"{_KIND}router"]
        below = {id(inner.site.node) for one in routers for _, inner in self.held(one)}
        told: set[tuple[int, str]] = set()  # what several handlers serve is one route
        for router in routers:
            for one in self.of_router(router, "", (router,)) if id(router.site.node) not in below else ():
                key = (one.registered.at if one.registered is not None else 0, f"{one.mark.path} {one.path}")
                if key not in told:
                    told.add(key)
                    yield one

    def held(self, router: RouteChain) -> Iterator[tuple[str, RouteChain]]:
        """What a router holds: procedures and routers, each by its name; those of routers that it merges have none."""
        for value in [] if router.arguments is None else contents(router.arguments.value):
            yield from self._of_value(value, "", _DEPTH)

    def _of_value(self, value: Value, name: str, depth: int) -> Iterator[tuple[str, RouteChain]]:
        if value.kind == "dict" and depth:
            for key, inner in (value.items or {}).items():
                yield from self._of_value(inner, f"{name}.{key}" if name else str(key), depth - 1)
            return
        for _, chain in self.objects(value):
            if chain is not None and not chain.kind.endswith("step"):
                yield name, chain

    def objects(self, value: Value | None) -> list[tuple[ObjectSymbol, RouteChain | None]]:
        """The objects that a value can be, each with the call that made it."""
        return [(symbol, self.at.get(id(symbol.node))) for symbol, _ in self.facts.objects(value)]

    def of_router(self, router: RouteChain, prefix: str, above: tuple[RouteChain, ...]) -> Iterator[Route]:
        """The routes of a router whose names begin with `prefix`."""
        for name, chain in self.held(router):
            whole = ".".join(one for one in (prefix, name) if one)
            if chain.kind == f"{_KIND}endpoint":
                yield self.route(router, chain, whole)
            elif chain not in above and len(above) < _DEPTH:
                yield from self.of_router(chain, whole, (*above, chain))

    def route(self, router: RouteChain, chain: RouteChain, name: str) -> Route:
        """One procedure as a route."""
        given = given_to(chain)
        handler = next((one for value in given[-1:] if (one := handler_of(value)) is not None), None)
        method, path = _stated(chain.site.node)
        is_orpc = isinstance(chain.site.node, ir.Call) and last_word(chain.site.node.func) == "handler"
        path = path or (f"{_RPC}/{name.replace('.', '/')}" if is_orpc else f"{self.prefix}/{name}")
        method = method or chain.method
        found = self.guarding.exempted(self.before(chain, _DEPTH), Asked(path, name, "", (method,)))
        registered = mark_of(chain, "registered here")
        begun = _name(_begun(chain.site.node))
        if _OPEN.search(begun) and not any(one.has(*ASKING) for one in found):
            found.append(Guard(begun, frozenset((Does.OPENS,)), "route", registered, None, "its name"))
        return Route(
            methods=(method,),
            path=path,
            framework="orpc" if is_orpc else "trpc",
            handler=handler,
            name=name,
            mark=registered if handler is None else definition(handler),
            registered=registered,
            guards=deduplicated([*found, *([] if handler is None else self.guarding.in_body(handler))]),
            group=f"{router.site.path}:{router.site.node.at}",
        )

    def before(self, chain: RouteChain, depth: int) -> list[Guard]:
        """The guards that run before what a call adds: those of the procedure that it was called on."""
        made = next((one for one in self.facts.made.get(id(chain.site.node), []) if isinstance(one, RouterCreation)), None)
        found: list[Guard] = []
        for _, earlier in [] if made is None or made.on is None or not depth else self.objects(made.on.value)[:1]:
            if earlier is not None:
                begun = _begun(chain.site.node)
                found += [_told(one, begun) for one in self.steps(earlier, depth - 1)]
        return found

    def steps(self, chain: RouteChain, depth: int) -> list[Guard]:
        """The guards of a step and of all before it."""
        found = self.before(chain, depth)
        for step in steps_of(chain) if depth else ():
            inner = [one for _, one in self.objects(step.value) if one is not None]
            if inner:  # middleware that was made before, or another procedure
                name = "" if step.node is None else called(step.node)
                found += [
                    replace(one, name=name) if name and one.name == ANONYMOUS else one for one in self.steps(inner[0], depth - 1)
                ]
            else:
                found += map(self._asking, self.guarding.of_step(step.value, step.node, chain, "route"))
        return found

    def _asking(self, guard: Guard) -> Guard:
        """A step that answers 401 or 403 by what the context holds asks who calls, whatever the context calls that."""
        function = guard.function
        if function is None or guard.has(*ASKING) or not guard.has(Does.REJECTS) or not _turns_away_by_context(function):
            return guard
        denies = self.guarding.behaviours.own(function).denies
        status = next((one for one in _ASKED if one in denies), 0)  # who can answer both asks for a login
        if not status:
            return guard
        return replace(guard, does=guard.does - {Does.REJECTS} | {_ASKED[status]}, because=f"answers {status}")


def _turns_away_by_context(function: FunctionSymbol) -> bool:
    """Whether a test of what the context holds, or of what was found by that, decides to raise an error."""
    made = [one for one in function.scope.of(ir.Assign) if one.value is not None and _of_context(one.value, frozenset())]
    names = frozenset(
        each.id for one in made for target in one.targets for each in ir.walk_scope(target) if isinstance(each, ir.Name)
    )
    last = function.node.body[-1] if function.node.body else None
    for one in function.scope.of(ir.If):
        passes = isinstance(last, ir.Raise) and any(
            isinstance(each, ir.Return) for each in one.body
        )  # and who does not is refused
        raises = any(isinstance(each, ir.Raise) for each in ir.walk_scope(*one.body))
        if (passes or raises) and _of_context(one.test, names):
            return True
    return False


def _of_context(node: ir.Expr, names: frozenset[str]) -> bool:
    return any(
        (isinstance(one, ir.Attribute) and not {"ctx", "context"}.isdisjoint(written(one).split(".")))
        or (isinstance(one, ir.Name) and one.id in names)
        for one in ir.walk_scope(node)
    )


def _begun(node: ir.Node) -> ir.Expr | None:
    """What a chain of calls begins with: `adminProcedure` of `adminProcedure.input(…).query(…)`, `permitted("write")`."""
    begun = node if isinstance(node, ir.Call) else None
    while begun is not None and isinstance(begun.func, ir.Attribute) and begun.func.attr in _BUILDING:
        if not isinstance(begun.func.value, ir.Call):
            return begun.func.value
        begun = begun.func.value
    return begun


def _stated(node: ir.Node) -> tuple[str, str]:
    """The method and address that a chain of calls says: `.route({ method: "GET", path: "/notes/{id}" })`."""
    step = node.func.value if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else None
    while isinstance(step, ir.Call) and isinstance(step.func, ir.Attribute):
        given = step.args[0].value if step.args and step.func.attr == "route" else None
        if isinstance(given, ir.Container):
            said = {_text(one.key): _text(one.value) for one in given.items}
            return said.get("method", ""), said.get("path", "")
        step = step.func.value
    return "", ""


def _text(node: ir.Expr | None) -> str:
    return node.value if isinstance(node, ir.Const) and isinstance(node.value, str) else ""


def _told(guard: Guard, begun: ir.Expr | None) -> Guard:
    """A guard called after the procedure that has it, if it has no name, with what the function is told that makes one."""
    name = _name(begun)
    if guard.name == ANONYMOUS and name:
        guard = replace(guard, name=name)
    return replace(guard, scopes=of_step(begun)) if guard.name == name and guard.has(*ASKING) and not guard.scopes else guard


def _name(begun: ir.Expr | None) -> str:
    return "" if begun is None else last_word(begun.func if isinstance(begun, ir.Call) else begun)
