"""Signs in code: one walk over each module, asking the rows of every reference, call, class and setting."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.inventory.signs import in_browser
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.signs import shapes
from backend_audit.signs.names import Names, Scope, is_required
from backend_audit.signs.options import fits, options
from backend_audit.signs.rows import Fitting, Paths, Row, Rows
from backend_audit.signs.settings import Settings, is_off
from backend_audit.signs.spotted import Spotted
from backend_audit.source import Language, Mark

_RELATION = re.compile(r"(?i)(foreign_?key\w*|relationship|onetoone\w*|manytoone|belongsto|reference)$")
_SHORTEST, _LONGEST = 4, 20_000  # of texts that are looked at


def in_code(engine: Engine, rows: Rows) -> Iterator[Spotted]:
    """The signs in all modules of a project, in path order."""
    settings = Settings(rows)
    asked: dict[bool, Paths] = {}
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        script = module.node.language is not Language.PYTHON
        if script not in asked:
            meant = rows.node if script else rows.python
            asked[script] = meant.as_known_to(engine.models.aliases, engine.models.canonical)
        yield from _Walk(engine, module, rows, asked[script], settings).found()


class _Walk:
    def __init__(self, engine: Engine, module: ModuleSymbol, rows: Rows, paths: Paths, settings: Settings) -> None:
        self.names = Names(engine, module)
        self.module = module
        self.script = module.node.language is not Language.PYTHON
        self.paths = paths
        self.calls = rows.fitting("calls")
        self.classes = rows.fitting("classes")
        self.fields = rows.fitting("fields")
        self.relations = rows.fitting("relations")
        self.keys = rows.fitting("keys")
        self.strings = rows.fitting("strings")
        self.shapes = {row.shape: row for row in rows.having("shape")}
        self.settings = settings
        self.spotted: list[Spotted] = []

    def found(self) -> list[Spotted]:
        """Everything that the module shows."""
        if not in_browser(self.module.path):
            self.block(self.module.node.body, {}, "", top=True)
            plugin = shapes.configured_plugin(self.module.node.body) if self.script else None
            if plugin is not None:
                self.called(plugin, {}, "")
        return self.spotted

    def block(self, body: Iterable[ir.Node], scope: Scope, symbol: str, *, top: bool = False) -> None:
        for node in body:
            self.visit(node, scope, symbol, top=top)

    def visit(self, node: ir.Node, scope: Scope, symbol: str, *, top: bool = False) -> None:
        """Look at a node and at all in it. At the `top` of a module the engine knows the names."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node, scope, symbol, top)
            return
        for child in ir.children(node):
            self.visit(child, scope, symbol, top=top)

    def imported(self, node: ir.Import, scope: Scope, *, top: bool) -> None:
        if not top:
            self.names.imported(node, scope)

    def loop(self, node: ir.While | ir.For, scope: Scope, symbol: str) -> None:
        """A loop may be one that tries again."""
        wait = shapes.waits_between_attempts(node)
        if wait is not None:
            self.shaped("retry-loop", wait, symbol)
            if shapes.grows(wait):
                self.shaped("backoff-loop", wait, symbol)
        self.block(ir.children(node), scope, symbol)

    def attempt(self, node: ir.Try, scope: Scope, symbol: str) -> None:
        """Where an error is caught, a script may answer it."""
        answer = shapes.answers_error(node) if self.script else None
        if answer is not None:
            self.shaped("answered-error", answer, symbol)
        self.block(ir.children(node), scope, symbol)

    def item(self, node: ir.Item, scope: Scope, symbol: str) -> None:
        """An entry of a container; that of a mapping may be an option that is handed over elsewhere."""
        if isinstance(node.key, ir.Const) and isinstance(node.key.value, str) and not is_off(node.value):
            self.matched(self.keys, node.key.value, node.key.at, node.key.end, symbol)
        self.block([one for one in (node.key, node.value) if one is not None], scope, symbol)

    def constant(self, node: ir.Const, symbol: str) -> None:
        """A text in the code: SQL, an address, a media type."""
        if isinstance(node.value, str) and _SHORTEST <= len(node.value) <= _LONGEST:
            for row in self.strings.of(node.value):
                self.spot(row, node.at, node.end, symbol)

    def function(self, node: ir.Function, scope: Scope, symbol: str) -> None:
        self.block(node.decorators, scope, symbol)
        if self.script and shapes.is_error_handler(node):
            self.shaped("error-middleware", node, symbol)
        inner = dict(scope)
        for param in node.params:
            inner[param.name] = "" if param.annotation is None else self.names.path(param.annotation, scope)
            if param.annotation is not None:
                self.annotation(param.annotation, scope, symbol)
            if param.default is not None:
                self.visit(param.default, scope, symbol)
        self.block(node.body, inner, f"{symbol}.{node.name}" if symbol else node.name)

    def annotation(self, node: ir.Expr, scope: Scope, symbol: str) -> None:
        """A type is no use of what it names; a call in one (`Depends(RateLimiter())`) is."""
        if isinstance(node, ir.Call):
            self.called(node, scope, symbol)
        elif not isinstance(node, (ir.Name, ir.Attribute)):
            for child in ir.children(node):
                if isinstance(child, (ir.Call, ir.Index, ir.Container, ir.Item)):
                    self.annotation(child, scope, symbol)  # type: ignore[arg-type]  # an item has the same children

    def class_(self, node: ir.Class, scope: Scope, symbol: str) -> None:
        self.block(node.decorators, scope, symbol)
        self.block([base.value for base in node.bases], scope, symbol)
        name = f"{symbol}.{node.name}" if symbol else node.name
        if node.kind != "interface":
            self.matched(self.classes, node.name, node.at, node.name_end, symbol)
            for statement in () if _lists_values(node) else node.body:
                if isinstance(statement, ir.Assign):
                    for target in statement.targets:
                        if isinstance(target, ir.Name):
                            self.matched(self.fields, target.id, target.at, target.end, name)
                            if _relates(statement):
                                self.matched(self.relations, target.id, target.at, target.end, name)
            self.block(node.body, dict(scope), name)

    def assigned(self, node: ir.Assign, scope: Scope, symbol: str, *, top: bool) -> None:
        self.block(node.decorators, scope, symbol)
        if node.annotation is not None:
            self.annotation(node.annotation, scope, symbol)
        if node.value is None or node.declares == "type":
            return
        if not (self.script and is_required(_whole(node.value))):  # to give it a name is no use of it
            self.visit(node.value, scope, symbol)
        path = self.names.path(node.value, scope)
        for target in node.targets:
            for row, inner in self.settings.of(target, node.value, top=top):
                self.spot(row, inner.at, inner.end, symbol)
            if not top or isinstance(target, ir.Attribute):
                self.names.bind(target, path, scope)
            if not isinstance(target, (ir.Name, ir.Container)):
                self.visit(target, scope, symbol)

    def called(self, node: ir.Call, scope: Scope, symbol: str) -> None:
        brought = self.script and is_required(node)  # `app.register(require("plugin"))`
        path = self.names.path(node if brought else node.func, scope)
        name = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        known = [*(self.paths.matching(path) if path else ()), *(self.paths.matching(f"?.{name}") if name else ())]
        for row in known:
            if not row.options or any(fits(option, node) for option in row.options):
                self.spot(row, node.func.at, node.func.end, symbol)
        self.matched(self.calls, written(node.func), node.func.at, node.func.end, symbol)
        self.of_callee(node.func)
        self.defined(node, name, symbol)
        if name == "use" and self.script and any(shapes.handles_errors(arg.value) for arg in node.args):
            self.shaped("error-middleware", node.func, symbol)
        if isinstance(node.func, ir.Attribute) and not isinstance(node.func.value, (ir.Name, ir.Attribute)):
            self.visit(node.func.value, scope, symbol)
        elif not isinstance(node.func, (ir.Name, ir.Attribute)):
            self.visit(node.func, scope, symbol)
        self.block([arg.value for arg in node.args], scope, symbol)

    def of_callee(self, func: ir.Expr) -> None:
        """A function of the project that does what its name says, and is called: there too it is done."""
        rows = self.calls.of(func.id) if isinstance(func, ir.Name) else ()
        value = self.names.env.get(func.id) if rows and isinstance(func, ir.Name) else None
        for one in () if value is None else sorted(value.refs, key=lambda each: each.key):
            if isinstance(one, FunctionSymbol) and one.module is not self.module:
                mark = Mark(one.module.path, one.node.at, one.node.name_end, "")
                self.spotted += [Spotted(row.kind, row.what or f"`{one.node.name}`", mark, one.name) for row in rows]

    def defined(self, node: ir.Call, name: str, symbol: str) -> None:
        """The fields that a call defines a table or document with: `sequelize.define("user", {…})`, `new Schema({…})`."""
        if not self.script:
            return
        last = name or (node.func.id if isinstance(node.func, ir.Name) else "")
        if last in _DEFINING:
            for key, _ in options(node):
                self.matched(self.fields, key.id if isinstance(key, ir.Name) else str(key.value), key.at, key.end, symbol)

    def referred(self, node: ir.Attribute | ir.Name, scope: Scope, symbol: str) -> None:
        path = self.names.path(node, scope)
        for row in self.paths.matching(path) if path else ():
            if not row.options:
                self.spot(row, node.at, node.end, symbol)
        inner = node.value if isinstance(node, ir.Attribute) else None
        if inner is not None and not isinstance(inner, (ir.Name, ir.Attribute)):
            self.visit(inner, scope, symbol)

    def matched(self, rows: Fitting, name: str, at: int, end: int, symbol: str) -> None:
        """The rows whose pattern fits a name of the project."""
        for row in rows.of(name):
            self.spot(row, at, end, symbol, f"`{name}`")

    def shaped(self, shape: str, node: ir.Node, symbol: str) -> None:
        if shape in self.shapes:
            self.spot(self.shapes[shape], node.at, node.end, symbol)

    def spot(self, row: Row, at: int, end: int, symbol: str, what: str = "") -> None:
        self.spotted.append(Spotted(row.kind, row.what or what, Mark(self.module.path, at, end, ""), symbol))


