"""Handlers of exceptions: functions that a framework calls with what a handler has raised.

https://fastapi.tiangolo.com/tutorial/handling-errors/, https://flask.palletsprojects.com/en/stable/errorhandling/
"""

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value, changed
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, decorator_name

_DECORATORS = frozenset(("exception_handler", "errorhandler", "app_errorhandler", "handle_exception"))
_RAISED = frozenset(("werkzeug.exceptions.HTTPException", "starlette.exceptions.HTTPException"))
_WITHOUT_REQUEST = frozenset(("errorhandler", "app_errorhandler"))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, value: Value) -> Value | None:
    """The exception that an exception handler is given; None for any other parameter."""
    for decorator in symbol.node.decorators:
        name = decorator_name(decorator)
        if name not in _DECORATORS or not isinstance(decorator, ir.Call) or not decorator.args:
            continue
        if at != (0 if name in _WITHOUT_REQUEST else 1) + (1 if symbol.owner is not None else 0):
            continue
        asked = decorator.args[0].value
        if isinstance(asked, ir.Const):
            return changed(value, open=False, types=_RAISED)  # a status: what comes is the framework's own exception
        outer = frame.engine.frame(symbol.module)
        names = tuple(sorted(frame.engine.types_of(outer, asked)))
        origin = Origin("error", (*names, symbol.key), written(asked))
        return value.with_origins((origin.step(frame.mark(asked, f"`{written(asked)}` is handled here")),))
    return None
