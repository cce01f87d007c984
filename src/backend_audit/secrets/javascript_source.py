"""A JavaScript or TypeScript file's tree as the extractor reads it: texts, offsets, constant strings, names of expressions."""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}
_IDENTIFIERS = frozenset(
    ("identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier_pattern")
)
_AROUND = frozenset(("computed_property_name", "parenthesized_expression", "non_null_expression", "as_expression"))


@cache
def _parser(dialect: str) -> Parser:
    maker: dict[str, Callable[[], object]] = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return Parser(Language(maker[dialect]()))


def _dialect(path: str) -> str:
    """The grammar for a path: TypeScript by its ending, with JSX only where the ending says so."""
    if path.endswith((".ts", ".mts", ".cts")):
        return "typescript"
    return "tsx" if path.endswith(".tsx") else "javascript"


class _Offsets:
    """Byte offsets of the encoded text → character offsets."""

    def __init__(self, text: str, size: int) -> None:
        self.plain = len(text) == size
        self.ends: list[int] = []  # byte offsets after each wide character
        self.lost: list[int] = []  # bytes more than characters so far
        if self.plain:
            return
        lost = 0
        for match in re.finditer(r"[^\x00-\x7f]+", text):
            for index, char in enumerate(match[0], match.start()):
                width = len(char.encode("utf-8", "surrogatepass"))
                self.ends.append(index + lost + width)
                lost += width - 1
                self.lost.append(lost)

    def __call__(self, byte: int) -> int:
        if self.plain:
            return byte
        seen = bisect_right(self.ends, byte)
        return byte - (self.lost[seen - 1] if seen else 0)


class JavaScriptSource:
    """`tree` is the parsed text, errors and all; the methods read its nodes."""

    def __init__(self, path: str, text: str) -> None:
        self._data = text.encode("utf-8", "surrogatepass")
        self._offset = _Offsets(text, len(self._data))
        self.tree: Tree = _parser(_dialect(path)).parse(self._data)

    def text(self, node: Node) -> str:
        """The source of `node`."""
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> tuple[int, int]:
        """Start and end of `node` in characters."""
        return self._offset(node.start_byte), self._offset(node.end_byte)

    def folded(self, node: Node | None) -> str | None:
        """The value of a string, of a template without holes, or of such joined by `+`; None for anything else."""
        parts: list[str] = []
        while node is not None:
            if node.type == "parenthesized_expression" and node.named_child_count == 1:
                node = node.named_children[0]
            elif node.type == "binary_expression" and operator(node) == "+":
                right = node.child_by_field_name("right")
                last = self._literal(right) if right is not None else None
                if last is None:
                    return None
                parts.append(last)
                node = node.child_by_field_name("left")
            else:
                first = self._literal(node)
                return None if first is None else first + "".join(reversed(parts))
        return None

    def _literal(self, node: Node) -> str | None:
        if node.type == "string" or (
            node.type == "template_string" and not any(c.type == "template_substitution" for c in node.named_children)
        ):
            return _ESCAPE.sub(_unescaped, self.text(node)[1:-1])
        return None

    def named(self, node: Node | None) -> str:
        """What an expression is called: the last part of a member chain, a constant index, an identifier."""
        for _ in range(20):
            if node is None:
                return ""
            kind = node.type
            if kind in _IDENTIFIERS:
                return self.text(node).lstrip("#")
            if kind == "string":
                return self._literal(node) or ""
            if kind == "member_expression":
                node = node.child_by_field_name("property")
            elif kind == "subscript_expression":
                node = node.child_by_field_name("index")
            elif kind in _AROUND:
                node = node.named_children[0] if node.named_children else None
            elif kind == "call_expression":  # process.env("X"), config.get("X")
                arguments = node.child_by_field_name("arguments")
                node = arguments.named_children[0] if arguments is not None and arguments.named_children else None
                if node is None or node.type != "string":
                    return ""
            else:
                return ""
        return ""

    def callee(self, call: Node) -> str:
        """The last names of what is called: `jwt.sign`, `crypto.createHmac`; calls in between are left out."""
        node = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        parts: list[str] = []
        for _ in range(8):
            if node is None or len(parts) == 3:
                break
            if node.type == "member_expression":
                parts.append(self.named(node.child_by_field_name("property")))
                node = node.child_by_field_name("object")
            elif node.type in {"call_expression", "non_null_expression"}:
                node = node.child_by_field_name("function") or (node.named_children[0] if node.named_children else None)
            elif node.type == "parenthesized_expression":
                node = node.named_children[0] if node.named_children else None
            else:
                parts.append(self.named(node))
                break
        return ".".join(reversed([part for part in parts if part]))


def operator(node: Node) -> str:
    """The operator of a binary expression."""
    found = node.child_by_field_name("operator")
    return found.type if found is not None else ""


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16) if len(code) <= 8 else 0x110000
        return chr(number) if number <= 0x10FFFF else ""
    return _SIMPLE.get(match[4], match[4])
