"""Handlers that never run because one above them in the same `try` takes their exceptions."""

import builtins
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._view import FileView

RULE = "unreachable-handler"

_BUILTIN = {
    name: value for name, value in sorted(vars(builtins).items()) if isinstance(value, type) and issubclass(value, BaseException)
}


def _class_of(name: str) -> type[BaseException] | None:
    return _BUILTIN.get(name.removeprefix("builtins."))


def _covers(above: str, below: str) -> bool:
    upper, lower = _class_of(above), _class_of(below)
    if upper is None:
        return above == below != "?"
    # A class of somebody's own is an Exception unless its author meant otherwise.
    return issubclass(lower, upper) if lower is not None else upper in (Exception, BaseException) and below != "?"


@check(RULE)
def unreachable_handler(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """Each handler all of whose exceptions an earlier handler already takes."""
    if node.is_group:
        return
    seen: list[tuple[str, ir.Handler]] = []
    for handler in node.handlers:
        names = _errors.caught(handler, view)
        taken = [next(((above, by) for above, by in seen if _covers(above, name)), None) for name in names]
        if names and all(taken) and taken[0] is not None:
            _, by = taken[0]
            at, end = _errors.head_span(handler)
            yield Alert(
                at=at,
                end=end,
                message=f"`{_errors.heading(handler, view)}` never runs: `{_errors.heading(by, view)}` above it takes the "
                "same exceptions.",
                fix="Put the handler of the more special exception first.",
            )
        seen += [(name, handler) for name in names]
