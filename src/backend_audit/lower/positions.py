"""Exact positions for LibCST nodes at a third of a parse.

LibCST nodes know no positions; its PositionProvider costs 1.6 parses. Code generation itself visits all tokens in order, so the
index of a node's first and last token is all that needs recording; offsets are the running sum of the tokens' lengths.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from types import TracebackType
from typing import Self

import libcst as cst
from libcst._nodes.internal import CodegenState


class _Syntactic:
    """Records the token range between enter and exit: the node without the white space and parentheses that it owns."""

    __slots__ = ("key", "start", "state")

    def __init__(self, state: "_TokenState", key: int) -> None:
        self.state = state
        self.key = key

    def __enter__(self) -> Self:
        self.start = len(self.state.tokens)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.state.syntactic[self.key] = (self.start, len(self.state.tokens))


class _TokenState(CodegenState):
    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.syntactic: dict[int, tuple[int, int]] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.starts[id(node)] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.ends[id(node)] = len(self.tokens)

    def record_syntactic_position(  # type: ignore[override]  # a plain object is three times faster than a generator
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002 - what code generation passes
        end_node: cst.CSTNode | None = None,  # noqa: ARG002 - as above
    ) -> _Syntactic:
        return _Syntactic(self, id(node))


def _spaces(self: cst.SimpleWhitespace, state: CodegenState, **_: object) -> None:
    state.tokens.append(self.value)


# Two nodes of five are runs of blanks, whose positions nobody asks for.
cst.SimpleWhitespace._codegen = _spaces  # type: ignore[method-assign,assignment]  # noqa: SLF001


class Positions:
    """Offsets of every node of one parsed module; nodes are told apart by identity, so the tree must stay alive."""

    def __init__(self, module: cst.Module) -> None:
        state = _TokenState(module)
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
