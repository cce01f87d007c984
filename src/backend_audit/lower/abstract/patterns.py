"""The interpreter's `match` patterns as expressions."""

import ast

from backend_audit import ir
from backend_audit.lower.abstract.expressions import AbstractExpressions
from backend_audit.lower.abstract.places import ElsewhereError


class AbstractPatterns(AbstractExpressions):
    """Lowers patterns: values as they are, classes as calls, alternatives as `or`; None matches anything."""

    def pattern(self, node: ast.pattern | None, captures: list[str]) -> ir.Expr | None:
        """The pattern as an expression; the names that it binds are added to `captures`."""
        if isinstance(node, ast.MatchValue):
            return self.expr(node.value)
        if isinstance(node, ast.MatchSingleton):
            return ir.Const(*self.span(node), "none" if node.value is None else "bool", node.value)
        if isinstance(node, ast.MatchOr):
            return self.alternatives(node, captures)
        if isinstance(node, ast.MatchClass):
            return self.object(node, captures)
        if isinstance(node, ast.MatchMapping):
            return self.mapping(node, captures)
        if isinstance(node, ast.MatchSequence):
            return self.elements(node, captures)
        if node is not None and not isinstance(node, ast.MatchAs):
            raise ElsewhereError
        captures.extend([] if node is None or node.name is None else [node.name])
        inner = None if node is None else self.pattern(node.pattern, captures)
        if node is None or node.name is None or inner is None:
            return inner
        end = self.span(node)[1]
        return ir.Walrus(inner.at, end, ir.Name(end - len(node.name), end, node.name), inner)

    def part(self, node: ast.pattern, captures: list[str]) -> ir.Expr:
        """A pattern inside of another one; a name there is bound to what fits, `_` to nothing."""
        at, end = self.span(node)
        return self.pattern(node, captures) or ir.Name(at, end, _bound(node))

    def alternatives(self, node: ast.MatchOr, captures: list[str]) -> ir.Expr | None:
        found: ir.Expr | None = None
        for one in node.patterns:
            part = self.pattern(one, captures)
            if part is None:
                return None
            found = part if found is None else ir.Logical(found.at, part.end, "or", found, part)
        return found

    def object(self, node: ast.MatchClass, captures: list[str]) -> ir.Expr:
        at, end = self.span(node)
        named: list[tuple[str | None, ast.pattern]] = [(None, one) for one in node.patterns]
        named += zip(node.kwd_attrs, node.kwd_patterns, strict=True)
        parts = [(name, self.part(one, captures)) for name, one in named]
        args = [ir.Arg(part.at, part.end, part, name, 0) for name, part in parts]
        return ir.Call(at, end, self.expr(node.cls), args)

    def mapping(self, node: ast.MatchMapping, captures: list[str]) -> ir.Expr:
        items = []
        for one, pattern in zip(node.keys, node.patterns, strict=True):
            key, value = self.expr(one), self.part(pattern, captures)
            items.append(ir.Item(key.at, value.end, key, value, 0))
        captures.extend([] if node.rest is None else [node.rest])
        return ir.Container(*self.span(node), "dict", items)

    def elements(self, node: ast.MatchSequence, captures: list[str]) -> ir.Expr:
        items: list[ir.Item] = []
        for one in node.patterns:
            at, end = self.span(one)
            if isinstance(one, ast.MatchStar):
                captures.extend([] if one.name is None else [one.name])
                at = items[-1].end if one.name is None and items else at
                name = ir.Name(at, at, "_") if one.name is None else ir.Name(end - len(one.name), end, one.name)
                items.append(ir.Item(at, name.end, None, name, 1))
            else:
                items.append(ir.Item(at, end, None, self.part(one, captures), 0))
        if items:
            return ir.Container(items[0].at, items[-1].end, "list", items)
        at, end = self.span(node)
        if self.places.text[at] == "(":
            at = end = self.places.code_from(at + 1)
        return ir.Container(at, end, "list", items)


def _bound(node: ast.pattern) -> str:
    """The name that a pattern is which matches anything."""
    return (isinstance(node, ast.MatchAs) and node.name) or "_"
