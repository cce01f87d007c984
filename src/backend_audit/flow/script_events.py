"""Events within a program: who emits one calls the functions that wait for it.

https://nodejs.org/api/events.html. Events are told apart by their names alone: which of several emitters is meant is not known.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.values import ref
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

_CLASSES = ("events.Emitter", "events")  # an object's, and that of a class which extends it
_LISTENING = ("on", "once", "addListener", "prependListener", "prependOnceListener")
_WAITS = frozenset(f"{one}.{name}" for one in _CLASSES for name in _LISTENING)
_EMITS = frozenset(f"{one}.emit" for one in _CLASSES)
_MAX_LISTENERS = 8  # of more functions it is not known which are meant


def called(frame: "ScriptCallbacks", node: ir.Call, path: str, args: Args) -> None:
    """Note a listener, or call those that are known."""
    event = argument(args, "0") if path in _WAITS or path in _EMITS else None
    if event is None:
        return
    for name in event.value.texts():
        if path in _EMITS:
            _emit(frame, node, name, args)
            continue
        listener = argument(args, "1")
        for symbol in () if listener is None else listener.value.refs:
            if isinstance(symbol, FunctionSymbol):
                frame.engine.served.listen(name, symbol)


def _emit(frame: "ScriptCallbacks", node: ir.Call, name: str, args: Args) -> None:
    listeners = frame.engine.served.listeners(name, frame.function)
    given = [operand.value for key, operand in args if key.isdigit() and key != "0"]
    for symbol in listeners if len(listeners) <= _MAX_LISTENERS else ():
        frame.handed(node, ref(symbol), given)
