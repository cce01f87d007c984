"""Type arguments in front of a template (`sql<User[]>`…``), which tree-sitter's grammar of TypeScript does not know.

It reads them as comparisons, or as an error. Types leave no trace in a call, so they are blanked before the file is parsed.
https://www.typescriptlang.org/docs/handbook/release-notes/typescript-2-9.html#generic-type-arguments-in-generic-tagged-templates
"""

import re

_BEHIND = re.compile(rb"(?<!=)>(?=\s*`)")  # an arrow is none
_TYPE = frozenset(b" \t\r\n,.;:|&?'\"[](){}<>=-_$" + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)))
_TAG = re.compile(rb"[\w$\])]")
_LONGEST = 4_000
_OPEN, _CLOSE, _EQUALS, _LINE_END = b"<>=\n"


def without_type_arguments(text: bytes) -> bytes:
    """`text` with the type arguments of tag functions replaced by blanks, so that all offsets stay."""
    blanked: bytearray | None = None
    for match in _BEHIND.finditer(text):
        start = _opening(text, match.start())
        if start:
            blanked = bytearray(text) if blanked is None else blanked
            blanked[start : match.end()] = b" " * (match.end() - start)
    return text if blanked is None else bytes(blanked)


def _opening(text: bytes, end: int) -> int:
    """The offset of the `<` that the `>` at `end` closes, where a function's name stands right before it; else 0."""
    depth, at, first = 0, end + 1, max(0, end - _LONGEST)
    while (at := at - 1) > first:
        char = text[at]
        comment = _comment_before(text, at, first)
        if comment:
            at = comment
            continue
        if char not in _TYPE:
            return 0
        if char == _CLOSE and text[at - 1] != _EQUALS:
            depth += 1
        elif char == _OPEN:
            depth -= 1
            if not depth:
                return at if _TAG.match(text, at - 1) else 0
    return 0


def _comment_before(text: bytes, at: int, first: int) -> int:
    """The offset at which a comment begins that ends at `at`, or with the line that ends there; else 0. It may say anything."""
    if text[at - 1 : at + 1] == b"*/":
        return max(0, text.rfind(b"/*", first, at))
    return max(0, text.find(b"//", max(first, text.rfind(b"\n", first, at)), at)) if text[at] == _LINE_END else 0
