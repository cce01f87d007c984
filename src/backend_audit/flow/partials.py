"""Functions with some of their arguments: `partial(f, x)`, `f.bind(me, x)`."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.arguments import Args
from backend_audit.flow.values import Value
from backend_audit.link.symbols import Symbol


@dataclass(eq=False, slots=True, repr=False)
class Partial(Symbol):
    """`f.bind(me, x)`: a function with its first arguments. `elsewhere`: where it will run (`Invoker.elsewhere`)."""

    key: str
    function: Value
    me: Value | None
    args: Args
    elsewhere: str = ""

    @property
    def taken(self) -> int:
        """How many of the function's positions are given already."""
        return sum(key.isdigit() for key, _ in self.args)


def called(refs: frozenset[Symbol]) -> frozenset[Symbol]:
    """What a call runs: of a function that stands beside itself with some of its arguments, only the latter."""
    bound = {one for held in refs if isinstance(held, Partial) for one in _within(held)}
    return refs - bound if bound else refs


def _within(held: Partial) -> Iterator[Symbol]:
    for one in held.function.refs:
        yield one
        if isinstance(one, Partial):
            yield from _within(one)


def shifted(args: Args, by: int) -> Args:
    """Arguments that come after `by` others (before them, if negative)."""
    return tuple((str(int(key) + by) if key.isdigit() else key, operand) for key, operand in args)
