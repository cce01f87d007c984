"""How Pug is written: lines and what stands below them, tags with attributes, texts with places in them. Offsets only.

https://pugjs.org/language/attributes.html, https://pugjs.org/language/interpolation.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"^([ \t]*)(\S.*?)[ \t\r]*$", re.MULTILINE)
_TAG_NAME = re.compile(r"\w(?:[-:\w]*\w)?")
_SHORT = re.compile(r"[.#][\w-]+")
_PLACE = re.compile(r"(\\?)([#!])([{\[])")
_ATTRIBUTE = re.compile(r"[\s,]*(?:\"([^\"]*)\"|'([^']*)'|([^\s,=!)\"'][^\s,=!)]*))")
_GIVEN = re.compile(r"\s*(!?)=\s*")
_JOINED = re.compile(r"\s*(?:[-+*/%<>&|.]|[=!]=|\?(?!\s*$)|(?:in|instanceof)\s)")  # after a blank: the expression goes on
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_SIGNS = frozenset("+-*/%?:&|<>=!,.([{")


class Line(NamedTuple):
    """A line that is not empty, without the blanks around it."""

    at: int
    end: int
    indent: int


class Attribute(NamedTuple):
    """An attribute with an expression at `at`…`end`; `raw`: given with `!=`."""

    name: str
    at: int
    end: int
    raw: bool


class Tag(NamedTuple):
    """A tag with its attributes, up to `end`; `type` is what the attribute of that name says in so many words."""

    name: str
    attributes: list[Attribute]
    end: int
    type: str


class Piece(NamedTuple):
    """A part of a text. `sign`: "" as it is, `#` and `!` an expression, `[` a tag."""

    sign: str
    at: int
    end: int


def lines(text: str) -> list[Line]:
    """The lines in which something stands."""
    return [Line(one.start(2), one.end(2), len(one[1].expandtabs(4))) for one in _LINE.finditer(text)]


def below(found: list[Line], number: int, indent: int) -> int:
    """The number of the first line after `number` that is not further in than `indent`."""
    return next((at for at in range(number + 1, len(found)) if found[at].indent <= indent), len(found))


def line_end(text: str, at: int) -> int:
    """Where the line ends in which `at` lies, without blanks."""
    end = text.find("\n", at)
    return at + len(text[at : end if end >= 0 else len(text)].rstrip())


def tag(text: str, at: int, end: int) -> Tag:
    """The tag that begins at `at`; its attributes may go on in the lines below."""
    name = _TAG_NAME.match(text, at, end)
    at = name.end() if name is not None else at
    attributes: list[Attribute] = []
    while True:
        short = _SHORT.match(text, at, end)
        if short is not None:
            at = short.end()
        elif text.startswith("(", at):
            end = max(end, closing(text, at, len(text)))
            attributes += _attributes(text, at + 1, closing(text, at, len(text)) - 1)
            at = closing(text, at, len(text))
        elif text.startswith("&attributes(", at):
            at = closing(text, at + len("&attributes"), len(text))
        else:
            break
    kind = next((text[one.at : one.end].strip("\"'`") for one in attributes if one.name == "type"), "")
    return Tag(name[0].lower() if name is not None else "div", attributes, at, kind)


def _attributes(text: str, at: int, end: int) -> Iterator[Attribute]:
    while True:
        name = _ATTRIBUTE.match(text, at, end)
        if name is None:
            return
        at = name.end()
        given = _GIVEN.match(text, at, end)
        if given is not None:
            at = _expression_end(text, given.end(), end)
            yield Attribute((name[1] or name[2] or name[3]).lower(), given.end(), at, bool(given[1]))


def _expression_end(text: str, at: int, end: int) -> int:
    """Where the expression ends: at a comma, or at a blank behind which it does not go on."""
    asked = 0  # `?` without their `:`
    last = ""
    while at < end:
        sign = text[at]
        if sign == ",":
            return at
        if sign.isspace():
            goes_on = last in _SIGNS or _JOINED.match(text, at, end) is not None or (asked and text[at:end].lstrip()[:1] == ":")
            if last and not goes_on:
                return at
            at += 1
            continue
        asked += (sign == "?") - (sign == ":" and asked > 0)
        last = sign
        at = closing(text, at, end) if sign in _BRACKETS or sign in "\"'`" else at + 1
    return end


def closing(text: str, at: int, end: int) -> int:
    """The offset behind what the bracket or quote at `at` opens; `end` where nothing closes it."""
    if text[at] in "\"'`":
        quote, at = text[at], at + 1
        while at < end and text[at] != quote:
            at += 2 if text[at] == "\\" else 1
        return min(at + 1, end)
    wanted = _BRACKETS[text[at]]
    at += 1
    while at < end:
        if text[at] == wanted:
            return at + 1
        at = closing(text, at, end) if text[at] in _BRACKETS or text[at] in "\"'`" else at + 1
    return end


def pieces(text: str, at: int, end: int) -> Iterator[Piece]:
    """The parts of a text: `Hello #{name}, #[b dear] !{markup}`."""
    first = at
    while True:
        place = _PLACE.search(text, at, end)
        if place is None:
            break
        at = closing(text, place.end() - 1, end)
        if place[1] or (place[3] == "[" and place[2] == "!") or at > end or text[at - 1] not in "}]":
            at = place.end()
            continue
        yield Piece("", first, place.start())
        yield Piece("[" if place[3] == "[" else place[2], place.end(), at - 1)
        first = at
    yield Piece("", first, end)
