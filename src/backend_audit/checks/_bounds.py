"""Whether a text's length was bounded before a place in the same function: by tests around it, or by tests that leave before."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._view import local_imports
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import dotted, written

_SHORTENS = frozenset(("trim", "trimEnd", "trimStart", "strip", "lstrip", "rstrip"))
_PIECES, _BOTH_ENDS = frozenset(("slice", "substring", "substr")), 2
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def bounded(site: Site, text: ir.Expr | None) -> bool:
    """Whether at `site` the length of `text` (an expression of its function) is known to lie below something."""
    function, node = site.function, site.node
    if function is None or text is None or site.module is None:
        return False
    if isinstance(text, ir.Index) and isinstance(text.index, ir.Slice) and text.index.upper is not None:
        return True
    if _cut(text):
        return True
    name = dotted(_untrimmed(text))
    if name is None:
        return False
    lengths = {f"len({name})", f"{name}.length", *_aliases(function, name)}
    leaving = {"abort", "exit", "flask.abort"}
    leaving |= {alias for alias, path in local_imports(site.module).items() if path.rpartition(".")[2] in ("abort", "exit")}
    return any(_bounds(test, lengths, holds=holds) for test, holds in _tests(function.body, node, leaving))


def _cut(text: ir.Expr) -> bool:
    """`text.slice(0, 50)`, `text.substring(0, LIMIT)`, `_.truncate(text, …)`: at most so long."""
    if not isinstance(text, ir.Call) or not isinstance(text.func, ir.Attribute):
        return False
    if text.func.attr == "truncate":
        return True
    first = text.args[0].value if len(text.args) == _BOTH_ENDS else None
    return text.func.attr in _PIECES and isinstance(first, ir.Const) and isinstance(first.value, (int, float))


def _untrimmed(text: ir.Expr) -> ir.Expr:
    """`text` of `text.trim()`, which is not longer."""
    if isinstance(text, ir.Call) and isinstance(text.func, ir.Attribute) and not text.args and text.func.attr in _SHORTENS:
        return text.func.value
    return text


def _aliases(function: ir.Function, name: str) -> Iterator[str]:
    """Variables that were given the text's length."""
    for node in ir.walk(*list(function.body)):
        if isinstance(node, ir.Assign) and node.value is not None and written(node.value) in (f"len({name})", f"{name}.length"):
            target = dotted(node.targets[0])
            if target is not None:
                yield target


def _tests(body: list[ir.Stmt], node: ir.Node, leaving: set[str]) -> Iterator[tuple[ir.Expr, bool]]:
    """The tests that hold (or do not) where `node` stands."""
    for statement in body:
        inside = statement.at <= node.at < statement.end
        if isinstance(statement, ir.If):
            if not inside:
                if _leaves(statement.body, leaving):
                    yield statement.test, False
                continue
            for branch, holds in ((statement.body, True), (statement.orelse, False)):
                if branch and branch[0].at <= node.at < branch[-1].end:
                    yield statement.test, holds
                    yield from _tests(branch, node, leaving)
        elif isinstance(statement, ir.Assert) and not inside:
            yield statement.test, True
        elif inside:
            for child in _bodies(statement):
                if child and child[0].at <= node.at < child[-1].end:
                    yield from _tests(child, node, leaving)
        if statement.at > node.at:
            return


def _bodies(statement: ir.Stmt) -> Iterator[list[ir.Stmt]]:
    for name in ("body", "orelse", "finalbody", "final"):
        found = getattr(statement, name, None)
        if isinstance(found, list):
            yield found


def _leaves(body: list[ir.Stmt], leaving: set[str]) -> bool:
    return bool(body) and (isinstance(body[-1], (ir.Return, ir.Raise)) or _aborts(body[-1], leaving))


def _aborts(statement: ir.Stmt, leaving: set[str]) -> bool:
    if isinstance(statement, ir.Jump):
        return statement.kind in ("continue", "break")
    if not isinstance(statement, ir.ExprStmt) or not isinstance(statement.value, ir.Call):
        return False
    name = written(statement.value.func)
    return name in leaving or name.rpartition(".")[2] in leaving


def _bounds(test: ir.Expr, lengths: set[str], *, holds: bool) -> bool:
    if isinstance(test, ir.Unary) and test.op == "not":
        return _bounds(test.operand, lengths, holds=not holds)
    if isinstance(test, ir.Logical):
        if holds is (test.op == "and"):
            return _bounds(test.left, lengths, holds=holds) or _bounds(test.right, lengths, holds=holds)
        return False
    if not isinstance(test, ir.Compare) or len(test.ops) != 1:
        return False
    op = test.ops[0]
    if written(test.left) not in lengths:
        if written(test.rights[0]) not in lengths:
            return False
        op = _FLIPPED.get(op, op)
    op = op if holds else _NEGATED.get(op, op)
    return op in ("<", "<=", "==")
