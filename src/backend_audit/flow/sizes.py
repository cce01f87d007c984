"""Numbers that a request gives, compared with others: which of them have a limit from then on."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards, numbers

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

ORDERED = frozenset(("<", "<=", ">", ">="))


def assume_order(frame: "Expressions", test: ir.Compare, *, holds: bool) -> None:
    """`0 < n <= LIMIT` holds, or `n > LIMIT` does not: the number has a limit."""
    if len(test.ops) > 1 and not holds:
        return
    sides = [test.left, *test.rights]
    for at, op in enumerate(test.ops):
        upper = op in ("<", "<=") if holds else op in (">", ">=")
        lesser, greater = (sides[at], sides[at + 1]) if upper else (sides[at + 1], sides[at])
        value = frame.eval(lesser)
        if numbers.is_free(value) and not numbers.is_free(frame.eval(greater)):
            guards.clear_data(frame, value, numbers.SIZE)
