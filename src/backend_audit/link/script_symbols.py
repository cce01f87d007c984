"""The functions, classes and exports of a JavaScript or TypeScript module.

Functions are values there: they stand in any expression. What has methods by assignment to its `prototype` is a class whose
constructor is the function.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, Symbol, key_at

_LEAVES = (ir.Const, ir.Name)
_PAIR = 2


def define_script(module: ModuleSymbol, symbols: dict[int, Symbol]) -> None:
    """As `symbols.define`, for a module whose functions stand in expressions."""
    definer = _ScriptDefiner(module, symbols)
    for node in module.node.body:
        definer.visit(node, "", None, None)
    definer.prototypes()
    module.every.sort(key=lambda one: (one.node.at, -one.node.end))
    exports(module)


class _ScriptDefiner:
    def __init__(self, module: ModuleSymbol, symbols: dict[int, Symbol]) -> None:
        self.module = module
        self.symbols = symbols
        self.written: list[tuple[str, str, ir.Expr]] = []  # class, method, value
        self.above: dict[str, list[ir.Expr]] = {}  # by a class, those from which its prototype inherits

    def visit(self, node: ir.Node, prefix: str, owner: ClassSymbol | None, parent: FunctionSymbol | None) -> None:
        stack = [node]
        while stack:
            one = stack.pop()
            if isinstance(one, ir.Function):
                self.function(one, prefix, owner, parent)
                continue
            if isinstance(one, ir.Class):
                self.class_(one, prefix, parent)
                continue
            if isinstance(one, ir.Assign) and one.value is not None and not one.op:
                self.note_prototype(one)
            elif isinstance(one, ir.Call) and len(one.args) == _PAIR:
                self.note_inheritance(one)
            stack.extend(child for child in reversed(ir.children(one)) if not isinstance(child, _LEAVES))

    def function(self, node: ir.Function, prefix: str, owner: ClassSymbol | None, parent: FunctionSymbol | None) -> None:
        name = prefix + node.name
        symbol = FunctionSymbol(key_at(self.module.path, name, node), name, node, self.module, owner, parent)
        self.symbols[id(node)] = symbol
        self.module.every.append(symbol)
        if owner is not None:
            if node.kind != "setter" or node.name not in owner.methods:
                owner.methods[node.name] = symbol
        elif parent is not None:
            parent.nested.append(symbol)
        else:
            self.module.functions.setdefault(node.name, symbol)
        for one in (*node.decorators, *node.params, *node.body):
            self.visit(one, f"{name}.", None, symbol)

    def class_(self, node: ir.Class, prefix: str, parent: FunctionSymbol | None) -> None:
        name = prefix + node.name
        symbol = ClassSymbol(key_at(self.module.path, name, node), name, node, self.module)
        self.symbols[id(node)] = symbol
        if parent is None:
            self.module.classes.setdefault(node.name, symbol)
        for one in (*node.decorators, *node.bases):
            self.visit(one, prefix, None, parent)
        for member in node.body:
            if isinstance(member, ir.Function):
                self.function(member, f"{name}.", symbol, parent)
            else:
                self.visit(member, f"{name}.", None, parent)
        if parent is not None:
            parent.nested += [method for method in symbol.methods.values() if method not in parent.nested]

    # --- prototypes -------------------------------------------------------------------------------------------------

    def note_prototype(self, node: ir.Assign) -> None:
        """`X.prototype.m = f`, `X.prototype = {m: f}`."""
        for target in node.targets:
            if not isinstance(target, ir.Attribute) or node.value is None:
                continue
            if (name := _prototype(target.value)) is not None:
                self.written.append((name, target.attr, node.value))
            elif (name := _prototype(target)) is not None and isinstance(node.value, ir.Container):
                for item in node.value.items:
                    if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
                        self.written.append((name, item.key.value, item.value))

            above = _parent_of(node.value)
            name = _prototype(target) or (_prototype(target.value) if target.attr == "__proto__" else None)
            if name is not None and above is not None:
                self.above.setdefault(name, []).append(above)

    def note_inheritance(self, node: ir.Call) -> None:
        """`util.inherits(X, Y)`, `Object.setPrototypeOf(X.prototype, Y.prototype)`."""
        heir, above = (one.value for one in node.args)
        called = node.func.attr if isinstance(node.func, ir.Attribute) else getattr(node.func, "id", "")
        if called == "inherits" and isinstance(heir, ir.Name):
            self.above.setdefault(heir.id, []).append(above)
        elif called == "setPrototypeOf" and (name := _prototype(heir)) is not None and isinstance(above, ir.Attribute):
            self.above.setdefault(name, []).append(above.value)

    def prototypes(self) -> None:
        made: dict[str, ClassSymbol] = {}
        for name, method, value in self.written:
            function = self.symbols.get(id(value.function)) if isinstance(value, ir.Lambda) else None
            if not isinstance(function, FunctionSymbol):
                continue
            owner = made.get(name) or self.module.classes.get(name) or self.constructed(name)
            if owner is not None:
                made[name] = owner
                owner.methods.setdefault(method, function)
                function.owner = function.owner or owner
        for name in sorted(self.above.keys() - made.keys() - self.module.classes.keys()):
            self.constructed(name)  # all that it has is inherited

    def constructed(self, name: str) -> ClassSymbol | None:
        """The class that the function `name` is the constructor of."""
        makers = [one for one in self.module.every if one.node.name == name and one.owner is None and one.node.kind == ""]
        if not makers:
            return None
        maker = makers[-1]
        bases = [ir.Arg(one.at, one.end, one, None, 0) for one in self.above.get(name, ())]
        node = ir.Class(maker.node.at, maker.node.end, name, maker.node.name_end, bases, [], [])
        symbol = ClassSymbol(key_at(self.module.path, name, node), name, node, self.module, {"constructor": maker})
        maker.owner = symbol
        self.symbols[id(node)] = symbol
        self.module.classes.setdefault(name, symbol)
        return symbol


def _parent_of(value: ir.Expr) -> ir.Expr | None:
    """`Y` for `Object.create(Y.prototype)`, `new Y()` and `Y.prototype`, as a prototype."""
    if isinstance(value, ir.Attribute) and value.attr == "prototype":
        return value.value
    if not isinstance(value, ir.Call):
        return None
    if value.form == "new":
        return value.func
    creates = isinstance(value.func, ir.Attribute) and value.func.attr == "create" and bool(value.args)
    return _parent_of(value.args[0].value) if creates and not isinstance(value.args[0].value, ir.Call) else None


def _prototype(node: ir.Expr) -> str | None:
    """`X` for `X.prototype`."""
    if isinstance(node, ir.Attribute) and node.attr == "prototype" and isinstance(node.value, ir.Name):
        return node.value.id
    return None


def other_names(body: list[ir.Stmt]) -> list[str]:
    """The names that a module gives its own `module.exports`: `const api = module.exports`, `var api = exports = {}`."""
    found: list[str] = []
    for node in body:
        if not isinstance(node, ir.Assign) or not isinstance(target := node.targets[0], ir.Name):
            continue
        value = node.value
        while isinstance(value, ir.Walrus) and not _is_exports(value.target):
            value = value.value
        if _is_exports(value.target if isinstance(value, ir.Walrus) else value):
            found.append(target.id)
    return found


def _is_exports(node: ir.Expr | None) -> bool:
    if isinstance(node, ir.Attribute):
        return node.attr == "exports" and isinstance(node.value, ir.Name) and node.value.id == "module"
    return isinstance(node, ir.Name) and node.id == "exports"


def exports(module: ModuleSymbol) -> None:
    """Fill in what the export statements of a module say: outside name → (module, name there); None for all of a module."""
    for node in _exports(module.node.body):
        for alias in node.names:
            if alias.name == "*":
                module.reexported.append(node.module)
            else:
                module.exported[alias.asname] = (node.module, alias.name)
    assigned = (node for node in module.node.body if isinstance(node, ir.Assign) and not isinstance(node.value, ir.Container))
    module.replaced = any(_is_exports(one) and isinstance(one, ir.Attribute) for node in assigned for one in node.targets)


def _exports(body: list[ir.Stmt]) -> Iterator[ir.Export]:
    return (node for node in body if isinstance(node, ir.Export))
