"""JavaScript's and TypeScript's functions, parameters, patterns, objects and JSX to IR."""

from abc import abstractmethod

from tree_sitter import Node

from backend_audit import ir
from backend_audit.lower.javascript_expressions import EXPRESSIONS, JavaScriptExpressions
from backend_audit.lower.javascript_source import has_token, hole, named, slots

ANONYMOUS = "<anonymous>"
_ACCESSORS = {"get": "getter", "set": "setter"}
_GENERATORS = frozenset(("generator_function", "generator_function_declaration"))


class JavaScriptFunctions(JavaScriptExpressions):
    """`saw_this` says whether the function under way (arrows count for what is around them) has used its `this`."""

    saw_this = False

    # --- patterns ---------------------------------------------------------------------------------------------------

    def target(self, node: Node) -> ir.Expr:
        at, end, kind = node.start_byte, node.end_byte, node.type
        if kind in ("object_pattern", "object"):
            return ir.Container(at, end, "dict", self.object_targets(node))
        if kind in ("array_pattern", "array"):
            return ir.Container(at, end, "list", self.array_targets(node))
        if kind in ("assignment_pattern", "object_assignment_pattern", "assignment_expression"):
            target = self.target(self.field(node, "left"))
            return ir.Defaulted(at, end, target, self.called(self.field(node, "right"), _name_of(target)))
        if kind in ("rest_pattern", "spread_element"):
            inside = named(node)
            return ir.Starred(at, end, self.target(inside[0])) if inside else ir.Name(at, end, "")
        if kind in ("shorthand_property_identifier_pattern", "identifier", "undefined", "this"):
            return self.name(node)
        return self.expr(node)

    def object_targets(self, node: Node) -> list[ir.Item]:
        """What `{a, b: c, d = 1, ...rest}` binds, by the names under which it finds it."""
        items = []
        for child in named(node):
            at, end = child.start_byte, child.end_byte
            if child.type in ("pair_pattern", "pair"):
                key, value = self.key(self.field(child, "key")), self.target(self.field(child, "value"))
                items.append(ir.Item(at, end, key, value, 0))
            elif child.type in ("rest_pattern", "spread_element"):
                inside = named(child)
                if inside:
                    items.append(ir.Item(at, end, None, self.target(inside[0]), 2))
            elif child.type in ("shorthand_property_identifier", "shorthand_property_identifier_pattern"):
                items.append(ir.Item(at, end, ir.Const(at, end, "str", self.text(child)), self.name(child), 0))
            elif child.type == "object_assignment_pattern":
                left = self.field(child, "left")
                key = ir.Const(left.start_byte, left.end_byte, "str", self.text(left))
                items.append(ir.Item(at, end, key, self.target(child), 0))
        return items

    def array_targets(self, node: Node) -> list[ir.Item]:
        items: list[ir.Item] = []
        for at, child in slots(node):
            if child is None:
                items.append(hole(at))
                continue
            target = self.target(child)
            starred = isinstance(target, ir.Starred)
            value = target.value if isinstance(target, ir.Starred) else target
            items.append(ir.Item(at, child.end_byte, None, value, int(starred)))
        return items

    def key(self, node: Node) -> ir.Expr:
        """The key of a property, as an expression: a constant unless it is computed."""
        if node.type == "computed_property_name":
            return self.within(node)
        if node.type == "number":
            return self.number(node)
        return ir.Const(node.start_byte, node.end_byte, "str", self.member_name(node))

    # --- parameters -------------------------------------------------------------------------------------------------

    def params(self, node: Node | None) -> list[ir.Param]:
        if node is None:
            return []
        if node.type == "identifier":  # x => …
            return [ir.Param(node.start_byte, node.end_byte, self.text(node), "positional", None, None)]
        found: list[ir.Param] = []
        for child in named(node):
            listed = _rest_list(child)
            if listed is not None:  # `...[a, {b}]` takes what `a, {b}` takes
                found += [param for one in named(listed) if (param := self.param(one, len(found))) is not None]
            elif child.type != "decorator" and (param := self.param(child, len(found))) is not None:
                found.append(param)
        return found

    def param(self, node: Node, number: int) -> ir.Param | None:
        """One parameter; None for TypeScript's `this`, which is a type alone."""
        pattern, annotation, default, decorators = node, None, None, list[ir.Expr]()
        if node.type in ("required_parameter", "optional_parameter"):
            pattern = self.field(node, "pattern")
            annotation = self.annotation(node.child_by_field_name("type"))
            default = node.child_by_field_name("value")
            decorators = self.decorators(node.children)
            if pattern.type == "this":
                return None
        elif node.type == "assignment_pattern":
            pattern, default = self.field(node, "left"), node.child_by_field_name("right")
        at, end, kind = node.start_byte, node.end_byte, "positional"
        if pattern.type == "rest_pattern":
            inside = named(pattern)
            pattern, kind = inside[0] if inside else pattern, "args"
        name, taken = self.text(pattern), None
        if pattern.type != "identifier":
            name, taken = f"<{number}>", self.target(pattern)
        value = None if default is None else self.called(default, name)
        return ir.Param(at, end, name, kind, annotation, value, taken, decorators)

    def decorators(self, nodes: list[Node]) -> list[ir.Expr]:
        return [self.expr(inside[0]) for node in nodes if node.type == "decorator" and (inside := named(node))]

    def type_of_this(self, parameters: Node | None) -> ir.Expr | None:
        """What TypeScript declares `this` to be: `function (this: Context, id: string)`."""
        first = next(iter(named(parameters)), None) if parameters is not None else None
        pattern = None if first is None else first.child_by_field_name("pattern")
        if first is None or pattern is None or pattern.type != "this":
            return None
        return self.annotation(first.child_by_field_name("type"))

    # --- functions --------------------------------------------------------------------------------------------------

    def this(self, node: Node) -> ir.Expr:
        self.saw_this = True
        return self.name(node)

    def function(self, node: Node, name: str, decorators: list[ir.Expr], at: int, kind: str = "") -> ir.Function:
        """A function of any syntax; `at` is where it begins after its decorators."""
        own, parameters, body = (node.child_by_field_name(one) for one in ("name", "parameters", "body"))
        is_arrow = node.type == "arrow_function"
        outer, self.saw_this = self.saw_this, False
        params = self.params(parameters if parameters is not None else node.child_by_field_name("parameter"))
        statements = [] if body is None else self.body(body)
        saw, self.saw_this = self.saw_this, outer or (self.saw_this and is_arrow)
        end_of_head = parameters.end_byte if parameters is not None else at
        name_end = own.end_byte if own is not None else end_of_head
        if not is_arrow and (saw or kind):
            params.append(ir.Param(name_end, name_end, "this", "receiver", self.type_of_this(parameters), None))
        returns = self.annotation(node.child_by_field_name("return_type"))
        words = {child.type for child in node.children if not child.is_named}
        generator = node.type in _GENERATORS or "*" in words
        marks = ("async" in words, generator, "arrow" if is_arrow else kind, "static" in words)
        return ir.Function(at, node.end_byte, name, name_end, params, statements, decorators, returns, *marks)

    def body(self, node: Node) -> list[ir.Stmt]:
        """The body of a function: statements, or an expression that is returned."""
        if node.type == "statement_block":
            return self.block(named(node))
        value = self.expr(node)
        return [ir.Return(value.at, value.end, value)]

    @abstractmethod
    def block(self, nodes: list[Node]) -> list[ir.Stmt]:
        """The statements that `nodes` are."""

    def method(self, node: Node, decorators: list[ir.Expr]) -> ir.Function:
        own = self.field(node, "name")
        name = self.member_name(own)
        before = [child for child in node.children if child.end_byte <= own.start_byte and child.type != "decorator"]
        kind = next((_ACCESSORS[child.type] for child in before if child.type in _ACCESSORS), "method")
        at = before[0].start_byte if before else own.start_byte
        inner = self.decorators(node.children)
        return self.function(node, name, decorators + inner, at, "constructor" if name == "constructor" else kind)

    def anonymous(self, node: Node, name: str) -> ir.Expr:
        at, own = node.start_byte, node.child_by_field_name("name")
        name = name or ANONYMOUS if own is None else self.text(own)
        if node.type == "class":
            return ir.ClassValue(at, node.end_byte, self.class_definition(node, name, self.decorators(node.children), at))
        return ir.Lambda(at, node.end_byte, self.function(node, name, [], at))

    def unnamed(self, node: Node) -> ir.Expr:
        return self.anonymous(node, "")

    @abstractmethod
    def class_definition(self, node: Node, name: str, decorators: list[ir.Expr], at: int) -> ir.Class:
        """A class of any syntax."""

    # --- objects ----------------------------------------------------------------------------------------------------

    def object(self, node: Node) -> ir.Expr:
        items = []
        for child in named(node):
            at, end = child.start_byte, child.end_byte
            if child.type == "pair":
                key = self.key(self.field(child, "key"))
                name = key.value if isinstance(key, ir.Const) and isinstance(key.value, str) else ""
                items.append(ir.Item(at, end, key, self.called(self.field(child, "value"), name), 0))
            elif child.type == "spread_element":
                items.append(ir.Item(at, end, None, self.spread(child), 2))
            elif child.type == "method_definition":
                key = self.key(self.field(child, "name"))
                items.append(ir.Item(at, end, key, ir.Lambda(at, end, self.method(child, [])), 0))
            elif child.type in ("shorthand_property_identifier", "shorthand_property_identifier_pattern"):
                items.append(ir.Item(at, end, ir.Const(at, end, "str", self.text(child)), self.name(child), 0))
            elif child.type in EXPRESSIONS or child.type == "ERROR":
                value = self.expr(child)
                items.append(ir.Item(value.at, value.end, None, value, 1))
        return ir.Container(node.start_byte, node.end_byte, "dict", items)

    # --- JSX --------------------------------------------------------------------------------------------------------

    def element(self, node: Node) -> ir.Expr:
        """`<Tag a={x}>{y}</Tag>` as `Tag({a: x}, y)`; a tag of the document's own language is a text."""
        opening = node.child_by_field_name("open_tag") or node
        args = []
        attributes = opening.children_by_field_name("attribute")
        if attributes:
            items = [item for one in attributes for item in self.attribute(one)]
            at, end = attributes[0].start_byte, attributes[-1].end_byte
            args.append(ir.Arg(at, end, ir.Container(at, end, "dict", items), None, 0))
        for child in named(node):
            if child.type == "jsx_text":
                value: ir.Expr = ir.Const(child.start_byte, child.end_byte, "str", self.text(child))
            elif child.type in ("jsx_element", "jsx_self_closing_element"):
                value = self.element(child)
            elif child.type == "jsx_expression" and child not in attributes and (inside := named(child)):
                value = self.expr(inside[0])
            else:
                continue
            args.append(ir.Arg(value.at, value.end, value, None, 0))
        return ir.Call(node.start_byte, node.end_byte, self.tag(opening), args, "element")

    def tag(self, opening: Node) -> ir.Expr:
        name = opening.child_by_field_name("name")
        if name is None:
            return ir.Const(opening.start_byte, opening.start_byte, "str", "")
        text = self.text(name)
        if name.type == "jsx_namespace_name" or (name.type == "identifier" and text[:1].islower()):
            return ir.Const(name.start_byte, name.end_byte, "str", text)
        return self.expr(name)

    def attribute(self, node: Node) -> list[ir.Item]:
        at, end, inside = node.start_byte, node.end_byte, named(node)
        if node.type != "jsx_attribute":  # {...props}
            return [ir.Item(at, end, None, self.spread(one), 2) for one in inside if one.type == "spread_element"]
        key = ir.Const(inside[0].start_byte, inside[0].end_byte, "str", self.text(inside[0]))
        if len(inside) < 2:
            return [ir.Item(at, end, key, ir.Const(end, end, "bool", True), 0)]
        value = inside[1]
        if value.type == "string":  # no escapes there
            text = self.source[value.start_byte + 1 : value.end_byte - 1]
            return [ir.Item(at, end, key, ir.Const(value.start_byte, value.end_byte, "str", text), 0)]
        return [ir.Item(at, end, key, self.within(value) if value.type == "jsx_expression" else self.expr(value), 0)]


