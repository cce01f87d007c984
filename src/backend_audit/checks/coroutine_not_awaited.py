"""Calls of `async` functions that nobody awaits: nothing of them runs, and as a test they are always true."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.dropped_coroutines import DroppedCoroutine

RULE = "coroutine-not-awaited"


@check(RULE)
def coroutine_not_awaited(found: DroppedCoroutine) -> Iterator[Alert]:
    """`save(order)` and `if may_edit(user, order):`, where both are `async def`."""
    name = found.callee
    says = (
        f"`{name}` is `async`, and nobody awaits what this call gives: nothing of it runs, and none of its errors is seen."
        if found.how == "statement"
        else f"`{name}` is `async`, and this tests the coroutine itself: it is true whatever `{name}` would give, and never runs."
    )
    yield Alert(
        node=found.site.callee,
        message=says,
        fix=f"`await` it; where it is to run beside this, start a task (`asyncio.create_task({name}(…))`) and keep that.",
        confidence=Confidence.HIGH,
        related=() if found.made is None else (found.made,),
    )
