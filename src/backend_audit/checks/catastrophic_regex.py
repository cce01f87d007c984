"""Patterns that a short text can keep busy for ever."""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._bounds import bounded
from backend_audit.checks._flags import compiled_flags, flags_of
from backend_audit.checks._pages import of_service
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._view import FileView
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, RegexUse, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.types import LENGTH
from backend_audit.flow.written import dotted
from backend_audit.regex import Pump, exponential, polynomial, python_pattern
from backend_audit.source import SCRIPTS

RULE = "catastrophic-regex"
_FIX = (
    "Make the alternatives of the repetition exclude each other, so that a text can be read in one way only, or bound the text's "
    "length before it is matched."
)
_MAX_PATTERN = 2000
_OF_HEADERS = (".headers", ".header", ".headersDistinct", "express.Request.get")


@check(RULE)
def ambiguous_pattern(use: RegexUse) -> Iterator[Alert]:
    """`re.compile(r"(a+)+$")`."""
    if (use.pattern is None and use.compiled is None) or use.engine != "backtracking":
        return
    flags = flags_of(use.flags) | compiled_flags(use.compiled)
    whole = use.how == "fullmatch"
    for text, literal in _texts(use):
        if len(text) > _MAX_PATTERN:
            continue
        found = None if literal else exponential(text, flags, whole=whole)
        if found is not None:
            yield _alert(use, found)
            return
        if literal and exponential(text, flags, whole=False) is not None:
            return  # told where the literal stands
        anchored = use.how in ("match", "fullmatch")
        slow = polynomial(text, flags, whole=whole, anchored=anchored)
        origin = None if slow is None else reaching(use.subject, "regex")
        if origin is not None and _in_one_line(origin):
            slow = polynomial(text, flags, whole=whole, anchored=anchored, one_line=True)
        if origin is not None and slow is not None and not (origin.cleared >= LENGTH or _is_short(use)):
            does = f"is matched by {{callee}} with a pattern whose work grows with the square of {_many(slow)}"
            yield alert(use.site, use.subject, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)
            return


@check(RULE, *SCRIPTS)
def ambiguous_literal(node: ir.Const, view: FileView) -> Iterator[Alert]:
    """`/(a+)+$/`."""
    if node.kind != "regex" or not isinstance(node.value, str) or len(node.value) > _MAX_PATTERN:
        return
    body, _, flags = node.value[1:].rpartition("/")
    found = exponential(python_pattern(body, flags), 0, whole=False)
    if found is not None:
        yield replace(_said(node, found, sure=True), confidence=of_service(Confidence.HIGH, view.module))


def _texts(use: RegexUse) -> list[tuple[str, bool]]:
    """The patterns as Python reads them, and whether each is judged elsewhere too: a literal, one that was compiled before."""
    if use.compiled is not None:
        kept = (use.compiled.value.items or {}).get("pattern")
        return [] if kept is None else [(text, True) for text in kept.texts()]
    value = None if use.pattern is None else use.pattern.value
    if value is None:
        return []
    if in_python(use.site):
        return [(text, False) for text in value.texts()]
    found: list[tuple[str, bool]] = []
    for one in sorted(value.consts, key=repr):
        if one.kind == "regex":
            body, _, flags = str(one.value)[1:].rpartition("/")
            found.append((python_pattern(body, flags), True))
        elif one.kind == "str":
            found.append((python_pattern(str(one.value), ""), False))
    return found


def _in_one_line(origin: Origin) -> bool:
    """Whether the data holds no line break: headers end with theirs."""
    return "header" in origin.cleared or str(origin.key[0]).endswith(_OF_HEADERS)


def _is_short(use: RegexUse) -> bool:
    """Whether the text's length was bounded before: the square of a few hundred is soon done."""
    return use.subject is not None and bounded(use.site, use.subject.node)


def _alert(use: RegexUse, pump: Pump) -> Alert:
    found = _said(_place(use.site, use.pattern), pump, sure=pump.here or not in_python(use.site))
    return replace(found, confidence=of_service(found.confidence, use.site.module))


def _said(node: ir.Node, pump: Pump, *, sure: bool) -> Alert:
    message = (
        f"The pattern can read {_many(pump)} in two ways each: before an end that does not match, the work doubles with each."
    )
    if not sure:
        message += " CPython's own engine merges such alternatives; others (`regex`, PCRE, JavaScript) try both."
    return Alert(node=node, message=message, fix=_FIX, confidence=Confidence.HIGH if sure else Confidence.MEDIUM)


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
