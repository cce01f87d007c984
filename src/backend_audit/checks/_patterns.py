"""Regular expressions and texts as one file writes them: literals, `new RegExp("…")`, and what a name was given once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.checks._view import FileView

_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern with its flags (None where they are not known) and the expression that holds its text."""

    text: str
    flags: str | None
    node: ir.Expr


def pattern(node: ir.Expr | None, view: FileView, depth: int = _DEPTH) -> Written | None:
    """The regular expression that `node` is: a literal, a call of `RegExp`, or a name given one."""
    if node is None or depth == 0:
        return None
    if isinstance(node, ir.Const):
        if node.kind != "regex" or not isinstance(node.value, str):
            return None
        body, _, flags = node.value[1:].rpartition("/")
        return Written(body, flags, node)
    if isinstance(node, ir.Call):
        return _constructed(node, view, depth)
    if isinstance(node, ir.Name):
        return pattern(given(node, view), view, depth - 1)
    return None


def _constructed(call: ir.Call, view: FileView, depth: int) -> Written | None:
    if not isinstance(call.func, ir.Name) or call.func.id != "RegExp" or not call.args:
        return None
    text = text_of(call.args[0].value, view, depth)
    if text is None:
        return pattern(call.args[0].value, view, depth - 1)
    flags = text_of(call.args[1].value, view, depth) if len(call.args) > 1 else ""
    return Written(text, flags, call.args[0].value)


def text_of(node: ir.Expr | None, view: FileView, depth: int = _DEPTH) -> str | None:
    """The text that `node` is, if it is written in the file: a literal, several joined by `+`, or a name given one."""
    if node is None or depth == 0:
        return None
    if isinstance(node, ir.Const):
        return node.value if node.kind == "str" and isinstance(node.value, str) else None
    if isinstance(node, ir.Binary) and node.op == "+":
        left, right = text_of(node.left, view, depth - 1), text_of(node.right, view, depth - 1)
        return None if left is None or right is None else left + right
    if isinstance(node, ir.Name):
        return text_of(given(node, view), view, depth - 1)
    return None


def given(name: ir.Name, view: FileView) -> ir.Expr | None:
    """The one expression that a name is given, in a function around or at the top of the module."""
    for scope in scopes(view):
        found = assigned(name.id, scope, view)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def scopes(view: FileView) -> Iterator[Sequence[ir.Stmt]]:
    """The bodies of the functions around, innermost first, and the module's."""
    for node in reversed(view.ancestors):
        if isinstance(node, ir.Function):
            yield node.body
    yield view.module.body


def assigned(name: str, body: Sequence[ir.Stmt], view: FileView) -> list[ir.Expr]:
    """What a name is given in a body, nested functions left out."""
    known = view.given.get(id(body))
    if known is None:
        known = view.given[id(body)] = {}
        for node in ir.walk_scope(*body):
            if isinstance(node, ir.Assign) and node.value is not None and not node.op:
                for target in node.targets:
                    if isinstance(target, ir.Name):
                        known.setdefault(target.id, []).append(node.value)
    return known.get(name, [])


def method(node: ir.Expr | None) -> str:
    """The name of the method that is called, "" if it is no such call."""
    return node.func.attr if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else ""
