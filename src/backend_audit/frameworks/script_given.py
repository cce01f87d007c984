"""What the expressions of a function in JavaScript hold of a request: `const { name } = req.body`, read from names.

https://expressjs.com/en/5x/api.html#req.body, https://koajs.com/#request, https://fastify.dev/docs/latest/Reference/Request/,
https://docs.nestjs.com/controllers#request-payloads
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from backend_audit import ir
from backend_audit.flow.written import dotted, last_word
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.routes.model import Route

Path = tuple[str, ...]  # `body`, `name`; the request itself has none
EACH = "*"  # an element of a list, or what an unknown key names
_CONTEXT = ("ctx",)
WHOLE: tuple[Path, ...] = ((), _CONTEXT)  # the request, and Koa's context
_DATA = frozenset(("data", "value"))
_PICKS = frozenset(("pick",))
_PARTS = {"Body": "body", "Query": "query", "Param": "params"}
_ERROR_HANDLER = 4


@dataclass(frozen=True, slots=True)
class Held:
    """A part of the request, or (`items`) an object that is put together of such; `verdict`: what a schema answers about it."""

    path: Path | None = None
    items: Mapping[str, "Held"] = field(default_factory=dict)
    verdict: bool = False

    def part(self, name: str) -> "Held | None":
        """What stands there under a name."""
        if self.path is None:
            return self.items.get(name)
        if self.verdict and name in _DATA:
            return Held(self.path)
        return Held(()) if (*self.path, name) == (*_CONTEXT, "request") else Held((*_of_context(self.path, name), name))


def _of_context(path: Path, name: str) -> Path:
    """Koa's context has the query and the address itself; what it calls `body` is the answer."""
    return () if path == _CONTEXT and name in ("query", "params") else path


def of_handler(route: Route) -> dict[str, Held]:
    """What the parameters of a route's handler hold."""
    handler = route.handler
    params = [] if handler is None else [one for one in handler.node.params if one.kind == "positional"]
    found: dict[str, Held] = {}
    for param in params:
        for decorator in param.decorators:
            name = decorator_name(decorator)
            key = decorator.args[0].value if isinstance(decorator, ir.Call) and decorator.args else None
            if name in ("Req", "Request"):
                found[param.name] = Held(())
            elif name in _PARTS:
                inner = (key.value,) if isinstance(key, ir.Const) and isinstance(key.value, str) else ()
                found[param.name] = Held((_PARTS[name], *inner))
    if params and not found and not params[0].decorators and len(params) < _ERROR_HANDLER and route.owner is None:
        found[params[0].name] = Held(_CONTEXT if route.framework == "koa" else ())
    return found


Follow = Callable[[ir.Call, "Holding"], "Held | None"]


@lru_cache(maxsize=1024)
def nodes_of(function: FunctionSymbol) -> list[ir.Node]:
    """Every node of a function's body, those of functions in it included; kept, since many handlers lead to one function."""
    return list(ir.walk(*function.node.body))


