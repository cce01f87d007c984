"""Sets of characters as sorted, disjoint ranges of code points."""

import re
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]

MAX = 0x10FFFF
BEGIN = -1  # stands in a text before its first character, END after its last
END = -2

ALL: Ranges = ((0, MAX),)
# Beyond ASCII the classes are cut short: what matters is which of them overlap.
DIGIT: Ranges = ((0x30, 0x39), (0x660, 0x669))
SPACE: Ranges = ((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0))
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x660, 0x669))
NEWLINE: Ranges = ((0x0A, 0x0A),)
_FOLDED = 0x600  # ranges longer than this are not folded character by character


def union(sets: Iterable[Ranges]) -> Ranges:
    """The characters of any of `sets`."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(one for ranges in sets for one in ranges):
        if out and low <= out[-1][1] + 1 and low >= 0:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def complement(ranges: Ranges) -> Ranges:
    """All characters but these."""
    out: list[tuple[int, int]] = []
    at = 0
    for low, high in ranges:
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= MAX:
        out.append((at, MAX))
    return tuple(out)


def ascii_only(ranges: Ranges) -> Ranges:
    """The ASCII characters among them."""
    return tuple((low, min(high, 0x7F)) for low, high in ranges if low <= 0x7F)


def folded(ranges: Ranges) -> Ranges:
    """The characters that differ from these by case alone, and these."""
    extra: list[tuple[int, int]] = []
    for low, high in ranges:
        if low >= 0 and high - low <= _FOLDED:
            for code in range(low, high + 1):
                cases = (chr(code).lower(), chr(code).upper())
                extra.extend((ord(other), ord(other)) for other in cases if len(other) == 1)
    return union((ranges, tuple(extra)))


def category(name: str, flags: int) -> Ranges:
    r"""The set of `\d`, `\W` and so on, by the parser's name for it."""
    base = {"DIGIT": DIGIT, "SPACE": SPACE, "WORD": WORD}[name.rsplit("_", 1)[-1]]
    if flags & re.ASCII:
        base = ascii_only(base) if "SPACE" not in name else ((0x09, 0x0D), (0x20, 0x20))
    return complement(base) if "NOT" in name else base
