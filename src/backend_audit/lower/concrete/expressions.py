"""LibCST expressions, parameters and patterns to IR."""

from collections.abc import Callable, Sequence

import libcst as cst

from backend_audit import ir
from backend_audit.lower import strings
from backend_audit.lower.concrete.positions import Positions
from backend_audit.lower.constants import integer, joined, unary
from backend_audit.lower.getters import getter


class PythonExpressions:
    """Lowers expressions; `saw_yield` says whether the function under way is a generator."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.saw_yield = False

    def expr(self, node: cst.BaseExpression) -> ir.Expr:
        return _EXPRESSIONS[type(node)](self, node)

    def optional(self, node: cst.BaseExpression | None) -> ir.Expr | None:
        return None if node is None else _EXPRESSIONS[type(node)](self, node)

    def dotted(self, node: cst.BaseExpression) -> str:
        if isinstance(node, cst.Attribute):
            return f"{self.dotted(node.value)}.{node.attr.value}"
        return node.value if isinstance(node, cst.Name) else ""

    def operator(self, node: cst.CSTNode) -> str:
        return _operator_text(node)

    # --- leaves -----------------------------------------------------------------------------------------------------

    def name(self, node: cst.Name) -> ir.Expr:
        at, end = self.positions.span(node)
        word = node.value
        if word in _CONSTANTS:
            return ir.Const(at, end, *_CONSTANTS[word])
        return ir.Name(at, end, word)

    def ellipsis(self, node: cst.Ellipsis) -> ir.Expr:
        return ir.Const(*self.positions.span(node), "ellipsis", None)

    def integer(self, node: cst.Integer) -> ir.Expr:
        return integer(*self.positions.span(node), node.value)

    def float(self, node: cst.Float) -> ir.Expr:
        return ir.Const(*self.positions.span(node), "float", float(node.value.replace("_", "")))

    def imaginary(self, node: cst.Imaginary) -> ir.Expr:
        return ir.Const(*self.positions.span(node), "complex", node.value)

    def string(self, node: cst.SimpleString) -> ir.Expr:
        return ir.Const(*self.positions.span(node), *strings.evaluate(node.value))

    def formatted(self, node: cst.FormattedString | cst.TemplatedString) -> ir.Expr:
        raw = "r" in node.start.lower()
        return ir.Template(*self.positions.span(node), self.template_parts(node.parts, raw=raw))

    def template_parts(self, parts: Sequence[cst.CSTNode], *, raw: bool) -> list[ir.Expr]:
        out: list[ir.Expr] = []
        for part in parts:
            at, end = self.positions.span(part)
            if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
                text = part.value.replace("{{", "{").replace("}}", "}")
                out.append(ir.Const(at, end, "str", text if raw else strings.unescape(text)))
            elif isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
                spec = [] if part.format_spec is None else self.template_parts(part.format_spec, raw=raw)
                out.append(ir.Hole(at, end, self.expr(part.expression), part.conversion, spec))
        return out

    def concatenated(self, node: cst.ConcatenatedString) -> ir.Expr:
        return joined(*self.positions.span(node), self.expr(node.left), self.expr(node.right))

    # --- access and calls -------------------------------------------------------------------------------------------

    def attribute(self, node: cst.Attribute) -> ir.Expr:
        return ir.Attribute(*self.positions.span(node), self.expr(node.value), node.attr.value)

    def subscript(self, node: cst.Subscript) -> ir.Expr:
        at, end = self.positions.span(node)
        first = node.slice[0]
        if len(node.slice) > 1 or isinstance(first.comma, cst.Comma) or (isinstance(first.slice, cst.Index) and first.slice.star):
            items = [self.subscript_element(element) for element in node.slice]
            return ir.Index(at, end, self.expr(node.value), ir.Container(items[0].at, items[-1].end, "tuple", items))
        return ir.Index(at, end, self.expr(node.value), self.subscript_element(first).value)

    def subscript_element(self, element: cst.SubscriptElement) -> ir.Item:
        part = element.slice
        if isinstance(part, cst.Index):
            value = self.expr(part.value)
            return ir.Item(value.at, value.end, None, value, 1 if part.star else 0)
        at, end = self.positions.span(part)
        assert isinstance(part, cst.Slice)  # noqa: S101 - the grammar knows no third kind
        end -= len(self.positions.text[at:end]) - len(self.positions.text[at:end].rstrip())
        sliced = ir.Slice(at, end, self.optional(part.lower), self.optional(part.upper), self.optional(part.step))
        return ir.Item(at, end, None, sliced, 0)

    def arg(self, node: cst.Arg) -> ir.Arg:
        value = self.expr(node.value)
        at = value.at if node.keyword is None else self.positions.span(node.keyword)[0]
        return ir.Arg(at, value.end, value, None if node.keyword is None else node.keyword.value, len(node.star))

    def call(self, node: cst.Call) -> ir.Expr:
        at, end = self.positions.span(node)
        made = ir.Call(at, end, self.expr(node.func), [self.arg(arg) for arg in node.args])
        return getter(made) or made

    # --- operators --------------------------------------------------------------------------------------------------

    def binary(self, node: cst.BinaryOperation) -> ir.Expr:
        at, end = self.positions.span(node)
        return ir.Binary(at, end, _operator_text(node.operator), self.expr(node.left), self.expr(node.right))

    def logical(self, node: cst.BooleanOperation) -> ir.Expr:
        at, end = self.positions.span(node)
        op = "and" if isinstance(node.operator, cst.And) else "or"
        return ir.Logical(at, end, op, self.expr(node.left), self.expr(node.right))

    def unary(self, node: cst.UnaryOperation) -> ir.Expr:
        return unary(*self.positions.span(node), _operator_text(node.operator), self.expr(node.expression))

    def comparison(self, node: cst.Comparison) -> ir.Expr:
        at, end = self.positions.span(node)
        ops = [_operator_text(target.operator) for target in node.comparisons]
        rights = [self.expr(target.comparator) for target in node.comparisons]
        return ir.Compare(at, end, self.expr(node.left), ops, rights)

    def conditional(self, node: cst.IfExp) -> ir.Expr:
        at, end = self.positions.span(node)
        return ir.Conditional(at, end, self.expr(node.test), self.expr(node.body), self.expr(node.orelse))

    def walrus(self, node: cst.NamedExpr) -> ir.Expr:
        return ir.Walrus(*self.positions.span(node), self.expr(node.target), self.expr(node.value))

    def await_(self, node: cst.Await) -> ir.Expr:
        return ir.Await(*self.positions.span(node), self.expr(node.expression))

    def yield_(self, node: cst.Yield) -> ir.Expr:
        self.saw_yield = True
        at, end = self.positions.span(node)
        if isinstance(node.value, cst.From):
            return ir.Yield(at, end, self.expr(node.value.item), True)
        return ir.Yield(at, end, self.optional(node.value), False)

    # --- containers -------------------------------------------------------------------------------------------------

    def sequence(self, node: cst.List | cst.Tuple | cst.Set) -> ir.Expr:
        at, end = self.positions.span(node)
        items = []
        for element in node.elements:
            value = self.expr(element.value)
            items.append(ir.Item(value.at, value.end, None, value, 1 if isinstance(element, cst.StarredElement) else 0))
        if isinstance(node, cst.Tuple) and items:
            at, end = items[0].at, items[-1].end
        return ir.Container(at, end, type(node).__name__.lower(), items)

    def dict(self, node: cst.Dict) -> ir.Expr:
        at, end = self.positions.span(node)
        items = []
        for element in node.elements:
            value = self.expr(element.value)
            if isinstance(element, cst.DictElement):
                key = self.expr(element.key)
                items.append(ir.Item(key.at, value.end, key, value, 0))
            else:
                items.append(ir.Item(value.at, value.end, None, value, 2))
        return ir.Container(at, end, "dict", items)

    def starred(self, node: cst.StarredElement) -> ir.Expr:
        return ir.Starred(*self.positions.span(node), self.expr(node.value))

    def comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> ir.Expr:
        at, end = self.positions.span(node)
        kind = {"ListComp": "list", "SetComp": "set", "GeneratorExp": "generator"}[type(node).__name__]
        return ir.Comprehension(at, end, kind, None, self.expr(node.elt), self.clauses(node.for_in))

    def dict_comprehension(self, node: cst.DictComp) -> ir.Expr:
        at, end = self.positions.span(node)
        return ir.Comprehension(at, end, "dict", self.expr(node.key), self.expr(node.value), self.clauses(node.for_in))

    def clauses(self, clause: cst.CompFor | None) -> list[ir.Clause]:
        out = []
        while clause is not None:
            conditions = [self.expr(condition.test) for condition in clause.ifs]
            target, iterated = self.expr(clause.target), self.expr(clause.iter)
            out.append(ir.Clause(target.at, (conditions[-1] if conditions else iterated).end, target, iterated, conditions))
            clause = clause.inner_for_in
        return out

    # --- functions --------------------------------------------------------------------------------------------------

    def lambda_(self, node: cst.Lambda) -> ir.Expr:
        at, end = self.positions.span(node)
        params = self.params(node.params)
        outer = self.saw_yield
        value = self.expr(node.body)
        self.saw_yield = outer
        body: list[ir.Stmt] = [ir.Return(value.at, value.end, value)]
        return ir.Lambda(at, end, ir.Function(at, end, "<lambda>", at, params, body, [], None, False, False))

    def params(self, node: cst.Parameters) -> list[ir.Param]:
        out = [self.param(param, "positional") for param in (*node.posonly_params, *node.params)]
        if isinstance(node.star_arg, cst.Param):
            out.append(self.param(node.star_arg, "args"))
        out.extend(self.param(param, "keyword") for param in node.kwonly_params)
        if node.star_kwarg is not None:
            out.append(self.param(node.star_kwarg, "kwargs"))
        return out

    def param(self, node: cst.Param, kind: str) -> ir.Param:
        at, end = self.positions.span(node)
        annotation = None if node.annotation is None else self.expr(node.annotation.annotation)
        return ir.Param(at, end, node.name.value, kind, annotation, self.optional(node.default))

    # --- patterns ---------------------------------------------------------------------------------------------------

    def pattern(self, node: cst.MatchPattern | None, captures: list[str]) -> ir.Expr | None:
        """The pattern as an expression: values as they are, classes as calls, alternatives as `or`; None matches anything."""
        if node is None:
            return None
        at, end = self.positions.span(node)
        if isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
            return self.expr(node.value)
        if isinstance(node, cst.MatchAs):
            if node.name is not None:
                captures.append(node.name.value)
            inner = self.pattern(node.pattern, captures)
            if node.name is None or inner is None:
                return inner
            name = ir.Name(*self.positions.span(node.name), node.name.value)
            return ir.Walrus(inner.at, name.end, name, inner)
        if isinstance(node, cst.MatchOr):
            return self.alternatives(node, captures)
        if isinstance(node, cst.MatchClass):
            named: list[tuple[str | None, cst.MatchPattern]] = [(None, one.value) for one in node.patterns]
            named += [(one.key.value, one.pattern) for one in node.kwds]
            parts = [(name, self.part(pattern, captures)) for name, pattern in named]
            args = [ir.Arg(part.at, part.end, part, name, 0) for name, part in parts]
            return ir.Call(at, end, self.expr(node.cls), args)
        if isinstance(node, cst.MatchMapping):
            return ir.Container(at, end, "dict", self.mapping_items(node, captures))
        elements = node.patterns if isinstance(node, (cst.MatchList, cst.MatchTuple)) else ()
        return self.elements(elements, (at, end), captures)

    def elements(
        self, elements: Sequence[cst.MatchSequenceElement | cst.MatchStar], span: tuple[int, int], captures: list[str]
    ) -> ir.Expr:
        """A sequence's pattern, from its first element to its last; `span` is the place of one without any."""
        items: list[ir.Item] = []
        for element in elements:
            if isinstance(element, cst.MatchStar):
                captures.extend([] if element.name is None else [element.name.value])
                named = element.name
                at = items[-1].end if named is None and items else self.positions.span(element)[0]
                name = ir.Name(at, at, "_") if named is None else ir.Name(*self.positions.span(named), named.value)
                items.append(ir.Item(at, name.end, None, name, 1))
                continue
            at, end = self.positions.span(element.value)
            items.append(ir.Item(at, end, None, self.part(element.value, captures), 0))
        return ir.Container(items[0].at, items[-1].end, "list", items) if items else ir.Container(*span, "list", items)

    def part(self, node: cst.MatchPattern, captures: list[str]) -> ir.Expr:
        """A pattern inside of another one; a name there is bound to what fits, `_` to nothing."""
        return self.pattern(node, captures) or ir.Name(*self.positions.span(node), _bound(node))

    def mapping_items(self, node: cst.MatchMapping, captures: list[str]) -> list[ir.Item]:
        items = []
        for element in node.elements:
            key, value = self.expr(element.key), self.part(element.pattern, captures)
            items.append(ir.Item(key.at, value.end, key, value, 0))
        if node.rest is not None:
            captures.append(node.rest.value)
        return items

    def alternatives(self, node: cst.MatchOr, captures: list[str]) -> ir.Expr | None:
        found: ir.Expr | None = None
        for element in node.patterns:
            part = self.pattern(element.pattern, captures)
            if part is None:
                return None
            found = part if found is None else ir.Logical(found.at, part.end, "or", found, part)
        return found


