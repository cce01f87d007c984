"""Tests of the caller on which nobody is turned away: all that happens there is that it is written down."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol

_WARNS = re.compile(r"(?:^|\.)(?:warn|warning|error|critical|exception|[wec])$")
_NOTES = re.compile(r"(?:^|\.)(?:info|debug|log|print|i|d|msg)$|^print$")
_LOGGER = re.compile(r"(?i)log|^print$")
_REFUSED = re.compile(
    r"(?i)\b(?:not|un|in)[ -]?(?:allowed|authori[sz]ed|authenticated|permitted|sufficient|an? (?:owner|admin|member|editor))|"
    r"denied|forbidden|permission|no access|illegal"
)


def told_alone(function: FunctionSymbol) -> Iterator[ir.If]:
    """`if not note.editable_by(user): logger.warning("not an editor")`, with the rest of the function behind it."""
    for node in function.scope.of(ir.If):
        if node is not function.node.body[-1] and not node.orelse and _denies(node.test):
            told = all(map(_tells, node.body)) and any(map(_refuses, node.body))
            yield from [node] if told else ()


def _denies(test: ir.Expr) -> bool:
    """Whether a test holds for those who may not, by its form: `not user.may(x)`, `post.owner != user`."""
    if isinstance(test, ir.Logical):
        return _denies(test.left) or _denies(test.right)
    if isinstance(test, ir.Compare):
        return bool({"!=", "not in", "is not"} & {*test.ops})
    return isinstance(test, ir.Unary) and test.op == "not"


def _tells(node: ir.Stmt) -> bool:
    if isinstance(node, ir.Jump):
        return node.kind == "pass"
    call = node.value if isinstance(node, ir.ExprStmt) else None
    name = written(call.func) if isinstance(call, ir.Call) else ""
    return bool(_LOGGER.search(name)) and bool(_WARNS.search(name) or _NOTES.search(name))


def _refuses(node: ir.Stmt) -> bool:
    """Whether what is written down is that somebody may not."""
    call = node.value if isinstance(node, ir.ExprStmt) else None
    if not isinstance(call, ir.Call):
        return False
    texts = (one.value for one in ir.walk(*(arg.value for arg in call.args)) if isinstance(one, ir.Const))
    return bool(_WARNS.search(written(call.func))) or any(isinstance(one, str) and _REFUSED.search(one) for one in texts)
