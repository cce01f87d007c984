"""The interpreter's statements to IR; `read` is the way in."""

import ast
import re
import sys
import unicodedata
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.lower.abstract.expressions import OPERATORS
from backend_audit.lower.abstract.patterns import AbstractPatterns
from backend_audit.lower.abstract.places import ElsewhereError, Places
from backend_audit.lower.records import record
from backend_audit.source import Language, LineIndex

_DEPTH = 2_000  # the interpreter's parser makes three levels of C of each, on a stack of 8 MB
_COMMENT = re.compile(r"#[^\r\n]*")
_WIDE_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")


def read(path: str, text: str) -> ir.Module:
    """The IR of `text`.

    Raises:
        ElsewhereError: this interpreter cannot read it, or not as it stands there.
    """
    if not text.isascii() and any(map(_is_changed, _WIDE_WORD.findall(text))):
        raise ElsewhereError
    lines = LineIndex.of(text)
    lowering = AbstractStatements(Places(text, lines.starts))
    body = lowering.block(_parsed(text).body)
    first = body[0] if body else None
    documented = isinstance(first, ir.ExprStmt) and isinstance(first.value, ir.Const) and first.value.kind == "str"
    comments = list(_comments(text, lines.starts, lowering.texts.spans))
    return ir.Module(path, Language.PYTHON, body, comments, lines.starts, first.end if documented and first is not None else 0)


def _is_changed(word: str) -> bool:
    """Whether the interpreter makes another name of this one.

    https://docs.python.org/3/reference/lexical_analysis.html#identifiers
    """
    return not unicodedata.is_normalized("NFKC", word) and word.isidentifier()


def _parsed(text: str) -> ast.Module:
    before = sys.getrecursionlimit()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the scanned code
            sys.setrecursionlimit(min(before, _DEPTH))
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ElsewhereError from None
    finally:
        sys.setrecursionlimit(before)


def _comments(text: str, starts: list[int], strings: list[tuple[int, int]]) -> Iterator[ir.Comment]:
    """The comments of a text: what begins with `#` outside of these strings."""
    strings.sort()
    at = text.find("#")
    while at >= 0:
        number = bisect_right(strings, (at, len(text))) - 1
        while number >= 0 and strings[number][1] <= at:
            number = number - 1 if number and strings[number - 1][1] > strings[number][1] else -1
        if number >= 0:
            at = text.find("#", strings[number][1])
            continue
        found = _COMMENT.match(text, at)
        end = at if found is None else found.end()
        line = starts[bisect_right(starts, at) - 1]
        yield ir.Comment(at, end, text[at:end], not text[line:at].strip())
        at = text.find("#", end)


