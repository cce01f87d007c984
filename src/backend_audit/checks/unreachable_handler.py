"""Handlers that never run because one above them in the same `try` takes their exceptions."""

import builtins
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.link.symbols import statements

RULE = "unreachable-handler"

_BUILTIN = {
    name: value for name, value in sorted(vars(builtins).items()) if isinstance(value, type) and issubclass(value, BaseException)
}


# Of libraries, what is no Exception: meant to end what runs, and not to be taken on the way.
_SIGNALS = frozenset(
    "asyncio.CancelledError asyncio.exceptions.CancelledError trio.Cancelled greenlet.GreenletExit gevent.GreenletExit "
    "gevent.Timeout gevent.timeout.Timeout eventlet.Timeout eventlet.timeout.Timeout".split()
)


def _class_of(name: str) -> type[BaseException] | None:
    return _BUILTIN.get(name.removeprefix("builtins."))


def _covers(above: str, below: str, view: FileView) -> bool:
    upper, lower = _class_of(above), _class_of(below)
    if upper is None:
        return above == below != "?"
    if lower is not None:
        return issubclass(lower, upper)
    return below != "?" and (upper is BaseException or (upper is Exception and not _is_signal(below, view)))


def _is_signal(name: str, view: FileView) -> bool:
    """Whether a class is no Exception; one of another file is taken for one."""
    if name in _SIGNALS:
        return True
    classes = (one for one in statements(view.module.body) if isinstance(one, ir.Class) and one.name == name)
    bases = [view.api(base.value) or "" for one in classes for base in one.bases]
    return any(one in _errors.CATCH_ALL or (one != name and _is_signal(one, view)) for one in bases)


def _only_raises(handler: ir.Handler) -> bool:
    """`except Exception: raise` takes nothing: whoever writes another handler below it knows that this one is no Exception."""
    return len(handler.body) == 1 and isinstance(handler.body[0], ir.Raise) and handler.body[0].exc is None


@check(RULE)
def unreachable_handler(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """Each handler all of whose exceptions an earlier handler already takes."""
    if node.is_group:
        return
    seen: list[tuple[str, ir.Handler]] = []
    imported = set(view.imports.values())
    for handler in node.handlers:
        names = _errors.caught(handler, view)
        taken = [next(((above, by) for above, by in seen if _covers(above, name, view)), None) for name in names]
        if names and all(taken) and taken[0] is not None:
            _, by = taken[0]
            at, end = _errors.head_span(handler)
            yield Alert(
                at=at,
                end=end,
                message=f"`{_errors.heading(handler, view)}` never runs: `{_errors.heading(by, view)}` above it takes the "
                "same exceptions.",
                fix="Put the handler of the more special exception first.",
                confidence=Confidence.LOW if _only_raises(by) and not imported.isdisjoint(names) else Confidence.HIGH,
            )
        seen += [(name, handler) for name in names]
