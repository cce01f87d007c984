"""Addresses that are checked by a piece of their text, or by a list of schemes that leaves some out."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word
from backend_audit.source import SCRIPTS, Language, Role

RULE = "incomplete-url-check"

_TLD = r"(?:com|org|net|edu|gov|io|dev|app|co|uk|de|fr|eu|us|info|biz|cn|ru|jp|in|me|tv|internal)"
_HOST = re.compile(
    rf"^(?P<scheme>[a-z]+://)?(?P<host>\.?[\w-]+(?:\.[\w-]+)*\.{_TLD})(?P<port>:\d+)?(?P<rest>/.*)?$", re.IGNORECASE
)
_FIX = "Parse the address and compare its host: `new URL(text).hostname === 'example.com'`, or `.endsWith('.example.com')`."
_FIX_PYTHON = (
    "Parse the address and compare its host: `urlsplit(text).hostname == 'example.com'`, or `.endswith('.example.com')`."
)
_ADDRESSES = frozenset("url uri href link host hostname netloc domain origin referer referrer website redirect next".split())
_CHECKS = re.compile(
    r"(?:^|_)(?:is|can|may|valid|validate|check|verify|allow|allowed|trusted|safe|permitted)(?:_|$)", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\byour\b|\bhere\b|\bplaceholder\b|\bchange-?me\b", re.IGNORECASE)
_CONFIGURED = re.compile(r"[cC]onfig|[sS]ettings|^env$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")
_DANGEROUS = frozenset(("javascript", "data", "vbscript"))
_KNOWN_SCHEMES = _DANGEROUS | frozenset("http https ftp ftps file mailto tel sms blob about ws wss".split())
_SCHEME = re.compile(r"(?<![\w-])(javascript|data|vbscript)(?![\w-])", re.IGNORECASE)
_TEXTS = frozenset("text message content body html markdown prompt command description comment output log summary".split())
_FIX_SCHEME = "Compare the parsed scheme with those that are allowed: `['http:', 'https:'].includes(new URL(text).protocol)`."
_TESTS = frozenset("startsWith includes indexOf exec test match replace".split())


@check(RULE, *SCRIPTS)
def host_in_text(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`url.includes("example.com")`, `origin.endsWith("example.com")`, `url.startsWith("https://example.com")`."""
    name = _patterns.method(node)
    if name not in ("includes", "indexOf", "startsWith", "endsWith") or len(node.args) != 1:
        return
    given = node.args[0].value
    found = _HOST.match(given.value) if isinstance(given, ir.Const) and isinstance(given.value, str) else None
    if found is None or _PLACEHOLDER.search(found["host"]):
        return
    how = None if _leaves(view) else _compared(name, view)
    passes = None if how is None else _passes(how, found)
    if passes is not None:
        harmless = _is_configured(node, view) or _looks_for_a_link(node, found) or view.role is Role.SCRIPT
        yield Alert(
            node=node,
            message=f"The host is looked for in the text of the address: `{passes}` passes, too.",
            fix=_FIX,
            confidence=Confidence.LOW if harmless else of_service(Confidence.MEDIUM, view.module),
        )


def _looks_for_a_link(node: ir.Call, found: re.Match[str]) -> bool:
    """`message.includes("https://example.org/terms")`: whether a text for people, or a program's, names an address."""
    text = node.func.value if isinstance(node.func, ir.Attribute) else None
    name = last_word(text)
    return bool(found["scheme"]) and not _TEXTS.isdisjoint(words(name)[-1:])


def _leaves(view: FileView) -> bool:
    """Whether an address that passes is left alone or refused: `if (url.includes("example.com")) continue;`."""
    for at in range(len(view.ancestors) - 1, -1, -1):
        node = view.ancestors[at]
        if isinstance(node, ir.If):
            inside = view.ancestors[at + 1] if at + 1 < len(view.ancestors) else node.test
            *before, last = node.body or [node]
            skips = isinstance(last, ir.Raise) or (isinstance(last, ir.Jump) and last.kind in ("continue", "break"))
            left = skips and inside not in node.body and all(isinstance(one, ir.ExprStmt) for one in before)
            return left or (isinstance(last, ir.Return) and _gets_nothing(node, view.ancestors[:at], view.ancestors[at + 1 :]))
        if not isinstance(node, (ir.Logical, ir.Arg, ir.Unary)):
            return False
    return False