class AbstractStatements(AbstractPatterns):
    """Lowers statements, which know where their blocks end."""

    def block(self, nodes: list[ast.stmt]) -> list[ir.Stmt]:
        out: list[ir.Stmt] = []
        for node in nodes:
            handler = _STATEMENTS.get(type(node))
            if handler is None:
                raise ElsewhereError
            handler(self, node, out)
        return out

    # --- small statements -------------------------------------------------------------------------------------------

    def expr_stmt(self, node: ast.Expr, out: list[ir.Stmt]) -> None:
        value = self.expr(node.value)
        out.append(ir.ExprStmt(value.at, value.end, value))

    def assign(self, node: ast.Assign, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        made = ir.Assign(at, end, self.each(node.targets), "", self.expr(node.value), None)
        out.append(record(made) or made)

    def ann_assign(self, node: ast.AnnAssign, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        annotation = self.expr(node.annotation)
        out.append(ir.Assign(at, end, [self.expr(node.target)], "", self.optional(node.value), annotation))

    def aug_assign(self, node: ast.AugAssign, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        out.append(ir.Assign(at, end, [self.expr(node.target)], OPERATORS[type(node.op)], self.expr(node.value), None))

    def return_(self, node: ast.Return, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        out.append(ir.Return(at, end, self.optional(node.value)))

    def raise_(self, node: ast.Raise, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        cause = self.optional(node.cause)
        out.append(ir.Raise(at, end, self.optional(node.exc), cause))

    def assert_(self, node: ast.Assert, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        out.append(ir.Assert(at, end, self.expr(node.test), self.optional(node.msg)))

    def delete(self, node: ast.Delete, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        only = node.targets[0]
        out.append(
            ir.Delete(at, end, self.each(only.elts if len(node.targets) == 1 and isinstance(only, ast.Tuple) else node.targets))
        )

    def jump(self, node: ast.Pass | ast.Break | ast.Continue, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        out.append(ir.Jump(at, end, type(node).__name__.lower()))

    def scope(self, node: ast.Global | ast.Nonlocal, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        out.append(ir.Scope(at, end, type(node).__name__.lower(), node.names))

    def import_(self, node: ast.Import, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            out.append(ir.Import(at, end, alias.name, 0, [ir.Alias(at, end, None, name)]))

    def import_from(self, node: ast.ImportFrom, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)
        names = []
        for alias in node.names:
            start, stop = (at, end) if alias.name == "*" else self.span(alias)
            names.append(ir.Alias(start, stop, alias.name, alias.asname or alias.name))
        out.append(ir.Import(at, end, node.module or "", node.level, names))

    # --- compound statements ----------------------------------------------------------------------------------------

    def if_(self, node: ast.If, out: list[ir.Stmt]) -> None:
        at = self.span(node)[0]
        test, body, orelse = self.expr(node.test), self.block(node.body), self.block(node.orelse)
        first = orelse[0] if orelse else None
        chained = first is not None and self.places.text.startswith("elif", first.at)
        end = first.end if chained and first is not None else self.places.block_end(node.orelse or node.body)
        out.append(ir.If(at, end, test, body, orelse))

    def for_(self, node: ast.For | ast.AsyncFor, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)[0], self.places.block_end(node.orelse or node.body)
        target, iterated = self.expr(node.target), self.expr(node.iter)
        body, orelse = self.block(node.body), self.block(node.orelse)
        out.append(ir.For(at, end, target, iterated, body, orelse, isinstance(node, ast.AsyncFor)))

    def while_(self, node: ast.While, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)[0], self.places.block_end(node.orelse or node.body)
        out.append(ir.While(at, end, self.expr(node.test), self.block(node.body), self.block(node.orelse)))

    def try_(self, node: "ast.Try | ast.TryStar", out: list[ir.Stmt]) -> None:
        at = self.span(node)[0]
        handlers = []
        for handler in node.handlers:
            start, end = self.span(handler)[0], self.places.block_end(handler.body)
            handlers.append(ir.Handler(start, end, self.optional(handler.type), handler.name, self.block(handler.body)))
        final, body, orelse = self.block(node.finalbody), self.block(node.body), self.block(node.orelse)
        last = node.finalbody or node.orelse or node.handlers[-1].body
        out.append(ir.Try(at, self.places.block_end(last), body, handlers, orelse, final, isinstance(node, ast.TryStar)))

    def with_(self, node: ast.With | ast.AsyncWith, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)[0], self.places.block_end(node.body)
        items = []
        for item in node.items:
            context = self.expr(item.context_expr)
            items.append(ir.WithItem(context.at, context.end, context, self.optional(item.optional_vars)))
        out.append(ir.With(at, end, items, self.block(node.body), isinstance(node, ast.AsyncWith)))

    def match(self, node: ast.Match, out: list[ir.Stmt]) -> None:
        at, end = self.span(node)[0], self.places.block_end(node.cases[-1].body)
        subject = self.expr(node.subject)
        cases = []
        for case in node.cases:
            start, stop = self.places.line_begin(self.span(case.pattern)[0], "case"), self.places.block_end(case.body)
            captures: list[str] = []
            pattern = self.pattern(case.pattern, captures)
            cases.append(ir.Case(start, stop, pattern, captures, self.optional(case.guard), self.block(case.body)))
        out.append(ir.Match(at, end, subject, cases))

    # --- definitions ------------------------------------------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, out: list[ir.Stmt]) -> None:
        at, end = self._head(node)
        decorators, params, returns = self.each(node.decorator_list), self.params(node.args), self.optional(node.returns)
        outer, self.saw_yield = self.saw_yield, False
        body = self.block(node.body)
        generator, self.saw_yield = self.saw_yield, outer
        name_end, is_async = self.places.name_end(at), isinstance(node, ast.AsyncFunctionDef)
        out.append(ir.Function(at, end, node.name, name_end, params, body, decorators, returns, is_async, generator))

    def class_(self, node: ast.ClassDef, out: list[ir.Stmt]) -> None:
        at, end = self._head(node)
        decorators, bases = self.each(node.decorator_list), self.args(node.bases, node.keywords)
        out.append(ir.Class(at, end, node.name, self.places.name_end(at), bases, self.block(node.body), decorators))

    def _head(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[int, int]:
        """Where a definition begins and ends."""
        if getattr(node, "type_params", None):
            raise ElsewhereError
        return self.span(node)[0], self.places.block_end(node.body)


_STATEMENTS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Expr: AbstractStatements.expr_stmt,
    ast.Assign: AbstractStatements.assign,
    ast.AnnAssign: AbstractStatements.ann_assign,
    ast.AugAssign: AbstractStatements.aug_assign,
    ast.Return: AbstractStatements.return_,
    ast.Raise: AbstractStatements.raise_,
    ast.Assert: AbstractStatements.assert_,
    ast.Delete: AbstractStatements.delete,
    ast.Pass: AbstractStatements.jump,
    ast.Break: AbstractStatements.jump,
    ast.Continue: AbstractStatements.jump,
    ast.Global: AbstractStatements.scope,
    ast.Nonlocal: AbstractStatements.scope,
    ast.Import: AbstractStatements.import_,
    ast.ImportFrom: AbstractStatements.import_from,
    ast.If: AbstractStatements.if_,
    ast.For: AbstractStatements.for_,
    ast.AsyncFor: AbstractStatements.for_,
    ast.While: AbstractStatements.while_,
    ast.Try: AbstractStatements.try_,
    ast.TryStar: AbstractStatements.try_,
    ast.With: AbstractStatements.with_,
    ast.AsyncWith: AbstractStatements.with_,
    ast.Match: AbstractStatements.match,
    ast.FunctionDef: AbstractStatements.function,
    ast.AsyncFunctionDef: AbstractStatements.function,
    ast.ClassDef: AbstractStatements.class_,
}
