"""Imports and exports of JavaScript and TypeScript to IR."""

from abc import abstractmethod

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_classes import JavaScriptClasses
from backend_audit.lower.javascript_source import has_token, named

_DEFAULT = "default"


class JavaScriptModules(JavaScriptClasses):
    """Lowers the statements that join modules. What has no name of its own and is exported as default is called that."""

    @abstractmethod
    def statement(self, node: Node, out: list[ir.Stmt]) -> None:
        """What `node` does, added to `out`."""

    def import_(self, node: Node, out: list[ir.Stmt]) -> None:
        at, end = node.start_byte, node.end_byte
        clauses = named(node)
        required = next((child for child in clauses if child.type == "import_require_clause"), None)
        if required is not None:  # import fs = require("fs")
            own, source = named(required)[0], self.field(required, "source")
            require = ir.Name(source.start_byte, source.start_byte, "require")
            arg = ir.Arg(source.start_byte, source.end_byte, self.string(source), None, 0)
            value = ir.Call(source.start_byte, source.end_byte, require, [arg])
            out.append(ir.Assign(at, end, [self.name(own)], "", value, None, "const"))
            return
        names = [alias for child in clauses if child.type == "import_clause" for alias in self.imported(child)]
        out.append(ir.Import(at, end, self.module_name(node), 0, names))

    def imported(self, node: Node) -> list[ir.Alias]:
        found = []
        for child in named(node):
            at, end = child.start_byte, child.end_byte
            if child.type == "identifier":
                found.append(ir.Alias(at, end, _DEFAULT, self.text(child)))
            elif child.type == "namespace_import":
                found += [ir.Alias(at, end, None, self.text(one)) for one in named(child)]
            elif child.type == "named_imports":
                found += [self.alias(one) for one in named(child) if one.type == "import_specifier"]
        return found

    def alias(self, node: Node) -> ir.Alias:
        name, other = self.field(node, "name"), node.child_by_field_name("alias")
        text = self.member_name(name)
        return ir.Alias(node.start_byte, node.end_byte, text, text if other is None else self.member_name(other))

    def module_name(self, node: Node) -> str:
        source = node.child_by_field_name("source")
        return "" if source is None else self.string_value(source)

    def import_alias(self, node: Node, out: list[ir.Stmt]) -> None:
        """`import a = b.c`."""
        parts = named(node)
        if len(parts) == 2:
            value = self.expr(parts[1])
            out.append(ir.Assign(node.start_byte, node.end_byte, [self.name(parts[0])], "", value, None, "const"))

    def export(self, node: Node, out: list[ir.Stmt]) -> None:
        at, end = node.start_byte, node.end_byte
        declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        module = self.module_name(node)
        if declaration is not None:
            self.exported_declaration(node, declaration, out)
            return
        if value is not None:
            self.exported_value(node, value, out)
            return
        names: list[ir.Alias] = []
        for child in node.children:
            if child.type == "export_clause":
                names += [self.alias(one) for one in named(child) if one.type == "export_specifier"]
            elif child.type == "namespace_export":
                names += [ir.Alias(child.start_byte, child.end_byte, None, self.member_name(one)) for one in named(child)]
            elif child.type == "*":
                names.append(ir.Alias(child.start_byte, child.end_byte, "*", "*"))
        if has_token(node, "=") and (inside := named(node)):  # export = x
            target = ir.Attribute(at, at, ir.Name(at, at, "module"), "exports")
            out.append(ir.Assign(at, end, [target], "", self.expr(inside[-1]), None))
        elif names or module:
            out.append(ir.Export(at, end, module, names))

    def exported_declaration(self, node: Node, declaration: Node, out: list[ir.Stmt]) -> None:
        at, end = node.start_byte, node.end_byte
        before = len(out)
        default = has_token(node, _DEFAULT)
        if declaration.type in ("class_declaration", "abstract_class_declaration"):
            self.class_statement(declaration, out, self.decorators(node.children))
        else:
            self.statement(declaration, out)
        names = [name for made in out[before:] for name in bound(made)]
        if names:
            out.append(ir.Export(at, end, "", [ir.Alias(at, end, name, _DEFAULT if default else name) for name in names]))

    def exported_value(self, node: Node, value: Node, out: list[ir.Stmt]) -> None:
        """`export default <expression>`."""
        at, end = node.start_byte, node.end_byte
        target = ir.Name(at, at, _DEFAULT)
        out.append(ir.Assign(at, end, [target], "", self.called(value, _DEFAULT), None, "const"))
        out.append(ir.Export(at, end, "", [ir.Alias(at, end, _DEFAULT, _DEFAULT)]))


def bound(node: ir.Stmt) -> list[str]:
    """The names that a declaration makes."""
    if isinstance(node, (ir.Function, ir.Class)):
        return [node.name]
    return [name for target in node.targets for name in names_in(target)] if isinstance(node, ir.Assign) else []


def names_in(target: ir.Expr) -> list[str]:
    """The names that a target binds."""
    if isinstance(target, ir.Name):
        return [target.id]
    if isinstance(target, ir.Container):
        return [name for item in target.items for name in names_in(item.value)]
    if isinstance(target, ir.Defaulted):
        return names_in(target.target)
    return names_in(target.value) if isinstance(target, ir.Starred) else []
