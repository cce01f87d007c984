"""The pieces of a template: literal text, outputs, tags, comments, with exact offsets. Raw blocks are literal text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPEN = re.compile(r"\{[{%#]")
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_KIND = {"{{": "output", "{%": "tag", "{#": "comment"}
_NAME = re.compile(r"\s*([^\W\d][\w.]*)")
_RAW = {"raw": "endraw", "verbatim": "endverbatim", "comment": "endcomment"}


class Piece(NamedTuple):
    """`kind`: text, output, tag, comment. For outputs and tags `at`…`end` is what is between the delimiters.

    `name` is a tag's first word, `rest` where what follows it begins; `first`…`last` holds the delimiters too.
    """

    kind: str
    at: int
    end: int
    first: int
    last: int
    name: str = ""
    rest: int = 0


def pieces(text: str) -> Iterator[Piece]:
    """Every piece of `text` in order; what is opened and never closed is literal text."""
    at = done = 0
    while True:
        found = _OPEN.search(text, at)
        if found is None:
            break
        close = _closing(text, found.end(), _CLOSE[found[0]])
        if close < 0:
            at = found.end()
            continue
        if found.start() > done:
            yield Piece("text", done, found.start(), done, found.start())
        piece = _piece(text, found[0], found.end(), close)
        at = done = close + 2
        if piece.name in _RAW:
            end = re.compile(rf"\{{%[-+]?\s*{_RAW[piece.name]}\b[^%]*%\}}").search(text, done)
            stop = (len(text), len(text)) if end is None else end.span()
            kind = "comment" if piece.name == "comment" else "text"
            yield Piece(kind, done, stop[0], piece.first, stop[1])
            at = done = stop[1]
            continue
        yield piece
    if done < len(text):
        yield Piece("text", done, len(text), done, len(text))


def _closing(text: str, at: int, close: str) -> int:
    """Where the delimiter closes, strings that hold it passed over; a line that ends in mid-string is no string."""
    found = text.find(close, at)
    while found >= 0 and close != "#}":
        inside = text[at:found]
        if inside.count('"') % 2 == 0 and inside.count("'") % 2 == 0:
            return found
        other = text.find(close, found + 2)
        if other < 0 or "\n" in text[found:other] or "{{" in text[found:other] or "{%" in text[found:other]:
            return found
        found = other
    return found


def _piece(text: str, opening: str, at: int, close: int) -> Piece:
    first, last = at - 2, close + 2
    kind = _KIND[opening]
    if kind != "comment":
        at += text[at : at + 1] in ("-", "+")
        close -= close > at and text[close - 1] in "-+"
    stripped = text[at:close].strip()
    start = at + len(text[at:close]) - len(text[at:close].lstrip()) if stripped else at
    end = start + len(stripped)
    if kind == "tag":
        name = _NAME.match(text, start, end)
        if name is not None:
            return Piece(kind, start, end, first, last, name[1], name.end())
    return Piece(kind, start, end, first, last)