class Holding:
    """One function, those in it included, where its parameters hold `given`.

    `converts`: calls whose result still is what they are given; `follow`: what a call of the project's own gives.
    """

    def __init__(self, function: FunctionSymbol, given: Mapping[str, Held], converts: frozenset[str], follow: Follow) -> None:
        self.function = function
        self.names: dict[str, Held] = dict(given)
        self.nodes = nodes_of(function)
        self._converts = converts
        self._follow = follow
        for param in function.node.params:
            if param.pattern is not None and param.name in given:
                self._bind(param.pattern, given[param.name])
        for node in self.nodes:
            if isinstance(node, ir.Assign) and node.value is not None and not node.op:
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ir.For) and not node.keys:
                held = self.of(node.iter)
                self._bind(node.target, None if held is None else held.part(EACH))

    def _assign(self, target: ir.Expr, value: ir.Expr) -> None:
        held = self.of(value)
        if held is None and isinstance(value, (ir.Const, ir.Container)):
            return  # a default, where nothing was given
        self._bind(target, held)

    def _bind(self, target: ir.Expr, held: Held | None) -> None:
        """Let what a target names hold that."""
        if isinstance(target, ir.Defaulted):
            self._bind(target.target, held)
        elif isinstance(target, ir.Container) and target.kind == "dict":
            for item in target.items:
                key = item.key.value if isinstance(item.key, ir.Const) else None
                inner = held if held is None or item.star else held.part(str(key))
                self._bind(item.value, inner)
        elif isinstance(target, (ir.Name, ir.Attribute)):
            key = dotted(target)
            if key is not None and held is not None:
                self.names[key] = held
            elif key is not None:
                self.names.pop(key, None)

    # --- expressions --------------------------------------------------------------------------------------------------

    def of(self, node: ir.Expr | None) -> Held | None:
        """What an expression holds of the request; None for nothing, or for what is made of it."""
        if isinstance(node, (ir.Name, ir.Attribute, ir.Index)):
            return self._read(node)
        if isinstance(node, (ir.Await, ir.Walrus, ir.Starred)):
            return self.of(node.value)
        if isinstance(node, ir.Logical):
            return self.of(node.right) if node.op == "and" else self.of(node.left) or self.of(node.right)
        if isinstance(node, ir.Conditional):
            return self.of(node.then) or self.of(node.orelse)
        if isinstance(node, ir.Container) and node.kind == "dict":
            return self._put_together(node)
        if isinstance(node, ir.Call):
            return self._called(node)
        return self._computed(node) if self._converts else None

    def _read(self, node: ir.Name | ir.Attribute | ir.Index) -> Held | None:
        key = dotted(node)
        if key is not None and key in self.names:
            return self.names[key]
        if isinstance(node, ir.Name):
            begins = f"{node.id}."
            items = {name.removeprefix(begins): one for name, one in self.names.items() if name.startswith(begins)}
            return Held(None, items) if items else None
        base = self.of(node.value)
        if base is None:
            return None
        if isinstance(node, ir.Attribute):
            return base.part(node.attr)
        return base.part(str(node.index.value) if isinstance(node.index, ir.Const) else EACH)

    def _put_together(self, node: ir.Container) -> Held | None:
        items: dict[str, Held] = {}
        for item in node.items:
            held = self.of(item.value)
            if held is not None and item.star:
                if held.path is not None:
                    return held  # all of it, and more
                items |= held.items
            elif held is not None and isinstance(item.key, ir.Const):
                items[str(item.key.value)] = held
        return Held(None, items) if items else None

    def _called(self, node: ir.Call) -> Held | None:
        name, args = last_word(node.func), [arg.value for arg in node.args]
        held = self.of(args[0]) if args else None
        if name in _PICKS and held is not None and len(args) > 1:
            named = (item.value for item in args[1].items) if isinstance(args[1], ir.Container) else ()
            keys = [str(one.value) for one in named if isinstance(one, ir.Const)]
            return Held(None, {key: one for key in keys if (one := held.part(key)) is not None})
        if name in self._converts:
            found = next((one for arg in args if (one := self.of(arg)) is not None), None)
            return found or (self.of(node.func.value) if isinstance(node.func, ir.Attribute) else None)
        return self._follow(node, self)

    def _computed(self, node: ir.Expr | None) -> Held | None:
        """`+limit`, `limit | 0`, `limit + 1`."""
        if isinstance(node, ir.Unary) and node.op in ("+", "~"):
            return self.of(node.operand)
        if isinstance(node, ir.Binary) and isinstance(node.right, ir.Const):
            return self.of(node.left)
        return None

    # --- calls --------------------------------------------------------------------------------------------------------

    def handed(self, call: ir.Call, callee: FunctionSymbol) -> dict[str, Held]:
        """What the parameters of a function hold that is called here."""
        params = [one.name for one in callee.node.params if one.kind == "positional"]
        found: dict[str, Held] = {}
        for name, arg in zip(params, call.args, strict=False):
            held = None if arg.star else self.of(arg.value)
            if held is not None:
                found[name] = held
        return found

    def paths(self, node: ir.Node) -> Iterator[Path]:
        """The parts of the request that an expression mentions anywhere."""
        for one in ir.walk(node):
            held = self._read(one) if isinstance(one, (ir.Name, ir.Attribute, ir.Index)) else None
            if held is not None and held.path is not None:
                yield held.path


def leaves(held: Held | None, name: str) -> Iterator[tuple[str, Path]]:
    """The parts that something holds, at every depth, each with the name that it has there."""
    if held is not None and held.path is not None:
        yield name, held.path
    for key, one in held.items.items() if held is not None else ():
        yield from leaves(one, key)
