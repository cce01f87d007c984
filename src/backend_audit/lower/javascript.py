"""JavaScript and TypeScript to IR, with tree-sitter: one parse, one walk; `.js .mjs .cjs .jsx .ts .mts .cts .tsx`.

A text that breaks the grammar is read as far as it goes: what tree-sitter could make out stands in the IR, the places where it
could not are told. Types are annotations; overload signatures, ambient declarations and type parameters leave no trace.
"""

from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_expressions import EXPRESSIONS
from backend_audit.lower.javascript_functions import is_async_iteration
from backend_audit.lower.javascript_modules import JavaScriptModules
from backend_audit.lower.javascript_source import named
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.source import Language, LineIndex


class Fault(NamedTuple):
    """What could not be read: the line (1-based), and whether it was the depth and not the syntax."""

    line: int
    too_deep: bool = False


class Lowered(NamedTuple):
    """A module, and what of it is missing."""

    module: ir.Module
    faults: list[Fault]


def lower(path: str, text: str, language: Language) -> Lowered:
    """The IR of `text` (decoded, without a byte order mark); never fails."""
    with unlimited_depth(), no_collection():
        return _JavaScriptLowering(path, text, language).module(path, language)


class _JavaScriptLowering(JavaScriptModules):
    def module(self, path: str, language: Language) -> Lowered:
        lines = LineIndex.of(self.source)
        faults = [Fault(lines.position(at).line) for at in self.faults()]
        body: list[ir.Stmt] = []
        for node in named(self.root):
            try:
                self.statement(node, body)
            except RecursionError:
                faults.append(Fault(lines.position(node.start_byte).line, too_deep=True))
        return Lowered(ir.Module(path, language, body, self.comments(lines), lines.starts, 0), faults)

    # --- blocks -----------------------------------------------------------------------------------------------------

    def block(self, nodes: list[Node]) -> list[ir.Stmt]:
        out: list[ir.Stmt] = []
        for node in nodes:
            self.statement(node, out)
        return out

    def statement(self, node: Node, out: list[ir.Stmt]) -> None:
        handler = _STATEMENTS.get(node.type)
        if handler is not None:
            handler(self, node, out)
        elif node.type in EXPRESSIONS:  # of what could not be read whole
            self.expression(node, out)
        elif node.type == "ERROR":
            for child in named(node):
                self.statement(child, out)

    def suite(self, node: Node | None) -> list[ir.Stmt]:
        """The body of an `if` or a loop: a block's statements, or the one that stands there."""
        if node is None:
            return []
        return self.block(named(node) if node.type in ("statement_block", "else_clause") else [node])

    # --- simple statements ------------------------------------------------------------------------------------------

    def expression_statement(self, node: Node, out: list[ir.Stmt]) -> None:
        for child in named(node):
            if child.type == "internal_module":  # a namespace
                self.statement(child, out)
            else:
                self.expression(child, out)

    def expression(self, node: Node, out: list[ir.Stmt]) -> None:
        """An expression whose value nobody uses: assignments become statements."""
        while node.type == "parenthesized_expression" and len(inside := named(node)) == 1:
            node = inside[0]
        at, end, kind = node.start_byte, node.end_byte, node.type
        if kind == "sequence_expression":
            for part in self.sequence_parts(node):
                self.expression(part, out)
        elif kind == "assignment_expression":
            out.append(self.assign(node))
        elif kind in ("augmented_assignment_expression", "update_expression"):
            target, op, value = self.assigned(node)
            logical = {"&&": "and", "||": "or", "??": "nullish"}.get(op)
            if logical is not None:
                out.append(ir.Assign(at, end, [target], "", ir.Logical(at, end, logical, target, value), None))
            else:
                out.append(ir.Assign(at, end, [target], op, value, None))
        else:
            value = self.expr(node)
            if isinstance(value, ir.Unary) and value.op == "delete":
                out.append(ir.Delete(at, end, [value.operand]))
            else:
                out.append(ir.ExprStmt(value.at, value.end, value))

    def assign(self, node: Node) -> ir.Stmt:
        """`a = b = c` is one statement with two targets."""
        at, end = node.start_byte, node.end_byte
        targets = []
        while node.type == "assignment_expression":
            targets.append(self.target(self.field(node, "left")))
            node = self.field(node, "right")
        last = targets[-1]
        name = last.id if isinstance(last, ir.Name) else last.attr if isinstance(last, ir.Attribute) else ""
        return ir.Assign(at, end, targets, "", self.called(node, name), None)

    def declaration(self, node: Node, out: list[ir.Stmt]) -> None:
        """`var`, `let`, `const`, `using`: a statement for each name or pattern."""
        kind = node.child_by_field_name("kind")
        declares = "var" if node.type == "variable_declaration" else "const" if kind is None else self.text(kind)
        for child in named(node):
            if child.type != "variable_declarator":
                self.statement(child, out)
                continue
            target = self.target(self.field(child, "name"))
            value, annotation = child.child_by_field_name("value"), self.annotation(child.child_by_field_name("type"))
            name = target.id if isinstance(target, ir.Name) else ""
            lowered = None if value is None else self.called(value, name)
            out.append(ir.Assign(child.start_byte, child.end_byte, [target], "", lowered, annotation, declares))

    def return_(self, node: Node, out: list[ir.Stmt]) -> None:
        inside = named(node)
        out.append(ir.Return(node.start_byte, node.end_byte, self.expr(inside[0]) if inside else None))

    def throw(self, node: Node, out: list[ir.Stmt]) -> None:
        inside = named(node)
        out.append(ir.Raise(node.start_byte, node.end_byte, self.expr(inside[0]) if inside else None, None))

    def jump(self, node: Node, out: list[ir.Stmt]) -> None:
        label = node.child_by_field_name("label")
        kind = node.type.removesuffix("_statement")
        out.append(ir.Jump(node.start_byte, node.end_byte, kind, "" if label is None else self.text(label)))

    # --- compound statements ----------------------------------------------------------------------------------------

    def nested(self, node: Node, out: list[ir.Stmt]) -> None:
        out.append(ir.Block(node.start_byte, node.end_byte, self.block(named(node))))

    def labelled(self, node: Node, out: list[ir.Stmt]) -> None:
        self.statement(self.field(node, "body"), out)

    def with_(self, node: Node, out: list[ir.Stmt]) -> None:
        value = self.expr(self.field(node, "object"))
        out.append(ir.ExprStmt(value.at, value.end, value))
        self.statement(self.field(node, "body"), out)

    def if_(self, node: Node, out: list[ir.Stmt]) -> None:
        test, body = self.expr(self.field(node, "condition")), self.suite(node.child_by_field_name("consequence"))
        orelse = self.suite(node.child_by_field_name("alternative"))
        out.append(ir.If(node.start_byte, node.end_byte, test, body, orelse))

    def for_(self, node: Node, out: list[ir.Stmt]) -> None:
        """What comes first stands before the loop."""
        at, end = node.start_byte, node.end_byte
        first, after = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
        tests = [one for one in node.children_by_field_name("condition") if one.is_named]
        if first is not None:
            self.statement(first, out)
        test = self.expr(tests[0]) if tests and tests[0].type in EXPRESSIONS else ir.Const(at, at, "bool", True)
        update: list[ir.Stmt] = []
        if after is not None:
            self.expression(after, update)
        out.append(ir.While(at, end, test, self.suite(node.child_by_field_name("body")), [], update))

    def for_in(self, node: Node, out: list[ir.Stmt]) -> None:
        kind, operator = node.child_by_field_name("kind"), node.child_by_field_name("operator")
        target, iterated = self.target(self.field(node, "left")), self.expr(self.field(node, "right"))
        body = self.suite(node.child_by_field_name("body"))
        declares = "" if kind is None else self.text(kind)
        keys = operator is not None and operator.type == "in"
        waits = is_async_iteration(node)
        out.append(ir.For(node.start_byte, node.end_byte, target, iterated, body, [], waits, declares, keys))

    def while_(self, node: Node, out: list[ir.Stmt]) -> None:
        test, body = self.expr(self.field(node, "condition")), self.suite(node.child_by_field_name("body"))
        out.append(ir.While(node.start_byte, node.end_byte, test, body, [], [], node.type == "do_statement"))

    def switch(self, node: Node, out: list[ir.Stmt]) -> None:
        subject = self.expr(self.field(node, "value"))
        cases = []
        for child in named(self.field(node, "body")):
            value = child.child_by_field_name("value")
            body = self.block([one for one in child.children_by_field_name("body") if one.type != "comment"])
            cases.append(ir.SwitchCase(child.start_byte, child.end_byte, self.optional(value), body))
        out.append(ir.Switch(node.start_byte, node.end_byte, subject, cases))

    def try_(self, node: Node, out: list[ir.Stmt]) -> None:
        handler, final = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        body = self.suite(node.child_by_field_name("body"))
        handlers = [] if handler is None else [self.handler(handler)]
        last = [] if final is None else self.suite(final.child_by_field_name("body"))
        out.append(ir.Try(node.start_byte, node.end_byte, body, handlers, [], last, False))

    def handler(self, node: Node) -> ir.Handler:
        caught, body = node.child_by_field_name("parameter"), self.suite(node.child_by_field_name("body"))
        at, end = node.start_byte, node.end_byte
        if caught is None or caught.type == "identifier":
            return ir.Handler(at, end, None, None if caught is None else self.text(caught), body)
        return ir.Handler(at, end, None, None, body, self.target(caught))


