"""Requests to others that wait for each other without need."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.sequential import SequentialWait
from backend_audit.source import SCRIPTS

RULE = "sequential-awaits"


@check(RULE)
def sequential_awaits(wait: SequentialWait) -> Iterator[Alert]:
    """`for url in urls: await client.get(url)`."""
    site = wait.site
    script = site.module is not None and site.module.language in SCRIPTS
    through = "" if wait.request == site.written else f" (by `{wait.request}`)"
    together = "`await Promise.all(xs.map(…))`" if script else "`await asyncio.gather(*(… for x in xs))`"
    limit = "`p-limit`" if script else "`asyncio.Semaphore`"
    yield Alert(
        node=site.call.func if site.call is not None else site.node,
        message=f"`{site.written}` is awaited{through} for one of `{wait.over}` after the other, although none needs what "
        "another brought: the answer takes the sum of all their times.",
        fix=f"Start them together, and wait for all: {together}; {limit} bounds how many run at once.",
        confidence=Confidence.LOW if wait.changes else Confidence.MEDIUM,
        steps=wait.way,
    )
