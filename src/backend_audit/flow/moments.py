"""When something happens: in which loops, awaited or not, here or elsewhere; and which function calls which, when."""

import msgspec

from backend_audit import ir
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol


class Loop(msgspec.Struct, frozen=True):
    """A loop, a comprehension, or a call that calls a function with each element (`xs.map(f)`), and what each pass takes."""

    node: ir.For | ir.While | ir.Comprehension | ir.Call
    iter: ir.Expr
    target: ir.Expr
    element: Value


class Moment(msgspec.Struct, frozen=True):
    """The circumstances of a call. `loops`: the innermost last; `elsewhere`: "thread" for another, "later" by another process.

    `awaited`: the caller waits for it without holding the event loop up; `receiver`: the types of what it is called on.
    """

    loops: tuple[Loop, ...] = ()
    awaited: bool = False
    elsewhere: str = ""
    receiver: frozenset[str] = frozenset()


class CallSite(msgspec.Struct, frozen=True):
    """A call of a function of the project by another."""

    caller: FunctionSymbol
    callee: FunctionSymbol
    node: ir.Call
    moment: Moment


NOW = Moment()