def _bound(node: cst.MatchPattern) -> str:
    """The name that a pattern is which matches anything."""
    return node.name.value if isinstance(node, cst.MatchAs) and node.name is not None else "_"


_CONSTANTS: dict[str, tuple[str, bool | None]] = {"None": ("none", None), "True": ("bool", True), "False": ("bool", False)}

_OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%", "Power": "**",
    "MatrixMultiply": "@", "LeftShift": "<<", "RightShift": ">>", "BitAnd": "&", "BitOr": "|", "BitXor": "^",
    "Equal": "==", "LessThan": "<", "LessThanEqual": "<=", "GreaterThan": ">", "GreaterThanEqual": ">=",
    "In": "in", "NotIn": "not in", "Is": "is", "IsNot": "is not", "NotEqual": "!=",
    "Not": "not", "Minus": "-", "Plus": "+", "BitInvert": "~",
    "AddAssign": "+", "SubtractAssign": "-", "MultiplyAssign": "*", "DivideAssign": "/", "FloorDivideAssign": "//",
    "ModuloAssign": "%", "PowerAssign": "**", "MatrixMultiplyAssign": "@", "LeftShiftAssign": "<<",
    "RightShiftAssign": ">>", "BitAndAssign": "&", "BitOrAssign": "|", "BitXorAssign": "^",
}  # fmt: skip


