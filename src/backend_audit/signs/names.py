"""What the names of a module mean, as API paths: enough to tell which library a reference or call belongs to."""

from typing import TypeAlias

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import CLASS, Value
from backend_audit.link.script_modules import api_path
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.source import Language

Scope: TypeAlias = dict[str, str]  # local names → API paths; "" for one that is nothing of a library
_ME = ("self", "this", "cls")


class Names:
    """Resolves expressions of one module. Local scopes are the caller's, for whom `bind` and `imported` fill them."""

    def __init__(self, engine: Engine, module: ModuleSymbol) -> None:
        self.engine = engine
        self.module = module
        self.env = engine.environment(module)
        self.script = module.node.language is not Language.PYTHON
        self._fields: Scope = {}

    def path(self, node: ir.Expr, scope: Scope) -> str:
        """The API path that an expression means; "" if it is none that is known."""
        if isinstance(node, ir.Name):
            known = scope[node.id] if node.id in scope else path_of(self.env.get(node.id))
            free = self.script and not known and node.id in _GLOBALS and node.id not in scope and node.id not in self.env
            return node.id if free else known
        if isinstance(node, ir.Attribute):
            return self._attribute(node, scope)
        if isinstance(node, ir.Call):
            if self.script and is_required(node):
                return self._required(node)
            called = self.path(node.func, scope)
            return f"{called}()" if called else self._given(node.func, scope)
        if isinstance(node, (ir.Await, ir.Starred)):
            return self.path(node.value, scope)
        if isinstance(node, (ir.Logical, ir.Conditional)):
            sides = (node.left, node.right) if isinstance(node, ir.Logical) else (node.then, node.orelse)
            return self.path(sides[0], scope) or self.path(sides[1], scope)
        return ""

    def _given(self, func: ir.Expr, scope: Scope) -> str:
        """What a function of the project gives: `connect()` that returns a library's client."""
        if not isinstance(func, ir.Name) or func.id in scope:
            return ""
        value = self.env.get(func.id)
        symbols = [one for one in (() if value is None else value.refs) if isinstance(one, FunctionSymbol)]
        return path_of(self.engine.summary(symbols[0]).result) if len(symbols) == 1 else ""

    def bind(self, target: ir.Expr, path: str, scope: Scope) -> None:
        """A name, or a field of the object that the code belongs to, is given what has this path."""
        if isinstance(target, ir.Name):
            scope[target.id] = path
        elif isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id in _ME and path:
            self._fields[target.attr] = path
        elif isinstance(target, ir.Container) and target.kind == "dict":
            for item in target.items:
                key = item.key.value if isinstance(item.key, ir.Const) else None
                self.bind(item.value, f"{path}.{key}" if path and isinstance(key, str) else "", scope)

    def imported(self, node: ir.Import, scope: Scope) -> None:
        """An import within a function."""
        for alias in node.names:
            if node.level or node.module.startswith("."):
                value = path_of(self.engine.imported(self.module, node, alias))
                scope[alias.asname] = value
            elif self.script:
                whole = api_path(node.module)
                scope[alias.asname] = whole if alias.name in (None, "*", "default") else f"{whole}.{alias.name}"
            elif alias.name is None:
                scope[alias.asname] = node.module if alias.asname != node.module.partition(".")[0] else alias.asname
            else:
                scope[alias.asname] = f"{node.module}.{alias.name}"

    def _attribute(self, node: ir.Attribute, scope: Scope) -> str:
        base = node.value
        if isinstance(base, ir.Name) and base.id in _ME:
            return self._fields.get(node.attr, "")
        if isinstance(base, ir.Name) and base.id not in scope:
            value = self.env.get(base.id)
            for symbol in () if value is None else sorted(value.refs, key=lambda one: one.key):
                if isinstance(symbol, ModuleSymbol):
                    return path_of(self.engine.symbol_attribute(symbol, node.attr))
        above = self.path(base, scope)
        return f"{above}.{node.attr}" if above else ""

    def _required(self, node: ir.Call) -> str:
        first = node.args[0].value if node.args else None
        name = first.value if isinstance(first, ir.Const) else None
        return "" if not isinstance(name, str) or name.startswith((".", "/", "#")) else api_path(name)


def is_required(node: ir.Expr) -> bool:
    """Whether an expression of a script is a module: `require("x")`, `await import("x")`."""
    inner = node.value if isinstance(node, ir.Await) else node
    return isinstance(inner, ir.Call) and isinstance(inner.func, ir.Name) and inner.func.id in ("require", "import")


def path_of(value: Value | None) -> str:
    """The API path of a value: a library's name, or the type of one of its objects."""
    if value is None:
        return ""
    for path in sorted(value.apis):
        return path
    return next((one for one in sorted(value.types) if not one.startswith(CLASS) and one not in _PLAIN), "")


_GLOBALS = frozenset("process fetch setInterval Promise console".split())
_PLAIN = frozenset("str int float bool bytes list dict set tuple None NoneType object".split())
