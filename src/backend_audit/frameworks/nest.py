"""Routes of NestJS: classes whose methods decorators make routes, guards as classes with `canActivate`.

https://docs.nestjs.com/controllers, https://docs.nestjs.com/guards
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import in_order, of_kind
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.registrations import deduplicated, joined
from backend_audit.frameworks.steps import definition
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.missing import ABSENT, FALSE
from backend_audit.routes.model import Body, Does, Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.tree import texts_of
from backend_audit.source import Mark

_COMMON = "@nestjs/common."
_VERBS = {name: name.upper() for name in ("Get", "Post", "Put", "Patch", "Delete", "Options", "Head")} | {"All": ""}
_OPEN = re.compile(r"public|skip_?auth|no_?auth|allow_?anon|unauthenticated|anonymous", re.IGNORECASE)
_ASKING = (Does.AUTHENTICATES, Does.AUTHORIZES)


class NestRoutes:
    """Makes the routes of a project's controllers."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self.classes = [one for one in engine.project.symbols.values() if isinstance(one, ClassSymbol)]

    def routes(self) -> Iterator[Route]:
        """Every route of every controller."""
        controllers = [(one, node) for one in self.classes if (node := self.decorator(one, one.node.decorators, "Controller"))]
        if not controllers:
            return
        told = [one.arguments.value for one in self.facts.chains if one.kind == "nest-prefix" and one.arguments is not None]
        prefix = next((text for value in told for text in texts_of(value)), "")
        everywhere = self.everywhere()
        pipes = any(one.kind == "nest-pipes" for one in self.facts.chains)
        for symbol, node in sorted(controllers, key=lambda one: one[0].key):
            shared = [replace(one, via="class") for one in self.attached(symbol, symbol.node.decorators)]
            for method in sorted(symbol.methods.values(), key=lambda one: one.node.at):
                for route in self.of_method(symbol, node, method, prefix, pipes=pipes):
                    guards = [*everywhere, *shared, *self.attached(symbol, method.node.decorators)]
                    route.guards = deduplicated(guards)
                    yield route

    def of_method(
        self, owner: ClassSymbol, node: ir.Call, method: FunctionSymbol, prefix: str, *, pipes: bool
    ) -> Iterator[Route]:
        """The routes that the decorators of a controller's method make."""
        for verb, http in _VERBS.items():
            made = self.decorator(owner, method.node.decorators, verb)
            if made is None:
                continue
            body = next((one for one in method.node.params if any(decorator_name(two) == "Body" for two in one.decorators)), None)
            schema = "" if body is None or body.annotation is None else written(body.annotation)
            for base in self.paths(owner, node):
                for path in self.paths(owner, made):
                    full = joined(
                        [one for one in (prefix, base) if one], path if not path or path.startswith("/") else f"/{path}"
                    )
                    yield Route(
                        methods=(http,) if http else (),
                        path=full.rstrip("/") or "/",
                        framework="nestjs",
                        handler=method,
                        owner=owner,
                        name=method.name,
                        mark=definition(method),
                        registered=Mark(owner.module.path, made.at, made.end, "registered here"),
                        group=owner.key,
                        body=Body(validated=True, schema=schema) if pipes and schema else Body(),
                    )

    def decorator(self, owner: ClassSymbol, nodes: list[ir.Expr], name: str) -> ir.Call | None:
        """The decorator of that name of Nest's own, if it is there."""
        for node in nodes:
            if isinstance(node, ir.Call) and decorator_name(node) == name:
                frame = self.engine.frame(owner.module)
                if f"{_COMMON}{name}" in frame.eval(node.func).apis:
                    return node
        return None

    def paths(self, owner: ClassSymbol, node: ir.Call) -> list[str]:
        """The paths that a decorator is given: a text, several, or `{path}`."""
        frame = self.engine.frame(owner.module)
        if not node.args:
            return [""]
        value = frame.eval(node.args[0].value)
        held = (value.items or {}).get("path") if value.kind == "dict" else value
        found = [text for one in contents(held) for text in texts_of(one)]
        return [text if not text or text.startswith("/") else f"/{text}" for text in found] or [""]

    # --- guards -----------------------------------------------------------------------------------------------------

    def attached(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> list[Guard]:
        """The guards of `@UseGuards(…)`, and what says that everybody may call."""
        frame = self.engine.frame(owner.module)
        found: list[Guard] = []
        for node in nodes:
            name, mark = decorator_name(node), Mark(owner.module.path, node.at, node.end, written(node))
            if name == "UseGuards" and isinstance(node, ir.Call):
                for arg in node.args:
                    found += self.guards(frame.eval(arg.value), written(arg.value), "route", mark)
            elif name == "Auth" and isinstance(node, ir.Call):
                found.append(Guard(name, frozenset((Does.AUTHENTICATES,)), "route", mark, None, "its name"))
            elif _OPEN.search(name):
                found.append(Guard(name, frozenset((Does.OPENS,)), "route", mark, None, "its name"))
        return found

    def everywhere(self) -> list[Guard]:
        """The guards of the whole application: `useGlobalGuards`, providers of `APP_GUARD`."""
        found: list[Guard] = []
        for chain in self.facts.chains:
            if chain.kind == "nest-guards" and chain.arguments is not None:
                for value in contents(chain.arguments.value):
                    found += self.guards(value, "guard", "settings", None)
        for symbol in self.classes:
            module = self.decorator(symbol, symbol.node.decorators, "Module")
            frame = self.engine.frame(symbol.module)
            for node in () if module is None else ir.walk(module):
                items = node.items if isinstance(node, ir.Container) else ()
                held = {item.key.value: item.value for item in items if isinstance(item.key, ir.Const)}
                if "provide" in held and written(held["provide"]) == "APP_GUARD":
                    for name in ("useClass", "useExisting"):
                        if name in held:
                            found += self.guards(frame.eval(held[name]), written(held[name]), "settings", None)
        return found

    def guards(self, value: Value, name: str, via: str, mark: Mark | None) -> list[Guard]:
        """The guards that a class, an object of one, or a library's guard is."""
        owners = of_kind(value.refs, ClassSymbol)
        owners += [owner for one in in_order(value.types) if (owner := self.engine.class_of(one)) is not None]
        found = [self.of_class(one, via, mark) for one in sorted(set(owners), key=lambda one: one.key)]
        if not found:
            found = self.guarding.of_value(value, via, mark)
        return found or self.guarding.unread(name.partition("(")[0], via, mark)

    def inherited(self, owner: ClassSymbol, via: str, mark: Mark | None) -> list[Guard]:
        """The guard of a library that a class extends: `class JwtGuard extends AuthGuard("jwt")`."""
        frame = self.engine.frame(owner.module)
        found: list[Guard] = []
        for base in owner.node.bases:
            value = None if base.name is not None else frame.eval(base.value)
            names = [] if value is None else sorted(path.removesuffix("()") for path in value.apis | value.types)
            found += [guard for path in names if (guard := self.guarding.known(path, via, mark)) is not None]
        return found

    def of_class(self, owner: ClassSymbol, via: str, mark: Mark | None) -> Guard:
        """A guard class of the project: what its `canActivate` does, else what the library's guard does that it extends."""
        method = self.engine.find_method(owner, "canActivate")
        above = next(iter(self.inherited(owner, via, mark)), None)
        if method is None or above is not None:
            return replace(above, name=owner.name) if above is not None else Guard(owner.name, frozenset((Does.RUNS,)), via, mark)
        guard = self.guarding.classified(method, owner.name, via, mark)
        run = self.guarding.behaviours.anonymous.run(method)
        refused = bool(run.passed) and all(one in (FALSE, ABSENT) for one in run.passed)
        if not guard.has(*_ASKING) and (refused or self.guarding.unread(owner.name.removesuffix("Guard"), via, mark)):
            return replace(guard, does=frozenset((Does.AUTHENTICATES,)), because="refuses callers without credentials")
        return guard
