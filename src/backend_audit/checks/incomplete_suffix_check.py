"""Ends of texts that are compared by a position, which is -1 where there is none."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import dotted, written
from backend_audit.source import SCRIPTS

RULE = "incomplete-suffix-check"

_EQUAL = frozenset(("==", "!="))
_FINDING = frozenset(("indexOf", "lastIndexOf"))


@check(RULE, *SCRIPTS)
def position_of_the_end(node: ir.Compare, view: FileView) -> Iterator[Alert]:
    """`text.indexOf(end) === text.length - end.length`."""
    if len(node.ops) != 1 or node.ops[0] not in _EQUAL:
        return
    for one, other in ((node.left, node.rights[0]), (node.rights[0], node.left)):
        call = _patterns.given(one, view) if isinstance(one, ir.Name) else one
        if not isinstance(call, ir.Call) or _patterns.method(call) not in _FINDING or not isinstance(call.func, ir.Attribute):
            continue
        if len(call.args) != 1 or not _is_rest(other, call.func.value, call.args[0].value) or _asks_for_none(one, call, view):
            continue
        yield Alert(
            node=node,
            message=f"`{written(call)}` is -1 where nothing is found, which equals the other side if the text is one shorter "
            "than its end: such texts pass.",
            fix="Use `text.endsWith(end)`.",
            confidence=Confidence.LOW if _is_one_sign(call.args[0].value) else of_service(Confidence.MEDIUM, view.module),
        )
        return


def _is_one_sign(end: ir.Expr) -> bool:
    """Whether only the empty text is one shorter than the end."""
    return isinstance(end, ir.Const) and isinstance(end.value, str) and len(end.value) == 1


def _is_rest(node: ir.Expr, text: ir.Expr, end: ir.Expr) -> bool:
    """Whether it is the length of the text less that of its end."""
    if not isinstance(node, ir.Binary) or node.op != "-" or not _is_length(node.left, text):
        return False
    literal = isinstance(end, ir.Const) and isinstance(node.right, ir.Const) and isinstance(node.right.value, int)
    return literal or _is_length(node.right, end)


def _is_length(node: ir.Expr, of: ir.Expr) -> bool:
    return (
        isinstance(node, ir.Attribute)
        and node.attr == "length"
        and (written(node.value) == written(of) if dotted(of) is None else dotted(node.value) == dotted(of))
    )


def _asks_for_none(position: ir.Expr, call: ir.Call, view: FileView) -> bool:
    """Whether the position is compared with -1 or 0 as well, or the lengths with each other."""
    texts = {written(position), written(call)}
    scope = next(iter(_patterns.scopes(view)))
    for node in ir.walk(*scope):
        if isinstance(node, ir.Compare) and len(node.rights) == 1:
            if written(node.left) in texts and isinstance(node.rights[0], (ir.Const, ir.Unary)):
                return True
            sides = (node.left, node.rights[0])
            if node.ops[0] not in _EQUAL and all(isinstance(side, ir.Attribute) and side.attr == "length" for side in sides):
                return True
    return False