def _gets_nothing(test: ir.If, around: Sequence[ir.Node], inside: Sequence[ir.Node]) -> bool:
    """`if (!url.startsWith("https://example.com")) return url; return null;`: what passes is what nobody gets."""
    negated = [one for one in inside if isinstance(one, ir.Unary)]
    if len(negated) != 1 or negated[0].op != "not":
        return False
    body = getattr(around[-1], "body", []) if around else []
    after = next((later for one, later in pairwise(body) if one is test), None)
    if not isinstance(after, ir.Return):
        return False
    return after.value is None or (isinstance(after.value, ir.Const) and not after.value.value)


def _is_configured(node: ir.Call, view: FileView) -> bool:
    """Whether the address is the program's own configuration: which service is set up is asked, nobody is let in."""
    text = node.func.value if isinstance(node.func, ir.Attribute) else None
    if isinstance(text, ir.Name):
        text = _patterns.given(text, view) or text
    if isinstance(text, ir.Conditional):
        text = text.then  # `env.API_URL ? env.API_URL : baseUrl`
    elif isinstance(text, ir.Logical):
        text = text.left
    while isinstance(text, ir.Attribute | ir.Index):
        key = text.attr if isinstance(text, ir.Attribute) else _patterns.text_of(text.index, view) or ""
        if _CONFIGURED.search(key):
            return True
        text = text.value
    return isinstance(text, ir.Name) and _CONFIGURED.search(text.id) is not None


def _compared(name: str, view: FileView) -> str | None:
    """How the text is compared: anywhere, start, end; None where the answer is used otherwise."""
    if name != "indexOf":
        return {"includes": "anywhere", "startsWith": "start", "endsWith": "end"}[name]
    parent = view.ancestors[-1] if view.ancestors else None
    if not isinstance(parent, ir.Compare) or len(parent.rights) != 1:
        return None
    right = parent.rights[0]
    value = right.value if isinstance(right, ir.Const) else None
    if value == 0 and parent.ops[0] in ("==", "!=", ">"):
        return "start" if parent.ops[0] != ">" else "anywhere"
    return "anywhere" if value in (-1, 0) else None


def _passes(how: str, found: re.Match[str]) -> str | None:
    """An address of another host that passes the test."""
    host = found["host"].lstrip(".")
    if how == "end":
        return None if found["host"].startswith(".") or found["scheme"] else f"https://evil{host}"
    if how == "start":
        return (
            None
            if found["rest"] or found["port"] or (not found["scheme"] and found["host"].startswith("."))
            else f"https://{host}.evil.org"
        )
    return f"https://evil.org/?{host}"


@check(RULE, Language.PYTHON)
def host_in_python(node: ir.Compare | ir.Call, view: FileView) -> Iterator[Alert]:
    """`"example.com" in url`, `url.startswith("https://example.com")`, `host.endswith("example.com")`."""
    asked = _asked(node)
    given = None if asked is None else asked[1]
    found = _HOST.match(given.value) if isinstance(given, ir.Const) and isinstance(given.value, str) else None
    if asked is None or found is None or _PLACEHOLDER.search(found["host"]) or view.role is Role.SCRIPT:
        return
    text, _, how = asked
    passes = _passes(how, found) if _is_address(text) else None
    if passes is not None:
        yield Alert(
            node=node,
            message=f"The host is looked for in the text of the address: `{passes}` passes, too.",
            fix=_FIX_PYTHON,
            confidence=Confidence.MEDIUM if _lets_through(node, view) else Confidence.LOW,
        )


def _asked(node: ir.Compare | ir.Call) -> tuple[ir.Expr, ir.Expr, str] | None:
    """The text that is tested, what is looked for in it, and where."""
    if isinstance(node, ir.Compare):
        plain = len(node.ops) == 1 and node.ops[0] in ("in", "not in")
        return (node.rights[0], node.left, "anywhere") if plain else None
    how = {"startswith": "start", "endswith": "end"}.get(_patterns.method(node) or "")
    if how is None or len(node.args) != 1 or not isinstance(node.func, ir.Attribute):
        return None
    return node.func.value, node.args[0].value, how


def _is_address(node: ir.Expr) -> bool:
    """Whether it is one address or host by its name, and neither a list of them nor what the program is configured with."""
    while isinstance(node, ir.Call):
        node = node.func.value if isinstance(node.func, ir.Attribute) else node.args[0].value if node.args else node.func
    name = last_word(node)
    named = words(name)
    return bool(named) and named[-1] in _ADDRESSES and not _CONFIGURED.search(name)


def _lets_through(node: ir.Expr, view: FileView) -> bool:
    """Whether what comes next is refused, or the answer is that of a function that is named for a check."""
    inside: ir.Node = node
    for around in reversed(view.ancestors):
        if isinstance(around, ir.Return):
            function = view.function()
            return function is not None and _CHECKS.search(function.name) is not None
        if isinstance(around, ir.If):
            refused = around.body if inside is around.test else []
            return (bool(refused) and isinstance(refused[-1], ir.Raise)) or _gives_no(refused)
        if not isinstance(around, (ir.Logical, ir.Unary, ir.Compare, ir.Arg)):
            return False
        inside = around
    return False


