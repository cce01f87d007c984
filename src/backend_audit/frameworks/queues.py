"""Functions that a broker's client calls with a message, and tasks that a worker calls with what was sent.

pika: `callback(channel, method, properties, body)`; kombu: `callback(body, message)`; paho: `on_message(client, data, message)`.
They are handed over by name, or are methods, so they are told by their shape. Of a task's arguments the project's own calls tell
more (`flow/tasks.py`); what else is sent to the queue comes from other programs, like a message.
https://pika.readthedocs.io/en/stable/modules/channel.html, https://docs.celeryq.dev/projects/kombu/en/stable/userguide/consumers.html
"""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol

_SHAPES = {"pika": (3, 4), "kombu": (0, 2)}  # where the body stands, among how many parameters


_TASKS = {
    "task": frozenset(("celery", "huey", "taskiq", "procrastinate")),
    "shared_task": frozenset(("celery",)),
    "db_task": frozenset(("huey",)),
    "actor": frozenset(("dramatiq",)),
    "job": frozenset(("rq", "django_rq")),
}  # the last name of the decorator, and the packages one of which the module uses


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """The body of a message, the argument of a task; None for any other parameter."""
    if symbol.node.decorators and _is_task(frame, symbol):
        return _sent(frame, symbol, at, param, value)
    if _is_mqtt(frame, symbol, at):
        return Value(types=frozenset(("paho.mqtt.MQTTMessage",)), origins=value.origins)
    return _body(frame, symbol, at, param, value)


def _is_task(frame: FrameState, symbol: FunctionSymbol) -> bool:
    for decorator in symbol.node.decorators:
        callee = decorator.func if isinstance(decorator, ir.Call) else decorator
        for name in (*sorted(frame.engine.frame(symbol.module).eval(callee).apis), written(callee)):
            packages = _TASKS.get(name.rpartition(".")[2])
            if packages is not None and (packages & classes.packages(frame, symbol) or name in ("app.task", "celery.task")):
                return True
    return False


def _sent(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:
    me = at == 0 and param.name in ("self", "ctx")
    if me or param.kind in ("args", "kwargs") or (value.types and not value.open) or classes.is_closed(param, value):
        return value
    origin = Origin("message", (symbol.key, param.name), f"the argument `{param.name}` of a task")
    return value.with_origins((origin.step(frame.mark(param, f"{param.name} is what was sent to the task")),))


def _is_mqtt(frame: FrameState, symbol: FunctionSymbol, at: int) -> bool:
    me = 1 if symbol.binds_first else 0
    shaped = symbol.node.name.endswith("on_message") and (at - me, len(symbol.node.params) - me) == (2, 3)
    return shaped and "paho" in classes.packages(frame, symbol)


def _body(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    if param.name != "body" or value.types:
        return None
    me = 1 if symbol.binds_first else 0
    count = len(symbol.node.params) - me
    used = classes.packages(frame, symbol) & _SHAPES.keys()
    if not any(_SHAPES[name] == (at - me, count) for name in used):
        return None
    origin = Origin("message", (symbol.key, param.name), "a message")
    return value.with_origins((origin.step(frame.mark(param, f"{param.name} comes from a message")),))
