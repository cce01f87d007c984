"""Variables called `token` that hold no secret: pieces of a text that a program reads, and ids that go by another name as well.

`if token == "(": …` compares a piece of a query, `{"ProfileToken": token}` hands on what a camera calls its profile.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow import sensitive

_SHORT = 3
_HARMLESS = frozenset(
    "profile page paging pagination next continuation sync delta resume design lexer syntax start stop eos bos sep pad".split()
)


def lexemes(body: list[ir.Stmt]) -> frozenset[str]:
    """The names of such variables in a function's body."""
    return frozenset(name for node in ir.walk(*body) for name in _told(node))


def _told(node: ir.Node) -> Iterator[str]:
    if isinstance(node, ir.Compare):
        sides = (node.left, *node.rights)
        if any(_is_punctuation(one) for side in sides for one in _texts(side)):
            yield from (one.id for one in sides if isinstance(one, ir.Name))
    elif isinstance(node, (ir.Item, ir.Arg)) and isinstance(node.value, ir.Name):
        key = node.name if isinstance(node, ir.Arg) else node.key.value if isinstance(node.key, ir.Const) else None
        if isinstance(key, str) and _another(key, node.value.id):
            yield node.value.id


def _texts(node: ir.Expr) -> list[str]:
    items = [one.value for one in node.items] if isinstance(node, ir.Container) else [node]
    return [one.value for one in items if isinstance(one, ir.Const) and isinstance(one.value, str)]


def _is_punctuation(text: str) -> bool:
    return 0 < len(text) <= _SHORT and not any(one.isalnum() or one.isspace() for one in text)


def _another(name: str, variable: str) -> bool:
    """Whether a name says which token a variable holds, and that is none that signs anybody in: `profile_token`."""
    words = sensitive.words(name)
    return len(words) > 1 and words[-1] == variable and words[-2] in _HARMLESS
