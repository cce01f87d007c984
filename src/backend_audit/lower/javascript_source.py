"""A JavaScript or TypeScript file as tree-sitter reads it: nodes, offsets, the values of its literals, what it could not read."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Node, Parser, Query, QueryCursor

from backend_audit import ir
from backend_audit.lower.javascript_flow import as_typescript
from backend_audit.lower.javascript_rewrites import as_known, blanked
from backend_audit.lower.javascript_tags import without_type_arguments
from backend_audit.source import Language, LineIndex

_WIDE = re.compile(r"[^\x00-\x7f]")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_LINE_ENDS = frozenset(("\n", "\r", "\r\n", "\u2028", "\u2029"))
_COMMENTS = frozenset(("comment", "html_comment"))
# https://github.com/tc39/proposal-import-attributes: the grammars know them in some places and by one of the two words
_ATTRIBUTES = re.compile(rb"""(?<=["'])(?:\s*with|[ \t]*assert)\s*\{[^{}]*\}""")
_LOADS = re.compile(rb"""\b(?:from|import)\s*["'][^"'\n]*$""")
_LONGEST = 400  # bytes of a module's name that are looked at
_MAX_DIGITS = 4_000  # int() refuses longer texts
_NOTES = "[(comment) (html_comment) (hash_bang_line)] @note"
_FAULTS = "[(ERROR) (MISSING)] @fault"
# Of `a + b!.c` the grammar says that it is `(a + b)!.c`.
_ASSERTED = "(non_null_expression [(binary_expression) (unary_expression)]) @asserted"
_ASSERTS = re.compile(rb"[\w)\]]!(?![=\w])")


@cache
def _language(dialect: str) -> tree_sitter.Language:
    maker = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return tree_sitter.Language(maker[dialect]())


@cache
def _parser(dialect: str) -> tuple[Parser, Query, Query]:
    language = _language(dialect)
    return Parser(language), Query(language, _NOTES), Query(language, _FAULTS)


@cache
def _asserted(kind: str) -> Query:
    return Query(_language(kind), _ASSERTED)


def dialect(path: str, language: Language) -> str:
    """The grammar for a file: TypeScript has JSX only where the file's ending says so."""
    if language is Language.JAVASCRIPT:
        return "javascript"
    return "tsx" if path.endswith((".tsx", ".jsx")) else "typescript"


class Parsed(NamedTuple):
    """The root of a file's tree, and the grammar that it was read by."""

    root: Node
    dialect: str

    def faults(self) -> list[int]:
        """The offsets at which the text is not what the grammar says."""
        if not self.root.has_error:
            return []
        found = QueryCursor(_parser(self.dialect)[2]).captures(self.root).get("fault", [])
        return sorted({node.start_byte for node in found})


def parse(path: str, text: str, language: Language) -> Parsed:
    """The tree of `text`, whose byte offsets are the text's character offsets (see `_plain`)."""
    kind, plain = dialect(path, language), _without_attributes(_plain(text))
    found = _parsed(plain, kind)
    if kind != "javascript" or not found.root.has_error:
        return found
    typed = _parsed(as_typescript(plain), "tsx")  # of Flow
    return typed if len(typed.faults()) < len(found.faults()) else found


def _parsed(plain: bytes, kind: str) -> Parsed:
    parser, read = _parser(kind)[0], plain if kind == "javascript" else without_type_arguments(plain)
    found = parser.parse(read).root_node
    # In JSX, `text<b>`code`</b>` looks like type arguments in front of a template.
    for written in (as_known(read), plain) if found.has_error else ():
        if written != read and not (again := parser.parse(written).root_node).has_error:
            found, read = again, written
            break
    while (bound := _without_assertions(read, found, kind)) != read:
        found, read = parser.parse(bound).root_node, bound
    return Parsed(found, kind)


def _without_assertions(text: bytes, root: Node, kind: str) -> bytes:
    """`text` with blanks for each `!` of TypeScript that the grammar puts behind a whole operation; it says nothing of values."""
    if kind == "javascript" or not _ASSERTS.search(text):
        return text
    blank = bytearray(text)
    for node in QueryCursor(_asserted(kind)).captures(root).get("asserted", []):
        blank[node.end_byte - 1] = ord(" ")
    return bytes(blank)


def _plain(text: str) -> bytes:
    """`text` with each character that takes more than a byte replaced by one that parses alike and takes one."""
    return text.encode("ascii") if text.isascii() else _WIDE.sub(_narrow, text).encode("ascii")


def _without_attributes(text: bytes) -> bytes:
    """`text` with blanks for what `import x from "./x.json" with {type: "json"}` says of how a module is to be loaded."""
    found = text
    for match in _ATTRIBUTES.finditer(text) if b"with" in text or b"assert" in text else ():
        at = match.start()
        if _LOADS.search(text, max(0, at - _LONGEST), at - 1):
            found = found[:at] + blanked(match[0]) + found[match.end() :]
    return found


def _narrow(match: re.Match[str]) -> str:
    char = match[0]
    return " " if char.isspace() or char == "\ufeff" else "a"


class JavaScriptSource:
    """Reads the nodes of one file."""

    def __init__(self, path: str, text: str, language: Language) -> None:
        self.source = text
        self._parsed = parse(path, text, language)
        self.root = self._parsed.root

    def text(self, node: Node) -> str:
        """The source of `node`."""
        return self.source[node.start_byte : node.end_byte]

    def field(self, node: Node, name: str) -> Node:
        """A child that the grammar promises; where the parser has recovered without it, the node itself."""
        found = node.child_by_field_name(name)
        return node if found is None else found

    def comments(self, lines: LineIndex) -> list[ir.Comment]:
        """All comments, and the line that names an interpreter, in order."""
        found = []
        for node in sorted(
            QueryCursor(_parser(self._parsed.dialect)[1]).captures(self.root).get("note", []), key=lambda one: one.start_byte
        ):
            at = node.start_byte
            start = lines.starts[lines.position(at).line - 1]
            found.append(ir.Comment(at, node.end_byte, self.text(node), not self.source[start:at].strip()))
        return found

    def faults(self) -> list[int]:
        """The offsets at which the text is not what the grammar says."""
        return self._parsed.faults()

    # --- literals ---------------------------------------------------------------------------------------------------

    def string_value(self, node: Node) -> str:
        """The value of a quoted string."""
        body = self.source[node.start_byte + 1 : node.end_byte - 1]
        return unescaped(body) if "\\" in body else body

    def number(self, node: Node) -> ir.Const:
        """`10`, `0x1F`, `1_000`, `10n`, `1.5e3`; an older octal (`017`) too."""
        at, end, text = node.start_byte, node.end_byte, self.text(node)
        digits = text.replace("_", "").lower().removesuffix("n")
        try:
            if digits[:2] in ("0x", "0o", "0b"):
                value = int(digits, 0)
            elif digits.isdigit():
                old = digits[0] == "0" and len(digits) > 1 and not digits.strip("01234567")
                value = int(digits, 8 if old else 10) if len(digits) < _MAX_DIGITS else 1 << 64
            else:
                return ir.Const(at, end, "float", float(digits))
        except ValueError:
            return ir.Const(at, end, "float", 0.0)
        return ir.Const(at, end, "int", value if value < 1 << 63 else text)


def named(node: Node) -> list[Node]:
    """The named children of `node` but for comments, which may stand anywhere."""
    return [child for child in node.named_children if child.type not in _COMMENTS]


def slots(node: Node) -> Iterator[tuple[int, Node | None]]:
    """Offset and node of each place in an array; None where a comma follows that nothing stands before."""
    waiting = True
    for child in node.children:
        if child.type == ",":
            if waiting:
                yield child.start_byte, None
            waiting = True
        elif child.is_named and child.type not in _COMMENTS:
            waiting = False
            yield child.start_byte, child


def hole(at: int) -> ir.Item:
    """An empty place of an array."""
    return ir.Item(at, at, None, ir.Const(at, at, "undefined", None), 0)


def has_token(node: Node, token: str) -> bool:
    """Whether an unnamed child of `node` is this word or sign."""
    return any(child.type == token for child in node.children)


def unescaped(body: str) -> str:
    """`body` with its escape sequences resolved."""
    return _ESCAPE.sub(_replacement, body)


def _replacement(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code or match[4]:
        number = int(code, 16) if code and len(code) <= 8 else int(match[4], 8) if match[4] else 0x110000
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"
    return "" if match[5] in _LINE_ENDS else _SIMPLE.get(match[5], match[5])
