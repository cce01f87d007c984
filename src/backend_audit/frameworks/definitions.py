"""Where a name of a module was given its value: the expression behind `index = login_required(Index.as_view())`."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from backend_audit.routes.library_names import library_name

_MAX_HOPS = 8


@dataclass(frozen=True, slots=True)
class Written:
    """An expression and the module whose names it uses."""

    module: ModuleSymbol
    node: ir.Expr


def decorators_of(function: FunctionSymbol) -> list[Written]:
    """The decorators of a function, the outermost first."""
    return [Written(function.module, node) for node in function.node.decorators]


class Definitions:
    """Reads names and expressions of modules' top levels."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._modules = {module.path: module for module in engine.project.modules.values()}
        self._named: dict[str, dict[str, ir.Expr | ir.Import]] = {}

    def module(self, path: str) -> ModuleSymbol:
        """The module of a file."""
        return self._modules[path]

    def frame(self, module: ModuleSymbol, function: FunctionSymbol | None = None) -> Frame:
        """A frame in which expressions of the module's top level are read."""
        return self.engine.frame(module, function)

    def value(self, one: Written) -> Value:
        """What the expression may be."""
        return self.frame(one.module).eval(one.node)

    def behind(self, one: Written, hops: int = _MAX_HOPS) -> Written:
        """The expression that a name stands for, through assignments and imports; itself for everything else."""
        if hops == 0:
            return one
        if isinstance(one.node, ir.Name):
            found = self.names(one.module).get(one.node.id)
            if isinstance(found, ir.Import):
                target = self.engine.project.find(one.module, found.module, found.level)
                alias = next((name for name in found.names if name.asname == one.node.id), None)
                if isinstance(target, ModuleSymbol) and alias is not None and alias.name is not None:
                    name = ir.Name(one.node.at, one.node.end, alias.name)
                    inner = self.behind(Written(target, name), hops - 1)
                    return one if inner.node is name else inner
            elif found is not None and found is not one.node:
                return self.behind(Written(one.module, found), hops - 1)
        elif isinstance(one.node, ir.Attribute):
            for symbol in sorted(self.value(Written(one.module, one.node.value)).refs, key=lambda each: each.key):
                if isinstance(symbol, ModuleSymbol) and symbol.path in self._modules:
                    name = ir.Name(one.node.at, one.node.end, one.node.attr)
                    inner = self.behind(Written(symbol, name), hops - 1)
                    return one if inner.node is name else inner
        return one

    def names(self, module: ModuleSymbol) -> dict[str, "ir.Expr | ir.Import"]:
        """What the top level of a module assigns to names and imports from elsewhere, the last of each."""
        known = self._named.get(module.key)
        if known is None:
            known = self._named[module.key] = {}
            for node in top_level(module.node.body):
                if isinstance(node, ir.Import):
                    known.update({alias.asname: node for alias in node.names if alias.name not in (None, "*")})
                elif isinstance(node, ir.Assign) and node.value is not None and not node.op:
                    known.update({target.id: node.value for target in node.targets if isinstance(target, ir.Name)})
                elif isinstance(node, (ir.Function, ir.Class)):
                    known.pop(node.name, None)
        return known

    def attribute(self, owner: ClassSymbol, name: str) -> Written | None:
        """What the nearest class body of the project assigns to `name`."""
        for one in self.engine.bases(owner)[0]:
            for node in top_level(one.node.body):
                if not isinstance(node, ir.Assign) or node.value is None:
                    continue
                if any(isinstance(target, ir.Name) and target.id == name for target in node.targets):
                    return Written(one.module, node.value)
        return None


def name_of(engine: Engine, module: ModuleSymbol, node: ir.Expr) -> str:
    """What a callee is called in its library, under whatever name `module` imports it; as written where that is not known."""
    return library_name(engine, module, node)


def top_level(body: list[ir.Stmt]) -> Iterator[ir.Stmt]:
    """The statements of a body and of the conditions and attempts in it."""
    for node in body:
        if isinstance(node, ir.If):
            yield from top_level([*node.body, *node.orelse])
        elif isinstance(node, ir.Try):
            yield from top_level([*node.body, *(one for handler in node.handlers for one in handler.body), *node.orelse])
        elif isinstance(node, ir.With):
            yield from top_level(node.body)
        else:
            yield node
