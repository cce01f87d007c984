"""What the rules about secrets in the wrong place share: which secret an argument carries, and how sure that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.checks._view import local_imports
from backend_audit.finding import Confidence
from backend_audit.flow import sensitive
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.written import last_word
from backend_audit.source import Mark

# Code that takes texts apart has tokens of another kind; tools for the terminal show secrets on purpose.
_LANGUAGE_TOOLS = re.compile(
    r"lex|pars|token|syntax|gramm|nlp|compil|interpret|template|markdown|prompt|llm|embed|pointer", re.IGNORECASE
)
_TERMINAL = re.compile(
    r"(^|/)(scripts?|tools?|bin|cli|commands?|management|examples?|docs|dev|contrib)/|(^|[/_])(manage|cli|commands?)\.(py|[cm]?[jt]s)$"
)
_HOLDERS = frozenset(
    ("self", "cls", "request", "req", "user", "session", "auth", "settings", "config", "credentials", "data", "form", "payload",
     "args", "body", "account", "client", "response")
)  # fmt: skip
_SHORT = 12  # characters that mark a thing, and keep nothing safe
_RANDOM = frozenset("uuid1 uuid4 uuid7 token_hex hexdigest".split())
_NAMING = (ir.Name, ir.Attribute)
_OF_FOLDERS = frozenset("cwd getcwd chdir abspath realpath relpath realpathSync Path".split())
_WEB = re.compile(r"cookie|request|req\.|headers?\b|session_key", re.IGNORECASE)
_UNSURE = frozenset(("session id", "identity or card number", "credential"))


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in an argument: `name` as the code calls it, the kind of secret, its origin."""

    name: str
    kind: str
    origin: Origin
    operand: Operand


def leaks(site: Site, given: tuple[Operand, ...] = ()) -> Iterator[Leak]:
    """The secrets in the arguments of the call at `site` (or in `given`), each once."""
    seen: set[str] = set()
    operands = given or tuple(operand for _, operand in site.args)
    for operand in operands:
        for origin in operand.value.carries("secret", "secret"):
            if "log" in origin.cleared or origin.what in seen or (origin.key[0] == "pwd" and _speaks_of_folders(site)):
                continue
            seen.add(origin.what)
            yield Leak(str(origin.key[0]), origin.what, origin, operand)


def _speaks_of_folders(site: Site) -> bool:
    """Whether the file works on paths, so that `pwd` is the folder that it works in."""
    if site.module is None:
        return False
    named = (node for node in ir.walk(*site.module.body) if isinstance(node, _NAMING))
    names = {node.id if isinstance(node, ir.Name) else node.attr for node in named}
    names.update(path.rpartition(".")[2] for path in local_imports(site.module).values())
    return not _OF_FOLDERS.isdisjoint(names)


def confidence(leak: Leak, path: str) -> Confidence:
    """How sure it is that the name means a secret in this file."""
    words = sensitive.words(leak.name)
    if leak.kind == "token" and len(words) == 1:
        places = (path, *(mark.path for mark in leak.origin.marks()[:1]))  # where it is written, and where it came from
        return Confidence.LOW if any(map(_LANGUAGE_TOOLS.search, places)) or _is_identifier(leak) else Confidence.MEDIUM
    if leak.kind == "session id" and words[-2:] == ["session", "id"] and not _WEB.search(_written(leak)):
        return Confidence.LOW  # of a chat, a shell, a training: what a browser sends is a cookie
    return Confidence.MEDIUM if leak.kind in _UNSURE else Confidence.HIGH


def _written(leak: Leak) -> str:
    """The places on the way of a secret, as the code writes them."""
    return " ".join(mark.note for mark in leak.origin.marks())


def _is_identifier(leak: Leak) -> bool:
    """`order.token`: a field of a record, which names it in public as often as it protects it."""
    node = leak.operand.node
    if not isinstance(node, ir.Attribute) or not isinstance(node.value, ir.Name):
        return False
    return node.value.id not in _HOLDERS


def is_for_terminal(path: str) -> bool:
    """Whether the file is a tool that people run by hand."""
    return _TERMINAL.search(path) is not None


def is_short_mark(leak: Leak, site: Site) -> bool:
    """Whether the function made the secret itself, of the first characters of a random text: `token = str(uuid.uuid4())[:8]`."""
    made = [
        node.value
        for node in ir.walk_scope(*scope(site))
        if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == leak.name for one in node.targets)
    ]
    return bool(made) and all(one is not None and _begins_a_random_text(one) for one in made)


def _begins_a_random_text(node: ir.Expr) -> bool:
    if not isinstance(node, ir.Index) or not isinstance(node.index, ir.Slice) or not isinstance(node.index.upper, ir.Const):
        return False
    length = node.index.upper.value
    called = (last_word(one.func) for one in ir.walk(node.value) if isinstance(one, ir.Call))
    return isinstance(length, int) and 0 < length <= _SHORT and not _RANDOM.isdisjoint(called)


def lower(confidence_: Confidence) -> Confidence:
    """One step less sure."""
    return Confidence.MEDIUM if confidence_ is Confidence.HIGH else Confidence.LOW


def steps(site: Site, leak: Leak, note: str) -> tuple[Mark, ...]:
    """The way of the secret to the call."""
    marks = leak.origin.marks()
    if not marks:
        return ()
    at, end = span(site)
    found = (*marks, Mark(site.path, at, end, note))
    if site.inner is not None:
        at, end = span(site.inner)
        found = (*found, Mark(site.inner.path, at, end, f"`{site.inner.written}` writes it"))
    return found


def span(site: Site) -> tuple[int, int]:
    """The callee of the call at `site`: only its last name when it has a call or an index in it."""
    func = site.callee
    if isinstance(func, ir.Attribute) and not isinstance(func.value, ir.Name | ir.Attribute):
        return func.end - len(func.attr), func.end
    return func.at, func.end


def a(kind: str) -> str:
    """The kind of a secret with its article: "a token", "an API key"."""
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
