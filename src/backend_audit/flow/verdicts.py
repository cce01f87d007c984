"""Verdicts that were kept: `ok = is_allowed(path)`, `ok, why = check(path)`, `ok = host in HOSTS`; later, `if not ok: return`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.frame import FrameState

_MAX_NAMES = 16
_TESTS = (ir.Call, ir.Compare, ir.Logical, ir.Unary, ir.Index, ir.Binary)  # `const entry = TABLE[name]`, and `if (!entry) return`


def keep(frame: "FrameState", node: ir.Assign) -> None:
    """An assignment: what it binds is a verdict if it is what a test or a call has given, or the first part of that."""
    told = node.value.value if isinstance(node.value, ir.Await) else node.value
    for target in node.targets:
        parts = target.items if isinstance(target, ir.Container) else []
        for at, name in enumerate([one.value for one in parts] or [target]):
            if isinstance(name, ir.Name):
                _forget(frame, name.id)
                if at == 0 and not node.op and isinstance(told, ir.Call if parts else _TESTS):
                    _keep(frame, name.id, told)


def _keep(frame: "FrameState", name: str, told: ir.Expr) -> None:
    spoken = _names(told)
    if len(spoken) <= _MAX_NAMES and (name not in spoken or isinstance(told, ir.Call)):
        frame.verdicts[name] = told
        for one in spoken:
            frame.spoken_of.setdefault(one, []).append(name)


def _forget(frame: "FrameState", name: str) -> None:
    """The variable has another value now: what was a verdict, or was said about its former value, is one no longer."""
    frame.verdicts.pop(name, None)
    for kept in frame.spoken_of.pop(name, ()):
        told = frame.verdicts.get(kept)
        if told is not None and name in _names(told):
            del frame.verdicts[kept]


def _names(told: ir.Expr) -> list[str]:
    """The variables that a test is about: `commonpath((realpath(path), BASE))` speaks of `path`."""
    found: dict[str, None] = {}
    for node in [arg.value for arg in told.args] if isinstance(told, ir.Call) else [told]:
        while isinstance(node, ir.Attribute):
            node = node.value  # noqa: PLW2901 - what it is read from
        if isinstance(node, ir.Name):
            found[node.id] = None
        elif not isinstance(node, ir.Const):
            found.update((one.id, None) for one in ir.walk(node) if isinstance(one, ir.Name))
    return list(found)


def told_by(frame: "FrameState", node: ir.Expr) -> ir.Expr | None:
    """The test, or the call, that gave the variable `node` its value."""
    return frame.verdicts.get(node.id) if isinstance(node, ir.Name) else None


def given_by(frame: "FrameState", node: ir.Expr) -> ir.Call | None:
    """The call that gave the variable `node` its value."""
    told = told_by(frame, node)
    return told if isinstance(told, ir.Call) else None


@contextmanager
def aside(frame: "FrameState", name: str) -> Iterator[None]:
    """While what gave a variable is read: it may test variables itself, that one among them: `x = (x or y).strip()`.

    What occurs in it has occurred when it ran, with what was known then.
    """
    told, events = frame.verdicts.pop(name, None), frame.events
    frame.events = {}
    try:
        yield
    finally:
        frame.events = events
        if told is not None:
            frame.verdicts[name] = told


def first_of(value: Value, node: ir.Expr | None) -> tuple[Value, ir.Expr | None]:
    """What says how a function's test turned out: of `return False, "too long"` the first part."""
    if value.kind != "tuple" or not value.items or 0 not in value.items:
        return value, node
    part = node.items[0].value if isinstance(node, ir.Container) and node.items else None
    return value.items[0], part
