"""JavaScript's and TypeScript's expressions to IR; functions, classes and patterns stand in `javascript_functions.py`."""

from abc import abstractmethod
from collections.abc import Callable

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_source import hole, named, slots, unescaped
from backend_audit.lower.javascript_types import JavaScriptTypes

_LOGICAL = {"&&": "and", "||": "or", "??": "nullish"}
_COMPARISONS = {"===": "==", "!==": "!=", "==": "==", "!=": "!="} | {op: op for op in ("<", "<=", ">", ">=", "in", "instanceof")}
_UNARY = {"!": "not"}
_WORDS: dict[str, tuple[str, bool | None]] = {
    "null": ("none", None), "undefined": ("undefined", None), "true": ("bool", True), "false": ("bool", False)
}  # fmt: skip
_NAMED_BY_USE = frozenset(("arrow_function", "function_expression", "class", "generator_function"))


class JavaScriptExpressions(JavaScriptTypes):
    """Lowers expressions. A node that is no expression gives those in it, since nothing readable should be lost."""

    def expr(self, node: Node) -> ir.Expr:
        handler = EXPRESSIONS.get(node.type)
        return self.unread(node) if handler is None else handler(self, node)

    def optional(self, node: Node | None) -> ir.Expr | None:
        return None if node is None else self.expr(node)

    def called(self, node: Node, name: str) -> ir.Expr:
        """`node`, which is assigned to something called `name`: functions and classes without a name go by that."""
        while node.type == "parenthesized_expression" and len(inside := named(node)) == 1:
            node = inside[0]
        return self.anonymous(node, name) if node.type in _NAMED_BY_USE else self.expr(node)

    @abstractmethod
    def anonymous(self, node: Node, name: str) -> ir.Expr:
        """A function or class as an expression."""

    @abstractmethod
    def target(self, node: Node) -> ir.Expr:
        """What an assignment, declaration or loop binds."""

    def unread(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        parts = [self.expr(child) for child in named(node) if child.type in EXPRESSIONS]
        if len(parts) == 1:
            return parts[0]
        return ir.Sequence(at, end, parts) if parts else ir.Const(at, end, "ellipsis", None)

    # --- leaves -----------------------------------------------------------------------------------------------------

    def name(self, node: Node) -> ir.Expr:
        return ir.Name(node.start_byte, node.end_byte, self.text(node))

    def word(self, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte, node.end_byte, *_WORDS[node.type])

    def string(self, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte, node.end_byte, "str", self.string_value(node))

    def regex(self, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte, node.end_byte, "regex", self.text(node))

    def template(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        parts = self.template_parts(node)
        if all(isinstance(part, ir.Const) for part in parts):
            return ir.Const(at, end, "str", "".join(str(part.value) for part in parts if isinstance(part, ir.Const)))
        return ir.Template(at, end, parts)

    def template_parts(self, node: Node) -> list[ir.Expr]:
        """Texts and holes in order; the texts are what lies between the holes."""
        out: list[ir.Expr] = []
        at = node.start_byte + 1
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            self._template_text(at, child.start_byte, out)
            inside = named(child)
            value = self.expr(inside[0]) if inside else ir.Const(child.start_byte, child.end_byte, "undefined", None)
            out.append(ir.Hole(child.start_byte, child.end_byte, value, None, []))
            at = child.end_byte
        self._template_text(at, node.end_byte - 1, out)
        return out

    def _template_text(self, at: int, end: int, out: list[ir.Expr]) -> None:
        if at < end:
            body = self.source[at:end]
            out.append(ir.Const(at, end, "str", unescaped(body) if "\\" in body else body))

    # --- access and calls -------------------------------------------------------------------------------------------

    def member(self, node: Node) -> ir.Expr:
        value, attr = self.field(node, "object"), self.field(node, "property")
        return ir.Attribute(node.start_byte, node.end_byte, self.expr(value), self.text(attr))

    def subscript(self, node: Node) -> ir.Expr:
        value, index = self.field(node, "object"), self.field(node, "index")
        return ir.Index(node.start_byte, node.end_byte, self.expr(value), self.expr(index))

    def meta(self, node: Node) -> ir.Expr:
        """`import.meta` and `new.target`."""
        at, end = node.start_byte, node.end_byte
        head, _, attr = self.text(node).partition(".")
        return ir.Attribute(at, end, ir.Name(at, at + len(head), head.strip()), attr.strip())

    def args(self, node: Node | None) -> list[ir.Arg]:
        found = []
        for child in [] if node is None else named(node):
            star = 1 if child.type == "spread_element" else 0
            value = self.spread(child) if star else self.called(child, "")
            found.append(ir.Arg(child.start_byte, child.end_byte, value, None, star))
        return found

    def spread(self, node: Node) -> ir.Expr:
        """The expression behind `...`."""
        inside = named(node)
        return self.expr(inside[0]) if inside else ir.Const(node.start_byte, node.end_byte, "undefined", None)

    def call(self, node: Node) -> ir.Expr:
        func, arguments = self.expr(self.field(node, "function")), node.child_by_field_name("arguments")
        if isinstance(func, ir.Await) and self.field(node, "function").type == "await_expression":
            # of `await f<T>(x)` the grammar makes `(await f)(x)`
            return ir.Await(node.start_byte, node.end_byte, self.called_with(node, func.value.at, func.value, arguments))
        return self.called_with(node, node.start_byte, func, arguments)

    def called_with(self, node: Node, at: int, func: ir.Expr, arguments: Node | None) -> ir.Call:
        if arguments is not None and arguments.type == "template_string":
            return ir.Call(at, node.end_byte, func, self.tagged(arguments), "tagged")
        return ir.Call(at, node.end_byte, func, self.args(arguments))

    def tagged(self, node: Node) -> list[ir.Arg]:
        """What a tag function gets: the texts around the holes, one more than these, and the holes."""
        at, end = node.start_byte, node.end_byte
        texts: list[ir.Item] = []
        holes: list[ir.Arg] = []
        before = at + 1
        for part in [*(part for part in self.template_parts(node) if isinstance(part, ir.Hole)), None]:
            stop = max(before, end - 1) if part is None else part.at  # the closing quote may be missing
            text = ir.Const(before, stop, "str", unescaped(self.source[before:stop]))
            texts.append(ir.Item(before, stop, None, text, 0))
            if part is not None:
                holes.append(ir.Arg(part.at, part.end, part.value, None, 0))
                before = part.end
        return [ir.Arg(at, end, ir.Container(at, end, "list", texts), None, 0), *holes]

    def new(self, node: Node) -> ir.Expr:
        func = self.expr(self.field(node, "constructor"))
        return ir.Call(node.start_byte, node.end_byte, func, self.args(node.child_by_field_name("arguments")), "new")

    # --- operators --------------------------------------------------------------------------------------------------

    def binary(self, node: Node) -> ir.Expr:
        """A chain of operators, which may be thousands long, without recursion to its left."""
        chain = []
        while node.type == "binary_expression":
            chain.append(node)
            node = self.field(node, "left")
            if node is chain[-1]:
                return self.unread(node)
        found = self.expr(node)
        for one in reversed(chain):
            found = self.operation(one, found)
        return found

    def operation(self, node: Node, left: ir.Expr) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        op, right = self.field(node, "operator").type, self.expr(self.field(node, "right"))
        if op in _LOGICAL:
            return ir.Logical(at, end, _LOGICAL[op], left, right)
        if op in _COMPARISONS:
            return ir.Compare(at, end, left, [_COMPARISONS[op]], [right])
        return ir.Binary(at, end, op, left, right)

    def unary(self, node: Node) -> ir.Expr:
        at, end = node.start_byte, node.end_byte
        op, operand = self.field(node, "operator").type, self.expr(self.field(node, "argument"))
        if op == "-" and isinstance(operand, ir.Const) and isinstance(operand.value, (int, float)):
            return ir.Const(at, end, operand.kind, -operand.value)
        if op == "void" and isinstance(operand, ir.Const):
            return ir.Const(at, end, "undefined", None)
        return ir.Unary(at, end, _UNARY.get(op, op), operand)

    def ternary(self, node: Node) -> ir.Expr:
        test, then, orelse = (self.expr(self.field(node, one)) for one in ("condition", "consequence", "alternative"))
        return ir.Conditional(node.start_byte, node.end_byte, test, then, orelse)

    def assignment(self, node: Node) -> ir.Expr:
        """An assignment whose value is used."""
        at, end = node.start_byte, node.end_byte
        target, op, value = self.assigned(node)
        if op in _LOGICAL:
            value = ir.Logical(at, end, _LOGICAL[op], target, value)
        elif op:
            value = ir.Binary(at, end, op, target, value)
        return ir.Walrus(at, end, target, value)

    def assigned(self, node: Node) -> tuple[ir.Expr, str, ir.Expr]:
        """Target, operator ("" for none) and value of an assignment or update."""
        if node.type == "update_expression":
            one = ir.Const(node.start_byte, node.end_byte, "int", 1)
            return self.expr(self.field(node, "argument")), self.field(node, "operator").type[:1], one
        target = self.target(self.field(node, "left"))
        value = self.called(self.field(node, "right"), _last_name(target))
        op = "" if node.type == "assignment_expression" else self.field(node, "operator").type.removesuffix("=")
        return target, op, value

    def await_(self, node: Node) -> ir.Expr:
        return ir.Await(node.start_byte, node.end_byte, self.spread(node))

    def yield_(self, node: Node) -> ir.Expr:
        inside = named(node)
        delegate = any(child.type == "*" for child in node.children)
        return ir.Yield(node.start_byte, node.end_byte, self.expr(inside[0]) if inside else None, delegate)

    def within(self, node: Node) -> ir.Expr:
        """Parentheses and what TypeScript puts around an expression: `x as T`, `x!`, `<T>x`, `f<T>`."""
        inside = named(node)
        if not inside:
            return ir.Const(node.start_byte, node.end_byte, "undefined", None)
        return self.expr(inside[-1] if node.type == "type_assertion" else inside[0])

    def sequence(self, node: Node) -> ir.Expr:
        return ir.Sequence(node.start_byte, node.end_byte, [self.expr(one) for one in self.sequence_parts(node)])

    def sequence_parts(self, node: Node) -> list[Node]:
        """The expressions of `a, b, c`, which the grammar nests."""
        if node.type != "sequence_expression":
            return [node]
        return [part for child in named(node) for part in self.sequence_parts(child)]

    def array(self, node: Node) -> ir.Expr:
        items: list[ir.Item] = []
        for at, child in slots(node):
            if child is None:
                items.append(hole(at))
            else:
                star = 1 if child.type == "spread_element" else 0
                items.append(ir.Item(at, child.end_byte, None, self.spread(child) if star else self.expr(child), star))
        return ir.Container(node.start_byte, node.end_byte, "list", items)


def _last_name(target: ir.Expr) -> str:
    if isinstance(target, ir.Name):
        return target.id
    return target.attr if isinstance(target, ir.Attribute) else ""


EXPRESSIONS: dict[str, Callable[..., ir.Expr]] = {
    **dict.fromkeys(("identifier", "this", "super", "import", "private_property_identifier"), JavaScriptExpressions.name),
    **dict.fromkeys(_WORDS, JavaScriptExpressions.word),
    **dict.fromkeys(
        ("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion",
         "instantiation_expression"), JavaScriptExpressions.within
    ),
    **dict.fromkeys(
        ("assignment_expression", "augmented_assignment_expression", "update_expression"), JavaScriptExpressions.assignment
    ),
    "number": JavaScriptExpressions.number,
    "string": JavaScriptExpressions.string,
    "regex": JavaScriptExpressions.regex,
    "template_string": JavaScriptExpressions.template,
    "member_expression": JavaScriptExpressions.member,
    "subscript_expression": JavaScriptExpressions.subscript,
    "meta_property": JavaScriptExpressions.meta,
    "call_expression": JavaScriptExpressions.call,
    "new_expression": JavaScriptExpressions.new,
    "binary_expression": JavaScriptExpressions.binary,
    "unary_expression": JavaScriptExpressions.unary,
    "ternary_expression": JavaScriptExpressions.ternary,
    "await_expression": JavaScriptExpressions.await_,
    "yield_expression": JavaScriptExpressions.yield_,
    "sequence_expression": JavaScriptExpressions.sequence,
    "array": JavaScriptExpressions.array,
}  # fmt: skip
