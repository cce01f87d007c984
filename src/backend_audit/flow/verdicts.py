"""Verdicts that were kept: `ok = is_allowed(path)`, `ok, why = check(path)`, and `if not ok: return` later on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.frame import FrameState

_MAX_NAMES = 16


def keep(frame: "FrameState", node: ir.Assign) -> None:
    """An assignment: what it binds is a verdict if it is what a call has given, or the first part of that."""
    call = node.value.value if isinstance(node.value, ir.Await) else node.value
    for target in node.targets:
        parts = target.items if isinstance(target, ir.Container) else []
        for at, name in enumerate([one.value for one in parts] or [target]):
            if isinstance(name, ir.Name):
                _forget(frame, name.id)
                spoken = _names(call) if isinstance(call, ir.Call) and at == 0 and not node.op else None
                if isinstance(call, ir.Call) and spoken is not None and len(spoken) <= _MAX_NAMES:
                    frame.verdicts[name.id] = call
                    for one in spoken:
                        frame.spoken_of.setdefault(one, []).append(name.id)


def _forget(frame: "FrameState", name: str) -> None:
    """The variable has another value now: what was a verdict, or was said about its former value, is one no longer."""
    frame.verdicts.pop(name, None)
    for kept in frame.spoken_of.pop(name, ()):
        call = frame.verdicts.get(kept)
        if call is not None and name in _names(call):
            del frame.verdicts[kept]


def _names(call: ir.Call) -> list[str]:
    """The variables in what a call is given: `commonpath((realpath(path), BASE))` speaks of `path`."""
    found: dict[str, None] = {}
    for arg in call.args:
        node = arg.value
        while isinstance(node, ir.Attribute):
            node = node.value
        if isinstance(node, ir.Name):
            found[node.id] = None
        elif not isinstance(node, ir.Const):
            found.update((one.id, None) for one in ir.walk(node) if isinstance(one, ir.Name))
    return list(found)


def given_by(frame: "FrameState", node: ir.Expr) -> ir.Call | None:
    """The call that gave the variable `node` its value."""
    return frame.verdicts.get(node.id) if isinstance(node, ir.Name) else None


@contextmanager
def aside(frame: "FrameState") -> Iterator[None]:
    """While a call that gave a variable is read: it may test variables itself, that one among them: `x = (x or y).strip()`."""
    kept, frame.verdicts = frame.verdicts, {}
    yield
    frame.verdicts = kept


def first_of(value: Value, node: ir.Expr | None) -> tuple[Value, ir.Expr | None]:
    """What says how a function's test turned out: of `return False, "too long"` the first part."""
    if value.kind != "tuple" or not value.items or 0 not in value.items:
        return value, node
    part = node.items[0].value if isinstance(node, ir.Container) and node.items else None
    return value.items[0], part