def _operator_text(node: cst.CSTNode) -> str:
    return _OPERATORS[type(node).__name__]


_EXPRESSIONS: dict[type[cst.CSTNode], Callable[..., ir.Expr]] = {
    cst.Name: PythonExpressions.name,
    cst.Ellipsis: PythonExpressions.ellipsis,
    cst.Integer: PythonExpressions.integer,
    cst.Float: PythonExpressions.float,
    cst.Imaginary: PythonExpressions.imaginary,
    cst.SimpleString: PythonExpressions.string,
    cst.FormattedString: PythonExpressions.formatted,
    cst.TemplatedString: PythonExpressions.formatted,
    cst.ConcatenatedString: PythonExpressions.concatenated,
    cst.Attribute: PythonExpressions.attribute,
    cst.Subscript: PythonExpressions.subscript,
    cst.Call: PythonExpressions.call,
    cst.BinaryOperation: PythonExpressions.binary,
    cst.BooleanOperation: PythonExpressions.logical,
    cst.UnaryOperation: PythonExpressions.unary,
    cst.Comparison: PythonExpressions.comparison,
    cst.IfExp: PythonExpressions.conditional,
    cst.NamedExpr: PythonExpressions.walrus,
    cst.Await: PythonExpressions.await_,
    cst.Yield: PythonExpressions.yield_,
    cst.List: PythonExpressions.sequence,
    cst.Tuple: PythonExpressions.sequence,
    cst.Set: PythonExpressions.sequence,
    cst.Dict: PythonExpressions.dict,
    cst.StarredElement: PythonExpressions.starred,
    cst.ListComp: PythonExpressions.comprehension,
    cst.SetComp: PythonExpressions.comprehension,
    cst.GeneratorExp: PythonExpressions.comprehension,
    cst.DictComp: PythonExpressions.dict_comprehension,
    cst.Lambda: PythonExpressions.lambda_,
}
