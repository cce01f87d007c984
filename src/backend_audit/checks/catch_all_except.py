"""`except:` and `except BaseException:` that do not let KeyboardInterrupt, SystemExit and CancelledError go on."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, _narrow, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence

RULE = "catch-all-except"

# The error is handed on by another way than `raise`.
_HAND_ON = frozenset(("set_exception", "throw", "exc_info", "format_exc", "print_exc", "_exit", "with_traceback"))


@check(RULE)
def catch_all_except(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """The handlers of a `try` that stop what must not be stopped; those that do nothing belong to swallowed-exception."""
    for handler in node.handlers:
        if not _errors.is_catch_all(handler, view) or _is_reported_elsewhere(handler, view):
            continue
        if _errors.raises(handler.body) or _hands_on(handler) or _lets_exits_pass(node, handler, view):
            continue
        if any(isinstance(one, ir.Import) for one in node.body) or _errors.is_cleanup(node.body, view):
            continue
        at, end = _errors.head_span(handler)
        head = _errors.heading(handler, view)
        function = view.function()
        also = ", and the cancellation of this task," if function is not None and function.is_async else ""
        yield Alert(
            at=at,
            end=end,
            message=f"`{head}` also stops KeyboardInterrupt and SystemExit{also} and treats them like an ordinary error.",
            fix="Catch `Exception`, better the exceptions that you expect; or end the handler with `raise`.",
            confidence=_confidence(node, handler),
        )


def _confidence(node: ir.Try, handler: ir.Handler) -> Confidence:
    if _narrow.asks_a_program(node.body):
        return Confidence.LOW  # over in a moment, and only asked for what may not be there
    return Confidence.HIGH if handler.type is None or not handler.name else Confidence.MEDIUM


def _is_reported_elsewhere(handler: ir.Handler, view: FileView) -> bool:
    return _errors.does_nothing(handler.body) and not _errors.explained(handler, view)


def _hands_on(handler: ir.Handler) -> bool:
    """Whether the exception itself is kept or passed on: stored, put into a future, given to a callback."""
    for node in ir.walk_scope(*handler.body):
        if isinstance(node, ir.Call) and _errors.last_name(node.func) in _HAND_ON:
            return True
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Name) and node.value.id == handler.name:
            return True
        if isinstance(node, ir.Return | ir.Yield) and isinstance(node.value, ir.Name) and node.value.id == handler.name:
            return True
    return False


def _lets_exits_pass(node: ir.Try, handler: ir.Handler, view: FileView) -> bool:
    """Whether an earlier handler of the same `try` takes the exits."""
    for earlier in node.handlers:
        if earlier is handler:
            return False
        names = {name.rpartition(".")[2] for name in _errors.caught(earlier, view)}
        if names & {"KeyboardInterrupt", "SystemExit", "CancelledError"}:
            return True
    return False
