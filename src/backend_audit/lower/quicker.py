"""Four shortcuts through LibCST, which together take a third off lowering; importing this module puts them in place.

Measured on 143 files of Saleor. None changes what is parsed or generated: the text that code generation gives is compared with
the source for every file (`python.lower`), and `tests/test_lower.py` checks positions on all syntax.
"""

from types import TracebackType
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState


class TokenState(CodegenState):
    """Code generation that notes the index of each node's first and last token."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.syntactic: dict[int, tuple[int, int]] = {}

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

    def __init__(self, node: cst.CSTNode, state: Any, before: Any, after: Any) -> None:
        self.key = id(node)
        self.state = state
        self.before = before
        self.after = after

    def __enter__(self) -> None:
        for paren in self.before:
            paren._codegen(self.state)  # noqa: SLF001 - stands in for LibCST's own
        self.start = len(self.state.tokens)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        state = self.state
        if type(state) is TokenState:
            state.syntactic[self.key] = (self.start, len(state.tokens))
        for paren in self.after:
            paren._codegen(state)  # noqa: SLF001 - as above


def _generated(self: cst.CSTNode, state: Any, **given: Any) -> None:
    """`CSTNode._codegen` with its two hooks written out."""
    if type(state) is TokenState:
        key = id(self)
        state.starts[key] = len(state.tokens)
        self._codegen_impl(state, **given)
        state.ends[key] = len(state.tokens)
        return
    state.before_codegen(self)
    self._codegen_impl(state, **given)
    state.after_codegen(self)


def _blanks(self: cst.SimpleWhitespace, state: Any, **_: Any) -> None:
    """Two nodes of five are runs of blanks, whose positions nobody asks for."""
    state.tokens.append(self.value)


def _parenthesized(self: cst.BaseExpression, state: Any) -> _Between:
    """`BaseExpression._parenthesize` without a generator."""
    return _Between(self, state, self.lpar, self.rpar)


for _kind, _name, _shortcut in (
    (cst.ConcatenatedString, "__post_init__", cst.CSTNode.__post_init__),  # bytes beside str pass the parser
    # Validation is for trees that people build; the parser's are right, and LibCST itself would rather not check them.
    (cst.CSTNode, "__post_init__", lambda _: None),
    (cst.CSTNode, "_codegen", _generated),
    (cst.SimpleWhitespace, "_codegen", _blanks),
    (cst.BaseExpression, "_parenthesize", _parenthesized),
):
    setattr(_kind, _name, _shortcut)
