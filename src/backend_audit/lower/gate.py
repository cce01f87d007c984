"""The byte-level gate: most files hold no word that any rule asks about, and need no parser to say so.

Measured on Saleor's 1,151 judged Python files (7.2 MB): 0.1 s for all, whatever the number of words; one alternation of
200 words without a common prefix takes 0.7 s. Parsing them with LibCST takes about 16 s.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\.*[ \t]*[\w.]*)[ \t]+import\b|import[ \t]+([\w., \t]+))", re.MULTILINE)


class Gate:
    """Lets a file through if it holds one of the words that somebody asks about."""

    def __init__(self, words: Iterable[str]) -> None:
        """`words` are identifiers; of a dotted name each part counts by itself, so pass the last one or the package."""
        self._words = frozenset(word.encode() for word in words)

    def opens(self, data: bytes) -> bool:
        """Whether the file may concern anybody. True in doubt: what is not ASCII-compatible is let through."""
        return data.startswith(_UTF_16) or not self._words.isdisjoint(_WORD.findall(data))


def imported_modules(data: bytes) -> frozenset[str]:
    """The modules that Python source names in imports, as written (`a.b`, `.models`, `..`).

    A file behind the gate may hold the constants and helpers of one before it: whoever gates takes those in as well.
    Lines in strings are taken too, and an import after a `;` is missed.
    """
    found: set[str] = set()
    for origin, names in _IMPORT.findall(data):
        if origin:
            found.add(origin.replace(b" ", b"").replace(b"\t", b"").decode("utf-8", "replace"))
        found.update(part.split()[0].decode("utf-8", "replace") for part in names.split(b",") if part.split())
    return frozenset(found)
