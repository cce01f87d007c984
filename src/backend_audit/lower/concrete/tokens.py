"""Code generation that notes where each node's tokens lie, written out for the commonest kinds of node.

LibCST's own code generation serves all other kinds, and these too where they are in parentheses. The tokens are the same as
LibCST's but for empty ones, and `python.lower` compares the text that they make with the source. Nodes whose span nobody asks
for (punctuation, white space, the name of an attribute) are not noted.
"""

# ruff: noqa: SLF001 - stands in for LibCST's own code generation, which is private

from typing import Any

import libcst as cst

from backend_audit.lower.concrete.token_state import TokenState, any_node, parenthesized

# --- white space -----------------------------------------------------------------------------------------------------


def _blanks(self: cst.SimpleWhitespace, state: Any) -> None:
    """Two nodes of five are runs of blanks, most of them empty."""
    if type(state) is not TokenState:
        return any_node(self, state)
    if self.value:
        state.tokens.append(self.value)
    return None


def _line_end(self: cst.TrailingWhitespace, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    tokens = state.tokens
    if self.whitespace.value:
        tokens.append(self.whitespace.value)
    if self.comment is not None:
        state.comments.append(len(tokens))
        tokens.append(self.comment.value)
    value = self.newline.value
    tokens.append(state.default_newline if value is None else value)
    return None


def _empty_line(self: cst.EmptyLine, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    if self.indent:
        state.tokens.extend(state.indent_tokens)
    return _line_end(self, state)  # type: ignore[arg-type]  # has the same three parts


def _several_lines(self: cst.ParenthesizedWhitespace, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    _line_end(self.first_line, state)
    for line in self.empty_lines:
        _empty_line(line, state)
    if self.indent:
        state.tokens.extend(state.indent_tokens)
    _blanks(self.last_line, state)
    return None


# --- punctuation -----------------------------------------------------------------------------------------------------


def _mark(self: cst.Comma | cst.Dot | cst.AssignEqual, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    self.whitespace_before._codegen(state)
    state.tokens.append(self._get_token())
    self.whitespace_after._codegen(state)
    return None


def _opening(self: cst.LeftParen | cst.LeftSquareBracket, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    state.tokens.append("(" if type(self) is cst.LeftParen else "[")
    self.whitespace_after._codegen(state)
    return None


def _closing(self: cst.RightParen | cst.RightSquareBracket, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    self.whitespace_before._codegen(state)
    state.tokens.append(")" if type(self) is cst.RightParen else "]")
    return None


# --- expressions -----------------------------------------------------------------------------------------------------


def _leaf(self: cst.Name | cst.SimpleString | cst.Integer, state: Any) -> None:
    if self.lpar or type(state) is not TokenState:
        return any_node(self, state)
    tokens = state.tokens
    start = len(tokens)
    state.spans[id(self)] = (start, start + 1)
    tokens.append(self.value)
    return None


def _attribute(self: cst.Attribute, state: Any) -> None:
    if self.lpar or type(state) is not TokenState:
        return any_node(self, state)
    tokens = state.tokens
    start = len(tokens)
    self.value._codegen(state)
    self.dot.whitespace_before._codegen(state)
    tokens.append(".")
    self.dot.whitespace_after._codegen(state)
    tokens.append(self.attr.value)
    state.spans[id(self)] = (start, len(tokens))
    return None


def _call(self: cst.Call, state: Any) -> None:
    if self.lpar or type(state) is not TokenState:
        return any_node(self, state)
    tokens = state.tokens
    start = len(tokens)
    self.func._codegen(state)
    self.whitespace_after_func._codegen(state)
    tokens.append("(")
    self.whitespace_before_args._codegen(state)
    for arg in self.args:
        _argument(arg, state)
    tokens.append(")")
    state.spans[id(self)] = (start, len(tokens))
    return None


def _argument(self: cst.Arg, state: Any, default_comma: bool = False) -> None:
    if self.star or type(state) is not TokenState:
        return any_node(self, state, default_comma=default_comma)
    if self.keyword is not None:
        self.keyword._codegen(state)
        _mark(self.equal, state)  # type: ignore[arg-type]  # there with a keyword
    self.value._codegen(state)
    if self.comma is not _ABSENT:
        _mark(self.comma, state)
    self.whitespace_after_arg._codegen(state)
    return None


def _subscript(self: cst.Subscript, state: Any) -> None:
    if self.lpar or type(state) is not TokenState:
        return any_node(self, state)
    tokens = state.tokens
    start = len(tokens)
    self.value._codegen(state)
    self.whitespace_after_value._codegen(state)
    _opening(self.lbracket, state)
    for element in self.slice:
        element.slice._codegen(state)
        if element.comma is not _ABSENT:
            _mark(element.comma, state)
    _closing(self.rbracket, state)
    state.spans[id(self)] = (start, len(tokens))
    return None


def _index(self: cst.Index, state: Any) -> None:
    if self.star or type(state) is not TokenState:
        return any_node(self, state)
    return self.value._codegen(state)


def _element(self: cst.Element, state: Any, default_comma: bool = False, default_comma_whitespace: bool = False) -> None:
    if type(state) is not TokenState:
        return any_node(self, state, default_comma=default_comma, default_comma_whitespace=default_comma_whitespace)
    self.value._codegen(state)
    if self.comma is not _ABSENT:
        _mark(self.comma, state)
    return None


# --- statements ------------------------------------------------------------------------------------------------------


def _line(self: cst.SimpleStatementLine, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    for line in self.leading_lines:
        _empty_line(line, state)
    state.tokens.extend(state.indent_tokens)
    for small in self.body:
        small._codegen(state)
    return _line_end(self.trailing_whitespace, state)


def _block(self: cst.IndentedBlock, state: Any) -> None:
    if type(state) is not TokenState:
        return any_node(self, state)
    _line_end(self.header, state)
    state.indent_tokens.append(state.default_indent if self.indent is None else self.indent)
    for statement in self.body:
        statement._codegen(state)
    for line in self.footer:
        _empty_line(line, state)
    state.indent_tokens.pop()
    return None


def _assignment(self: cst.Assign, state: Any, default_semicolon: bool = False) -> None:
    if self.semicolon is not _ABSENT or type(state) is not TokenState:
        return any_node(self, state, default_semicolon=default_semicolon)
    tokens = state.tokens
    start = len(tokens)
    for target in self.targets:
        target.target._codegen(state)
        target.whitespace_before_equal._codegen(state)
        tokens.append("=")
        target.whitespace_after_equal._codegen(state)
    self.value._codegen(state)
    state.spans[id(self)] = (start, len(tokens))
    return None


def _alias(self: cst.ImportAlias, state: Any, default_comma: bool = False) -> None:
    if type(state) is not TokenState:
        return any_node(self, state, default_comma=default_comma)
    start = len(state.tokens)
    self.name._codegen(state)
    if self.asname is not None:
        self.asname._codegen(state)
    state.spans[id(self)] = (start, len(state.tokens))
    if self.comma is not _ABSENT:
        _mark(self.comma, state)
    return None


_ABSENT = cst.MaybeSentinel.DEFAULT

_SHORTCUTS: dict[type[cst.CSTNode], Any] = {
    cst.SimpleWhitespace: _blanks,
    cst.TrailingWhitespace: _line_end,
    cst.EmptyLine: _empty_line,
    cst.ParenthesizedWhitespace: _several_lines,
    cst.Comma: _mark,
    cst.Dot: _mark,
    cst.AssignEqual: _mark,
    cst.LeftParen: _opening,
    cst.LeftSquareBracket: _opening,
    cst.RightParen: _closing,
    cst.RightSquareBracket: _closing,
    cst.Name: _leaf,
    cst.SimpleString: _leaf,
    cst.Integer: _leaf,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Arg: _argument,
    cst.Subscript: _subscript,
    cst.Index: _index,
    cst.Element: _element,
    cst.SimpleStatementLine: _line,
    cst.IndentedBlock: _block,
    cst.Assign: _assignment,
    cst.ImportAlias: _alias,
}


def token_shortcuts() -> None:
    """Put these in LibCST's classes; code generation that notes nothing goes LibCST's own way there."""
    setattr(cst.CSTNode, "_codegen", any_node)  # noqa: B010 - mypy takes the plain form for an override
    for kind, shortcut in _SHORTCUTS.items():
        setattr(kind, "_codegen", shortcut)  # noqa: B010 - as above
    setattr(cst.BaseExpression, "_parenthesize", parenthesized)  # noqa: B010 - as above
