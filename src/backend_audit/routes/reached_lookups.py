"""Look-ups that are odd among their neighbours, each told for the first route whose handler leads to it."""

from collections.abc import Iterator

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.held_getters import HeldGetters
from backend_audit.routes.model import Auth, Lookup, Route
from backend_audit.routes.unread_ids import UnreadIds

_MAX_DEPTH = 2


class ReachedLookups:
    """`odd`: by the function that asks so; where that is the handler, it is left to others, but for what getters give."""

    def __init__(self, engine: Engine, odd: dict[str, Lookup]) -> None:
        self.engine = engine
        self._here = HeldGetters(engine).loose()
        self._odd = self._here | odd
        self._told: set[str] = set()

    def of(self, handler: FunctionSymbol) -> Iterator[Lookup]:
        """Those that a handler's calls, and their calls, lead to."""
        level = [handler]
        seen = {one.key for one in level}
        if handler.key in self._here and handler.key not in self._told:
            self._told.add(handler.key)
            yield self._here[handler.key]
        for _ in range(_MAX_DEPTH if self._odd else 0):
            level = list(self._called(level, seen))
            for one in level:
                if one.key in self._odd and one.key not in self._told:
                    self._told.add(one.key)
                    yield self._odd[one.key]

    def _called(self, level: list[FunctionSymbol], seen: set[str]) -> Iterator[FunctionSymbol]:
        following = {
            key: one
            for each in level
            for inner in (each, *each.nested)
            for key, one in self.engine.calls.get(inner.key, {}).items()
            if key not in seen
        }
        seen |= following.keys()
        yield from (following[key] for key in sorted(following))


class ScriptOddLookups:
    """Of functions of Node that are told whose an object is, and ask for it by its own id alone."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reached: ReachedLookups | None = None

    def fill(self, route: Route) -> bool:
        """Add those that a route leads to, whose handler turns nobody away by itself."""
        if route.handler is None or route.auth is not Auth.REQUIRED or route.right:
            return False
        if self._reached is None:
            self._reached = ReachedLookups(self.engine, unread_lookups(self.engine))
        route.lookups = (*route.lookups, *self._reached.of(route.handler))
        return True


def unread_lookups(engine: Engine) -> dict[str, Lookup]:
    """The look-ups of a project that leave out what they are told, by function."""
    forgetful = UnreadIds(engine)
    return {one.key: found for one in engine.project.functions() for found in forgetful.of(one)}
