"""Tasks: a worker of a queue calls the function that was named with the arguments that were sent; its result is not here.

`task.delay(x)` and `actor.send(x)` name it by itself, `app.send_task("shop.tasks.mail", args=[x])` (Celery) and
`redis.enqueue_job("mail", x)` (arq) by a text. https://docs.celeryq.dev/en/stable/userguide/calling.html,
https://dramatiq.io/reference.html#dramatiq.Actor, https://arq-docs.helpmanual.io/
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls
    from backend_audit.flow.engine_state import EngineState

SENDING = frozenset(
    {"delay", "apply_async", "delay_on_commit", "send", "send_with_options", "s", "si", "send_task", "enqueue_job"}
)
_BY_NAME = frozenset({"send_task", "enqueue_job"})
_LISTED = {"apply_async": ("0:args", "1:kwargs"), "send_with_options": (":args", ":kwargs"), "send_task": ("1:args", "2:kwargs")}
_GIVEN_FIRST = frozenset({"self", "ctx"})  # what the worker hands over before the arguments


def queued(frame: "Calls", node: ir.Call, attr: str, receiver: Value, args: Args) -> None:
    """A call that may send a task: the worker's call of the task's function, with the data of this one."""
    name = argument(args, "0") if attr in _BY_NAME else None
    if attr in _BY_NAME:
        texts = () if name is None else name.value.texts()
        symbols = [one for text in texts for one in _registered(frame.engine, text)]
    else:
        symbols = [one for one in receiver.refs if isinstance(one, FunctionSymbol) and one.node.decorators]
    if attr in _LISTED:
        args = _listed(args, *_LISTED[attr])
    elif attr in _BY_NAME:
        args = tuple((str(int(key) - 1) if key.isdigit() else key, one) for key, one in args if key != "0")
    for symbol in sorted(symbols, key=lambda one: one.key):
        first = symbol.node.params[0].name if symbol.node.params and symbol.owner is None else ""
        given = tuple((str(int(key) + (first in _GIVEN_FIRST)) if key.isdigit() else key, one) for key, one in args)
        before, frame.elsewhere = frame.elsewhere, "later"
        frame.call_function(node, symbol, None, given)
        frame.elsewhere = before


def _listed(args: Args, positional: str, named: str) -> Args:
    """The arguments that stand in a list and in a mapping."""
    found: list[tuple[str, Operand]] = []
    for spec in (positional, named):
        operand = argument(args, spec)
        items = {} if operand is None else operand.value.items or {}
        found += [(str(key), Operand(value, None)) for key, value in items.items()]
    return tuple(found)


def _registered(engine: "EngineState", name: str) -> list[FunctionSymbol]:
    """The functions that a worker may know by `name`: their own, with the module before it, or one that the decorator says."""
    table = engine.tasks
    if table is None:
        table = engine.tasks = {}
        for function in engine.project.functions():
            context = function.node.is_async and bool(function.node.params) and function.node.params[0].name == "ctx"
            if function.owner is None and function.parent is None and (function.node.decorators or context):
                for one in {function.node.name, *_named(function)}:
                    table.setdefault(one, []).append(function)
    found = table.get(name) or table.get(name.rpartition(".")[2], [])
    return found if len(found) == 1 else []


def _named(function: FunctionSymbol) -> list[str]:
    decorators = [one for one in function.node.decorators if isinstance(one, ir.Call)]
    said = [arg.value for one in decorators for arg in one.args if arg.name == "name"]
    return [one.value for one in said if isinstance(one, ir.Const) and isinstance(one.value, str)]
