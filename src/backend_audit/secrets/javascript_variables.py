"""Variables of a JavaScript file that hold a text and are handed to what takes a key: their name says nothing, their use does."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.javascript_source import JavaScriptSource
from backend_audit.secrets.models import taken
from backend_audit.secrets.names import Kind
from backend_audit.secrets.values import words

_CALLS = frozenset({"call_expression", "new_expression"})
_KEPT = {"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")}
_PARAMETERS = frozenset(
    {"formal_parameters", "required_parameter", "optional_parameter", "catch_clause", "array_pattern", "rest_pattern"}
)
_PUBLIC = frozenset({"public", "pub", "cert", "certificate", "pubkey"})  # `jwt.verify(token, publicKey)`
_ASSIGNING = frozenset({How.ASSIGNED, How.FALLBACK})


class _Use(NamedTuple):
    callee: str
    reading: str


class Variables:
    """Fed with every node of a file; names that mean more than one variable are left out: scopes are not told apart."""

    def __init__(self, source: JavaScriptSource) -> None:
        self.source = source
        self.declared: dict[str, list[tuple[int, int]]] = {}
        self.others: set[str] = set()
        self.uses: dict[str, _Use] = {}
        self.made: dict[str, str] = {}  # by what it is kept in (`app`, `this.app`), the callee that made it

    def visit(self, node: Node, path: Sequence[Node]) -> None:
        """Note what declares a variable, and what hands one over as a key."""
        if node.type == "shorthand_property_identifier_pattern":
            self.others.add(self.source.text(node))
        elif node.type == "identifier" and path:
            self._identifier(node, path)
        elif node.type in _KEPT:
            label, field = _KEPT[node.type]
            made, owner = node.child_by_field_name(field), node.child_by_field_name(label)
            if made is not None and owner is not None and made.type in _CALLS:
                self.made[self.source.text(owner)] = self.source.callee(made)
        elif node.type == "pair_pattern" and (inner := node.child_by_field_name("value")) is not None:
            self.others.add(self.source.text(inner))

    def _identifier(self, node: Node, path: Sequence[Node]) -> None:
        above = path[-1]
        if above.type == "variable_declarator" and above.child_by_field_name("name") == node:
            self.declared.setdefault(self.source.text(node), []).append(self.source.span(above))
        elif above.type in _PARAMETERS or (above.type == "arrow_function" and above.child_by_field_name("parameter") == node):
            self.others.add(self.source.text(node))
        elif above.type == "arguments" and len(path) > 1 and path[-2].type in _CALLS:
            values = [child for child in above.named_children if child.type != "comment"]
            callee = self.source.callee(path[-2])
            if (reading := taken(callee, values.index(node))) == Kind.SECRET_KEY:
                self.uses.setdefault(self.source.text(node), _Use(callee, reading))

    def taken(self, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        """The texts among `candidates` that such a variable is declared with, as what they are used for."""
        spans = {
            self.declared[name][0]: use
            for name, use in self.uses.items()
            if len(self.declared.get(name, ())) == 1 and name not in self.others and _PUBLIC.isdisjoint(words(name))
        }
        for one in candidates:
            if one.how in _ASSIGNING and not one.listed:
                use = next((use for (at, end), use in spans.items() if at <= one.at and one.end == end), None)
                if use is not None:
                    yield one._replace(callee=use.callee, reading=use.reading)
