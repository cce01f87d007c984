"""Middleware of NestJS: what a module's `configure(consumer)` puts in front of routes.

https://docs.nestjs.com/middleware
"""

import re
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.written import written
from backend_audit.frameworks.nest_paths import REST
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.chains import flat
from backend_audit.routes.covers import Before, everything
from backend_audit.routes.model import Guard
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import texts_of
from backend_audit.source import Mark

_METHODS = re.compile(r"RequestMethod\.(\w+)$")


@dataclass(frozen=True, slots=True)
class Covered:
    """What is put in front of routes: `paths` with their methods, or the routes of `controllers`."""

    guards: tuple[Guard, ...]
    paths: tuple[Before, ...]
    controllers: frozenset[str]
    spared: tuple[Before, ...]

    def covers(self, owner: ClassSymbol, path: str, methods: tuple[str, ...]) -> bool:
        if any(one.covers(path, methods) for one in self.spared):
            return False
        return owner.key in self.controllers or any(one.covers(path, methods) for one in self.paths)


def configured(engine: Engine, guarding: ScriptGuarding, classes: list[ClassSymbol]) -> list[Covered]:
    """All that modules configure, in order."""
    found: list[Covered] = []
    for owner in classes:
        method = owner.methods.get("configure")
        if method is not None:
            calls = [node for node in ir.walk(*method.node.body) if isinstance(node, ir.Call) and _named(node) == "forRoutes"]
            found += [_read(engine, guarding, method, node) for node in calls]
    return found


def _named(node: ir.Expr) -> str:
    return node.func.attr if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else ""


def _read(engine: Engine, guarding: ScriptGuarding, method: FunctionSymbol, node: ir.Call) -> Covered:
    """`consumer.apply(A, B).exclude("health").forRoutes(CatsController, {path: "dogs", method: RequestMethod.GET})`."""
    frame = engine.frame(method.module, method)
    applied: list[Guard] = []
    spared: list[Before] = []
    one: ir.Expr = node
    while isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute):
        if one.func.attr == "apply":
            applied += [guard for arg in one.args for guard in _guards(engine, guarding, method, frame.eval(arg.value), arg)]
        elif one.func.attr == "exclude":
            spared += [before for value in _values(frame, one) for before in _paths(value)]
        one = one.func.value
    given = _values(frame, node)
    controllers = frozenset(symbol.key for value in given for symbol in of_kind(value.refs, ClassSymbol))
    return Covered(tuple(applied), tuple(before for value in given for before in _paths(value)), controllers, tuple(spared))


def _values(frame: Frame, node: ir.Call) -> list[Value]:
    return [one for arg in node.args for one in flat([frame.eval(arg.value)])]


def _guards(engine: Engine, guarding: ScriptGuarding, method: FunctionSymbol, value: Value, arg: ir.Arg) -> list[Guard]:
    """The guards that middleware is: a class with `use`, or a function."""
    mark = Mark(method.module.path, arg.at, arg.end, written(arg.value))
    uses = [(one, engine.find_method(one, "use")) for one in of_kind(value.refs, ClassSymbol)]
    found = [guarding.classified(use, one.name, "application", mark) for one, use in uses if use is not None]
    return found or guarding.of_value(value, "application", mark)


def _paths(value: Value) -> list[Before]:
    held = value.items or {} if value.kind == "dict" else {}
    told = [match[1] for path in sorted(held.get("method", UNKNOWN).apis) if (match := _METHODS.search(path))]
    methods = () if "ALL" in told else tuple(told)
    found = []
    for text in texts_of(held.get("path") if held else value):
        path = REST.sub("/*", text if text.startswith("/") else f"/{text}")
        found.append(Before("" if everything(path) else path.removesuffix("/*"), (), methods=methods))
    return found
