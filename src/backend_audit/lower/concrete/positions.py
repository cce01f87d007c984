"""Exact positions for LibCST nodes at a sixth of a parse.

LibCST nodes know no positions; its PositionProvider costs 1.6 parses. Code generation itself visits all tokens in order, so the
index of a node's first and last token is all that needs recording; offsets are the running sum of the tokens' lengths.
"""

from collections.abc import Iterator
from itertools import accumulate

import libcst as cst

from backend_audit.lower.concrete import quicker  # noqa: F401 - puts the shortcuts in place
from backend_audit.lower.concrete.token_state import TokenState


class Positions:
    """Offsets of every node of one parsed module; nodes are told apart by identity, so the tree must stay alive."""

    def __init__(self, module: cst.Module) -> None:
        state = TokenState(module)
        module._codegen(state)  # noqa: SLF001 - the public `code` gives the text alone
        self._tokens = state.tokens
        self._spans = state.spans
        self._comments = state.comments
        offsets = [0, *accumulate(map(len, state.tokens))]
        offsets.append(offsets[-1])  # code generation drops the last newline, some ranges end after it
        self._offsets = offsets
        self.text = "".join(state.tokens)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end offset of `node`, without surrounding white space and parentheses."""
        first, after = self._spans[id(node)]
        return self._offsets[first], self._offsets[after]

    def comments(self) -> Iterator[tuple[int, str]]:
        """Offset and text of each comment."""
        for index in self._comments:
            yield self._offsets[index], self._tokens[index]
