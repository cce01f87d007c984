"""Texts of errors in the markup of an answer: `res.send(`<pre>${err.message}</pre>`)`, as one file shows them.

What an error says is often what the client sent: the path that was not found, the text that could not be parsed.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import _patterns
from backend_audit.checks._script_told import is_answer
from backend_audit.checks._view import FileView
from backend_audit.flow.written import last_word

_SENDS = frozenset(("send", "end", "write"))
_ERROR = re.compile(r"^(?:err|error|e|ex|exception)$|(?:Err|Error|Exception)$")
_TAG = re.compile(r"<[a-zA-Z!/]")
_PLACE = re.compile(r"\{\{|<%|%\w+%|\$\{|__\w+__|\[\[")
_READS = re.compile(r"^(?:String|inspect|format|toString)$|stack|message", re.IGNORECASE)
_CLEANS = re.compile(r"esc|encode|clean|sanit|strip|safe|html|xss", re.IGNORECASE)
_PLAIN = re.compile(r"text/plain|application/json|text/event-stream")
_DEPTH = 4


def told_in_markup(node: ir.Call, view: FileView) -> Iterator[ir.Expr]:
    """What of an error stands unescaped in the HTML that a call sends."""
    if _patterns.method(node) not in _SENDS or not is_answer(node.func) or not node.args:
        return
    functions = [one for one in view.ancestors if isinstance(one, ir.Function)]
    if functions and not _is_plain(functions[-1]):
        yield from _errors(node.args[0].value, view, _caught(view), markup=False, depth=_DEPTH)


def _caught(view: FileView) -> frozenset[str]:
    """The names under which errors are known there: what is caught, and what a callback or handler is given first."""
    found = {one.name for one in view.ancestors if isinstance(one, ir.Handler) and one.name}
    found |= {one.params[0].name for one in view.ancestors if isinstance(one, ir.Function) and one.params}
    return frozenset(one for one in found if _ERROR.search(one))


def _is_plain(function: ir.Function) -> bool:
    """Whether an answer of the function is declared to be no markup."""
    nodes = ir.walk(*function.body)
    return any(isinstance(one, ir.Const) and isinstance(one.value, str) and _PLAIN.search(one.value) for one in nodes)


def _errors(node: ir.Expr, view: FileView, caught: frozenset[str], *, markup: bool, depth: int) -> Iterator[ir.Expr]:
    """The expressions in a text that are an error's, where the text around them is markup."""
    if depth == 0:
        return
    if _is_error(node, caught):
        if markup:
            yield node
    elif isinstance(node, ir.Name):
        found = (_patterns.assigned(node.id, scope, view) for scope in _patterns.scopes(view))
        for given in next((one for one in found if one), []):
            yield from _errors(given, view, caught, markup=markup, depth=depth - 1)
    else:
        parts = _parts(node)
        tagged = markup or any(_is_tag(one) for one in parts)
        for part in parts:
            yield from _errors(part, view, caught, markup=tagged, depth=depth if isinstance(node, ir.Binary) else depth - 1)
        if isinstance(node, ir.Call) and _patterns.method(node) in ("replace", "replaceAll") and len(node.args) == 2:
            filled = markup or _is_place(node.args[0].value)
            yield from _errors(node.args[1].value, view, caught, markup=filled, depth=depth - 1)
            if isinstance(node.func, ir.Attribute):
                yield from _errors(node.func.value, view, caught, markup=markup, depth=depth)


def _is_error(node: ir.Expr, caught: frozenset[str]) -> bool:
    """`err`, `err.message`, `err.stack`, `String(err)`, `stackOf(err)`."""
    if isinstance(node, ir.Name):
        return node.id in caught
    if isinstance(node, ir.Attribute):
        return node.attr in ("message", "stack") and isinstance(node.value, ir.Name) and node.value.id in caught
    if isinstance(node, ir.Call):
        name = last_word(node.func)
        given = [one.value for one in node.args[:1]]
        if isinstance(node.func, ir.Attribute) and not given:
            given = [node.func.value]  # `err.toString()`
        reads = _READS.search(name) is not None and not _CLEANS.search(name)
        return reads and len(given) == 1 and _is_error(given[0], caught)
    return False


def _parts(node: ir.Expr) -> list[ir.Expr]:
    """What a text is put together of, and what it may be instead."""
    if isinstance(node, ir.Template):
        return [one.value if isinstance(one, ir.Hole) else one for one in node.parts]
    if isinstance(node, ir.Binary) and node.op == "+":
        return [*_parts_of_sum(node.left), *_parts_of_sum(node.right)]
    if isinstance(node, ir.Conditional):
        return [node.then, node.orelse]
    if isinstance(node, ir.Logical):
        return [node.left, node.right]
    return []


def _parts_of_sum(node: ir.Expr) -> list[ir.Expr]:
    return _parts(node) if isinstance(node, ir.Binary) and node.op == "+" else [node]


def _is_tag(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and isinstance(node.value, str) and node.kind == "str" and bool(_TAG.search(node.value))


def _is_place(node: ir.Expr) -> bool:
    """Whether it is what a template leaves open: `/{{ERROR}}/g`."""
    return isinstance(node, ir.Const) and isinstance(node.value, str) and bool(_PLACE.search(node.value.replace("\\", "")))
