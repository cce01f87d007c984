"""TypeScript's types as annotations: names, generics, unions, literals, tuples, objects; of others only that they are one."""

from collections.abc import Callable

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_source import JavaScriptSource, named


class JavaScriptTypes(JavaScriptSource):
    """Lowers types. What cannot be read as an expression becomes an ellipsis."""

    def annotation(self, node: Node | None) -> ir.Expr | None:
        """The type of a `type_annotation` (`: T`) or of a type itself."""
        if node is None:
            return None
        if node.type == "type_annotation":
            inside = named(node)
            return self.type(inside[0]) if inside else None
        return None if node.type.endswith("_annotation") else self.type(node)

    def type(self, node: Node) -> ir.Expr:
        handler = _TYPES.get(node.type)
        return ir.Const(node.start_byte, node.end_byte, "ellipsis", None) if handler is None else handler(self, node)

    def type_name(self, node: Node) -> ir.Expr:
        return ir.Name(node.start_byte, node.end_byte, self.text(node))

    def type_member(self, node: Node) -> ir.Expr:
        """`express.Request`."""
        parts = named(node)
        if len(parts) < 2:
            return self.type_name(node)
        return ir.Attribute(node.start_byte, node.end_byte, self.type(parts[0]), self.text(parts[-1]))

    def generic(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        name = self.type(self.field(node, "name")) if node.child_by_field_name("name") else self.type_name(node)
        holder = node.child_by_field_name("type_arguments")
        args = [] if holder is None else [self.type(one) for one in named(holder)]
        if not args:
            return name
        return ir.Index(at, end, name, args[0] if len(args) == 1 else _tuple(args))

    def array(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        inside = named(node)
        name = ir.Name(end, end, "Array")
        return ir.Index(at, end, name, self.type(inside[0])) if inside else name

    def union(self, node: Node) -> ir.Expr:
        """`A | B` and `A & B`; what follows stands to the left."""
        op = "|" if node.type == "union_type" else "&"
        end = node.end_byte
        parts: list[ir.Expr] = []
        while node.type in ("union_type", "intersection_type") and (op == "|") is (node.type == "union_type"):
            inside = named(node)
            parts += [self.type(one) for one in reversed(inside[1:])]
            if not inside:
                break
            node = inside[0]
        else:
            parts.append(self.type(node))
        found = parts.pop() if parts else ir.Const(end, end, "ellipsis", None)
        while parts:
            right = parts.pop()
            found = ir.Binary(found.at, right.end, op, found, right)
        return found

    def literal(self, node: Node) -> ir.Expr:
        inside = named(node)
        return self.type(inside[0]) if inside else ir.Const(node.start_byte, node.end_byte, "ellipsis", None)

    def string_type(self, node: Node) -> ir.Expr:
        """A quoted text as a type is that text alone; a plain `str` constant would read as a name."""
        at, end = node.start_byte, node.end_byte
        return ir.Index(at, end, ir.Name(at, at, "Literal"), ir.Const(at, end, "str", self.string_value(node)))

    def word_type(self, node: Node) -> ir.Expr:
        kinds: dict[str, tuple[str, bool | None]] = {
            "null": ("none", None), "undefined": ("undefined", None), "true": ("bool", True), "false": ("bool", False)
        }  # fmt: skip
        return ir.Const(node.start_byte, node.end_byte, *kinds[node.type])

    def tuple_type(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        items = [ir.Item(one.at, one.end, None, one, 0) for one in (self.type(child) for child in named(node))]
        return ir.Index(at, end, ir.Name(at, at, "tuple"), ir.Container(at, end, "tuple", items))

    def object_type(self, node: Node) -> ir.Expr:
        """`{a: T; b?: U}` as a dict of types."""
        items = []
        for child in named(node):
            if child.type == "property_signature":
                name = self.field(child, "name")
                key = ir.Const(name.start_byte, name.end_byte, "str", self.member_name(name))
                value = self.annotation(child.child_by_field_name("type"))
                if value is not None:
                    items.append(ir.Item(key.at, value.end, key, value, 0))
        return ir.Container(node.start_byte, node.end_byte, "dict", items)

    def member_name(self, node: Node) -> str:
        """The name of a property, method or field; of a computed one its text, if that is constant."""
        if node.type == "string":
            return self.string_value(node)
        if node.type == "computed_property_name":
            inside = named(node)
            if inside and inside[0].type == "string":
                return self.string_value(inside[0])
        return self.text(node)


def _tuple(values: list[ir.Expr]) -> ir.Expr:
    return ir.Container(values[0].at, values[-1].end, "tuple", [ir.Item(one.at, one.end, None, one, 0) for one in values])


_TYPES: dict[str, Callable[[JavaScriptTypes, Node], ir.Expr]] = {
    "type_identifier": JavaScriptTypes.type_name,
    "identifier": JavaScriptTypes.type_name,
    "predefined_type": JavaScriptTypes.type_name,
    "nested_type_identifier": JavaScriptTypes.type_member,
    "nested_identifier": JavaScriptTypes.type_member,
    "member_expression": JavaScriptTypes.type_member,
    "generic_type": JavaScriptTypes.generic,
    "array_type": JavaScriptTypes.array,
    "union_type": JavaScriptTypes.union,
    "intersection_type": JavaScriptTypes.union,
    "literal_type": JavaScriptTypes.literal,
    "parenthesized_type": JavaScriptTypes.literal,
    "readonly_type": JavaScriptTypes.literal,
    "optional_type": JavaScriptTypes.literal,
    "string": JavaScriptTypes.string_type,
    "number": JavaScriptTypes.number,
    "null": JavaScriptTypes.word_type,
    "undefined": JavaScriptTypes.word_type,
    "true": JavaScriptTypes.word_type,
    "false": JavaScriptTypes.word_type,
    "tuple_type": JavaScriptTypes.tuple_type,
    "object_type": JavaScriptTypes.object_type,
}
