"""The interpreter's expressions and parameters to IR."""

import ast
from collections.abc import Callable, Iterable

from backend_audit import ir
from backend_audit.lower.abstract.places import ElsewhereError, Places
from backend_audit.lower.abstract.texts import Texts
from backend_audit.lower.constants import integer, unary
from backend_audit.lower.getters import getter


def _position(node: ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset


class AbstractExpressions:
    """Lowers expressions; `saw_yield` says whether the function under way is a generator."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.span = places.span
        self.texts = Texts(places, self._within)
        self.saw_yield = False

    def expr(self, node: ast.expr) -> ir.Expr:
        return _EXPRESSIONS[type(node)](self, node)

    def optional(self, node: ast.expr | None) -> ir.Expr | None:
        return None if node is None else _EXPRESSIONS[type(node)](self, node)

    def each(self, nodes: Iterable[ast.expr]) -> list[ir.Expr]:
        return [_EXPRESSIONS[type(node)](self, node) for node in nodes]

    def _within(self, node: ast.expr, places: Places) -> ir.Expr:
        """An expression that was parsed by itself."""
        outer, self.places, self.span = self.places, places, places.span
        lowered = self.expr(node)
        self.places, self.span = outer, outer.span
        return lowered

    # --- leaves -----------------------------------------------------------------------------------------------------

    def name(self, node: ast.Name) -> ir.Expr:
        at, end = self.span(node)
        return ir.Name(at, end, node.id)

    def constant(self, node: ast.Constant) -> ir.Expr:
        at, end = self.span(node)
        value = node.value
        if isinstance(value, str | bytes):
            return self.texts.string(at, end)
        if value is None or value is True or value is False:
            return ir.Const(at, end, "none" if value is None else "bool", value)
        if value is ...:
            return ir.Const(at, end, "ellipsis", None)
        written = self.places.text[at:end]
        if isinstance(value, int):
            return integer(at, end, written)
        return ir.Const(at, end, "complex", written) if isinstance(value, complex) else ir.Const(at, end, "float", value)

    def formatted(self, node: ast.JoinedStr) -> ir.Expr:
        return self.texts.string(*self.span(node))

    # --- access and calls -------------------------------------------------------------------------------------------

    def attribute(self, node: ast.Attribute) -> ir.Expr:
        at, end = self.span(node)
        return ir.Attribute(at, end, self.expr(node.value), node.attr)

    def subscript(self, node: ast.Subscript) -> ir.Expr:
        at, end = self.span(node)
        return ir.Index(at, end, self.expr(node.value), self.expr(node.slice))

    def slice(self, node: ast.Slice) -> ir.Expr:
        at, end = self.span(node)
        return ir.Slice(at, end, self.optional(node.lower), self.optional(node.upper), self.optional(node.step))

    def args(self, positional: list[ast.expr], named: list[ast.keyword]) -> list[ir.Arg]:
        """Positional arguments, then keywords, each as they are written."""
        found = []
        for node in positional:
            starred = isinstance(node, ast.Starred)
            value = self.expr(node.value if isinstance(node, ast.Starred) else node)
            found.append(ir.Arg(value.at, value.end, value, None, int(starred)))
        for keyword in named:
            value = self.expr(keyword.value)
            at = value.at if keyword.arg is None else self.span(keyword)[0]
            found.append(ir.Arg(at, value.end, value, keyword.arg, 2 if keyword.arg is None else 0))
        return found

    def call(self, node: ast.Call) -> ir.Expr:
        at, end = self.span(node)
        func, args = self.expr(node.func), self.args(node.args, node.keywords)
        if node.args and node.keywords and _position(node.args[-1]) > _position(node.keywords[0]):  # f(a=1, *b)
            args.sort(key=lambda arg: arg.at)
        made = ir.Call(at, end, func, args)
        return getter(made) or made

    # --- operators --------------------------------------------------------------------------------------------------

    def binary(self, node: ast.BinOp) -> ir.Expr:
        at, end = self.span(node)
        return ir.Binary(at, end, OPERATORS[type(node.op)], self.expr(node.left), self.expr(node.right))

    def logical(self, node: ast.BoolOp) -> ir.Expr:
        at, end = self.span(node)
        op = "and" if isinstance(node.op, ast.And) else "or"
        values = self.each(node.values)
        found = values[0]
        for number, value in enumerate(values[1:], 2):
            stop = end if number == len(values) else self.places.closed(self.span(node.values[number - 1])[1], values[number].at)
            found = ir.Logical(at, stop, op, found, value)
        return found

    def unary(self, node: ast.UnaryOp) -> ir.Expr:
        return unary(*self.span(node), OPERATORS[type(node.op)], self.expr(node.operand))

    def comparison(self, node: ast.Compare) -> ir.Expr:
        at, end = self.span(node)
        ops = [OPERATORS[type(op)] for op in node.ops]
        return ir.Compare(at, end, self.expr(node.left), ops, self.each(node.comparators))

    def conditional(self, node: ast.IfExp) -> ir.Expr:
        at, end = self.span(node)
        return ir.Conditional(at, end, self.expr(node.test), self.expr(node.body), self.expr(node.orelse))

    def walrus(self, node: ast.NamedExpr) -> ir.Expr:
        at, end = self.span(node)
        return ir.Walrus(at, end, self.expr(node.target), self.expr(node.value))

    def await_(self, node: ast.Await) -> ir.Expr:
        at, end = self.span(node)
        return ir.Await(at, end, self.expr(node.value))

    def yield_(self, node: ast.Yield | ast.YieldFrom) -> ir.Expr:
        self.saw_yield = True
        at, end = self.span(node)
        return ir.Yield(at, end, self.optional(node.value), isinstance(node, ast.YieldFrom))

    # --- containers -------------------------------------------------------------------------------------------------

    def items(self, nodes: list[ast.expr]) -> list[ir.Item]:
        found = []
        for node in nodes:
            starred = isinstance(node, ast.Starred)
            value = self.expr(node.value if isinstance(node, ast.Starred) else node)
            found.append(ir.Item(value.at, value.end, None, value, int(starred)))
        return found

    def sequence(self, node: ast.List | ast.Set) -> ir.Expr:
        at, end = self.span(node)
        return ir.Container(at, end, "list" if isinstance(node, ast.List) else "set", self.items(node.elts))

    def tuple(self, node: ast.Tuple) -> ir.Expr:
        items = self.items(node.elts)
        if not items:
            at = self.places.code_from(self.span(node)[0] + 1)
            return ir.Container(at, at, "tuple", items)
        return ir.Container(items[0].at, items[-1].end, "tuple", items)

    def dict(self, node: ast.Dict) -> ir.Expr:
        at, end = self.span(node)
        items = []
        for key, entry in zip(node.keys, node.values, strict=True):
            name, value = self.optional(key), self.expr(entry)
            items.append(ir.Item(value.at if name is None else name.at, value.end, name, value, 2 if name is None else 0))
        return ir.Container(at, end, "dict", items)

    def starred(self, node: ast.Starred) -> ir.Expr:
        at, end = self.span(node)
        return ir.Starred(at, end, self.expr(node.value))

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ir.Expr:
        at, end = self.span(node)
        value, clauses = self.expr(node.elt), self.clauses(node.generators)
        if isinstance(node, ast.GeneratorExp):  # which stands in parentheses of its own, or of a call
            last = node.generators[-1]
            at, end = self.places.code_from(at + 1), self.places.closed(self.span([last.iter, *last.ifs][-1])[1], end - 1)
            return ir.Comprehension(at, end, "generator", None, value, clauses)
        return ir.Comprehension(at, end, "list" if isinstance(node, ast.ListComp) else "set", None, value, clauses)

    def dict_comprehension(self, node: ast.DictComp) -> ir.Expr:
        at, end = self.span(node)
        key, value = self.expr(node.key), self.expr(node.value)
        return ir.Comprehension(at, end, "dict", key, value, self.clauses(node.generators))

    def clauses(self, nodes: list[ast.comprehension]) -> list[ir.Clause]:
        found = []
        for node in nodes:
            target, iterated, conditions = self.expr(node.target), self.expr(node.iter), self.each(node.ifs)
            found.append(ir.Clause(target.at, (conditions[-1] if conditions else iterated).end, target, iterated, conditions))
        return found

    # --- functions --------------------------------------------------------------------------------------------------

    def lambda_(self, node: ast.Lambda) -> ir.Expr:
        at, end = self.span(node)
        params = self.params(node.args)
        outer = self.saw_yield
        value = self.expr(node.body)
        self.saw_yield = outer
        body: list[ir.Stmt] = [ir.Return(value.at, value.end, value)]
        return ir.Lambda(at, end, ir.Function(at, end, "<lambda>", at, params, body, [], None, False, False))

    def params(self, node: ast.arguments) -> list[ir.Param]:
        named = [*node.posonlyargs, *node.args]
        defaults = [*[None] * (len(named) - len(node.defaults)), *node.defaults]
        found = [self.param(one, "positional", default) for one, default in zip(named, defaults, strict=True)]
        if node.vararg is not None:
            found.append(self.param(node.vararg, "args", None))
        found += [self.param(one, "keyword", given) for one, given in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
        if node.kwarg is not None:
            found.append(self.param(node.kwarg, "kwargs", None))
        return found

    def param(self, node: ast.arg, kind: str, default: ast.expr | None) -> ir.Param:
        at = self.span(node)[0]
        end = at + len(node.arg)
        if kind in ("args", "kwargs"):
            at = self.places.text.rindex("*", 0, at) - (kind == "kwargs")
        return ir.Param(at, end, node.arg, kind, self.optional(node.annotation), self.optional(default))

    def elsewhere(self, node: ast.expr) -> ir.Expr:  # noqa: ARG002 - of any kind
        raise ElsewhereError


OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
}  # fmt: skip


class _Kinds(dict[type[ast.expr], Callable[..., ir.Expr]]):
    """How each kind is lowered; those of newer interpreters are read elsewhere."""

    def __missing__(self, kind: type[ast.expr]) -> Callable[..., ir.Expr]:
        return AbstractExpressions.elsewhere


_EXPRESSIONS = _Kinds({
    ast.Name: AbstractExpressions.name,
    ast.Constant: AbstractExpressions.constant,
    ast.JoinedStr: AbstractExpressions.formatted,
    ast.Attribute: AbstractExpressions.attribute,
    ast.Subscript: AbstractExpressions.subscript,
    ast.Slice: AbstractExpressions.slice,
    ast.Call: AbstractExpressions.call,
    ast.BinOp: AbstractExpressions.binary,
    ast.BoolOp: AbstractExpressions.logical,
    ast.UnaryOp: AbstractExpressions.unary,
    ast.Compare: AbstractExpressions.comparison,
    ast.IfExp: AbstractExpressions.conditional,
    ast.NamedExpr: AbstractExpressions.walrus,
    ast.Await: AbstractExpressions.await_,
    ast.Yield: AbstractExpressions.yield_,
    ast.YieldFrom: AbstractExpressions.yield_,
    ast.List: AbstractExpressions.sequence,
    ast.Set: AbstractExpressions.sequence,
    ast.Tuple: AbstractExpressions.tuple,
    ast.Dict: AbstractExpressions.dict,
    ast.Starred: AbstractExpressions.starred,
    ast.ListComp: AbstractExpressions.comprehension,
    ast.SetComp: AbstractExpressions.comprehension,
    ast.GeneratorExp: AbstractExpressions.comprehension,
    ast.DictComp: AbstractExpressions.dict_comprehension,
    ast.Lambda: AbstractExpressions.lambda_,
})  # fmt: skip
