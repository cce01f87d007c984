"""Functions that a broker's client calls with a message.

pika: `callback(channel, method, properties, body)`; kombu: `callback(body, message)`. They are handed over by name, or are
methods, so they are told by their shape. Arguments of tasks are no messages here: the project's own calls decide about them.
https://pika.readthedocs.io/en/stable/modules/channel.html, https://docs.celeryq.dev/projects/kombu/en/stable/userguide/consumers.html
"""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import Origin, Value
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol

_SHAPES = {"pika": (3, 4), "kombu": (0, 2)}  # where the body stands, among how many parameters


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """The body of a message; None for any other parameter."""
    if param.name != "body" or value.types:
        return None
    me = 1 if symbol.binds_first else 0
    count = len(symbol.node.params) - me
    used = classes.packages(frame, symbol) & _SHAPES.keys()
    if not any(_SHAPES[name] == (at - me, count) for name in used):
        return None
    origin = Origin("message", (symbol.key, param.name), "a message")
    return value.with_origins((origin.step(frame.mark(param, f"{param.name} comes from a message")),))
