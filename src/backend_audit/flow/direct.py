"""What a call amounts to that hands a function over: `await asyncio.to_thread(check, url)` is `check(url)`, made elsewhere."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.models import Invoker
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions


def unawaited(node: ir.Expr) -> ir.Expr:
    """What an `await` stands before."""
    return node.value if isinstance(node, ir.Await) else node


def call_of(frame: "Expressions", call: ir.Call, callee: Value) -> ir.Call:
    """The call that `call` makes and waits for: of the function that it is handed, or that was wrapped for it; else itself."""
    if isinstance(call.func, ir.Call):  # `sync_to_async(check)(url)`
        invoker = _invoker(frame, frame.callees.get(id(call.func)))
        if invoker is not None and invoker.later and call.func.args:
            return ir.Call(call.at, call.end, call.func.args[0].value, call.args)
        return call
    invoker = _invoker(frame, callee)
    if invoker is None or invoker.each or not invoker.result:
        return call
    at = int(invoker.function.partition(":")[0])
    if len(call.args) <= at or any(one.star or one.name for one in call.args[: invoker.first]):
        return call
    return ir.Call(call.at, call.end, call.args[at].value, call.args[invoker.first :])


def answering(frame: "Expressions", callee: Value) -> list[FunctionSymbol]:
    """`Validator(kind="name")(name)`: the method that runs when an object of the project is called."""
    owner = frame.engine.class_of(next(iter(callee.types))) if len(callee.types) == 1 and not callee.apis else None
    method = None if owner is None else frame.engine.find_method(owner, "__call__")
    return [] if method is None else [method]


def _invoker(frame: "Expressions", callee: Value | None) -> Invoker | None:
    paths = () if callee is None else sorted(callee.apis & frame.models.invokers.keys())
    return frame.models.invokers[paths[0]] if paths else None