def _name_of(target: ir.Expr) -> str:
    return target.id if isinstance(target, ir.Name) else ""


def is_async_iteration(node: Node) -> bool:
    """`for await (…)`."""
    return has_token(node, "await")


EXPRESSIONS |= {
    **dict.fromkeys(
        ("arrow_function", "function_expression", "generator_function", "class"), JavaScriptFunctions.unnamed
    ),
    **dict.fromkeys(("jsx_element", "jsx_self_closing_element"), JavaScriptFunctions.element),
    **dict.fromkeys(("array_pattern", "object_pattern", "rest_pattern", "assignment_pattern"), JavaScriptFunctions.target),
    "this": JavaScriptFunctions.this,
    "object": JavaScriptFunctions.object,
    "spread_element": JavaScriptFunctions.spread,
    "jsx_expression": JavaScriptFunctions.within,
    "nested_identifier": JavaScriptFunctions.member,
}  # fmt: skip


def _rest_list(node: Node) -> Node | None:
    """The pattern of a parameter that takes all the rest as a list without holes."""
    pattern = node.child_by_field_name("pattern") if node.type in ("required_parameter", "optional_parameter") else node
    inside = named(pattern) if pattern is not None and pattern.type == "rest_pattern" else []
    if not inside or inside[0].type != "array_pattern" or any(one is None for _, one in slots(inside[0])):
        return None
    return inside[0]
