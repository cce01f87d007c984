"""Routes of NestJS: classes whose methods decorators make routes.

https://docs.nestjs.com/controllers
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks import nest_graphql
from backend_audit.frameworks.nest_bodies import provides_pipe
from backend_audit.frameworks.nest_decorators import NestDecorators
from backend_audit.frameworks.nest_guards import NestGuards
from backend_audit.frameworks.nest_middleware import Covered, configured
from backend_audit.frameworks.nest_paths import NestPaths
from backend_audit.frameworks.nest_stated import StatedRights
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.body import Body
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.missing import Missing
from backend_audit.routes.model import Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition
from backend_audit.source import Mark

_VERBS = {name: name.upper() for name in ("Get", "Post", "Put", "Patch", "Delete", "Options", "Head", "Search")}
_VERBS |= {"All": "", "Sse": "GET"}


class NestRoutes:
    """Makes the routes of a project's controllers."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.guarding = guarding
        self.decorators = NestDecorators(engine)
        self.paths = NestPaths(facts, self.decorators)
        self.guards = NestGuards(engine, facts, guarding, self.decorators)
        self.pipes = any(one.kind == "nest-pipes" for one in facts.chains) or provides_pipe(engine)
        classes = [one for one in engine.project.symbols.values() if isinstance(one, ClassSymbol)]
        self.classes = sorted(classes, key=lambda one: one.key)

    def routes(self) -> Iterator[Route]:
        """Every route of every controller."""
        named = [(one, self.decorators.controller(one)) for one in self.classes]
        controllers = [(one, node) for one, node in named if node is not None or nest_graphql.resolver(self.decorators, one)]
        if not controllers:
            return
        everywhere = self.guards.everywhere()
        middleware = configured(self.engine, self.guarding, self.classes)
        found = [one for symbol, node in controllers for one in self.of_class(symbol, node, everywhere, middleware)]
        StatedRights(self.engine, self.decorators).fill(found)
        yield from found

    def of_class(
        self, symbol: ClassSymbol, node: ir.Call | None, everywhere: list[Guard], middleware: list[Covered]
    ) -> Iterator[Route]:
        """The routes of a controller, or (without a decorator that states a path) the operations of a resolver."""
        lineage = self.engine.bases(symbol)[0]
        shared = [replace(one, via="class") for above in lineage for one in self.guards.attached(above, above.node.decorators)]
        told = {key: value for above in reversed(lineage) for key, value in self._said(above, above.node.decorators).items()}
        methods = {name: method for above in reversed(lineage) for name, method in above.methods.items()}
        for method in sorted(methods.values(), key=lambda one: one.node.at):
            declared = method.owner or symbol
            said = told | self._said(declared, method.node.decorators)
            own = self.guards.attached(declared, method.node.decorators)
            for route, path in self._made(symbol, node, method):
                ahead = [guard for one in middleware if one.covers(symbol, path, route.methods) for guard in one.guards]
                asked = Asked(route.path, "", "", route.methods, tuple(sorted((key, one.value) for key, one in said.items())))
                guards = self.guards.towards([*ahead, *everywhere, *shared, *own], asked)
                route.guards = deduplicated(guards)
                yield route

    def _made(self, symbol: ClassSymbol, node: ir.Call | None, method: FunctionSymbol) -> Iterator[tuple[Route, str]]:
        if node is not None:
            yield from self.of_method(symbol, node, method)
        else:
            yield from ((one, nest_graphql.PATH) for one in nest_graphql.operations(self.decorators, symbol, method))

    def _said(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> dict[str, Missing]:
        return self.decorators.metadata(owner, nodes)

    def of_method(self, owner: ClassSymbol, node: ir.Call, method: FunctionSymbol) -> Iterator[tuple[Route, str]]:
        """The routes that the decorators of a controller's method make, each with the path that modules call it by."""
        declared = method.owner or owner
        for verb, http in _VERBS.items():
            made = self.decorators.own(declared, method.node.decorators, verb)
            if made is None:
                continue
            body = next((one for one in method.node.params if any(decorator_name(two) == "Body" for two in one.decorators)), None)
            schema = "" if body is None or body.annotation is None else written(body.annotation)
            for base in self.decorators.paths(owner, node):
                for path in self.decorators.paths(declared, made):
                    for full, inside in self.paths.full(owner, method, base, path, http).items():
                        made_here = Route(
                            methods=(http,) if http else (),
                            path=full,
                            framework="nestjs",
                            handler=method,
                            owner=owner,
                            name=f"{owner.name}.{method.node.name}",
                            mark=definition(method),
                            registered=Mark(declared.module.path, made.at, made.end, "registered here"),
                            group=owner.key,
                            body=Body(validated=True, schema=schema) if self.pipes and schema else Body(),
                        )
                        yield made_here, inside
