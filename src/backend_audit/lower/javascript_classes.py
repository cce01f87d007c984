"""Declarations of functions and classes, and what TypeScript adds to them: interfaces, aliases, enums, namespaces."""

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_functions import ANONYMOUS, JavaScriptFunctions
from backend_audit.lower.javascript_source import has_token, named

_MEMBER = ("field_definition", "public_field_definition")


class JavaScriptClasses(JavaScriptFunctions):
    """Lowers declarations."""

    def function_statement(self, node: Node, out: list[ir.Stmt]) -> None:
        own = node.child_by_field_name("name")
        out.append(self.function(node, ANONYMOUS if own is None else self.text(own), [], node.start_byte))

    def class_statement(self, node: Node, out: list[ir.Stmt], decorators: list[ir.Expr] | None = None) -> None:
        own = node.child_by_field_name("name")
        inner = self.decorators(node.children)
        first = next(child for child in node.children if child.type != "decorator")
        name = ANONYMOUS if own is None else self.text(own)
        out.append(self.class_definition(node, name, [*(decorators or []), *inner], first.start_byte))

    def class_definition(self, node: Node, name: str, decorators: list[ir.Expr], at: int) -> ir.Class:
        own, body = node.child_by_field_name("name"), self.field(node, "body")
        heritage = next((child for child in node.children if child.type == "class_heritage"), None)
        bases = [] if heritage is None else self.heritage(heritage)
        name_end = own.end_byte if own is not None else at + len("class")
        outer = self.saw_this
        found = ir.Class(at, node.end_byte, name, name_end, bases, self.members(body), decorators)
        self.saw_this = outer
        return found

    def heritage(self, node: Node) -> list[ir.Arg]:
        """What a class extends; what it implements comes with that word."""
        found = []
        for child in named(node):
            if child.type == "implements_clause":
                found += [ir.Arg(one.start_byte, one.end_byte, self.type(one), "implements", 0) for one in named(child)]
                continue
            value = child.child_by_field_name("value") if child.type == "extends_clause" else child
            if value is not None:
                found.append(ir.Arg(value.start_byte, value.end_byte, self.expr(value), None, 0))
        return found

    def members(self, node: Node) -> list[ir.Stmt]:
        """The members of a class; decorators stand before (TypeScript) or in them."""
        out: list[ir.Stmt] = []
        waiting: list[Node] = []
        for child in named(node):
            if child.type == "decorator":
                waiting.append(child)
                continue
            decorators, waiting = self.decorators(waiting), []
            if child.type == "abstract_method_signature":
                out.append(self.method(child, decorators))
            elif child.type == "method_definition":
                self.computed(self.field(child, "name"), out)
                method = self.method(child, decorators)
                if method.kind == "constructor":
                    method.body[:0] = self.parameter_properties(child)
                out.append(method)
            elif child.type in _MEMBER:
                self.member_field(child, decorators, out)
            elif child.type == "class_static_block":
                body = self.field(child, "body")
                out.append(ir.Block(child.start_byte, child.end_byte, self.block(named(body))))
        return out

    def computed(self, name: Node, out: list[ir.Stmt]) -> None:
        """A computed name is evaluated with the class."""
        if name.type == "computed_property_name":
            value = self.within(name)
            if not isinstance(value, ir.Const):
                out.append(ir.ExprStmt(value.at, value.end, value))

    def member_field(self, node: Node, decorators: list[ir.Expr], out: list[ir.Stmt]) -> None:
        own = node.child_by_field_name("name") or self.field(node, "property")
        self.computed(own, out)
        name, start, stop = self.member_name(own), own.start_byte, own.end_byte
        target: ir.Expr = ir.Name(start, stop, name)
        if not has_token(node, "static"):
            target = ir.Attribute(start, stop, ir.Name(start, start, "this"), name)
        value, annotation = node.child_by_field_name("value"), self.annotation(node.child_by_field_name("type"))
        decorators = decorators + self.decorators(node.children)
        lowered = None if value is None else self.called(value, name)
        out.append(ir.Assign(node.start_byte, node.end_byte, [target], "", lowered, annotation, "", decorators))

    def parameter_properties(self, node: Node) -> list[ir.Stmt]:
        """`constructor(private readonly db: Db)` is `this.db = db` too."""
        found: list[ir.Stmt] = []
        for child in named(self.field(node, "parameters")):
            marked = any(one.type in ("accessibility_modifier", "readonly", "override_modifier") for one in child.children)
            name = child.child_by_field_name("pattern")
            if marked and name is not None and name.type == "identifier":
                at, end = name.start_byte, name.end_byte
                target = ir.Attribute(at, end, ir.Name(at, at, "this"), self.text(name))
                found.append(ir.Assign(at, end, [target], "", ir.Name(at, end, self.text(name)), None))
        return found

    # --- TypeScript -------------------------------------------------------------------------------------------------

    def interface(self, node: Node, out: list[ir.Stmt]) -> None:
        own = self.field(node, "name")
        clauses = [child for child in named(node) if child.type == "extends_type_clause"]
        bases = [ir.Arg(one.start_byte, one.end_byte, self.type(one), None, 0) for clause in clauses for one in named(clause)]
        body: list[ir.Stmt] = []
        for child in named(self.field(node, "body")):
            if child.type == "method_signature":
                body.append(self.method(child, []))
            annotation = self.annotation(child.child_by_field_name("type")) if child.type == "property_signature" else None
            if annotation is not None:
                name = self.field(child, "name")
                at, end = name.start_byte, name.end_byte
                target = ir.Attribute(at, end, ir.Name(at, at, "this"), self.member_name(name))
                body.append(ir.Assign(child.start_byte, child.end_byte, [target], "", None, annotation))
        at, end = node.start_byte, node.end_byte
        out.append(ir.Class(at, end, self.text(own), own.end_byte, bases, body, [], "interface"))

    def type_alias(self, node: Node, out: list[ir.Stmt]) -> None:
        own, value = self.field(node, "name"), node.child_by_field_name("value")
        if value is not None:
            target = ir.Name(own.start_byte, own.end_byte, self.text(own))
            out.append(ir.Assign(node.start_byte, node.end_byte, [target], "", self.type(value), None, "type"))

    def enum(self, node: Node, out: list[ir.Stmt]) -> None:
        """`enum E {A, B = "b"}` as a dict; members without a value count on from the one before."""
        own, body = self.field(node, "name"), self.field(node, "body")
        items = []
        following: int | None = 0
        for child in named(body):
            at, end, value = child.start_byte, child.end_byte, child.child_by_field_name("value")
            name = child.child_by_field_name("name") or child
            key = ir.Const(name.start_byte, name.end_byte, "str", self.member_name(name))
            lowered: ir.Expr = ir.Const(end, end, "ellipsis", None)
            if value is not None:
                lowered = self.expr(value)
            elif following is not None:
                lowered = ir.Const(end, end, "int", following)
            counts = isinstance(lowered, ir.Const) and lowered.kind == "int" and isinstance(lowered.value, int)
            following = int(lowered.value) + 1 if counts and isinstance(lowered, ir.Const) and lowered.value is not None else None
            items.append(ir.Item(at, end, key, lowered, 0))
        container = ir.Container(body.start_byte, body.end_byte, "dict", items)
        target = ir.Name(own.start_byte, own.end_byte, self.text(own))
        out.append(ir.Assign(node.start_byte, node.end_byte, [target], "", container, None, "const"))

    def namespace(self, node: Node, out: list[ir.Stmt]) -> None:
        """The statements of a namespace, then a dict of what it exports under its name."""
        own, body = self.field(node, "name"), self.field(node, "body")
        if own.type == "nested_identifier":
            own = named(own)[0]
        end = body.end_byte
        items = []
        for statement in self.block(named(body)):
            if isinstance(statement, ir.Export):
                for alias in statement.names:
                    key, value = ir.Const(end, end, "str", alias.asname), ir.Name(end, end, alias.name or alias.asname)
                    items.append(ir.Item(end, end, key, value, 0))
            else:
                out.append(statement)
        container = ir.Container(body.start_byte, end, "dict", items)
        target = ir.Name(own.start_byte, own.end_byte, self.text(own))
        out.append(ir.Assign(node.start_byte, node.end_byte, [target], "", container, None, "const"))
