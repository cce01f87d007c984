"""Requests to others that wait for each other without need."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.routes.sequential import SequentialWait

RULE = "sequential-awaits"


@check(RULE)
def sequential_awaits(wait: SequentialWait) -> Iterator[Alert]:
    """`for url in urls: await client.get(url)`."""
    site = wait.site
    through = "" if wait.request == site.written else f" (by `{wait.request}`)"
    together = advice(site, "`await asyncio.gather(*(… for x in xs))`", "`await Promise.all(xs.map(…))`")
    limit = advice(site, "`asyncio.Semaphore`", "`p-limit`")
    yield Alert(
        node=site.callee,
        message=f"`{site.written}` is awaited{through} for one of `{wait.over}` after the other, although none needs what "
        "another brought: the answer takes the sum of all their times.",
        fix=f"Start them together, and wait for all: {together}; {limit} bounds how many run at once.",
        confidence=Confidence.LOW if wait.changes else Confidence.MEDIUM,
        steps=wait.way,
    )
