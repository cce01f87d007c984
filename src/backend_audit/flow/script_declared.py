"""Names that a parameter is taken apart into, and which of them are said to be numbers.

`({ limit }: { limit: number })`, `({ limit = 10 })`: as with `limit: number`, what comes from outside stays that all the same.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import changed
from backend_audit.flow.written import written

_NUMBERS = frozenset(("number", "bigint"))
_DECLARED = frozenset(("number",))


def note(frame: FrameState, param: ir.Param) -> None:
    """Let names that are numbers, and of which nothing else is known, be such."""
    for name in numbers(param):
        value = frame.env.get(name)
        if value is not None and value.open and not (value.types or value.apis or value.refs or value.shapes or value.kind):
            frame.env[name] = changed(value, types=_DECLARED)


def numbers(param: ir.Param) -> Iterator[str]:
    """The names in the pattern of a parameter that its type, or a default, says are numbers."""
    said = param.annotation.items if isinstance(param.annotation, ir.Container) else []
    typed = {one.key.value for one in said if isinstance(one.key, ir.Const) and written(one.value) in _NUMBERS}
    for item in param.pattern.items if isinstance(param.pattern, ir.Container) else []:
        target = item.value.target if isinstance(item.value, ir.Defaulted) else item.value
        default = item.value.default if isinstance(item.value, ir.Defaulted) else None
        of_default = isinstance(default, ir.Const) and default.kind in ("int", "float")
        of_type = isinstance(item.key, ir.Const) and item.key.value in typed
        if isinstance(target, ir.Name) and (of_type or of_default):
            yield target.id
