"""Places in handlers, by the routes that these serve."""

from collections.abc import Callable

from backend_audit.routes.model import Does, Route, RouteTable

_SHOWN = frozenset(("GET", "POST", "HEAD"))  # a link or a form asks for it, and the browser shows the answer


class Handling:
    """The places in handlers all of whose routes are of a kind."""

    def __init__(self, table: RouteTable, is_such: Callable[[Route], bool]) -> None:
        self.spans: dict[str, list[tuple[int, int]]] = {}
        served: dict[str, list[Route]] = {}
        for route in table.routes:
            if route.handler is not None:
                served.setdefault(route.handler.key, []).append(route)
        for routes in served.values():
            handler = routes[0].handler
            if handler is not None and all(map(is_such, routes)):
                end = max(node.end for node in (handler.node, *handler.node.body))
                self.spans.setdefault(handler.module.path, []).append((handler.node.at, end))

    def covers(self, path: str, at: int) -> bool:
        """Whether the offset `at` of a file stands in such a handler."""
        return any(start <= at < end for start, end in self.spans.get(path, ()))


def never_shown(table: RouteTable) -> Handling:
    """The places in handlers whose answers only scripts get: no link and no form sends PUT, PATCH or DELETE."""
    return Handling(table, lambda route: bool(route.methods) and _SHOWN.isdisjoint(route.methods))


def never_cleaned(table: RouteTable) -> Handling:
    """The places in handlers whose requests no middleware cleans, where those of other routes are cleaned."""
    cleans = any(route.guarded(Does.CLEANS) for route in table.routes)
    return Handling(table, lambda route: cleans and not route.guarded(Does.CLEANS))
