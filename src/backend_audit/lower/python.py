"""Python to IR, with LibCST: one parse, one walk. Reads 3.8 to 3.14 syntax on any host.

Expressions are lowered in `PythonExpressions`, statements here. Type parameters and type aliases leave no trace in the IR.
"""

import re
from collections.abc import Callable, Sequence

import libcst as cst

from backend_audit import ir
from backend_audit.lower.expressions import PythonExpressions
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.lower.positions import Positions
from backend_audit.lower.records import record
from backend_audit.source import Language, LineIndex

_MAX_NESTING = 180  # CPython stops at 200 brackets; LibCST's parser recurses on the C stack
_STRING_OR_COMMENT = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\#[^\n]*""", re.DOTALL
)


# No backslash: a comment that ends with one is LibCST's to read.
_NO_CODE = re.compile(r"(?:[ \t\f]*(?:#[^\r\n\0\\]*)?(?:\r\n|\n))*[ \t\f]*(?:#[^\r\n\0\\]*)?", re.ASCII)
_COMMENT = re.compile(r"#[^\r\n]*")


class LoweringError(Exception):
    """A file that cannot be lowered: `line` (1-based, 0 if unknown) and whether it is the syntax or the depth."""

    def __init__(self, message: str, line: int, *, too_deep: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.too_deep = too_deep


def lower(path: str, text: str) -> ir.Module:
    """The IR of the Python source `text` (decoded, without a byte order mark).

    Raises:
        LoweringError: the text is no Python that LibCST reads, or nests too deeply.
    """
    if text.lstrip()[:1] in ("", "#") and _NO_CODE.fullmatch(text):
        return _without_code(path, text)
    depth_line = _too_deep(text)
    if depth_line:
        raise LoweringError("brackets nest too deeply", depth_line, too_deep=True)
    try:
        with unlimited_depth(), no_collection():
            tree = cst.parse_module(text)
            positions = Positions(tree)
            if positions.text not in (text, text.removesuffix("\r")):  # a last lone CR is not given back
                raise LoweringError("LibCST does not reproduce this file", 0)
            return _PythonLowering(positions).module(path, tree, text)
    except cst.ParserSyntaxError as error:
        raise LoweringError("invalid syntax", error.raw_line) from None
    except (cst.CSTValidationError, UnicodeEncodeError) as error:  # bytes beside str; half of a surrogate pair
        raise LoweringError(f"invalid syntax: {type(error).__name__}", 0) from None
    except RecursionError:
        raise LoweringError("nests too deeply", 0, too_deep=True) from None


def _without_code(path: str, text: str) -> ir.Module:
    """The module of white space and comments alone, as LibCST would have it."""
    comments = [ir.Comment(found.start(), found.end(), found[0], True) for found in _COMMENT.finditer(text)]
    return ir.Module(path, Language.PYTHON, [], comments, LineIndex.of(text).starts, 0)


def _too_deep(text: str) -> int:
    """The line in which brackets nest deeper than the parser's stack bears, else 0."""
    suspect = _deep_line(text)
    if not suspect:
        return 0
    blank = _STRING_OR_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _deep_line(blank)


def _deep_line(text: str) -> int:
    if text.count("(") + text.count("[") + text.count("{") <= _MAX_NESTING:
        return 0
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        opened = line.count("(") + line.count("[") + line.count("{")
        if opened or depth:
            if depth + opened > _MAX_NESTING and _line_depth(line, depth) > _MAX_NESTING:
                return number
            depth = max(0, depth + opened - line.count(")") - line.count("]") - line.count("}"))
    return 0


def _line_depth(line: str, depth: int) -> int:
    deepest = depth
    for char in line:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest


class _PythonLowering(PythonExpressions):
    def module(self, path: str, tree: cst.Module, text: str) -> ir.Module:
        lines = LineIndex.of(text)
        comments = []
        for at, comment in self.positions.comments():
            start = lines.starts[lines.position(at).line - 1]
            comments.append(ir.Comment(at, at + len(comment), comment, not text[start:at].strip()))
        body = self.block(tree.body)
        docstring = 0
        first = body[0] if body else None
        if isinstance(first, ir.ExprStmt) and isinstance(first.value, ir.Const) and first.value.kind == "str":
            docstring = first.end
        return ir.Module(path, Language.PYTHON, body, comments, lines.starts, docstring)

    # --- blocks -----------------------------------------------------------------------------------------------------

    def block(self, statements: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> list[ir.Stmt]:
        out: list[ir.Stmt] = []
        for statement in statements:
            if type(statement) is cst.SimpleStatementLine:
                for small in statement.body:
                    self.statement(small, out)
            else:
                self.statement(statement, out)
        return out

    def suite(self, body: cst.BaseSuite) -> list[ir.Stmt]:
        return self.block(body.body)

    def statement(self, node: cst.CSTNode, out: list[ir.Stmt]) -> None:
        handler = _STATEMENTS.get(type(node))
        if handler is not None:
            handler(self, node, out)

    # --- small statements -------------------------------------------------------------------------------------------

    def expr_stmt(self, node: cst.Expr, out: list[ir.Stmt]) -> None:
        value = self.expr(node.value)
        out.append(ir.ExprStmt(value.at, value.end, value))

    def assign(self, node: cst.Assign, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        targets = [self.expr(target.target) for target in node.targets]
        made = ir.Assign(at, end, targets, "", self.expr(node.value), None)
        out.append(record(made) or made)

    def ann_assign(self, node: cst.AnnAssign, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        annotation = self.expr(node.annotation.annotation)
        out.append(ir.Assign(at, end, [self.expr(node.target)], "", self.optional(node.value), annotation))

    def aug_assign(self, node: cst.AugAssign, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        op = self.operator(node.operator).removesuffix("=")
        out.append(ir.Assign(at, end, [self.expr(node.target)], op, self.expr(node.value), None))

    def return_(self, node: cst.Return, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        out.append(ir.Return(at, end, self.optional(node.value)))

    def raise_(self, node: cst.Raise, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        cause = None if node.cause is None else self.expr(node.cause.item)
        out.append(ir.Raise(at, end, self.optional(node.exc), cause))

    def assert_(self, node: cst.Assert, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        out.append(ir.Assert(at, end, self.expr(node.test), self.optional(node.msg)))

    def delete(self, node: cst.Del, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        target = self.expr(node.target)
        whole = isinstance(target, ir.Container) and target.kind == "tuple"
        targets = [item.value for item in target.items] if whole and isinstance(target, ir.Container) else [target]
        out.append(ir.Delete(at, end, targets))

    def jump(self, node: cst.Pass | cst.Break | cst.Continue, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        out.append(ir.Jump(at, end, type(node).__name__.lower()))

    def scope(self, node: cst.Global | cst.Nonlocal, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        out.append(ir.Scope(at, end, type(node).__name__.lower(), [item.name.value for item in node.names]))

    def import_(self, node: cst.Import, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        for alias in node.names:
            dotted = self.dotted(alias.name)
            asname = alias.evaluated_alias or dotted.partition(".")[0]
            out.append(ir.Import(at, end, dotted, 0, [ir.Alias(at, end, None, asname)]))

    def import_from(self, node: cst.ImportFrom, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        module = "" if node.module is None else self.dotted(node.module)
        names = []
        if isinstance(node.names, cst.ImportStar):
            names.append(ir.Alias(at, end, "*", "*"))
        else:
            for alias in node.names:
                start, stop = self.positions.span(alias)
                name = self.dotted(alias.name)
                names.append(ir.Alias(start, stop, name, alias.evaluated_alias or name))
        out.append(ir.Import(at, end, module, len(node.relative), names))

    # --- compound statements ----------------------------------------------------------------------------------------

    def if_(self, node: cst.If, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        test, body = self.expr(node.test), self.suite(node.body)
        out.append(ir.If(at, end, test, body, self.orelse(node.orelse)))

    def orelse(self, node: cst.If | cst.Else | None) -> list[ir.Stmt]:
        if node is None:
            return []
        if isinstance(node, cst.Else):
            return self.suite(node.body)
        out: list[ir.Stmt] = []
        self.if_(node, out)
        return out

    def for_(self, node: cst.For, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        target, iterated = self.expr(node.target), self.expr(node.iter)
        body, orelse = self.suite(node.body), self.orelse(node.orelse)
        out.append(ir.For(at, end, target, iterated, body, orelse, node.asynchronous is not None))

    def while_(self, node: cst.While, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        out.append(ir.While(at, end, self.expr(node.test), self.suite(node.body), self.orelse(node.orelse)))

    def try_(self, node: cst.Try | cst.TryStar, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        handlers = []
        for handler in node.handlers:
            start, stop = self.positions.span(handler)
            name = None
            if handler.name is not None and isinstance(handler.name.name, cst.Name):
                name = handler.name.name.value
            handlers.append(ir.Handler(start, stop, self.optional(handler.type), name, self.suite(handler.body)))
        final = [] if node.finalbody is None else self.suite(node.finalbody.body)
        body, orelse = self.suite(node.body), self.orelse(node.orelse)
        out.append(ir.Try(at, end, body, handlers, orelse, final, isinstance(node, cst.TryStar)))

    def with_(self, node: cst.With, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        items = []
        for item in node.items:
            context = self.expr(item.item)
            target = None if item.asname is None else self.expr(item.asname.name)
            items.append(ir.WithItem(context.at, context.end, context, target))
        out.append(ir.With(at, end, items, self.suite(node.body), node.asynchronous is not None))

    def match(self, node: cst.Match, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        subject = self.expr(node.subject)
        cases = []
        for case in node.cases:
            start, stop = self.positions.span(case)
            captures: list[str] = []
            pattern = self.pattern(case.pattern, captures)
            cases.append(ir.Case(start, stop, pattern, captures, self.optional(case.guard), self.suite(case.body)))
        out.append(ir.Match(at, end, subject, cases))

    # --- definitions ------------------------------------------------------------------------------------------------

    def function(self, node: cst.FunctionDef, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        name_end = self.positions.span(node.name)[1]
        decorators = [self.expr(decorator.decorator) for decorator in node.decorators]
        start = self.definition_start(node.asynchronous or node.name, at, name_end)
        params = self.params(node.params)
        returns = None if node.returns is None else self.expr(node.returns.annotation)
        outer, self.saw_yield = self.saw_yield, False
        body = self.suite(node.body)
        generator, self.saw_yield = self.saw_yield, outer
        is_async = node.asynchronous is not None
        out.append(ir.Function(start, end, node.name.value, name_end, params, body, decorators, returns, is_async, generator))

    def class_(self, node: cst.ClassDef, out: list[ir.Stmt]) -> None:
        at, end = self.positions.span(node)
        name_end = self.positions.span(node.name)[1]
        decorators = [self.expr(decorator.decorator) for decorator in node.decorators]
        start = self.definition_start(node.name, at, name_end)
        bases = [self.arg(base) for base in (*node.bases, *node.keywords)]
        out.append(ir.Class(start, end, node.name.value, name_end, bases, self.suite(node.body), decorators))

    def definition_start(self, first: cst.CSTNode, at: int, name_end: int) -> int:
        """The offset of `def`, `async` or `class`: decorators come before it, on lines of their own."""
        text = self.positions.text
        if isinstance(first, cst.Name):
            line = max(text.rfind("\n", 0, name_end), text.rfind("\r", 0, name_end)) + 1
            while text[line : line + 1] in (" ", "\t", "\f"):
                line += 1
            return max(at, line)
        return self.positions.span(first)[0]


_STATEMENTS: dict[type[cst.CSTNode], Callable[..., None]] = {
    cst.Expr: _PythonLowering.expr_stmt,
    cst.Assign: _PythonLowering.assign,
    cst.AnnAssign: _PythonLowering.ann_assign,
    cst.AugAssign: _PythonLowering.aug_assign,
    cst.Return: _PythonLowering.return_,
    cst.Raise: _PythonLowering.raise_,
    cst.Assert: _PythonLowering.assert_,
    cst.Del: _PythonLowering.delete,
    cst.Pass: _PythonLowering.jump,
    cst.Break: _PythonLowering.jump,
    cst.Continue: _PythonLowering.jump,
    cst.Global: _PythonLowering.scope,
    cst.Nonlocal: _PythonLowering.scope,
    cst.Import: _PythonLowering.import_,
    cst.ImportFrom: _PythonLowering.import_from,
    cst.If: _PythonLowering.if_,
    cst.For: _PythonLowering.for_,
    cst.While: _PythonLowering.while_,
    cst.Try: _PythonLowering.try_,
    cst.TryStar: _PythonLowering.try_,
    cst.With: _PythonLowering.with_,
    cst.Match: _PythonLowering.match,
    cst.FunctionDef: _PythonLowering.function,
    cst.ClassDef: _PythonLowering.class_,
}
