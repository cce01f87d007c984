r"""Patterns as trees of what is written in them, without asking what they match: alternatives, anchors, classes, literals.

For questions about how a pattern was meant: JavaScript's and Python's syntax alike, what is not understood reads as literals.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

_CLASSES = "dDwWsSpP"
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_MAX_STEPS = 1000
_BRACED = re.compile(r"\{([0-9a-fA-F]{1,6})\}")


@dataclass(slots=True)
class Atom:
    r"""`kind`: char (`text` is the character), any, escape (`\d`), class, group, look (ahead, behind), anchor, back (reference).

    `low`…`high` is how often it may come; `high` None for any number of times.
    """

    kind: str
    text: str = ""
    ranges: list[tuple[str, str]] = field(default_factory=list)  # of a class: its characters and ranges
    escapes: list[str] = field(default_factory=list)  # of a class: `\d` and the like in it
    negated: bool = False
    options: "list[Sequence]" = field(default_factory=list)  # of a group
    low: int = 1
    high: int | None = 1
    numbered: list[tuple[str, str]] = field(default_factory=list)  # of a class: its ranges between numbers, `\x23-\x5b`

    def is_wild(self) -> bool:
        """Whether it takes nearly every character."""
        return self.kind == "any" or self.negated or (self.kind == "escape" and self.text in "DWS")


Sequence = list[Atom]


@lru_cache(maxsize=2048)
def alternatives(pattern: str) -> list[Sequence]:
    """The alternatives at the top of a pattern."""
    return _Reader(pattern).options(top=True)


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0

    def options(self, *, top: bool = False) -> list[Sequence]:
        found: list[Sequence] = [[]]
        while self.at < len(self.text):
            one = self.text[self.at]
            if one == ")" and not top:
                break
            self.at += 1
            if one == "|":
                found.append([])
            elif one in "*+?{" and found[-1]:
                self.quantified(found[-1], one)
            else:
                found[-1].append(self.atom(one))
        return found

    def atom(self, one: str) -> Atom:
        if one == ".":
            return Atom("any")
        if one in "^$":
            return Atom("anchor", one)
        if one == "\\":
            return self.escaped()
        if one == "[":
            return self.charset()
        return self.group() if one == "(" else Atom("char", one)

    def escaped(self) -> Atom:
        one = self.text[self.at : self.at + 1]
        self.at += 1
        if one in ("b", "B", "A", "Z"):
            return Atom("anchor", one)
        if one and one in _CLASSES:
            if one in "pP" and self.text[self.at : self.at + 1] == "{":
                self.at = self.text.find("}", self.at) + 1 or len(self.text)
            return Atom("escape", one)
        if one in "123456789" and one:
            return Atom("back", one)
        return Atom("char", self.character(one))

    def character(self, one: str) -> str:
        """The character that an escape stands for, the backslash and its letter read already."""
        braced = _BRACED.match(self.text, self.at) if one == "u" else None
        if braced is not None:  # `\u{1f600}`, with JavaScript's flag `u`
            self.at = braced.end()
            return chr(min(int(braced[1], 16), sys.maxunicode))
        size = {"x": 2, "u": 4, "U": 8}.get(one, 0)
        digits = self.text[self.at : self.at + size]
        if size and len(digits) == size and all(sign in "0123456789abcdefABCDEF" for sign in digits):
            self.at += size
            return chr(int(digits, 16))
        return _CONTROLS.get(one, one)

    def charset(self) -> Atom:
        found = Atom("class")
        if self.text[self.at : self.at + 1] == "^":
            found.negated = True
            self.at += 1
        signs: list[str] = []  # "" stands for a class within
        dashes: list[int] = []
        numbers: set[int] = set()
        while self.at < len(self.text) and self.text[self.at] != "]":
            one = self.text[self.at]
            self.at += 1
            if one != "\\":
                if one == "-" and signs and self.text[self.at : self.at + 1] not in ("]", ""):
                    dashes.append(len(signs))
                signs.append(one)
                continue
            letter = self.text[self.at : self.at + 1]
            self.at += 1
            if letter and letter in _CLASSES:
                found.escapes.append(letter)
                signs.append("")
            else:
                if letter in ("x", "u"):
                    numbers.add(len(signs))
                signs.append("\b" if letter == "b" else self.character(letter))
        self.at += 1
        found.ranges = _ranges(signs, dashes)
        found.numbered = [(signs[at - 1], signs[at + 1]) for at in dashes if {at - 1, at + 1} <= numbers]
        return found

    def group(self) -> Atom:
        kind = "group"
        if self.text[self.at : self.at + 1] == "?":
            rest = self.text[self.at + 1 : self.at + 3]
            if rest[:1] in ("=", "!") or rest in ("<=", "<!"):
                kind = "look"
                self.at += 2 if rest[:1] != "<" else 3
            elif rest[:1] == "<" or rest == "P<":
                self.at = self.text.find(">", self.at) + 1 or len(self.text)
            else:
                self.at += 2
        found = Atom(kind, options=self.options())
        self.at += 1
        return found

    def quantified(self, sequence: Sequence, one: str) -> None:
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(one, (-1, None))
        if low < 0:
            end = self.text.find("}", self.at)
            inside = self.text[self.at : end].partition(",") if end >= 0 else ("", "", "")
            if not inside[0].isdigit():
                sequence.append(Atom("char", "{"))
                return
            low = int(inside[0])
            high = low if not inside[1] else int(inside[2]) if inside[2].isdigit() else None
            self.at = end + 1
        if self.text[self.at : self.at + 1] == "?":
            self.at += 1
        sequence[-1].low, sequence[-1].high = low, high


def _ranges(signs: list[str], dashes: list[int]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(signs):
        if at + 1 in dashes and at + 2 < len(signs) and signs[at] and signs[at + 2]:
            found.append((signs[at], signs[at + 2]))
            at += 3
            continue
        if signs[at]:
            found.append((signs[at], signs[at]))
        at += 1
    return found


def atoms(options: list[Sequence]) -> Iterator[Atom]:
    """Every atom in it, those in groups included."""
    for sequence in options:
        for one in sequence:
            yield one
            yield from atoms(one.options)


def takes(atom: Atom, sign: str) -> bool:
    """Whether an atom that is no group takes the character, letters in either case."""
    if atom.kind == "char":
        return atom.text.lower() == sign.lower()
    if atom.kind == "any":
        return sign != "\n"
    if atom.kind == "escape":
        return _in_escape(atom.text, sign)
    if atom.kind != "class":
        return False
    inside = any(low <= one <= high for low, high in atom.ranges for one in (sign.lower(), sign.upper()))
    return (inside or any(_in_escape(one, sign) for one in atom.escapes)) is not atom.negated


def _in_escape(letter: str, sign: str) -> bool:
    known = {"d": sign.isdigit(), "w": sign.isalnum() or sign == "_", "s": sign.isspace()}.get(letter.lower(), True)
    return known is letter.islower()


def ways_through(pattern: str, text: str) -> Iterator[tuple[int, tuple[Atom, ...]]]:
    """The ways in which a match can begin with `text`: how many of its characters are meant by name, and what may come next."""
    budget = [_MAX_STEPS]
    for sequence in alternatives(pattern):
        yield from _walk(tuple(sequence), text, 0, budget)


def _walk(rest: tuple[Atom, ...], text: str, meant: int, budget: list[int]) -> Iterator[tuple[int, tuple[Atom, ...]]]:
    budget[0] -= 1
    if budget[0] < 0:
        return
    if not text:
        yield meant, rest
        return
    if not rest:
        return
    atom, after = rest[0], rest[1:]
    if atom.kind in ("anchor", "look", "back"):
        yield from _walk(after, text, meant, budget)
        return
    if atom.low == 0:
        yield from _walk(after, text, meant, budget)
    again = () if atom.high == 1 else (_once_less(atom),)
    if atom.kind == "group":
        for sequence in atom.options:
            if sequence:
                yield from _walk((*sequence, *again, *after), text, meant, budget)
    elif takes(atom, text[0]):
        yield from _walk((*again, *after), text[1:], meant + (not atom.is_wild()), budget)


def _once_less(atom: Atom) -> Atom:
    high = None if atom.high is None else atom.high - 1
    return Atom(
        atom.kind, atom.text, atom.ranges, atom.escapes, atom.negated, atom.options, max(0, atom.low - 1), high
    )  # fmt: skip
