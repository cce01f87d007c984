"""Signs in code: one walk over a file, asking the rows of every call, class and setting.

A pure function of one lowered file, so that it runs in workers and its answers are kept. What the project must tell (a library's
object that another module makes) is left open in `seen.Seen`, and settled by `settled.py`.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.inventory.signs import in_browser
from backend_audit.routes.middleware import is_error_handler
from backend_audit.signs import records, shapes
from backend_audit.signs.acknowledged import acknowledges_early
from backend_audit.signs.conditions import compared
from backend_audit.signs.options import fits, options
from backend_audit.signs.paths import Meanings, PathReader, Scope, is_required
from backend_audit.signs.rows import SHAPES, Fitting, Row, Rows
from backend_audit.signs.seen import Seen, Sight, Sights
from backend_audit.signs.settings import Settings, is_off
from backend_audit.source import Language

_SHORTEST, _LONGEST = 4, 20_000  # of texts that are looked at


class CodeReader:
    """The rows as they are asked of code: made once, since files are many."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.calls = rows.fitting("calls")
        self.classes = rows.fitting("classes")
        self.fields = rows.fitting("fields")
        self.relations = rows.fitting("relations")
        self.compared = rows.fitting("compared")
        self.keys = rows.fitting("keys")
        self.strings = rows.fitting("strings")
        self.shapes = {shape: [row for row in rows.having("shape") if row.shape == shape] for shape in SHAPES}
        self.settings = Settings(rows)

    def seen(self, module: ir.Module) -> Seen:
        """What a file shows."""
        return _Walk(module, self).found()