_HANDLERS: dict[type[ir.Node], Callable[[_Walk, Any, Scope, str, bool], None]] = {
    ir.Import: lambda walk, node, scope, _, top: walk.imported(node, scope, top=top),
    ir.Export: lambda *_: None,
    ir.Function: lambda walk, node, scope, symbol, _: walk.function(node, scope, symbol),
    ir.Class: lambda walk, node, scope, symbol, _: walk.class_(node, scope, symbol),
    ir.Assign: lambda walk, node, scope, symbol, top: walk.assigned(node, scope, symbol, top=top),
    ir.Call: lambda walk, node, scope, symbol, _: walk.called(node, scope, symbol),
    ir.Attribute: lambda walk, node, scope, symbol, _: walk.referred(node, scope, symbol),
    ir.Name: lambda walk, node, scope, symbol, _: walk.referred(node, scope, symbol),
    ir.While: lambda walk, node, scope, symbol, _: walk.loop(node, scope, symbol),
    ir.For: lambda walk, node, scope, symbol, _: walk.loop(node, scope, symbol),
    ir.Try: lambda walk, node, scope, symbol, _: walk.attempt(node, scope, symbol),
    ir.Const: lambda walk, node, _, symbol, __: walk.constant(node, symbol),
    ir.Item: lambda walk, node, scope, symbol, _: walk.item(node, scope, symbol),
}

_DEFINING = frozenset(
    {"define", "init", "Schema", "model", "createTable", "pgTable", "mysqlTable", "sqliteTable", "EntitySchema"}
)


def _whole(node: ir.Expr) -> ir.Expr:
    """The module of which an expression names a part: `require("x").default`."""
    while isinstance(node, ir.Attribute):
        node = node.value
    return node


def _lists_values(node: ir.Class) -> bool:
    """Whether a class lists the values of something, and is no record: an enumeration."""
    return any(written(base.value).endswith(("Enum", "Choices", "Flag")) for base in node.bases)


def _relates(node: ir.Assign) -> bool:
    """Whether a field names another table: by a call (`ForeignKey(…)`), or by decorators (`@ManyToOne()`)."""
    made = [node.value] if isinstance(node.value, ir.Call) else []
    names = [written(one.func) for one in (*made, *node.decorators) if isinstance(one, ir.Call)]
    return any(_RELATION.search(name) for name in names)
