"""The project's own modules, classes and functions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from backend_audit import ir
from backend_audit.link.nodes import Nodes
from backend_audit.source import SCRIPTS

_Read = TypeVar("_Read")


class Symbol:
    """A function, class or module of the project. Compared by identity; `key` tells it apart in sorted output."""

    __slots__ = ()
    key: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key}>"


@dataclass(eq=False, slots=True, repr=False)
class ModuleSymbol(Symbol):
    """A module: `key` is its path without the ending (a package's is its folder)."""

    key: str
    path: str
    node: ir.Module
    is_package: bool
    functions: dict[str, "FunctionSymbol"] = field(default_factory=dict)  # of the top level, by name; the last one counts
    classes: dict[str, "ClassSymbol"] = field(default_factory=dict)
    every: list["FunctionSymbol"] = field(default_factory=list)  # all functions at any depth, in source order
    exported: dict[str, tuple[str, str | None]] = field(default_factory=dict)  # see `script_symbols.exports`
    reexported: list[str] = field(default_factory=list)  # modules of which all is handed on
    replaced: bool = False  # `module.exports = …` stands beside export statements: that is what `require` gives
    _nodes: Nodes | None = field(default=None, init=False)
    _rebound: frozenset[str] | None = field(default=None, init=False)

    @property
    def rebound(self) -> frozenset[str]:
        """The names of its top level that its functions assign: `global last`."""
        if self._rebound is None:
            scopes = (one for function in self.every for one in function.scope.of(ir.Scope) if one.kind == "global")
            self._rebound = frozenset(name for one in scopes for name in one.names)
        return self._rebound

    @property
    def nodes(self) -> Nodes:
        """Every node of the module, at any depth: as `ir.walk`."""
        if self._nodes is None:
            self._nodes = Nodes(ir.walk(*self.node.body))
        return self._nodes

    def reread(self) -> None:
        """Its node is another one."""
        self._nodes = self._rebound = None

    @property
    def is_its_exports(self) -> bool:
        """Whether all of it is what its export statements name."""
        return bool(self.exported or self.reexported) and not self.replaced


@dataclass(eq=False, slots=True, repr=False)
class ClassSymbol(Symbol):
    """A class; `name` is dotted within the module."""

    key: str
    name: str
    node: ir.Class
    module: ModuleSymbol
    methods: dict[str, "FunctionSymbol"] = field(default_factory=dict)


@dataclass(eq=False, slots=True, repr=False)
class FunctionSymbol(Symbol):
    """A function or method; `owner` is the class it is a method of, `parent` the function it is nested in."""

    key: str
    name: str
    node: ir.Function
    module: ModuleSymbol
    owner: ClassSymbol | None
    parent: "FunctionSymbol | None"
    nested: list["FunctionSymbol"] = field(default_factory=list)
    _scope: Nodes | None = field(default=None, init=False)
    _read: dict[object, object] = field(default_factory=dict, init=False)

    def once(self, reading: "Callable[[FunctionSymbol], _Read]") -> _Read:
        """What `reading` gives, a function that looks at nothing but this one's node: kept for as long as that stays the same."""
        if reading not in self._read:
            self._read[reading] = reading(self)
        return cast("_Read", self._read[reading])

    @property
    def scope(self) -> Nodes:
        """The nodes of its body, functions and classes in it not entered: as `ir.walk_scope`."""
        if self._scope is None:
            self._scope = Nodes(ir.walk_scope(*self.node.body))
        return self._scope

    def reread(self) -> None:
        """Its node is another one."""
        self._scope = None
        self._read.clear()

    def inner(self) -> Iterator["FunctionSymbol"]:
        """The functions within it, to any depth, each before those within itself."""
        for one in self.nested:
            yield one
            yield from one.inner()

    def decorated(self, *names: str) -> bool:
        """Whether a decorator's last word is one of `names`."""
        return any(decorator_name(one) in names for one in self.node.decorators)

    @property
    def binds_first(self) -> bool:
        """Whether the first parameter is filled by the object (or class) that the method is read from; of Python."""
        if self.owner is None or self.has_receiver or self.module.node.language in SCRIPTS:
            return False
        return not self.decorated("staticmethod") and not self._takes_requests

    @property
    def _takes_requests(self) -> bool:
        """Whether it only stands in a class, and a decorator there hands it on as the function that it is: `def f(request)`."""
        return bool(self.node.decorators) and bool(self.node.params) and self.node.params[0].name == "request"

    @property
    def has_receiver(self) -> bool:
        """Whether the last parameter stands for the object that the function is called on."""
        params = self.node.params
        return bool(params) and params[-1].kind == "receiver"


@dataclass(eq=False, slots=True, repr=False)
class ObjectSymbol(Symbol):
    """An object of a library that is told apart from others of its type by the call that makes it."""

    key: str
    node: ir.Call


def key_at(path: str, name: str, node: ir.Node) -> str:
    """The key of what is called `name` and stands at `node` in the file `path`; keys of one name sort as the file goes."""
    return f"{path}:{name}@{node.at:08}"


def object_key(path: str, node: ir.Node) -> str:
    """The key of the object that the call `node` in the file `path` makes."""
    return key_at(path, "object", node)


def decorator_name(node: ir.Expr) -> str:
    """The last word of a decorator: `wraps` for `@functools.wraps(f)`."""
    if isinstance(node, ir.Call):
        node = node.func
    return node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""


def define(module: ModuleSymbol, symbols: dict[int, Symbol]) -> None:
    """Fill `module` with its definitions and `symbols` with each defining node's symbol, by the node's identity."""
    _Definer(module, symbols).block(module.node.body, "", None, None)


class _Definer:
    def __init__(self, module: ModuleSymbol, symbols: dict[int, Symbol]) -> None:
        self.module = module
        self.symbols = symbols

    def block(self, body: list[ir.Stmt], prefix: str, owner: ClassSymbol | None, parent: FunctionSymbol | None) -> None:
        for node in body:
            if isinstance(node, ir.Function):
                self.function(node, prefix, owner, parent)
            elif isinstance(node, ir.Class):
                self.class_(node, prefix, owner, parent)
            else:
                for inner in blocks(node):
                    self.block(inner, prefix, owner, parent)

    def function(self, node: ir.Function, prefix: str, owner: ClassSymbol | None, parent: FunctionSymbol | None) -> None:
        name = prefix + node.name
        symbol = FunctionSymbol(key_at(self.module.path, name, node), name, node, self.module, owner, parent)
        self.symbols[id(node)] = symbol
        self.module.every.append(symbol)
        if owner is not None:
            if node.name not in owner.methods or not symbol.decorated("setter", "deleter", "overload"):
                owner.methods[node.name] = symbol
        elif parent is not None:
            parent.nested.append(symbol)
        elif not symbol.decorated("overload"):
            self.module.functions[node.name] = symbol
        self.block(node.body, f"{name}.", None, symbol)

    def class_(self, node: ir.Class, prefix: str, owner: ClassSymbol | None, parent: FunctionSymbol | None) -> None:
        name = prefix + node.name
        symbol = ClassSymbol(key_at(self.module.path, name, node), name, node, self.module)
        self.symbols[id(node)] = symbol
        if owner is None and parent is None:
            self.module.classes[node.name] = symbol
        self.block(node.body, f"{name}.", symbol, parent)
        if parent is not None:  # they know the names of the function around the class
            parent.nested += symbol.methods.values()


def statements(body: list[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Every statement in `body` and in the functions, classes and compound statements in it, in source order."""
    waiting = body[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        for block in reversed([node.body] if isinstance(node, (ir.Function, ir.Class)) else blocks(node)):
            waiting += block[::-1]


def blocks(node: ir.Stmt) -> list[list[ir.Stmt]]:
    """The statement lists inside a compound statement that open no scope of their own."""
    inner = _BLOCKS.get(type(node))  # most statements have none: asked of every one of a project
    return [] if inner is None else inner(node)


_BLOCKS: dict[type[ir.Stmt], Callable[[Any], list[list[ir.Stmt]]]] = {
    ir.While: lambda node: [node.body, node.orelse, node.update],
    ir.If: lambda node: [node.body, node.orelse],
    ir.For: lambda node: [node.body, node.orelse],
    ir.Block: lambda node: [node.body],
    ir.Switch: lambda node: [case.body for case in node.cases],
    ir.With: lambda node: [node.body],
    ir.Try: lambda node: [node.body, *(handler.body for handler in node.handlers), node.orelse, node.final],
    ir.Match: lambda node: [case.body for case in node.cases],
}
