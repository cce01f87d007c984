"""Alerts to findings: offsets become lines and columns, the code is shown redacted, the fingerprint gets its anchor."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from backend_audit import ir
from backend_audit.checks import Alert
from backend_audit.finding import Finding, Place, Step, unlaid
from backend_audit.link.symbols import blocks
from backend_audit.source import LineIndex, Mark

_MAX_LINES = 4  # a longer region is cut to its first line: an alert shows in a pull request only if all its lines changed
_MAX_ANCHOR = 400
_SPACE = re.compile(r"\s+")


class Placer:
    """Places the alerts of one file."""

    def __init__(
        self, path: str, text: str, lines: LineIndex, module: ir.Module | None, hidden: Sequence[tuple[int, int]] = ()
    ) -> None:
        """`hidden` are the ranges of `text` that no finding may show."""
        self.path = path
        self._hidden = tuple(hidden)
        self.text = text
        self.lines = lines
        self._module = module

    @cached_property
    def _symbols(self) -> list[tuple[int, int, str]]:
        return [] if self._module is None else symbol_spans(self._module)

    def finding(self, rule: str, alert: Alert, step_of: Callable[[Mark], Step]) -> Finding:
        """The finding that `alert` is; `step_of` places marks, which may lie in other files."""
        at, end = alert.span()
        place = self.place(at, end)
        redact = (*alert.redact, *self._hidden)
        anchor = alert.anchor if alert.anchor is not None else self.normalised(at, end, redact)
        return Finding(
            rule=rule,
            place=place,
            message=alert.message,
            fix=alert.fix,
            confidence=alert.confidence,
            symbol=self.symbol(at),
            code=self.line(place.line, redact),
            anchor=anchor,
            steps=tuple(step_of(mark) for mark in alert.steps),
            related=tuple(step_of(mark) for mark in alert.related),
            considered=tuple(step_of(mark) for mark in alert.considered),
        )

    def step(self, mark: Mark) -> Step:
        """A stop in this file, with its code line."""
        place = self.place(mark.at, mark.end)
        return Step(place, mark.note, self.line(place.line, self._hidden))

    def place(self, at: int, end: int) -> Place:
        """The region from offset `at` to `end`."""
        start, stop = self.lines.position(at), self.lines.position(max(at, end))
        if stop.line - start.line >= _MAX_LINES:
            last = self._line_span(start.line)[1]
            stop = self.lines.position(max(at + 1, last)) if last > at else start
        return Place(self.path, start.line, start.column, stop.line, stop.column)

    def line(self, number: int, redact: Sequence[tuple[int, int]]) -> str:
        """The source line, with what may not be shown replaced by an ellipsis."""
        first, last = self._line_span(number)
        return redacted(self.text, first, last, redact)

    def normalised(self, at: int, end: int, redact: Sequence[tuple[int, int]]) -> str:
        """The code of a region without its layout: the line-free part of a fingerprint."""
        code = _SPACE.sub(" ", redacted(self.text, at, end, redact)).strip()
        return code if len(code) <= _MAX_ANCHOR else unlaid(code)[:_MAX_ANCHOR]  # so that layout does not move the cut

    def symbol(self, at: int) -> str:
        """The innermost function or class around an offset, dotted; "" at module level."""
        found = ""
        for start, end, name in self._symbols:
            if start > at:
                break
            if at < end:
                found = name
        return found

    def _line_span(self, number: int) -> tuple[int, int]:
        starts = self.lines.starts
        first = starts[number - 1]
        last = starts[number] if number < len(starts) else len(self.text)
        return first, first + len(self.text[first:last].rstrip("\r\n"))


def redacted(text: str, at: int, end: int, redact: Sequence[tuple[int, int]]) -> str:
    """`text[at:end]` with the ranges replaced by `…`."""
    out, current = [], at
    for start, stop in sorted(redact):
        if stop <= current or start >= end:
            continue
        out.append(text[current : max(current, start)])
        out.append("…")
        current = max(current, stop)
    out.append(text[current:end] if current < end else "")
    return "".join(out)


def masked(text: str, hidden: Sequence[tuple[int, int]]) -> str:
    """`text` with the ranges filled with `…`, so that every offset stays what it was."""
    out, current = [], 0
    for start, stop in sorted(hidden):
        if stop > current:
            out += [text[current : max(current, start)], "…" * (stop - max(current, start))]
            current = stop
    return "".join(out) + text[current:]


def symbol_spans(module: ir.Module) -> list[tuple[int, int, str]]:
    """Start, end and dotted name of every function and class, outer before inner."""
    found: list[tuple[int, int, str]] = []

    def visit(body: list[ir.Stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, (ir.Function, ir.Class)):
                start = min([node.at, *(decorator.at for decorator in node.decorators)])
                found.append((start, node.end, prefix + node.name))
                visit(node.body, f"{prefix}{node.name}.")
            else:
                for inner in blocks(node):
                    visit(inner, prefix)

    visit(module.body, "")
    return sorted(found, key=lambda one: (one[0], -one[1]))
