"""LibCST statements to IR; `read` is the way in."""

from collections.abc import Callable, Sequence

import libcst as cst

from backend_audit import ir
from backend_audit.lower.concrete.expressions import PythonExpressions
from backend_audit.lower.concrete.positions import Positions
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.records import record
from backend_audit.source import Language, LineIndex


def read(path: str, text: str) -> ir.Module:
    """The IR of `text` by LibCST.

    Raises:
        LoweringError: the text is no Python that LibCST reads, or nests too deeply.
    """
    try:
        tree = cst.parse_module(text)
        positions = Positions(tree)
        if positions.text not in (text, text.removesuffix("\r")):  # a last lone CR is not given back
            raise LoweringError("LibCST does not reproduce this file", 0)
        return PythonStatements(positions).module(path, tree, text)
    except cst.ParserSyntaxError as error:
        raise LoweringError("invalid syntax", error.raw_line) from None
    except (cst.CSTValidationError, UnicodeEncodeError) as error:  # bytes beside str; half of a surrogate pair
        raise LoweringError(f"invalid syntax: {type(error).__name__}", 0) from None
    except RecursionError:
        raise LoweringError("nests too deeply", 0, too_deep=True) from None


class PythonStatements(PythonExpressions):
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
    cst.Expr: PythonStatements.expr_stmt,
    cst.Assign: PythonStatements.assign,
    cst.AnnAssign: PythonStatements.ann_assign,
    cst.AugAssign: PythonStatements.aug_assign,
    cst.Return: PythonStatements.return_,
    cst.Raise: PythonStatements.raise_,
    cst.Assert: PythonStatements.assert_,
    cst.Del: PythonStatements.delete,
    cst.Pass: PythonStatements.jump,
    cst.Break: PythonStatements.jump,
    cst.Continue: PythonStatements.jump,
    cst.Global: PythonStatements.scope,
    cst.Nonlocal: PythonStatements.scope,
    cst.Import: PythonStatements.import_,
    cst.ImportFrom: PythonStatements.import_from,
    cst.If: PythonStatements.if_,
    cst.For: PythonStatements.for_,
    cst.While: PythonStatements.while_,
    cst.Try: PythonStatements.try_,
    cst.TryStar: PythonStatements.try_,
    cst.With: PythonStatements.with_,
    cst.Match: PythonStatements.match,
    cst.FunctionDef: PythonStatements.function,
    cst.ClassDef: PythonStatements.class_,
}
