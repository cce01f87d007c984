"""What code generation writes into, and how a node of any kind is noted there."""

# ruff: noqa: SLF001 - stands in for LibCST's own code generation, which is private

from types import TracebackType
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState


class TokenState(CodegenState):
    """Notes the index of each node's first token and of the one after its last."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.comments: list[int] = []  # indexes of their tokens

    def record_syntactic_position(  # type: ignore[override]  # a plain object is three times faster than a generator
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002 - what code generation passes
        end_node: cst.CSTNode | None = None,  # noqa: ARG002 - as above
    ) -> "_Between":
        return _Between(node, self, (), ())


class _Between:
    """Records the token range between enter and exit: the node without the white space and parentheses that it owns."""

    __slots__ = ("after", "before", "key", "start", "state")

    def __init__(self, node: cst.CSTNode, state: TokenState, before: Any, after: Any) -> None:
        self.key = id(node)
        self.state = state
        self.before = before
        self.after = after

    def __enter__(self) -> None:
        for paren in self.before:
            paren._codegen(self.state)
        self.start = len(self.state.tokens)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        state = self.state
        state.spans[self.key] = (self.start, len(state.tokens))
        for paren in self.after:
            paren._codegen(state)


_stock_parenthesize = cst.BaseExpression._parenthesize


def parenthesized(self: cst.BaseExpression, state: Any) -> Any:
    """`BaseExpression._parenthesize` without a generator."""
    if type(state) is TokenState:
        return _Between(self, state, self.lpar, self.rpar)
    return _stock_parenthesize(self, state)


def any_node(self: cst.CSTNode, state: Any, **given: Any) -> None:
    """`CSTNode._codegen` with its two hooks written out; a span that was noted on the way is the better one."""
    if type(state) is TokenState:
        start = len(state.tokens)
        self._codegen_impl(state, **given)
        state.spans.setdefault(id(self), (start, len(state.tokens)))
        return
    state.before_codegen(self)
    self._codegen_impl(state, **given)
    state.after_codegen(self)
