"""Where the interpreter's nodes stand: it counts lines and bytes of UTF-8, the IR characters from the beginning."""

import ast
import re
from typing import TypeAlias

_BLANKS = re.compile(r"(?:[\s\\]|#[^\r\n]*+)*+")
_CLOSED = re.compile(r"(?:[\s\\]|#[^\r\n]*+)*+\)")
_HEAD = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+\w+")
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")

Placed: TypeAlias = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.ExceptHandler | ast.pattern


class ElsewhereError(Exception):
    """LibCST must read this file."""


class Places:
    """Offsets of nodes in `text`. `lines`: the offset of each line of what was parsed, which may be a part of the text."""

    def __init__(self, text: str, lines: list[int]) -> None:
        self.text = text
        self._starts = [0, *lines]  # by the number of the line, from 1
        self._wide = not text.isascii()

    def span(self, node: Placed) -> tuple[int, int]:
        """Start and end of a node, without the parentheses around it."""
        starts = self._starts
        if self._wide:
            return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno or 0, node.end_col_offset or 0)
        return starts[node.lineno] + node.col_offset, starts[node.end_lineno or 0] + (node.end_col_offset or 0)

    def _offset(self, line: int, octets: int) -> int:
        start = self._starts[line]
        before = self.text[start : start + octets]
        return start + (octets if before.isascii() else len(before.encode()[:octets].decode()))

    def code_from(self, at: int) -> int:
        """Where the first code stands at or behind `at`: after white space and comments."""
        found = _BLANKS.match(self.text, at)
        return found.end() if found is not None else at

    def closed(self, end: int, before: int) -> int:
        """The end of what ends at `end` with the parentheses that close around it before the offset `before`."""
        if before == end:
            return end
        while (found := _CLOSED.match(self.text, end, before)) is not None:
            end = found.end()
        return end

    def name_end(self, at: int) -> int:
        """Where the name ends in the head of a definition that begins at `at`."""
        found = _HEAD.match(self.text, at)
        if found is None:
            raise ElsewhereError
        return found.end()

    def line_begin(self, at: int, word: str) -> int:
        """Where the line before or at `at` begins whose first word this is, behind its indent."""
        while (at := self.text.rfind(word, 0, at)) >= 0:
            line = max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1
            if not self.text[line:at].strip():
                return at
        raise ElsewhereError

    def block_end(self, body: list[ast.stmt]) -> int:
        """Where a block ends: with its last line, and with comments below it that are indented as it is."""
        text, first = self.text, body[0]
        decorators = getattr(first, "decorator_list", None)
        begin = self._starts[(decorators[0] if decorators else first).lineno]
        end = self._line_end(self._offset(body[-1].end_lineno or 0, body[-1].end_col_offset or 0))
        code = begin
        while text[code : code + 1] in (" ", "\t", "\f"):
            code += 1
        if self.span(first)[0] != code and not decorators:
            return end  # on the line of its head
        indent, at = text[begin:code], end
        while at < len(text):
            after = self._line_end(at)
            line = text[at:after]
            if line.strip()[:1] not in ("", "#"):
                break
            at = after
            if line.startswith(indent):
                end = at
        return end

    def _line_end(self, at: int) -> int:
        """Where the next line begins."""
        found = _LINE_END.search(self.text, at)
        return found.end() if found is not None else len(self.text)
