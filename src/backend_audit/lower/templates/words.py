"""The words of an expression in a template, with their offsets into the whole text."""

import re
from typing import NamedTuple

from backend_audit import ir

_TOKEN = re.compile(
    r"""(?P<str>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<float>(?<![.\w])\d+\.\d+)|(?P<int>\d+)|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<op>//|\*\*|==|!=|<=|>=|<>|&&|\|\||[-+*/%~|.,:()\[\]{}<>=!?@&])|(?P<space>\s+)|(?P<bad>.)""",
    re.DOTALL,
)
_WORDS = frozenset("and or not in is if else as only with without context recursive ignore missing import".split())


class Token(NamedTuple):
    """A word of an expression; `kind`: str, float, int, name, op, end."""

    kind: str
    text: str
    at: int
    end: int


def tokens(text: str, at: int, end: int) -> list[Token]:
    """The words of `text[at:end]`, and one that marks its end."""
    found = [
        Token(str(match.lastgroup), match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text, at, end)
        if match.lastgroup != "space"
    ]
    last = found[-1].end if found else at
    return [*found, Token("end", "", last, last)]


def names_in(words: list[Token]) -> ir.Expr:
    """What stands for an expression that cannot be read: its names."""
    items = [
        ir.Item(one.at, one.end, None, ir.Name(one.at, one.end, one.text), 0)
        for number, one in enumerate(words)
        if one.kind == "name" and one.text not in _WORDS and (number == 0 or words[number - 1].text not in (".", "|"))
    ]
    return ir.Container(words[0].at, words[-1].end, "tuple", items)
