"""Candidates of JavaScript and TypeScript source: every string with a name, found by climbing from the string.

Trees with errors are read as well: a secret in a file that does not parse is still a secret.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.models import taken

_TRANSPARENT = frozenset(
    "parenthesized_expression as_expression satisfies_expression non_null_expression await_expression array "
    "type_assertion sequence_expression".split()
)
_WRAPPERS = frozenset("from encode String toString trim Buffer TextEncoder Secret fromBase64 atob btoa createSecretKey "
                      "importPKCS8 createPrivateKey default optional str devDefault".split())  # fmt: skip
_SETTERS = frozenset("set setHeader append header setRequestHeader defineProperty setItem".split())
_READERS = frozenset("get getenv env getOrDefault getString optional".split())
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}


class Extract(NamedTuple):
    """What one file yields: candidates, spans of comments, joined texts with their spans."""

    candidates: list[Candidate]
    prose: list[tuple[int, int]]
    texts: list[tuple[str, int, int]]


@cache
def _language(kind: str) -> tuple[Parser, Query]:
    maker: dict[str, Callable[[], object]] = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    language = Language(maker[kind]())
    return Parser(language), Query(language, "(string) @text (template_string) @text (comment) @comment")


def dialect(path: str) -> str:
    """The grammar for a path: TypeScript by its ending, with JSX only where the ending says so."""
    if path.endswith((".ts", ".mts", ".cts")):
        return "typescript"
    return "tsx" if path.endswith(".tsx") else "javascript"


class _Offsets:
    """Byte offsets of the encoded text → character offsets."""

    def __init__(self, text: str, size: int) -> None:
        self.plain = len(text) == size
        self.starts: list[int] = []  # byte offsets after each wide character
        self.lost: list[int] = []  # bytes more than characters so far
        if self.plain:
            return
        at = lost = 0
        for match in re.finditer(r"[^\x00-\x7f]+", text):
            for index, char in enumerate(match[0], match.start()):
                width = len(char.encode("utf-8", "surrogatepass"))
                at = index + lost + width
                lost += width - 1
                self.starts.append(at)
                self.lost.append(lost)

    def __call__(self, byte: int) -> int:
        if self.plain:
            return byte
        seen = bisect_right(self.starts, byte)
        return byte - (self.lost[seen - 1] if seen else 0)


class _File:
    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.offset = _Offsets(text, len(self.data))
        self.done: set[int] = set()  # ids of concatenations that were read
        self.candidates: list[Candidate] = []
        self.texts: list[tuple[str, int, int]] = []
        self.keys: dict[int, tuple[str, ...]] = {}
        self.listed = False  # the literal that is climbed from stands in an array

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> tuple[int, int]:
        return self.offset(node.start_byte), self.offset(node.end_byte)

    def folded(self, node: Node | None) -> str | None:
        """The value of a string, of a template without holes, or of such joined by `+`."""
        if node is None:
            return None
        if node.type == "string" or (
            node.type == "template_string" and not any(c.type == "template_substitution" for c in node.named_children)
        ):
            return _ESCAPE.sub(_unescaped, self.text(node)[1:-1])
        if node.type == "parenthesized_expression" and node.named_child_count == 1:
            return self.folded(node.named_children[0])
        if node.type == "binary_expression" and _operator(node) == "+":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            parts = [self.folded(left), self.folded(right)]
            return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
        return None

    def named(self, node: Node | None) -> str:
        """What an expression is called: the last part of a member chain, a constant index, an identifier."""
        if node is None:
            return ""
        kind = node.type
        if kind in {"identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier_pattern"}:
            return self.text(node).lstrip("#")
        if kind == "string":
            return self.folded(node) or ""
        if kind == "member_expression":
            return self.named(node.child_by_field_name("property"))
        if kind == "subscript_expression":
            return self.named(node.child_by_field_name("index"))
        if kind in {"computed_property_name", "parenthesized_expression", "non_null_expression", "as_expression"}:
            return self.named(node.named_children[0]) if node.named_children else ""
        if kind == "call_expression":
            arguments = node.child_by_field_name("arguments")
            first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
            return self.folded(first) or ""
        return ""

    def read(self, node: Node) -> None:
        """Make candidates of one string node."""
        top, value = self.joined(node)
        if value is None or top.id in self.done:
            return
        self.done.add(top.id)
        if top is not node:
            self.texts.append((value, *self.span(top)))
        self.climb(top, value)

    def joined(self, node: Node) -> tuple[Node, str | None]:
        top, value = node, self.folded(node)
        parent = node.parent
        while parent is not None and parent.type in {"binary_expression", "parenthesized_expression"}:
            if parent.type == "binary_expression" and _operator(parent) != "+":
                break
            longer = self.folded(parent)
            if longer is None:
                return top, None if parent.type == "binary_expression" else value
            top, value, parent = parent, longer, parent.parent
        return top, value

    def climb(self, top: Node, value: str) -> None:
        """Follow the literal upwards through what passes it on, to what names it."""
        how, source, child, node = None, "", top, top.parent
        self.listed = False
        while node is not None:
            if node.type in _TRANSPARENT:
                self.listed |= node.type == "array"
            elif node.type == "ternary_expression" and node.child_by_field_name("condition") != child:
                pass
            elif node.type == "binary_expression" and _operator(node) in {"||", "??"}:
                if node.child_by_field_name("right") == child:
                    source = self.environment(node.child_by_field_name("left")) or source
                    how = How.FALLBACK
            elif node.type == "arguments" and self.passes_on(node, child):
                node = node.parent
            elif node.type == "member_expression" and node.parent is not None and node.parent.type == "call_expression":
                if self.text(node).rpartition(".")[2] not in _WRAPPERS:
                    return
                node = node.parent
            else:
                break
            if node is None:
                return
            child, node = node, node.parent
        if node is not None:
            self.terminal(top, value, child, node, how, source)

    def passes_on(self, arguments: Node, child: Node) -> bool:
        call = arguments.parent
        if call is None or not arguments.named_children or arguments.named_children[0] != child:
            return False
        callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        return callee is not None and self.text(callee).rpartition(".")[2] in _WRAPPERS

    def environment(self, node: Node | None) -> str:
        """The variable that `process.env.X`, `env("X")` or `config.get("X")` reads; the name of anything else that holds."""
        return self.named(node) if node is not None else ""

    def terminal(self, top: Node, value: str, child: Node, node: Node, how: How | None, source: str) -> None:
        kind = node.type
        name, found = "", None
        siblings: tuple[str, ...] = ()
        if kind == "variable_declarator" and node.child_by_field_name("value") == child:
            name, found = self.named(node.child_by_field_name("name")), How.ASSIGNED
        elif kind in {"assignment_expression", "augmented_assignment_expression"}:
            if node.child_by_field_name("right") == child:
                name, found = self.named(node.child_by_field_name("left")), How.ASSIGNED
        elif kind == "pair" and node.child_by_field_name("value") == child:
            name, found = self.named(node.child_by_field_name("key")), How.KEYED
            siblings = self.siblings(node.parent)
            name = self.entry(node, name) or name
        elif kind in {"assignment_pattern", "object_assignment_pattern"} and node.child_by_field_name("right") == child:
            name, found = self.named(node.child_by_field_name("left")), How.DEFAULTED
        elif kind in {"required_parameter", "optional_parameter"} and node.child_by_field_name("value") == child:
            name, found = self.named(node.child_by_field_name("pattern")), How.DEFAULTED
        elif kind in {"public_field_definition", "field_definition"} and node.child_by_field_name("value") == child:
            owner = node.child_by_field_name("name") or node.child_by_field_name("property")
            name, found = self.named(owner), How.ASSIGNED
        elif kind == "jsx_attribute" or (kind == "jsx_expression" and node.parent and node.parent.type == "jsx_attribute"):
            owner = node if kind == "jsx_attribute" else node.parent
            name, found = self.named(owner.named_children[0]) if owner and owner.named_children else "", How.KEYED
        elif kind == "binary_expression" and _operator(node) in {"==", "===", "!=", "!=="}:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            name, found = self.named(right if left == child else left), How.COMPARED
        elif kind == "return_statement":
            name, found = self.function(node), How.RETURNED
        elif kind == "arguments":
            self.argument(top, value, child, node, how, source)
            return
        if found is not None and (name or source):
            self.emit(top, value, name or source, how or found, source, siblings=siblings)
        elif how is How.FALLBACK and source:
            self.emit(top, value, source, how, source)

    def emit(self, top: Node, value: str, name: str, how: How, source: str = "", *, callee: str = "", reading: str = "",
             siblings: tuple[str, ...] = ()) -> None:  # fmt: skip
        at, end = self.span(top)
        self.candidates.append(Candidate(value, name, how, at, end, callee, source, reading, siblings, self.listed))

    def argument(self, top: Node, value: str, child: Node, arguments: Node, how: How | None, source: str) -> None:
        call = arguments.parent
        callee_node = call and (call.child_by_field_name("function") or call.child_by_field_name("constructor"))
        if callee_node is None:
            return
        callee = re.sub(r"\s+|\?|\([^()]*\)", "", self.text(callee_node))[-80:]
        values = [c for c in arguments.named_children if c.type != "comment"]
        position = values.index(child) if child in values else -1
        tail = callee.rpartition(".")[2]
        if reading := taken(callee, position):
            self.emit(top, value, "", how or How.ARGUMENT, source, callee=callee, reading=reading)
        elif position == 1 and tail in _SETTERS:
            self.emit(top, value, self.folded(values[0]) or "", How.ASSIGNED, callee=callee)
        elif position == 1 and tail in _READERS and (key := self.folded(values[0])):
            self.emit(top, value, key, How.FALLBACK, key, callee=callee)
        elif how is How.FALLBACK and source:
            self.emit(top, value, source, how, source, callee=callee)

    def siblings(self, mapping: Node | None) -> tuple[str, ...]:
        if mapping is None:
            return ()
        known = self.keys.get(mapping.id)
        if known is None:
            pairs = (child for child in mapping.named_children if child.type in {"pair", "shorthand_property_identifier"})
            known = tuple(self.named(p.child_by_field_name("key")) if p.type == "pair" else self.text(p) for p in pairs)
            self.keys[mapping.id] = known
        return known

    def entry(self, pair: Node, name: str) -> str:
        """The label in `{ key: "password", value: "…" }`; "" when the pair is no such value."""
        if name != "value" or pair.parent is None:
            return ""
        for other in pair.parent.named_children:
            if other.type == "pair" and self.named(other.child_by_field_name("key")) in {"key", "name"}:
                return self.folded(other.child_by_field_name("value")) or ""
        return ""

    def function(self, node: Node) -> str:
        """The name of the function that a return belongs to."""
        current = node.parent
        while current is not None:
            if current.type in {"function_declaration", "method_definition", "function_expression"}:
                return self.named(current.child_by_field_name("name"))
            if current.type == "arrow_function":
                holder = current.parent
                return self.named(holder.child_by_field_name("name")) if holder and holder.type == "variable_declarator" else ""
            current = current.parent
        return ""


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else ""
    return _SIMPLE.get(match[4], match[4])


def extract(path: str, text: str) -> Extract:
    """Parse `text` and read every string and comment of it."""
    parser, query = _language(dialect(path))
    file = _File(text)
    captures = QueryCursor(query).captures(parser.parse(file.data).root_node)
    for node in sorted(captures.get("text", []), key=lambda n: n.start_byte):
        file.read(node)
    prose = sorted(file.span(node) for node in captures.get("comment", []))
    return Extract(file.candidates, prose, file.texts)
