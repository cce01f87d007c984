"""Patterns that are meant to find scripts and comments in HTML, and that browsers find more of."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._context import path_to
from backend_audit.checks._flags import flags_of
from backend_audit.checks._pages import of_service
from backend_audit.checks._replacing import removes
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import RegexUse, Site
from backend_audit.flow.written import dotted, last_word
from backend_audit.regex.lacking import python_pattern
from backend_audit.regex.reads import reads_whole
from backend_audit.source import SCRIPTS

RULE = "incomplete-tag-filter"

_MAX_PATTERN = 500
_NAMES = re.compile(r"(?i)script|<!--|<!\\?-")
_REMOVES = frozenset(("sub", "subn"))
_TESTS = frozenset(("search", "match", "fullmatch"))
_READS = frozenset(("match", "matchAll", "exec", "split", "search"))  # of a script: they take something out of a page
_NO_TAG = "some text"  # what finds this as well is after something else: all that is no `javascript:`
_END = "</script>"  # to take end tags away alone is no filter of scripts
_SWITCHES = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE}
# What a pattern is meant to find → other texts that a browser takes for the same, and how they differ.
_ELEMENT = (
    ("<SCRIPT>a</SCRIPT>", "upper case"),
    ("<script>a\nb</script>", "a line break in the script"),
    ("<script src=x>a</script>", "attributes"),
    ("<script\nx>a</script>", "a line break in the tag"),
    ("<script>a</script >", "a blank in the end tag: `</script >`"),
    ("<script>a</script\n>", "a line break in the end tag"),
    ("<script>a</script x>", "something after the name in the end tag: `</script x>`"),
)
_OPENING = (("<SCRIPT>", "upper case"), ("<script\nx>", "a line break in the tag"), ("<script x>", "attributes"))
_CLOSING = (
    ("</SCRIPT>", "upper case"),
    ("</script >", "a blank: `</script >`"),
    ("</script x>", "something after the name: `</script x>`"),
)
_COMMENT = (("<!--a\nb-->", "a line break in the comment"), ("<!--a--!>", "the other end of a comment: `--!>`"))
_MEANT = (
    (("<script>a</script>", "<script src=x>a</script>"), _ELEMENT),
    (("<script>", "<script src=x>"), _OPENING),
    (("</script>",), _CLOSING),
    (("<!--a-->",), _COMMENT),
)


@check(RULE)
def misses_what_browsers_take(use: RegexUse) -> Iterator[Alert]:
    """`re.sub(r"<script>.*?</script>", "", html)`."""
    if use.pattern is None or not _filters(use.site):
        return
    for text in use.pattern.value.texts():
        missed = _missed(text, flags_of(use.flags))
        if missed is not None:
            yield Alert(
                node=use.pattern.node or use.site.node,
                message=f"The pattern is meant to find HTML that browsers run or hide, and misses {missed}.",
                fix="Clean HTML with a library that parses it (`nh3`, `bleach`), or escape it.",
                confidence=Confidence.MEDIUM,
            )
            return


@check(RULE, *SCRIPTS)
def misses_in_script(node: ir.Const, view: FileView) -> Iterator[Alert]:
    """`html.replace(/<script>.*<.script>/g, "")`."""
    if node.kind != "regex" or not isinstance(node.value, str) or not _NAMES.search(node.value) or not _is_filter(view):
        return
    body, _, letters = node.value[1:].rpartition("/")
    flags = sum(switch for letter, switch in _SWITCHES.items() if letter in letters)
    text = python_pattern(body)
    closed = ">" in body and not reads_whole(text, flags, _END)
    missed = _missed(text, flags) if closed else None
    if missed is not None:
        yield Alert(
            node=node,
            message=f"The pattern is meant to find HTML that browsers run or hide, and misses {missed}.",
            fix="Clean HTML with a library that parses it (`sanitize-html`, `DOMPurify`), or escape it.",
            confidence=of_service(Confidence.MEDIUM, view.module),
        )


def _is_filter(view: FileView) -> bool:
    """Whether what a literal finds is removed or decides; not `html.match(pattern)`, `pattern.exec(html)`, other texts."""
    parent = view.ancestors[-1] if view.ancestors else None
    holder = view.ancestors[-2] if len(view.ancestors) > 1 else None
    if isinstance(parent, ir.Attribute):
        return parent.attr not in _READS
    call = holder if isinstance(parent, ir.Arg) and isinstance(holder, ir.Call) else None
    if call is not None and _patterns.method(call) in ("replace", "replaceAll") and len(call.args) > 1:
        return removes(call.args[1].value, view)
    if call is not None and _patterns.method(call) in _READS:
        return False
    names = {one.id for one in parent.targets if isinstance(one, ir.Name)} if isinstance(parent, ir.Assign) else set[str]()
    calls = (one for one in ir.walk(*view.module.body) if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute))
    used = [one for one in calls if names.intersection(map(_name, (one.func, *(arg.value for arg in one.args))))]
    return all(_patterns.method(one) not in _READS for one in used)


def _name(node: ir.Expr) -> str:
    """`pattern` of an argument, or of `pattern.exec`."""
    inner = node.value if isinstance(node, ir.Attribute) else node
    return inner.id if isinstance(inner, ir.Name) else ""


def _missed(pattern: str, flags: int) -> str | None:
    """How a text looks that a browser takes for the same as what the pattern finds, and that it does not find."""
    if len(pattern) > _MAX_PATTERN or not _NAMES.search(pattern) or reads_whole(pattern, flags, _NO_TAG):
        return None
    for meant, others in _MEANT:
        if any(reads_whole(pattern, flags, one) for one in meant):
            return next((how for text, how in others if reads_whole(pattern, flags, text) is False), None)
    return None


def _filters(site: Site) -> bool:
    """Whether what is found is removed, or a text is refused for it; what is only read out of a page may be missed."""
    name = site.api.rpartition(".")[2]
    if name in _REMOVES:
        return True
    if name in _TESTS:
        return _decides(site)
    if name != "compile" or site.module is None:
        return False
    used = set(_methods(site))
    return not used or bool(used & _REMOVES)


def _decides(site: Site) -> bool:
    for node in path_to(site):
        if isinstance(node, (ir.If, ir.Conditional)) and node.test.at <= site.node.at < node.test.end:
            return True
    return any(isinstance(node, (ir.Unary, ir.Logical)) for node in path_to(site)[-2:])


def _methods(site: Site) -> Iterator[str]:
    """The methods of the compiled pattern that the module calls."""
    body = [] if site.module is None else site.module.body
    kept = [one for one in ir.walk(*body) if isinstance(one, ir.Assign) and one.value is site.node]
    names = {last_word(target) or dotted(target) for one in kept for target in one.targets}
    for one in ir.walk(*body):
        if isinstance(one, ir.Attribute) and (last_word(one.value) in names or one.value is site.node):
            yield one.attr