_STATEMENTS: dict[str, Callable[[_JavaScriptLowering, Node, list[ir.Stmt]], None]] = {
    "expression_statement": _JavaScriptLowering.expression_statement,
    "variable_declaration": _JavaScriptLowering.declaration,
    "lexical_declaration": _JavaScriptLowering.declaration,
    "using_declaration": _JavaScriptLowering.declaration,
    "return_statement": _JavaScriptLowering.return_,
    "throw_statement": _JavaScriptLowering.throw,
    "break_statement": _JavaScriptLowering.jump,
    "continue_statement": _JavaScriptLowering.jump,
    "statement_block": _JavaScriptLowering.nested,
    "labeled_statement": _JavaScriptLowering.labelled,
    "with_statement": _JavaScriptLowering.with_,
    "if_statement": _JavaScriptLowering.if_,
    "for_statement": _JavaScriptLowering.for_,
    "for_in_statement": _JavaScriptLowering.for_in,
    "while_statement": _JavaScriptLowering.while_,
    "do_statement": _JavaScriptLowering.while_,
    "switch_statement": _JavaScriptLowering.switch,
    "try_statement": _JavaScriptLowering.try_,
    "function_declaration": _JavaScriptLowering.function_statement,
    "generator_function_declaration": _JavaScriptLowering.function_statement,
    "class_declaration": _JavaScriptLowering.class_statement,
    "abstract_class_declaration": _JavaScriptLowering.class_statement,
    "interface_declaration": _JavaScriptLowering.interface,
    "type_alias_declaration": _JavaScriptLowering.type_alias,
    "enum_declaration": _JavaScriptLowering.enum,
    "internal_module": _JavaScriptLowering.namespace,
    "import_statement": _JavaScriptLowering.import_,
    "import_alias": _JavaScriptLowering.import_alias,
    "export_statement": _JavaScriptLowering.export,
}
