"""Variables called `token` that hold no secret: pieces of a text that a program reads, and ids that go by another name as well.

`if token == "(": …` compares a piece of a query, `{"ProfileToken": token}` hands on what a camera calls its profile.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.values import Value
from backend_audit.flow.written import dotted, last_word

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_SHORT = 3
_CONSTANT, _TYPE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"), re.compile(r"(?:[A-Z][a-z]+)+")
_HOLDERS = frozenset(  # classes whose constants are values
    "config configuration configs settings setting env environment constants constant secrets secret credentials keys options "
    "defaults app application flask base".split()
)
_TEXTUAL = frozenset(("str", "bytes", "dict"))
NO_SECRET = frozenset(("secret",))
_CUTTING, _PIECES = frozenset(("tokenizer", "tokenize", "lexer")), frozenset(("token", "tokens"))
_BY_PATTERN = frozenset(("re.split", "regex.split"))
_LISTS = frozenset((",", ";", "|", "\n", "/", "+"))  # between what stands in a row
_CREDENTIALS = frozenset(
    "auth authorization authorisation bearer basic credential credentials token tokens jwt cookie cookies".split()
)
_HEADERS = frozenset(("header", "headers"))
_HARMLESS = frozenset(
    "profile page paging pagination next continuation sync delta resume design lexer syntax start stop eos bos sep pad".split()
)


def is_member(node: ir.Node) -> bool:
    """`Authority.READ_SECRET`: one of a few constants, called after what it stands for, and no value of a setting."""
    owner = node.value if isinstance(node, ir.Attribute) and _CONSTANT.fullmatch(node.attr) else None
    name = owner.id if isinstance(owner, ir.Name) else ""
    return _TYPE.fullmatch(name) is not None and _HOLDERS.isdisjoint(sensitive.words(name))


def is_object(engine: "Engine", type_name: str) -> bool:
    """Whether it is a class of the project, not called after a secret: no text that a variable is called after."""
    owner = engine.class_of(type_name)
    return owner is not None and sensitive.classify(owner.node.name) is None and _TEXTUAL.isdisjoint(engine.external_bases(owner))


def lexemes(body: list[ir.Stmt]) -> frozenset[str]:
    """The names of such variables in a function's body."""
    found = {name for node in ir.walk(*body) for name in _told(node)}
    for node in ir.walk(*body):
        found.update(_made_of(node, found))
    return frozenset(found | _PIECES if any(_cuts(node) for node in ir.walk(*body)) else found)


def _made_of(node: ir.Node, pieces: set[str]) -> Iterator[str]:
    """`for token in tokens`, `cleaned_token = "".join(c for c in token)`: what is made of such pieces."""
    target = node.target if isinstance(node, ir.For) else node.targets[0] if isinstance(node, ir.Assign) else None
    value = node.iter if isinstance(node, ir.For) else node.value if isinstance(node, ir.Assign) else None
    if isinstance(target, ir.Name) and value is not None and target.id not in pieces:
        names = {one.id for one in ir.walk(value) if isinstance(one, ir.Name)}
        if names & pieces and all(sensitive.classify(one) is None for one in names - pieces):
            yield target.id


def _cuts(node: ir.Node) -> bool:
    """Whether a text is cut into tokens here: `tokenizer.tokenize(text)`."""
    return isinstance(node, (ir.Name, ir.Attribute)) and not _CUTTING.isdisjoint(sensitive.words(last_word(node))[-1:])


def _told(node: ir.Node) -> Iterator[str]:
    if isinstance(node, (ir.For, ir.Assign)):
        yield from _of_a_text(node)
    elif isinstance(node, ir.Compare):
        sides = (node.left, *node.rights)
        if any(_is_punctuation(one) for side in sides for one in _texts(side)):
            yield from (one.id for one in sides if isinstance(one, ir.Name))
    elif isinstance(node, (ir.Item, ir.Arg)) and isinstance(node.value, ir.Name):
        key = node.name if isinstance(node, ir.Arg) else node.key.value if isinstance(node.key, ir.Const) else None
        if isinstance(key, str) and _another(key, node.value.id):
            yield node.value.id


def indexed(node: ir.Index, base: Value) -> Value:
    """`base`, of which `node` takes an element: what stands in front in a secret (`user:password`) is none."""
    call = node.value
    if not isinstance(node.index, ir.Const) or node.index.value != 0 or not isinstance(call, ir.Call):
        return base
    cut = isinstance(call.func, ir.Attribute) and call.func.attr == "split" and len(call.args) == 1
    if not cut or _texts(call.args[0].value) not in ([":"], ["."]):
        return base
    return base.cleared(NO_SECRET)


def _of_a_text(node: ir.Node) -> Iterator[str]:
    """`for (const token of line.split(","))`, `token = part.split(";")[0]`: what a text says in a row; of no credential."""
    target = node.target if isinstance(node, ir.For) else node.targets[0] if isinstance(node, ir.Assign) else None
    value = node.iter if isinstance(node, ir.For) else node.value if isinstance(node, ir.Assign) else None
    if not isinstance(target, ir.Name) or value is None:
        return
    for call in ir.walk(value):
        if isinstance(call, ir.Call) and isinstance(call.func, ir.Attribute) and call.func.attr == "split":
            by_pattern = dotted(call.func) in _BY_PATTERN and len(call.args) > 1
            text = call.args[1].value if by_pattern else call.func.value
            between = _texts(call.args[0].value) if call.args else []
            several = target.id == "tokens" and value is call  # all of them: what stands in front of a credential, too
            said = {word for one in ir.walk(text) for word in _words_of(one)}
            in_row = bool(between) and _LISTS.issuperset(between)
            if (in_row or ((by_pattern or several) and said.isdisjoint(_HEADERS))) and said.isdisjoint(_CREDENTIALS):
                yield target.id


def _words_of(node: ir.Node) -> list[str]:
    name = last_word(node)
    return sensitive.words(name)


def _texts(node: ir.Expr) -> list[str]:
    items = [one.value for one in node.items] if isinstance(node, ir.Container) else [node]
    return [one.value for one in items if isinstance(one, ir.Const) and isinstance(one.value, str)]


def _is_punctuation(text: str) -> bool:
    return 0 < len(text) <= _SHORT and not any(one.isalnum() or one.isspace() for one in text)


def _another(name: str, variable: str) -> bool:
    """Whether a name says which token a variable holds, and that is none that signs anybody in: `profile_token`."""
    words = sensitive.words(name)
    return len(words) > 1 and words[-1] == variable and words[-2] in _HARMLESS