class _Walk:
    def __init__(self, module: ir.Module, asked: CodeReader) -> None:
        self.asked = asked
        self.paths = PathReader(module)
        self.module = module
        self.script = module.language is not Language.PYTHON
        self.methods = asked.rows.node if self.script else asked.rows.python
        self.sights = Sights()
        self.configured = records.configures(module)  # by classes, as django-configurations does
        self.in_settings = False

    @cached_property
    def lists_addresses(self) -> bool:
        return records.lists_addresses(self.module)

    def found(self) -> Seen:
        """Everything that the module shows."""
        if not in_browser(self.module.path) or records.serves(self.module):
            self.block(self.module.body, {}, "", top=True)
            plugin = shapes.configured_plugin(self.module.body) if self.script else None
            if plugin is not None:
                self.called(plugin, {}, "")
        return self.sights.seen()

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
            self.paths.imported(node, scope)

    def loop(self, node: ir.While | ir.For, scope: Scope, symbol: str) -> None:
        """A loop may be one that tries again."""
        wait = shapes.waits_between_attempts(node)
        if wait is not None:
            self.shaped("retry-loop", wait, symbol)
            if shapes.grows(wait, node):
                self.shaped("backoff-loop", wait, symbol)
            chance = shapes.waits_by_chance(node)
            if chance is not None:
                self.shaped("jitter-loop", chance, symbol)
        elif (pause := shapes.polls(node)) is not None:
            self.shaped("endless-loop", pause, symbol)
        self.block(ir.children(node), scope, symbol)

    def attempt(self, node: ir.Try, scope: Scope, symbol: str) -> None:
        """Where an error is caught, a script may answer it."""
        answer = shapes.answers_error(node) if self.script else None
        if answer is not None:
            self.shaped("answered-error", answer, symbol)
        self.block(ir.children(node), scope, symbol)

    def item(self, node: ir.Item, scope: Scope, symbol: str) -> None:
        """An entry of a container; that of a mapping may be an option that is handed over elsewhere."""
        self.sights.mention(node.value)
        if isinstance(node.key, ir.Const) and isinstance(node.key.value, str) and not is_off(node.value):
            for row in self.asked.keys.of(node.key.value):
                if not row.options or isinstance(node.value, ir.Container):  # `with = ["object"]`
                    self.spot(row, node.key.at, node.key.end, symbol, f"`{node.key.value}`")
            if node.key.value == "ref" and isinstance(node.value, ir.Const):  # https://mongoosejs.com/docs/populate.html
                self.matched(self.asked.relations, str(node.value.value), node.key.at, node.key.end, symbol)
            if shapes.describes_api(node):
                self.shaped("api-description", node.key, symbol)
            if shapes.lets_any_origin(node.key, node.value):
                self.shaped("any-origin", node.key, symbol)
            if shapes.delays_by_chance(node):
                self.shaped("jittered-delay", node.key, symbol)
        self.block([one for one in (node.key, node.value) if one is not None], scope, symbol)

    def constant(self, node: ir.Const, symbol: str) -> None:
        """A text in the code: SQL, an address, a media type."""
        if isinstance(node.value, str) and _SHORTEST <= len(node.value) <= _LONGEST:
            rows = self.asked.strings.of(node.value)
            if rows and node.value.startswith("http") and self.lists_addresses:
                return  # what others may be reached at
            for row in rows:
                self.spot(row, node.at, node.end, symbol)

    def function(self, node: ir.Function, scope: Scope, symbol: str) -> None:
        self.block((one for one in node.decorators if not shapes.keeps_one_value(one, node)), scope, symbol)
        for one in node.decorators:
            if isinstance(one, (ir.Name, ir.Attribute)):  # it is called with the function
                self.named(ir.Call(one.at, one.end, one, []), symbol)
        handles = is_error_handler(node) if self.script else shapes.catches_all(node)
        if handles:
            self.shaped("error-middleware", node, f"{symbol}.{node.name}" if symbol else node.name)
        early = acknowledges_early(node)
        if early is not None:
            self.shaped("ack-first", early, symbol)
        signed = shapes.signs_tokens(node)
        if signed is not None:
            self.shaped("own-token", signed, symbol)
        inner = dict(scope)
        for param in node.params:
            inner[param.name] = () if param.annotation is None else self.paths.of(param.annotation, scope)
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
            self.matched(self.asked.classes, node.name, node.at, node.name_end, symbol)
            for statement in () if records.lists_values(node) else node.body:
                if isinstance(statement, ir.Function) and statement.kind == "getter":
                    self.matched(self.asked.fields, statement.name, statement.at, statement.name_end, name)
                if isinstance(statement, ir.Assign):
                    for target in statement.targets:
                        if isinstance(target, ir.Name):
                            self.matched(self.asked.fields, target.id, target.at, target.end, name)
                            if records.relates(statement):
                                self.matched(self.asked.relations, target.id, target.at, target.end, name)
            outer, self.in_settings = self.in_settings, self.configured and records.runs(node)
            self.block(node.body, dict(scope), name)
            self.in_settings = outer

    def assigned(self, node: ir.Assign, scope: Scope, symbol: str, *, top: bool) -> None:
        self.block(node.decorators, scope, symbol)
        if node.annotation is not None:
            self.annotation(node.annotation, scope, symbol)
        if node.value is None or node.declares == "type":
            return
        if not (self.script and is_required(records.whole(node.value))):  # to give it a name is no use of it
            mentioned = set(self.sights.mentioned)
            self.visit(node.value, scope, symbol)
            if self.script and any(written(one).endswith("exports") for one in node.targets):
                self.sights.mentioned = mentioned  # to export something is no use of it
        meant = self.paths.of(node.value, scope)
        for target in node.targets:
            if (
                top and isinstance(target, ir.Name) and target.id == "handler500"
            ):  # https://docs.djangoproject.com/en/stable/ref/urls/
                self.shaped("server-error-view", node, symbol)
            for row, inner in self.asked.settings.of(target, node.value, top=top or self.in_settings):
                self.spot(row, inner.at, inner.end, symbol)
            if not top or isinstance(target, ir.Attribute):
                self.paths.bind(target, meant, scope)
            if not isinstance(target, (ir.Name, ir.Container)):
                self.visit(target, scope, symbol)
            if symbol and shapes.keeps_answers(target):
                self.shaped("kept-answer", target, symbol)
            if isinstance(target, ir.Index) and shapes.lets_any_origin(target.index, node.value):
                self.shaped("any-origin", target, symbol)

    def called(self, node: ir.Call, scope: Scope, symbol: str) -> None:
        brought = self.script and is_required(node)  # `app.register(require("plugin"))`
        name = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        for row in self.methods.matching(f"?.{name}") if name else ():
            if not row.options or any(fits(option, node) for option in row.options):
                self.spot(row, node.func.at, node.func.end, symbol)
        self.used(self.paths.of(node if brought else node.func, scope), node.func, symbol, called=not brought)
        self.named(node, symbol)
        self.sights.mention(node.func, *(arg.value for arg in node.args))
        plugin = shapes.handed_plugin(node)
        if plugin is not None:
            self.used(self.paths.of(plugin.func, scope), plugin.func, symbol, called=True)
        for column, said in compared(node):
            self.matched(self.asked.compared, column, said.at, said.end, symbol)
        self.of_callee(node.func)
        self.defined(node, name, symbol)
        if name == "use" and self.script and any(shapes.handles_errors(arg.value) for arg in node.args):
            self.shaped("error-middleware", node.func, symbol)
        if isinstance(node.func, ir.Attribute) and not isinstance(node.func.value, (ir.Name, ir.Attribute)):
            self.visit(node.func.value, scope, symbol)
        elif not isinstance(node.func, (ir.Name, ir.Attribute)):
            self.visit(node.func, scope, symbol)
        self.block([arg.value for arg in node.args], scope, symbol)

    def named(self, node: ir.Call, symbol: str) -> None:
        """A callee whose name says what it does; where a row asks for options, it must be given one."""
        name = written(node.func)
        for row in self.asked.calls.of(name):
            if not row.options or any(fits(option, node) for option in row.options):
                self.spot(row, node.func.at, node.func.end, symbol, f"`{name}`")

    def of_callee(self, func: ir.Expr) -> None:
        """A function of the project that does what its name says, and is called: where it stands it is done, too."""
        if isinstance(func, ir.Name):
            rows = [row.number for row in self.asked.calls.of(func.id) if not row.options]
            self.sights.callees.setdefault(func.id, rows)

    def defined(self, node: ir.Call, name: str, symbol: str) -> None:
        """What a call defines a table or document with: `sequelize.define("user", {…})`, `new Schema({…})`, `belongsTo(Team)`."""
        if not self.script:
            return
        if name == "belongsTo" and node.args:
            self.matched(self.asked.relations, last_word(node.args[0].value), node.func.at, node.func.end, symbol)
        if records.defines(node):
            for key, _ in options(node):
                self.matched(self.asked.fields, key.id if isinstance(key, ir.Name) else str(key.value), key.at, key.end, symbol)

    def referred(self, node: ir.Attribute | ir.Name, scope: Scope, symbol: str) -> None:
        self.used(self.paths.of(node, scope), node, symbol, called=False)
        inner = node.value if isinstance(node, ir.Attribute) else None
        if inner is not None and not isinstance(inner, (ir.Name, ir.Attribute)):
            self.visit(inner, scope, symbol)

    def matched(self, rows: Fitting, name: str, at: int, end: int, symbol: str) -> None:
        """The rows whose pattern fits a name of the project."""
        for row in rows.of(name):
            self.spot(row, at, end, symbol, f"`{name}`")

    def shaped(self, shape: str, node: ir.Node, symbol: str) -> None:
        for row in self.asked.shapes[shape]:
            self.spot(row, node.at, node.end, symbol)

    def spot(self, row: Row, at: int, end: int, symbol: str, what: str = "") -> None:
        if not row.language or (row.language == "node") == self.script:
            self.sights.spotted.append(Sight(row.number, row.what or what, at, end, symbol))

    def used(self, meant: Meanings, node: ir.Node, symbol: str, *, called: bool) -> None:
        self.sights.use(meant, node.at, node.end, symbol, called=called)


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
