"""Python to IR. Reads 3.8 to 3.14 syntax on any host, and gives the same for a file whoever reads it.

The interpreter's own parser (`abstract`) is eighteen times faster than LibCST's and bound to the interpreter's grammar; what it
does not read, or does not place exactly, LibCST does (`concrete`). Type parameters and type aliases leave no trace in the IR.
"""

import re

from backend_audit import ir
from backend_audit.lower import abstract
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.source import Language, LineIndex

_MAX_NESTING = 180  # CPython stops at 200 brackets; LibCST's parser recurses on the C stack
_STRING_OR_COMMENT = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\#[^\n]*""", re.DOTALL
)


# No backslash: a comment that ends with one is LibCST's to read.
_NO_CODE = re.compile(r"(?:[ \t\f]*(?:#[^\r\n\0\\]*)?(?:\r\n|\n))*[ \t\f]*(?:#[^\r\n\0\\]*)?", re.ASCII)
_COMMENT = re.compile(r"#[^\r\n]*")


def lower(path: str, text: str) -> ir.Module:
    """The IR of the Python source `text` (decoded, without a byte order mark).

    Raises:
        LoweringError: the text is no Python that LibCST reads, or nests too deeply.
    """
    if text.lstrip()[:1] in ("", "#") and _NO_CODE.fullmatch(text):
        return _without_code(path, text)
    depth_line = _too_deep(text)
    if depth_line:
        raise LoweringError("brackets nest too deeply", depth_line, too_deep=True)
    with unlimited_depth(), no_collection():
        try:
            return abstract.read(path, text)
        except abstract.ElsewhereError:
            from backend_audit.lower.concrete import statements  # noqa: PLC0415 - LibCST costs half a second to import

            return statements.read(path, text)


def _without_code(path: str, text: str) -> ir.Module:
    """The module of white space and comments alone, as LibCST would have it."""
    comments = [ir.Comment(found.start(), found.end(), found[0], True) for found in _COMMENT.finditer(text)]
    return ir.Module(path, Language.PYTHON, [], comments, LineIndex.of(text).starts, 0)


def _too_deep(text: str) -> int:
    """The line in which brackets nest deeper than the parser's stack bears, else 0."""
    suspect = _deep_line(text)
    if not suspect:
        return 0
    blank = _STRING_OR_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _deep_line(blank)


def _deep_line(text: str) -> int:
    if text.count("(") + text.count("[") + text.count("{") <= _MAX_NESTING:
        return 0
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        opened = line.count("(") + line.count("[") + line.count("{")
        if opened or depth:
            if depth + opened > _MAX_NESTING and _line_depth(line, depth) > _MAX_NESTING:
                return number
            depth = max(0, depth + opened - line.count(")") - line.count("]") - line.count("}"))
    return 0


def _line_depth(line: str, depth: int) -> int:
    deepest = depth
    for char in line:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest
