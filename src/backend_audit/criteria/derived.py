"""Signs that follow from others and from the route table."""

from collections.abc import Iterable, Iterator, Sequence

from backend_audit.inventory import RouteRecord
from backend_audit.inventory.signs import Sign

# Where there is a sign of one of the first kinds, those of the second are signs of the third, too.
_TOGETHER = (
    (("too-many-requests",), "named-limiter", "rate-limit"),  # what limits something else than requests is called so, too
    (("broker", "queue"), "ack-first", "early-ack"),
    (("flag-read",), "flag-client", "feature-flag"),
)
_STORES = ("relational", "document-store", "key-value", "search", "graph-store")


def derived(signs: Iterable[Sign], routes: Sequence[RouteRecord]) -> Iterator[Sign]:
    """What follows from routes, from two signs together, and from all: how databases are reached, how many stores there are."""
    for route in routes:
        yield Sign("routes", route.place, "", route.handler)
        if any("authorizes" in guard.does for guard in route.guards):
            yield Sign("route-authorizes", route.place, "", route.handler)
        if any("authenticates" in guard.does for guard in route.guards):
            yield Sign("route-authenticates", route.place, "", route.handler)
    signs = list(signs)
    kinds = {sign.kind for sign in signs}
    for beside, kind, together in _TOGETHER:
        if not kinds.isdisjoint(beside):
            yield from (Sign(together, one.place, one.what, one.symbol) for one in signs if one.kind == kind)
    if "server-database" in kinds or "file-database" not in kinds:  # what a mapper reaches may be either
        yield from (Sign("connected", one.place, one.what, one.symbol) for one in signs if one.kind == "relational")
    first: dict[str, Sign] = {}
    for sign in signs:
        if sign.kind in _STORES:
            first.setdefault(sign.kind, sign)
    if len(first) > 1:
        yield from (Sign("several-stores", first[kind].place, first[kind].what) for kind in _STORES if kind in first)