def _gives_no(body: Sequence[ir.Stmt]) -> bool:
    last = body[-1] if body else None
    value = last.value if isinstance(last, ir.Return) else None
    return isinstance(value, ir.Const) and value.value is False


@check(RULE, *SCRIPTS)
def some_schemes(node: ir.Function, view: FileView) -> Iterator[Alert]:
    """`if (url.startsWith("javascript:")) return "about:blank"`: `data:` and `vbscript:` run code as well."""
    found: list[tuple[ir.Node, frozenset[str]]] = []
    inner = FileView(view.module, view.role, view.text, [*view.ancestors, node], view.imports)
    for one in ir.walk_scope(*node.body):
        schemes = _tested(one, inner)
        if schemes:
            found.append((one, schemes))
    tested = frozenset(scheme for _, schemes in found for scheme in schemes)
    if "javascript" not in tested or tested >= _DANGEROUS or _looks_for_links(node, inner):
        return
    places = [one for one, schemes in found if "javascript" in schemes]
    replaced = [one for one, _ in found if isinstance(one, ir.Call) and _patterns.method(one) == "replace"]
    last = max(replaced, key=lambda one: one.end, default=None)
    missing = ", ".join(f"`{one}:`" for one in sorted(_DANGEROUS - tested))
    yield Alert(
        node=last if last is not None else places[0],
        message=f"`javascript:` is refused, but not {missing}, by which an address runs code as well.",
        fix=_FIX_SCHEME,
        confidence=of_service(Confidence.MEDIUM, view.module),
    )


def _looks_for_links(function: ir.Function, view: FileView) -> bool:
    """Whether it leaves out what leads nowhere, `href !== "#"`, beside what runs code: links are collected and not followed."""
    return any(
        isinstance(one, ir.Logical) and _mentions(one, "#") and any(_tested(part, view) for part in ir.walk(one))
        for one in ir.walk_scope(*function.body)
    )


def _mentions(node: ir.Logical, text: str) -> bool:
    sides = (side for one in ir.walk(node) if isinstance(one, ir.Compare) for side in (one.left, *one.rights))
    return any(isinstance(side, ir.Const) and side.value == text for side in sides)


def _tested(node: ir.Node, view: FileView) -> frozenset[str]:
    """The schemes that a test, or a replacement, looks for."""
    if isinstance(node, ir.Call) and _patterns.method(node) in _TESTS:
        parts = [node.args[0].value] if node.args else []
        if isinstance(node.func, ir.Attribute):
            parts.append(node.func.value)
        return frozenset(scheme for part in parts for scheme in _schemes(part, view))
    if isinstance(node, ir.Compare) and node.ops[0] in ("==", "!="):
        return frozenset(scheme for part in (node.left, *node.rights) for scheme in _schemes(part, view))
    if isinstance(node, ir.Switch):
        values = [case.value for case in node.cases if case.value is not None]
        schemes = frozenset(scheme for part in values for scheme in _schemes(part, view))
        words = (_patterns.text_of(part, view) or "" for part in values)
        other = any(word.isalpha() and word.lower() not in _KNOWN_SCHEMES for word in words)  # languages: `case "python"`
        return frozenset() if other else schemes
    return frozenset()


def _schemes(node: ir.Expr, view: FileView) -> Iterator[str]:
    """The dangerous schemes that a text, a pattern or a list of texts names and nothing else."""
    written = _patterns.pattern(node, view)
    if written is not None:
        words = re.findall(r"[a-z]{2,}", written.text.lower()) if "|" in written.text else []
        others = [one for one in words if one not in _KNOWN_SCHEMES]  # `/json|text|javascript|css/`: of what kind a file is
        yield from (one.lower() for one in _SCHEME.findall(written.text) if len(written.text) < 60 and not others)
        return
    text = _patterns.text_of(node, view)
    if text is not None:
        yield from _only_schemes([text])
        return
    if isinstance(node, ir.Name):
        node = _patterns.given(node, view) or node
    if isinstance(node, ir.Call) and _patterns.method(node) == "split" and isinstance(node.func, ir.Attribute):
        yield from _only_schemes((_patterns.text_of(node.func.value, view) or "").split("|"))
    elif isinstance(node, ir.Container) and node.kind == "list":
        yield from _only_schemes([_patterns.text_of(item.value, view) or "" for item in node.items])


def _only_schemes(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        bare = text.lower().rstrip(":")
        if bare in _DANGEROUS:
            yield bare
