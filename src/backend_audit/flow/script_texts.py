"""Tests of texts in JavaScript: how they begin and end, what they hold, which patterns they match."""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards, lacks
from backend_audit.flow.origins import DERIVED
from backend_audit.flow.script_members import HOST_PARTS
from backend_audit.flow.script_patterns import lacked_marks, pattern_of
from backend_audit.flow.values import MADE, Value, transform
from backend_audit.regex import harmless_after

if TYPE_CHECKING:
    from backend_audit.flow.script_expressions import ScriptExpressions

_SAME = frozenset("toLowerCase toUpperCase trim toString toLocaleLowerCase".split())
_UPWARDS = ("..", "../", "/..", "..\\", ".")
_ROOTS = ("/", "\\", "./", "//")
_LOCAL = re.compile(r"\^\\?/(\(\?!|\[\^)")  # `^/(?!/)`, `^/[^/]`
_CONTEXTS = frozenset("path shell sql html url header log regex code template ldap xpath nosql lookup all".split())
_OFFSET = "offset"  # a mark: the way from a folder to a path, as `path.relative` gives it


def lacks_text(frame: "ScriptExpressions", subject: ir.Expr, text: str) -> None:
    value = frame.eval(subject)
    if text in _UPWARDS:
        guards.clear_data(frame, value, guards.PATH, _OFFSET)
    if text in ("//", "://"):
        guards.without_host(frame, value, guards.HOSTLESS, guards.ROOTED)
    gone = lacks.after_test(text)
    if gone:
        frame.settle_known(subject, value.cleared(gone))


def begins(frame: "ScriptExpressions", subject: ir.Expr, start: ir.Expr) -> None:
    """`x.startsWith(root)` holds: of an address after its host, of a normalised path."""
    told = frame.eval(start)
    own = {guards.source_of(one) for one in told.all_origins()}  # nothing is told of what the beginning is made of itself
    value = transform(frame.eval(subject), lambda one: () if guards.source_of(one) in own else (one,))
    texts = told.texts()
    guards.told_beginning(frame, value, texts, holds=True)
    if texts and all(guards.is_host_prefix(text) for text in texts):
        guards.clear_data(frame, value, guards.URL, node=subject)
    if texts == ("/",):
        guards.without_host(frame, value, guards.ROOTED, guards.HOSTLESS)
    if not (texts and all(text in _UPWARDS for text in texts)):
        guards.clear_data(frame, value, guards.PATH, guards.NORMALISED)
        guards.clear_data(frame, value, guards.BEGINS)


def never_begins(frame: "ScriptExpressions", subject: ir.Expr, start: ir.Expr) -> None:
    """`x.startsWith("..")` does not hold: a way from a folder leads into it; a text without a root stays below one."""
    value, texts = frame.eval(subject), frame.eval(start).texts()
    guards.told_beginning(frame, value, texts, holds=False)
    if texts and all(text.startswith("..") for text in texts):
        guards.clear_data(frame, value, guards.PATH, _OFFSET)
        guards.clear_data(frame, value, lacks.lacking(".."), guards.NORMALISED)
    elif texts and all(text in _ROOTS for text in texts):
        guards.clear_data(frame, value, guards.RELATIVE)
        if "//" in texts:
            guards.without_host(frame, value, guards.HOSTLESS, guards.ROOTED)
    elif texts == (".",):
        guards.clear_data(frame, value, lacks.lacking(".."), guards.NORMALISED)


def ends(frame: "ScriptExpressions", subject: ir.Expr, ending: ir.Expr) -> None:
    """`url.hostname.endsWith(".example.org")`."""
    texts = frame.eval(ending).texts()
    if texts and all(text.startswith(".") for text in texts):
        of_known_host(frame, subject)


def of_known_host(frame: "ScriptExpressions", subject: ir.Expr) -> None:
    """The host of an address is one that the program knows."""
    subject = plain(subject)
    if isinstance(subject, ir.Attribute) and subject.attr in HOST_PARTS:
        guards.clear_data(frame, frame.eval(subject.value), guards.URL)
    elif isinstance(subject, ir.Name):
        guards.clear_data(frame, frame.eval(subject), guards.URL, "host")


def matched(frame: "ScriptExpressions", subject: ir.Expr, pattern: ir.Expr, *, holds: bool) -> None:
    """`pattern.test(x)` has turned out as `holds`."""
    value = frame.eval(subject)
    patterns = pattern_of(frame.eval(pattern))
    if not patterns:
        return
    if holds:
        contexts = frozenset.intersection(*(harmless_after(one, "search") for one in patterns))
        if all(_LOCAL.match(one) for one in patterns):
            contexts |= guards.URL
    else:
        contexts = frozenset.intersection(*map(lacked_marks, patterns))
        if contexts & {mark for text in _UPWARDS for mark in lacks.lacking(text)}:
            guards.clear_data(frame, value, guards.PATH, _OFFSET)
    if contexts:
        made = "all" in contexts and not value.all_origins()
        frame.settle_known(plain(subject), MADE if made else value.cleared(contexts))


def unchanged(frame: "ScriptExpressions", made: ir.Expr, data: ir.Expr) -> None:
    """`path.basename(name) === name`: what a function makes harmless was harmless already."""
    after, before = frame.eval(made), frame.eval(data)
    if not after.origins or after.kind or before.kind or _which(after) != _which(before):
        return
    contexts = frozenset.intersection(*(one.cleared for one in after.origins)) & _CONTEXTS
    if contexts:
        guards.clear_data(frame, before, contexts, node=data)


def _which(value: Value) -> set[tuple[object, ...]]:
    """Which data it is, whatever was computed from it."""
    return {(one.label, *(step for step in one.key if step != DERIVED)) for one in value.origins}


def plain(node: ir.Expr) -> ir.Expr:
    """`x` for `x.toLowerCase()`, `String(x)`: normalised before the test, the same data all the same."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and not node.args and node.func.attr in _SAME:
        return plain(node.func.value)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "String" and len(node.args) == 1:
        return plain(node.args[0].value)
    return node.target if isinstance(node, ir.Walrus) else node


def as_number(node: ir.Expr) -> ir.Expr:
    """`x` for `Number(x)` and `+x`, which take the whole text; `parseInt` is content with how it begins."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "Number" and len(node.args) == 1:
        return node.args[0].value
    return node.operand if isinstance(node, ir.Unary) and node.op == "+" else node
