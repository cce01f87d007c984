"""The code in a template of Pug, as one script of the same length: every offset in it stays what it was.

Expressions become a statement each, in parentheses; what is made of them takes the places that were kept for them.
"""

import bisect
from collections.abc import Iterable
from typing import NamedTuple

from backend_audit import ir
from backend_audit.source import Language


class _Slot(NamedTuple):
    """A node whose `field` becomes the expression that stands at `at`…`end`."""

    node: ir.Node
    field: str
    at: int
    end: int


class PugScript:
    """Collects what is code, then hands out what it means."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.script = [one if one == "\n" else " " for one in text] + ["\n"]
        self.slots: list[_Slot] = []
        self.code: set[int] = set()  # nodes that stand for whole statements

    def expression(self, node: ir.Node, field: str, at: int, end: int) -> None:
        """`node.field` is the expression that stands at `at`…`end`."""
        code = self.text[at:end]
        at += len(code) - len(code.lstrip())
        end = at + len(code.strip().rstrip(";"))
        if 2 <= at < end:
            self.script[at - 2 : end + 1] = [";", "(", *self.text[at:end], ")"]
            self.slots.append(_Slot(node, field, at, end))

    def statements(self, mark: int, at: int, end: int) -> ir.Stmt:
        """What the code at `at`…`end` does, for which one node stands until then; `mark` is in front of it."""
        self.script[mark] = ";"
        self.script[at:end] = self.text[at:end]
        node = ir.ExprStmt(mark, end, ir.Const(at, end, "str", ""))
        self.code.add(id(node))
        return node

    def called(self, mark: int, name: str, at: int, end: int) -> ir.Stmt:
        """A mixin of that name is called with what stands in parentheses at `at`…`end`."""
        node = self.statements(mark, at, end)
        self.script[mark + 1 : at] = name
        return node

    def fill(self, bodies: Iterable[list[ir.Stmt]]) -> None:
        """Put what the code means where it belongs."""
        from backend_audit.lower import javascript  # noqa: PLC0415 - most projects have no such template

        made = javascript.lower("template.js", "".join(self.script), Language.JAVASCRIPT).module.body
        starts = [one.at for one in made]

        def between(at: int, end: int) -> list[ir.Stmt]:
            return made[bisect.bisect_left(starts, at) : bisect.bisect_left(starts, end)]

        for slot in self.slots:
            for one in between(slot.at, slot.end)[:1]:
                if isinstance(one, ir.ExprStmt):
                    setattr(slot.node, slot.field, one.value)
        for body in bodies:
            filled: list[ir.Stmt] = []
            for node in body:
                filled += between(node.at, node.end) if id(node) in self.code else _written(node)
            body[:] = filled


def _written(node: ir.Stmt) -> list[ir.Stmt]:
    """One output, of a conditional expression each branch; none of what says only what is written there."""
    value = node.value if isinstance(node, ir.Output) else None
    if not isinstance(node, ir.Output) or not isinstance(value, (ir.Conditional, ir.Const)):
        return [node]
    branches = (value.then, value.orelse) if isinstance(value, ir.Conditional) else ()
    return [one for branch in branches for one in _written(ir.Output(branch.at, branch.end, branch, node.escape, node.context))]
