"""The order in which a program's calls are reached when it starts: what is registered first runs first.

Modules run where they are first imported, functions where they are first called or handed over; what nothing calls comes last.
"""

from bisect import bisect_right

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_LEAVES = (ir.Const, ir.Name)


class Order:
    """Numbers the calls of a project of JavaScript, each once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._numbers: dict[int, int] = {}
        self._functions: set[str] = set()
        self._modules: set[str] = set()
        imported = self._imported()
        modules = list(engine.project.modules.values())
        for module in [one for one in modules if one.key not in imported] + modules:
            self._module(module)
        self._started = len(self._numbers)
        self._begun: list[int] = []  # where what follows from each function that nothing calls begins
        for module in modules:
            for function in module.every:
                self._begun.append(len(self._numbers))
                self._function(function)

    def of(self, node: ir.Node) -> int:
        """When the call `node` is reached."""
        return self._numbers.get(id(node), len(self._numbers))

    def apart(self, node: ir.Node, other: ir.Node) -> bool:
        """Whether `node` is reached at a time that is not known, seen from the call `other`: by a function that nothing calls."""
        at, before = self.of(node), self.of(other)
        return at >= self._started and bisect_right(self._begun, at) != bisect_right(self._begun, before)

    def _imported(self) -> set[str]:
        """The modules that another one imports."""
        found: set[str] = set()
        for module in self.engine.project.modules.values():
            for name in _specifiers(module.node.body):
                target = self.engine.project.find(module, name, 0)
                if isinstance(target, ModuleSymbol) and target is not module:
                    found.add(target.key)
        return found

    def _module(self, module: ModuleSymbol) -> None:
        if module.key not in self._modules:
            self._modules.add(module.key)
            self._walk(module, module.node.body)

    def _function(self, function: FunctionSymbol) -> None:
        if function.key not in self._functions:
            self._functions.add(function.key)
            self._walk(function.module, function.node.body)

    def _walk(self, module: ModuleSymbol, body: list[ir.Stmt]) -> None:
        """Go through `body`; what it calls is gone through with a stack of its own, since calls nest deep."""
        stack: list[tuple[ModuleSymbol, ir.Node, bool]] = [(module, node, False) for node in reversed(body)]
        while stack:
            where, node, left = stack.pop()
            if left:
                self._numbers.setdefault(id(node), len(self._numbers))
                continue
            if isinstance(node, (ir.Function, ir.Class)):
                continue
            if isinstance(node, ir.Call):
                stack.append((where, node, True))
                stack.extend(self._entered(where, node))
            elif isinstance(node, (ir.Import, ir.Export)) and node.module:
                stack.extend(self._required(where, node.module))
            elif isinstance(node, ir.Lambda):
                continue
            stack.extend((where, child, False) for child in reversed(ir.children(node)) if not isinstance(child, _LEAVES))

    def _entered(self, where: ModuleSymbol, node: ir.Call) -> list[tuple[ModuleSymbol, ir.Node, bool]]:
        """The bodies that run within a call, the last one first: of what it calls, and of functions written as its arguments."""
        found: list[tuple[ModuleSymbol, ir.Node, bool]] = []
        if isinstance(node.func, ir.Name) and node.func.id in ("require", "import"):
            first = node.args[0].value if node.args else None
            return self._required(where, first.value) if isinstance(first, ir.Const) and isinstance(first.value, str) else []
        called = list(self.engine.callees.get(id(node), {}).values())
        for arg in node.args:
            symbol = self.engine.project.symbols.get(id(arg.value.function)) if isinstance(arg.value, ir.Lambda) else None
            called += [symbol] if isinstance(symbol, FunctionSymbol) else []
        for function in reversed(called):
            if function.key not in self._functions:
                self._functions.add(function.key)
                found += [(function.module, one, False) for one in reversed(function.node.body)]
        return found

    def _required(self, where: ModuleSymbol, name: str) -> list[tuple[ModuleSymbol, ir.Node, bool]]:
        target = self.engine.project.find(where, name, 0)
        if not isinstance(target, ModuleSymbol) or target.key in self._modules:
            return []
        self._modules.add(target.key)
        return [(target, one, False) for one in reversed(target.node.body)]


def _specifiers(body: list[ir.Stmt]) -> list[str]:
    """The modules that code imports, in any form."""
    found: list[str] = []
    stack: list[ir.Node] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ir.Import, ir.Export)):
            found += [node.module] if node.module else []
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in ("require", "import"):
            first = node.args[0].value if node.args else None
            found += [first.value] if isinstance(first, ir.Const) and isinstance(first.value, str) else []
        stack.extend(child for child in reversed(ir.children(node)) if not isinstance(child, _LEAVES))
    return found
