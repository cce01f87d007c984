"""Patterns that a short text can keep busy for ever."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._bounds import bounded
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._view import walk
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, RegexUse, Site
from backend_audit.flow.written import dotted
from backend_audit.regex import Pump, exponential, polynomial

RULE = "catastrophic-regex"
_FIX = (
    "Make the alternatives of the repetition exclude each other, so that a text can be read in one way only, or bound the text's "
    "length before it is matched."
)
_MAX_PATTERN = 2000
_FLAGS = {
    "I": re.IGNORECASE, "IGNORECASE": re.IGNORECASE, "S": re.DOTALL, "DOTALL": re.DOTALL, "M": re.MULTILINE,
    "MULTILINE": re.MULTILINE, "X": re.VERBOSE, "VERBOSE": re.VERBOSE, "A": re.ASCII, "ASCII": re.ASCII,
}  # fmt: skip


@check(RULE)
def ambiguous_pattern(use: RegexUse) -> Iterator[Alert]:
    """`re.compile(r"(a+)+$")`."""
    if use.pattern is None or use.engine != "backtracking":
        return
    flags = _flags(use.flags)
    whole = use.how == "fullmatch"
    for text in use.pattern.value.texts():
        if len(text) > _MAX_PATTERN:
            continue
        found = exponential(text, flags, whole=whole)
        if found is not None:
            yield _alert(use, found)
            return
        slow = polynomial(text, flags, whole=whole, anchored=use.how in ("match", "fullmatch"))
        origin = None if slow is None else reaching(use.subject, "regex")
        if origin is not None and slow is not None and not _is_short(use):
            does = f"is matched by {{callee}} with a pattern whose work grows with the square of {_many(slow)}"
            yield alert(use.site, use.subject, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)
            return


def _is_short(use: RegexUse) -> bool:
    """Whether the text's length was bounded before: the square of a few hundred is soon done."""
    return use.subject is not None and bounded(use.site, use.subject.node)


def _alert(use: RegexUse, pump: Pump) -> Alert:
    node = _place(use.site, use.pattern)
    message = (
        f"The pattern can read {_many(pump)} in two ways each: before an end that does not match, the work doubles with each."
    )
    if not pump.here:
        message += " CPython's own engine merges such alternatives; others (`regex`, PCRE, JavaScript) try both."
    return Alert(node=node, message=message, fix=_FIX, confidence=Confidence.HIGH if pump.here else Confidence.MEDIUM)


def _many(pump: Pump) -> str:
    text = pump.text.encode("unicode_escape").decode().replace("`", "'")
    return f"many repetitions of `{text}`"


def _place(site: Site, pattern: Operand | None) -> ir.Node:
    """The pattern as written: the literal that a name of the module was given, rather than the name."""
    node = None if pattern is None else pattern.node
    if isinstance(node, ir.Name) and site.module is not None:
        for statement in site.module.body:
            if (
                isinstance(statement, ir.Assign)
                and dotted(statement.targets[0]) == node.id
                and isinstance(statement.value, ir.Const)
            ):
                return statement.value
    return site.node if node is None else node


def _flags(operand: Operand | None) -> int:
    found = 0
    if operand is not None and operand.node is not None:
        for node in walk([*ir.children(operand.node), operand.node]):
            name = node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
            found |= _FLAGS.get(name, 0)
    return found
