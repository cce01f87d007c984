"""Candidates of JavaScript and TypeScript source: every string with a name, found by climbing from the string.

Trees with errors are read as well: a secret in a file that does not parse is still a secret. The walk keeps its own
path of ancestors: tree-sitter finds a parent by descending from the root.
"""

from typing import NamedTuple

from tree_sitter import Node

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.javascript_source import JavaScriptSource, operator
from backend_audit.secrets.javascript_variables import Variables
from backend_audit.secrets.models import taken

_TRANSPARENT = frozenset(
    (
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "await_expression",
        "array",
        "type_assertion",
        "sequence_expression",
    )
)
# Calls that pass their first argument on: Buffer.from("…"), new TextEncoder().encode("…"), z.string().default("…").
_WRAPPERS = frozenset(
    {"from", "encode", "String", "toString", "trim", "Buffer", "Secret", "fromBase64", "atob", "btoa", "default"}
    | {"createSecretKey", "importPKCS8", "createPrivateKey", "devDefault"}
)
_OF_THEIR_RECEIVER = frozenset({"toString", "trim"})  # the argument of `key.toString("utf-8")` is an encoding
_SETTERS = frozenset({"set", "setHeader", "append", "header", "setRequestHeader", "setItem"})
_READERS = frozenset({"get", "getenv", "env", "getOrDefault", "getString", "optional"})
_FUNCTIONS = frozenset({"function_declaration", "method_definition", "function_expression", "arrow_function"})
_ENTRY_LABELS = frozenset({"key", "name"})
# Field of the named part by the type of the node that holds a value, with the field of the value.
_BINDINGS = {
    "variable_declarator": ("name", "value", How.ASSIGNED),
    "assignment_expression": ("left", "right", How.ASSIGNED),
    "augmented_assignment_expression": ("left", "right", How.ASSIGNED),
    "assignment_pattern": ("left", "right", How.DEFAULTED),
    "object_assignment_pattern": ("left", "right", How.DEFAULTED),
    "required_parameter": ("pattern", "value", How.DEFAULTED),
    "optional_parameter": ("pattern", "value", How.DEFAULTED),
    "public_field_definition": ("name", "value", How.ASSIGNED),
    "field_definition": ("property", "value", How.ASSIGNED),
}


class Extract(NamedTuple):
    """What one file yields: candidates, spans of comments, joined texts with their spans."""

    candidates: list[Candidate]
    prose: list[tuple[int, int]]
    texts: list[tuple[str, int, int]]


class _Climb:
    """One literal on its way up: `path[at]` is the node that is looked at, `child` the one below it."""

    def __init__(self, top: Node, value: str, path: list[Node]) -> None:
        self.top, self.value, self.path = top, value, path
        self.child = top
        self.at = len(path) - 1
        self.fallback = False
        self.source = ""
        self.listed = False

    def node(self) -> Node | None:
        return self.path[self.at] if self.at >= 0 else None

    def above(self, levels: int = 1) -> Node | None:
        return self.path[self.at - levels] if self.at >= levels else None

    def up(self, levels: int = 1) -> None:
        self.at -= levels
        self.child = self.path[self.at + 1]


