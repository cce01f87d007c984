"""Functions with some of their arguments: `partial(f, x)`, `f.bind(me, x)`."""

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


def shifted(args: Args, by: int) -> Args:
    """Arguments that come after `by` others (before them, if negative)."""
    return tuple((str(int(key) + by) if key.isdigit() else key, operand) for key, operand in args)
