"""A value that all requests make at once when its copy has run out: the load that the cache was to spare comes at one moment."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.finding import Confidence
from backend_audit.routes.stampedes import Stampede

RULE = "cache-stampede"


@check(RULE)
def cache_stampede(stampede: Stampede) -> Iterator[Alert]:
    """`if (value := cache.get(key)) is None: cache.set(key, compute(), 60)`."""
    yield Alert(
        node=stampede.site.callee,
        message=f"`{named(stampede.site)}` keeps what each request makes that misses `{stampede.key}`: when the copy runs out, "
        f"all requests of `{stampede.root}` that come meanwhile do the work of `{stampede.work}` at once.",
        fix="Let one make it while the others wait or get the old copy (a lock for the key, one promise for all), or renew it "
        "before it runs out; give lifetimes some chance, so that copies do not run out together.",
        confidence=Confidence.LOW if stampede.single else Confidence.MEDIUM,
        steps=stampede.way,
    )