class _Walk:
    def __init__(self, source: JavaScriptSource) -> None:
        self.source = source
        self.found = Extract([], [], [])
        self.keys: dict[int, tuple[str, ...]] = {}
        self.variables = Variables(source)

    def run(self) -> None:
        """Visit every node once; constant strings (joined ones as a whole) are climbed from."""
        cursor = self.source.tree.walk()
        path: list[Node] = []
        while True:
            node = cursor.node
            if node is not None and self.visit(node, path) and cursor.goto_first_child():
                path.append(node)
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                path.pop()

    def visit(self, node: Node, path: list[Node]) -> bool:
        """Whether to go on below `node`."""
        kind = node.type
        self.variables.visit(node, path)
        if kind == "comment":
            self.found.prose.append(self.source.span(node))
            return False
        part = bool(path) and path[-1].type == "binary_expression" and operator(path[-1]) == "+"
        if kind == "binary_expression" and not part and operator(node) == "+":
            value = self.source.folded(node)
            if value is not None:
                self.found.texts.append((value, *self.source.span(node)))
                self.climb(_Climb(node, value, path))
            return value is None
        if kind in {"string", "template_string"}:
            value = None if part else self.source.folded(node)
            if value is not None:
                self.climb(_Climb(node, value, path))
            return kind == "template_string" and value is None
        return kind != "regex"

    def climb(self, one: _Climb) -> None:
        """Follow the literal upwards through what passes it on, to what names it."""
        for _ in range(24):
            node = one.node()
            if node is None:
                return
            kind = node.type
            if kind in _TRANSPARENT:
                one.listed |= kind == "array"
                one.up()
            elif kind == "ternary_expression" and node.child_by_field_name("condition") != one.child:
                one.up()
            elif kind == "binary_expression" and operator(node) in {"||", "??"}:
                if node.child_by_field_name("right") == one.child:
                    one.source = self.source.named(node.child_by_field_name("left")) or one.source
                    one.fallback = True
                one.up()
            elif kind == "arguments" and self.passes_on(one, node):
                one.up(2)
            elif kind == "member_expression" and (call := one.above()) is not None and call.type == "call_expression":
                if self.source.named(node) not in _WRAPPERS:
                    return
                one.up(2)
            else:
                self.terminal(one, node)
                return

    def passes_on(self, one: _Climb, arguments: Node) -> bool:
        call = one.above()
        if call is None or not arguments.named_children or arguments.named_child(0) != one.child:
            return False
        return self.source.callee(call).rpartition(".")[2] in _WRAPPERS - _OF_THEIR_RECEIVER

    def terminal(self, one: _Climb, node: Node) -> None:
        kind = node.type
        if kind in _BINDINGS:
            label, field, how = _BINDINGS[kind]
            if node.child_by_field_name(field) == one.child:
                owner = node.child_by_field_name(label) or node.child_by_field_name("name")
                self.emit(one, self.source.named(owner), how, reading=self.property_taken(one, owner))
        elif kind == "pair" and node.child_by_field_name("value") == one.child:
            name = self.source.named(node.child_by_field_name("key"))
            mapping = one.above()
            reading = self.option_taken(one, name)
            self.emit(one, self.entry(mapping, name) or name, How.KEYED, siblings=self.siblings(mapping), reading=reading)
        elif kind == "jsx_attribute" or (kind == "jsx_expression" and (node := one.above() or node).type == "jsx_attribute"):
            self.emit(one, self.source.named(node.named_child(0)), How.KEYED)
        elif kind == "binary_expression" and operator(node) in {"==", "===", "!=", "!=="}:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            self.emit(one, self.source.named(right if left == one.child else left), How.COMPARED)
        elif kind == "return_statement":
            self.emit(one, self.function(one), How.RETURNED)
        elif kind == "arguments":
            self.argument(one, node)
        elif one.fallback and one.source:
            self.emit(one, one.source, How.FALLBACK)

    def emit(
        self, one: _Climb, name: str, how: How, *, callee: str = "", reading: str = "", siblings: tuple[str, ...] = ()
    ) -> None:
        name = name or ("" if reading else one.source)
        if name or reading:
            self.found.candidates.append(
                Candidate(
                    one.value,
                    name,
                    How.FALLBACK if one.fallback else how,
                    *self.source.span(one.top),
                    callee=callee,
                    source=one.source,
                    reading=reading,
                    siblings=siblings,
                    listed=one.listed,
                )
            )

    def argument(self, one: _Climb, arguments: Node) -> None:
        call = one.above()
        if call is None or arguments.named_child_count > 12:
            return
        callee = self.source.callee(call)
        values = [child for child in arguments.named_children if child.type != "comment"]
        position = values.index(one.child) if one.child in values else -1
        tail = callee.rpartition(".")[2]
        if reading := taken(callee, position):
            self.emit(one, "", How.ARGUMENT, callee=callee, reading=reading)
        elif position == 1 and tail in _SETTERS:
            self.emit(one, self.source.folded(values[0]) or "", How.ASSIGNED, callee=callee)
        elif position == 1 and tail in _READERS and (key := self.source.folded(values[0])):
            one.source, one.fallback = key, True
            self.emit(one, key, How.FALLBACK, callee=callee)
        elif one.fallback:
            self.emit(one, one.source, How.FALLBACK, callee=callee)

    def option_taken(self, one: _Climb, name: str) -> str:
        """What kind of secret the texts of a list are, by the call and the option that are given it: `f({ keys: ["…"] })`."""
        mapping, arguments, call = one.above(1), one.above(2), one.above(3)
        if not one.listed or mapping is None or arguments is None or call is None or arguments.type != "arguments":
            return ""
        values = [child for child in arguments.named_children if child.type != "comment"]
        return taken(self.source.callee(call), values.index(mapping) if mapping in values else -1, name)

    def property_taken(self, one: _Climb, owner: Node | None) -> str:
        """The same for a property of what that call gave: `app = new Koa(); app.keys = ["…"]`."""
        held = owner.child_by_field_name("object") if owner is not None and owner.type == "member_expression" else None
        if not one.listed or owner is None or held is None:
            return ""
        return taken(self.variables.made.get(self.source.text(held), ""), 0, self.source.named(owner))

    def siblings(self, mapping: Node | None) -> tuple[str, ...]:
        if mapping is None:
            return ()
        known = self.keys.get(mapping.id)
        if known is None:
            pairs = [child for child in mapping.named_children if child.type in {"pair", "shorthand_property_identifier"}]
            known = tuple(
                self.source.named(pair.child_by_field_name("key")) if pair.type == "pair" else self.source.text(pair)
                for pair in pairs[:60]
            )
            self.keys[mapping.id] = known
        return known

    def entry(self, mapping: Node | None, name: str) -> str:
        """The label in `{ key: "password", value: "…" }`; "" when the pair is no such value."""
        if name != "value" or mapping is None:
            return ""
        for other in mapping.named_children[:60]:
            if other.type == "pair" and self.source.named(other.child_by_field_name("key")) in _ENTRY_LABELS:
                return self.source.folded(other.child_by_field_name("value")) or ""
        return ""

    def function(self, one: _Climb) -> str:
        """The name of the function that a return belongs to."""
        for at in range(one.at, -1, -1):
            node = one.path[at]
            if node.type in _FUNCTIONS:
                holder = one.path[at - 1] if node.type == "arrow_function" and at else node
                return self.source.named(holder.child_by_field_name("name"))
        return ""


def extract(path: str, text: str) -> Extract:
    """Parse `text` and read every string and comment of it."""
    walk = _Walk(JavaScriptSource(path, text))
    walk.run()
    walk.found.candidates.extend(list(walk.variables.taken(walk.found.candidates)))
    return walk.found
