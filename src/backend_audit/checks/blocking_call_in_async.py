"""Calls that hold the event loop up: while they wait, no other request of the process is served."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named, numbers
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.work import LoopBlocked

RULE = "blocking-call-in-async"

_WAITS = {
    "sleep": "sleeps",
    "network": "waits for the network",
    "process": "waits for a process",
    "database": "waits for the database",
    "store": "waits for the store",
    "hash": "computes a hash that is made to be slow",
    "file": "waits for a file",
    "files": "copies or unpacks files",
}
_MANY_ROUNDS = 10_000
_INSTEAD = {
    "sleep": "`await asyncio.sleep(…)`",
    "network": "an asynchronous client (`httpx.AsyncClient`)",
    "process": "`await asyncio.create_subprocess_exec(…)`",
    "database": "the driver's asynchronous API (`AsyncSession`, `asyncpg`, `psycopg.AsyncConnection`)",
    "store": "the asynchronous client (`redis.asyncio`, `AsyncElasticsearch`)",
}


@check(RULE)
def blocking_call_in_async(blocked: LoopBlocked) -> Iterator[Alert]:
    """`time.sleep(1)` in an `async def` handler, or in a function that one calls."""
    site = blocked.site
    also = f" ({blocked.others} more in this function)" if blocked.others else ""
    instead = _INSTEAD.get(blocked.kind)
    thread = f"`await asyncio.to_thread({named(site)}, …)`"
    practice = f" {len(blocked.practice)} more functions of the project do the same." if blocked.practice else ""
    last = " (a `def` handler of FastAPI runs in a thread of itself)" if blocked.kind == "database" else ""
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` {_WAITS[blocked.kind]}{also} while the coroutine `{blocked.function}` runs: the event loop "
        f"stands still, and with it every other request of this process.{practice}",
        fix=f"Use {instead}, or {thread}{last}." if instead else f"Run it in a thread: {thread}.",
        confidence=_confidence(blocked),
        steps=blocked.way,
        related=blocked.practice[:5],
        anchor=f"{blocked.kind} {MANY}" if blocked.practice else None,
    )


def _is_quick(blocked: LoopBlocked) -> bool:
    """Whether a derivation of keys is told to take so few rounds that it is over in milliseconds."""
    rounds = numbers(blocked.site.arg("iterations") or blocked.site.arg("3"))
    return blocked.kind == "hash" and bool(rounds) and max(rounds) < _MANY_ROUNDS


def _confidence(blocked: LoopBlocked) -> Confidence:
    """Small files are read before anybody waits; what no handler is seen to run may be a script."""
    if not blocked.served or blocked.kind == "file" or _is_quick(blocked):
        return Confidence.LOW
    return Confidence.HIGH if len(blocked.way) == 1 and blocked.kind != "files" else Confidence.MEDIUM
