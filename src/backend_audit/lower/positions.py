"""Exact positions for LibCST nodes at a third of a parse.

LibCST nodes know no positions; its PositionProvider costs 1.6 parses. Code generation itself visits all tokens in order, so the
index of a node's first and last token is all that needs recording; offsets are the running sum of the tokens' lengths.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

import libcst as cst

from backend_audit.lower.quicker import TokenState


class Positions:
    """Offsets of every node of one parsed module; nodes are told apart by identity, so the tree must stay alive."""

    def __init__(self, module: cst.Module) -> None:
        state = TokenState(module)
        module._codegen(state)  # noqa: SLF001 - the public `code` gives the text alone
        self._state = state
        offsets = [0, *accumulate(map(len, state.tokens))]
        offsets.append(offsets[-1])  # code generation drops the last newline, some ranges end after it
        self._offsets = offsets
        self.text = "".join(state.tokens)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end offset of `node`, without surrounding white space and parentheses."""
        state, key = self._state, id(node)
        found = state.syntactic.get(key)
        if found is not None:
            return self._offsets[found[0]], self._offsets[found[1]]
        return self._offsets[state.starts[key]], self._offsets[state.ends[key]]

    def start(self, node: cst.CSTNode) -> int:
        """Offset of the first token that belongs to `node`, its own leading parentheses included."""
        return self._offsets[self._state.starts[id(node)]]

    def comments(self) -> Iterator[tuple[int, str]]:
        """Offset and text of each comment. A comment is the one token that begins with # and is followed by a line end."""
        tokens, offsets = self._state.tokens, self._offsets
        last = len(tokens) - 1
        for index, token in enumerate(tokens):
            if token[:1] == "#" and "\n" not in token and (index == last or tokens[index + 1] in ("\n", "\r\n", "\r")):
                yield offsets[index], token


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection while in the block: LibCST's trees have no cycles, and looking for some costs a fifth of a parse."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def unlimited_depth(limit: int = 12_000) -> Iterator[None]:
    """Allow deep trees while in the block; what is deeper still raises RecursionError."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
