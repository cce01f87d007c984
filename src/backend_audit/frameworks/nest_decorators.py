"""What NestJS's decorators say of controllers and modules; decorators of the project that are put together of others.

https://docs.nestjs.com/controllers, https://docs.nestjs.com/custom-decorators
"""

from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.facts import contents
from backend_audit.routes.missing import FALSE, TRUE, Missing
from backend_audit.routes.texts import texts_of

COMMON = "@nestjs/common."
_SET, _CONTROLLER = f"{COMMON}SetMetadata", f"{COMMON}Controller"
_DEPTH = 4


class Applied(NamedTuple):
    """A decorator as it is applied, in the frame where it is written: its own, or one that a decorator of the project applies."""

    node: ir.Call
    frame: Frame


class NestDecorators:
    """Reads the decorators of a project's classes and methods."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def own(self, owner: ClassSymbol, nodes: list[ir.Expr], name: str, package: str = COMMON) -> ir.Call | None:
        """The decorator of that name of Nest's own, if it is there."""
        for node in nodes:
            named = isinstance(node, ir.Call) and decorator_name(node) == name
            if isinstance(node, ir.Call) and named and f"{package}{name}" in self.engine.frame(owner.module).eval(node.func).apis:
                return node
        return None

    def controller(self, owner: ClassSymbol) -> ir.Call | None:
        """`@Controller("orders")`, or a decorator of the project that gives one (`ApiController("orders")`)."""
        nodes = owner.node.decorators
        found = self.own(owner, nodes, "Controller")
        if found is None and any("controller" in decorator_name(node).lower() for node in nodes):
            for node, inside in self.applied(owner, nodes):
                if any(_CONTROLLER in one.frame.eval(one.node.func).apis for one in inside):
                    return node
        return found

    def applied(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> Iterator[tuple[ir.Call, list[Applied]]]:
        """Each decorator with all that it applies, those of Nest that decorators of the project are made of among them."""
        frame = self.engine.frame(owner.module)
        for node in nodes:
            if isinstance(node, ir.Call):
                yield node, list(self._within(Applied(node, frame), _DEPTH, {}))

    def _within(self, one: Applied, depth: int, entered: dict[str, int]) -> Iterator[Applied]:
        """`entered`: the functions that were looked into, and how much deeper it went from there."""
        yield one
        callee = one.frame.eval(one.node.func)
        if callee.apis or not depth:
            return
        for function in of_kind(callee.refs, FunctionSymbol):
            if entered.get(function.key, 0) >= depth:
                continue
            entered[function.key] = depth
            inner = self.engine.frame(function.module, function)
            for node in ir.walk(*function.node.body):
                if isinstance(node, ir.Call) and node is not one.node:
                    found = inner.eval(node.func)
                    if any(path.startswith(COMMON) for path in found.apis):
                        yield Applied(node, inner)
                    elif of_kind(found.refs, FunctionSymbol):
                        yield from self._within(Applied(node, inner), depth - 1, entered)

    def metadata(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> dict[str, Missing]:
        """What `SetMetadata` puts on a class or method, by its key; a decorator stands under its own name, too."""
        found: dict[str, Missing] = {}
        for node, inside in self.applied(owner, nodes):
            found[decorator_name(node)] = TRUE
            for one in inside:
                if _SET in one.frame.eval(one.node.func).apis and one.node.args:
                    value = one.frame.eval(one.node.args[1].value) if len(one.node.args) > 1 else None
                    off = value is not None and value.is_just(value=False)
                    found |= dict.fromkeys(one.frame.eval(one.node.args[0].value).texts(), FALSE if off else TRUE)
        return found

    def paths(self, owner: ClassSymbol, node: ir.Call) -> list[str]:
        """The paths that a decorator is given: a text, several, or `{path}`."""
        held = self._option(owner, node, "path")
        if held is None:
            return [""]
        found = [text for one in contents(held) for text in texts_of(one)]
        return [text if not text or text.startswith("/") else f"/{text}" for text in found] or [""]

    def version(self, owner: ClassSymbol, method: FunctionSymbol) -> Value | None:
        """The versions that a method's `@Version(…)` or its controller's option states."""
        for one, nodes in ((method.owner or owner, method.node.decorators), (owner, owner.node.decorators)):
            told = self.own(one, nodes, "Version")
            if told is not None and told.args:
                return self.engine.frame(one.module).eval(told.args[0].value)
        made = self.controller(owner)
        held = None if made is None or not made.args else self.engine.frame(owner.module).eval(made.args[0].value)
        return (held.items or {}).get("version") if held is not None and held.kind == "dict" else None

    def _option(self, owner: ClassSymbol, node: ir.Call, name: str) -> Value | None:
        """The first argument of a decorator, or what it holds under `name`."""
        if not node.args:
            return None
        value = self.engine.frame(owner.module).eval(node.args[0].value)
        return (value.items or {}).get(name) if value.kind == "dict" else value

    def controllers(self, module: ClassSymbol) -> list[ClassSymbol]:
        """The controllers that a module declares."""
        node = self.own(module, module.node.decorators, "Module")
        held = None if node is None else self._option(module, node, "controllers")
        return [] if held is None else [symbol for one in contents(held) for symbol in of_kind(one.refs, ClassSymbol)]
