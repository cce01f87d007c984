"""Signs that follow from others and from the route table."""

from collections.abc import Iterable, Iterator, Sequence

from backend_audit.inventory import RouteRecord
from backend_audit.inventory.signs import Sign

_STORES = ("relational", "document-store", "key-value", "search", "graph-store")


def derived(signs: Iterable[Sign], routes: Sequence[RouteRecord]) -> Iterator[Sign]:
    """Routes as signs, those that ask for a role, what two signs show together, and that there are stores of several kinds."""
    for route in routes:
        yield Sign("routes", route.place, "", route.handler)
        if any("authorizes" in guard.does for guard in route.guards):
            yield Sign("route-authorizes", route.place, "", route.handler)
        if any("authenticates" in guard.does for guard in route.guards):
            yield Sign("route-authenticates", route.place, "", route.handler)
    signs = list(signs)
    if any(sign.kind == "too-many-requests" for sign in signs):  # what limits something else than requests is called so, too
        yield from (Sign("rate-limit", one.place, one.what, one.symbol) for one in signs if one.kind == "named-limiter")
    if any(sign.kind in {"broker", "queue"} for sign in signs):
        yield from (Sign("early-ack", one.place, one.what, one.symbol) for one in signs if one.kind == "ack-first")
    if any(sign.kind == "flag-read" for sign in signs):
        yield from (Sign("feature-flag", one.place, one.what, one.symbol) for one in signs if one.kind == "flag-client")
    first: dict[str, Sign] = {}
    for sign in signs:
        if sign.kind in _STORES:
            first.setdefault(sign.kind, sign)
    if len(first) > 1:
        yield from (Sign("several-stores", first[kind].place, first[kind].what) for kind in _STORES if kind in first)
