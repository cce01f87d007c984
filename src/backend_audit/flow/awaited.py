"""What asyncio's functions give that wait for several things: a coroutine or task is the value that it will have.

https://docs.python.org/3/library/asyncio-task.html
"""

from backend_audit.flow import builtin
from backend_audit.flow.arguments import Args
from backend_audit.flow.values import UNKNOWN, Key, Value, container, join_all, join_optional

_SAME = frozenset(
    {
        "asyncio.create_task", "asyncio.ensure_future", "asyncio.TaskGroup.create_task", "asyncio.AbstractEventLoop.create_task",
        "asyncio.run", "asyncio.run_coroutine_threadsafe", "asyncio.AbstractEventLoop.run_until_complete",
    }
)  # fmt: skip


def function(path: str, args: Args) -> Value | None:
    """What a call of the asyncio function `path` gives; None if it is none of these."""
    if path == "asyncio.gather":
        return _gathered(args)
    given = next((operand.value for key, operand in args if key in ("0", "coro", "fs", "aws")), None)
    if given is None:
        return None
    if path in _SAME:
        return given
    if path == "asyncio.as_completed":
        return container("list", None, builtin.iterated(given))
    if path == "asyncio.wait":
        each = container("set", None, builtin.iterated(given))
        return container("tuple", {0: each, 1: each})
    return None


def _gathered(args: Args) -> Value:
    """The results in the order of the arguments; of those that `*` hides, any of them."""
    items: dict[Key, Value] = {int(key): operand.value for key, operand in args if key.isdigit()}
    hidden = [builtin.iterated(operand.value) for key, operand in args if key == "*"]
    if not items and not hidden:
        return UNKNOWN
    if not hidden:
        return container("list", items)
    return container("list", None, join_optional(join_all(hidden), join_all(items.values()) if items else None))
