"""Replacements that are meant to make data harmless, and leave some of the harm in it."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._pages import of_service
from backend_audit.checks._replacing import Chain, chain_of, escapes, in_loop, removes, single_signs, swaps
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.syntax import all_of
from backend_audit.flow.written import last_word, written
from backend_audit.regex.shape import alternatives, ways_through
from backend_audit.source import SCRIPTS

RULE = "incomplete-sanitization"

_SIGNS = frozenset("'\"\\|/&<>`\n\r*{}[]$%")
_LEADING = {"pathname": "/", "originalUrl": "/", "baseUrl": "/", "search": "?", "hash": "#"}
_BUILDS = frozenset("([")  # `host.replace("*", "([^.]*)")` makes a pattern of a wildcard
_BRACKETS = {"[": "]", "]": "[", "(": ")", ")": "(", "{": "}", "}": "{"}
_HARM = (
    "<script", "<style", "<iframe", "<!--", "../", "/../", "/..", " onerror=", "/onerror=", "onerror=", " ng-app",
)  # fmt: skip
_KIND = {"<": "markup", ".": "a way out of a folder", "/": "a way out of a folder", "o": "an event handler", "n": "an attribute"}
_MEANT = 2  # so many characters of the harm the pattern must name: `<[^>]*>` takes anything
_OPEN = re.compile(r"""(?P<name>[\w:-]*)=\s*(?P<quote>["'])[^"']*$""")
_FAR = 400  # signs: an attribute begins nearer than that
_NUMBERS = frozenset(("Number", "parseInt", "parseFloat", "BigInt"))
_FIX_ALL = "Replace every hit: a pattern with the flag `g`, or `replaceAll`."
_FIX_LIBRARY = "Use a library that parses what it cleans (`DOMPurify`, `sanitize-html`), or escape the data for its place."


@check(RULE, *SCRIPTS)
def first_hit_only(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`name.replace("'", "")`."""
    chain = chain_of(node, view)
    if chain is None or chain.node is not node or in_loop(view):
        return
    for at, step in enumerate(chain.steps):
        text = step.once
        if text is None or not (_SIGNS & set(text)) or any(sign.isalnum() for sign in text.replace("%25", "%")):
            continue
        if len(text) > 1 and ".." not in text and text != "%25":
            continue
        if _is_cut(chain, at, text) or _leads(node, text) or step.new is None or not _BUILDS.isdisjoint(step.new):
            continue
        if _begins_so(node, text, view):
            continue
        yield Alert(
            node=node,
            message=f"Only the first `{_shown(text)}` is replaced here: a second one stays in the text.",
            fix=_FIX_ALL,
            confidence=Confidence.LOW if _is_spared(node, view) else of_service(Confidence.MEDIUM, view.module),
        )
        return


def _is_spared(node: ir.Call, view: FileView) -> bool:
    """Whether a number is made of it, or it is the program's own configuration: `process.env.MAIL_HOST.replace("/", "")`."""
    around = [one for one in view.ancestors[-2:] if isinstance(one, ir.Call)]
    if any(last_word(one.func) in _NUMBERS for one in around):
        return True
    return written(node.func).startswith(("process.env.", "process.env["))


def _leads(node: ir.Call, text: str) -> bool:
    """`url.pathname.replace("/", "")`: the sign that such a part of an address begins with."""
    part = node.func.value if isinstance(node.func, ir.Attribute) else None
    return isinstance(part, ir.Attribute) and _LEADING.get(part.attr) == text


def _begins_so(node: ir.Call, text: str, view: FileView) -> bool:
    """`path.startsWith("/") ? path.replace("/", "") : path`: the sign that was found at the beginning is meant."""
    held = written(node.func.value) if isinstance(node.func, ir.Attribute) else ""
    around = [one for one in view.ancestors if isinstance(one, (ir.Conditional, ir.If))]
    branches = [(one.test, [one.then] if isinstance(one, ir.Conditional) else one.body) for one in around]
    tests = [test for test, branch in branches if any(inner.at <= node.at < inner.end for inner in branch)]
    asked = [part for test in tests for part in all_of(test) if isinstance(part, ir.Call) and len(part.args) == 1]
    return any(
        written(part.func) == f"{held}.startsWith" and isinstance(first := part.args[0].value, ir.Const) and first.value == text
        for part in asked
    )


def _is_cut(chain: Chain, at: int, text: str) -> bool:
    """Whether one sign is what is meant: a pair of brackets, a line's end, the quotes around a text."""
    others = [step.once for step in chain.steps if step is not chain.steps[at]]
    step = chain.steps[at]
    if text in "\r\n":
        return len(chain.steps) == 1
    if text in others and step.new == "":
        return True
    if text in _BRACKETS and step.new == "":
        partner = chain.steps[at + 1 if text in "[({" else at - 1 : at + 2 if text in "[({" else at]
        return step.is_text and (not others or any(one.once == _BRACKETS[text] for one in partner))
    return False


@check(RULE, *SCRIPTS)
def backslash_left(node: ir.Call, view: FileView) -> Iterator[Alert]:
    r"""`name.replace(/'/g, "\\'")`: the text's own backslash escapes the one that is added."""
    chain = chain_of(node, view)
    if chain is None or chain.node is not node or not chain.steps:
        return
    step = chain.steps[-1]
    if not escapes(step) or step.once is not None or any("\\" in one.signs for one in chain.steps) or chain.handles_backslash:
        return
    if any(sign in "'\"`|/&<>*{}[]$" for sign in step.signs):
        yield Alert(
            node=node,
            message="This escapes with backslashes and leaves those of the text: `\\'` becomes `\\\\'`, which ends the quotes.",
            fix="Escape backslashes first: `.replace(/\\\\/g, '\\\\\\\\')`, or quote by what the target's library offers.",
            confidence=of_service(Confidence.MEDIUM, view.module),
        )


@check(RULE, *SCRIPTS)
def comes_back(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`html.replace(/<script.*?>/gi, "")`: `<scr<script>ipt>` is what was removed once the middle is gone."""
    if _patterns.method(node) not in ("replace", "replaceAll") or len(node.args) != 2 or in_loop(view):
        return
    written = _patterns.pattern(node.args[0].value, view)
    if written is None or not removes(node.args[1].value, view):
        return
    harm = _harm(written.text)
    if harm is not None:
        yield Alert(
            node=node,
            message=f"What this removes ({_KIND[harm.lstrip()[0]]}) can come together anew from what is left around it.",
            fix=_FIX_LIBRARY
            if harm[0] in "< /" and harm != "/.." and ".." not in harm
            else "Repeat it until nothing changes, or resolve the path and refuse it where it leaves its folder.",
            confidence=of_service(Confidence.MEDIUM, view.module),
        )


def _harm(pattern: str) -> str | None:
    """A harmful text that one match takes away, pieces of which can stand around it."""
    if pattern.startswith("^") or single_signs(pattern) is not None:
        return None
    for sequence in alternatives(pattern):
        if len(sequence) == 1 and sequence[0].kind in ("any", "class"):
            return None
    for harm in _HARM:
        for meant, rest in ways_through(pattern, harm):
            goes_on = bool(rest) and rest[0].kind == "char" and rest[0].low > 0 and rest[0].text != harm[0]
            if meant >= _MEANT and not goes_on:
                return harm
    return _after_wildcard(pattern)


def _after_wildcard(pattern: str) -> str | None:
    stripped = re.sub(r"^\(?(\.|\[\^?[^\]]*\]|\\\\[sSwWdD])[*+]\??", "", pattern)
    return _harm(stripped) if stripped != pattern and stripped else None


@check(RULE, *SCRIPTS)
def escaped_twice(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`text.replace(/</g, "&lt;").replace(/&/g, "&amp;")`, `text.replace(/&amp;/g, "&").replace(/&lt;/g, "<")`."""
    chain = chain_of(node, view)
    if chain is None or chain.node is not node:
        return
    steps = swaps(chain, view)
    for at, step in enumerate(steps):
        before, after = steps[:at], steps[at + 1 :]
        if len(step.old) == 1 and step.old in step.new and any(len(one.old) == 1 and step.old in one.new for one in before):
            yield Alert(
                node=step.node,
                message=f"`{_shown(step.old)}` is escaped last, so that those of the escapes before are escaped once more.",
                fix=f"Escape `{_shown(step.old)}` first.",
                confidence=of_service(Confidence.MEDIUM, view.module),
            )
            return
        if len(step.new) == 1 and len(step.old) > 1 and any(one.old[:1] == step.new and len(one.old) > 1 for one in after):
            yield Alert(
                node=step.node,
                message=f"`{_shown(step.old)}` becomes `{_shown(step.new)}` first: with what follows it is unescaped again.",
                fix=f"Unescape `{_shown(step.old)}` last.",
                confidence=of_service(Confidence.MEDIUM, view.module),
            )
            return


@check(RULE, *SCRIPTS)
def left_in_attribute(node: ir.Binary, view: FileView) -> Iterator[Alert]:
    """`'<a title="' + text.replace(/[<>]/g, "") + '">'`: the quote that ends the attribute stays."""
    if node.op != "+" or not isinstance(node.left, (ir.Binary, ir.Const)):
        return
    before = _text_before(node.left)
    opened = _OPEN.search(before[-_FAR:]) if before else None
    if opened is None:
        return
    chain = chain_of(node.right, view, through_names=True)
    if chain is None:
        return
    signs = chain.all_signs()
    if signs is None or "<" not in signs:
        return
    missing = opened["quote"] if opened["quote"] not in signs else ""
    handler = opened["name"].lower().startswith("on") or "javascript:" in before
    if not missing and handler and "&" not in signs and "'" not in signs:
        missing = "'"
    if missing:
        yield Alert(
            node=node.right,
            message=f"`{missing}` stays in a text that is put into an attribute: it ends the attribute, and further ones follow.",
            fix="Escape `&`, `<`, `>`, `\"` and `'` alike, by a function that does all of them, or render it with a template.",
            confidence=of_service(Confidence.MEDIUM, view.module),
        )


def _text_before(node: ir.Expr) -> str:
    """The constant text in front of a place, as far back as the last `=`; an `x` stands where pieces meet."""
    found = ""
    while True:
        last = node.right if isinstance(node, ir.Binary) else node
        text = last.value if isinstance(last, ir.Const) and isinstance(last.value, str) else ""
        if not isinstance(node, ir.Binary) or node.op != "+" or "=" in text or len(found) > _FAR:
            return text + found
        if not text:
            return found
        node, found = node.left, "x" + text + found


def _shown(text: str) -> str:
    return text.encode("unicode_escape").decode().replace("`", "'")
