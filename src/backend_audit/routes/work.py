"""The work that requests make: what runs while a handler is served, what holds the event loop up, what is asked once a row.

Fed by the calls of the project's functions (`Engine.sites`) and the timed concepts that occur in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.moments import CallSite
from backend_audit.flow.work_concepts import BlockingCall
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route, RouteTable
from backend_audit.source import Mark

_STARTING = ("asynccontextmanager", "on_event", "on_startup", "before_serving", "before_server_start")  # nobody waits yet
_MANY = 10  # functions that do the same: more are a practice, which is mended as one


@dataclass(frozen=True, slots=True)
class Habit(Concept):
    """What many functions of a project may do alike. `way`: the calls that lead there.

    `practice`: the places in other functions, where it is what the whole project does.
    """

    way: tuple[Mark, ...] = ()
    practice: tuple[Mark, ...] = ()


_Habit = TypeVar("_Habit", bound=Habit)


@dataclass(frozen=True, slots=True)
class LoopBlocked(Habit):
    """A call holds the event loop up: `function` is the coroutine that it runs in, where `way` begins.

    `served`: a request's handler runs it. `others`: further calls of that kind in the same function.
    """

    kind: str = ""
    function: str = ""
    served: bool = False
    others: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """How a function is reached: from `root`, by `call` in a function that is reached itself (None for the root)."""

    root: FunctionSymbol
    call: CallSite | None


class Work:
    """Which functions requests run, and how they get there."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.engine = engine
        self.facts = facts
        self.functions = {one.key: one for one in engine.project.functions()}
        self.titles = {one.handler.key: f"{' '.join(one.methods)} {one.path}" for one in table.routes if one.handler is not None}
        self.serving = self._reach(_roots(table))  # before the answer is given

    @cached_property
    def on_loop(self) -> dict[str, Reached]:
        """The functions that run on the event loop: coroutines, and what these call."""
        coroutines = [one for one in self.functions.values() if one.node.is_async]
        served = [one for one in coroutines if one.key in self.serving]
        others = (one for one in coroutines if one.key not in self.serving and not one.decorated(*_STARTING))
        return self._reach([*served, *others], here=True)

    def _reach(self, roots: list[FunctionSymbol], *, here: bool = False) -> dict[str, Reached]:
        """The functions that `roots` run, by the fewest calls, and not later; `here`: by calls that hold the caller up."""
        found = {one.key: Reached(one, None) for one in roots}
        level = [one.key for one in roots]
        while level:
            following: list[str] = []
            for key in level:
                for _, site in sorted(self.engine.sites.get(key, {}).items()):
                    counts = _holds_up(site) if here else site.moment.elsewhere != "later"
                    if site.callee.key not in found and counts:
                        found[site.callee.key] = Reached(found[key].root, site)
                        following.append(site.callee.key)
            level = following
        return found

    def with_also(self, roots: list[FunctionSymbol]) -> dict[str, Reached]:
        """What is served, and what further functions run, which answer requests without being routes."""
        return {**self._reach(roots), **self.serving}

    def way(self, reached: dict[str, Reached], function: FunctionSymbol) -> tuple[Mark, ...]:
        """The stops from the root to `function`."""
        marks: list[Mark] = []
        for call in self.steps(reached, function):
            caller, node = call.caller, call.node
            marks.append(Mark(caller.module.path, node.at, node.end, f"{caller.node.name}() calls {written(node.func)}()"))
        root = reached[function.key].root
        marks.append(Mark(root.module.path, root.node.at, root.node.name_end, f"{self.called(root)} runs"))
        return tuple(reversed(marks))

    def steps(self, reached: dict[str, Reached], function: FunctionSymbol) -> list[CallSite]:
        """The calls that lead from the root to `function`, the last first."""
        found: list[CallSite] = []
        one = reached[function.key]
        while one.call is not None:
            found.append(one.call)
            one = reached[one.call.caller.key]
        return found

    def called(self, root: FunctionSymbol) -> str:
        """What is reached first, as a reader would call it: a handler without a name by its route."""
        name = root.node.name
        return f"{name}()" if name.isidentifier() else self.titles.get(root.key, name)

    def blocked(self) -> Iterator[LoopBlocked]:
        """What holds the event loop up: the first call of a kind in each function, or the first in all where many do it."""
        together: dict[tuple[str, str], list[BlockingCall]] = {}
        for function, concept in self.facts.work:
            if isinstance(concept, BlockingCall) and function.key in self.on_loop and _blocks(concept):
                together.setdefault((function.key, concept.kind), []).append(concept)
        found: dict[tuple[str, bool], list[LoopBlocked]] = {}
        for (key, kind), calls in together.items():
            first = min(calls, key=lambda one: one.site.node.at)
            function = self.functions[key]
            root = self.on_loop[key].root
            others = len({one.site.node.at for one in calls}) - 1
            way, served = self.way(self.on_loop, function), root.key in self.serving
            blocked = LoopBlocked(first.site, way, kind=kind, function=root.node.name, served=served, others=others)
            found.setdefault((kind, served), []).append(blocked)
        for group in found.values():
            yield from as_practice(group)


def as_practice(found: list[_Habit]) -> Iterator[_Habit]:
    """Each, or the nearest alone where many functions do it, which is mended as one."""
    if len(found) <= _MANY:
        yield from found
        return
    nearest, *more = sorted(found, key=lambda one: (len(one.way), one.site.path, one.site.node.at))
    sites = [one.site for one in more]
    marks = (Mark(one.path, one.callee.at, one.callee.end, f"`{one.written}`, too") for one in sites)
    yield replace(nearest, practice=tuple(marks))


def happens_later(site: Site) -> bool:
    """Whether a call is made when the request has been answered."""
    return site.moment is not None and site.moment.elsewhere == "later"


def _roots(table: RouteTable) -> list[FunctionSymbol]:
    """The handlers of routes and what runs before them, in the table's order."""
    found: dict[str, FunctionSymbol] = {}
    for route in table.routes:
        for function in _run_by(route):
            found.setdefault(function.key, function)
    return list(found.values())


def _run_by(route: Route) -> Iterator[FunctionSymbol]:
    if route.handler is not None:
        yield route.handler
    yield from (guard.function for guard in route.guards if guard.function is not None)


def _holds_up(site: CallSite) -> bool:
    """Whether the caller stands still until the callee has come back, on its own thread."""
    callee = site.callee.node
    if site.moment.elsewhere or callee.is_async or callee.is_generator:
        return False
    return not (site.moment.awaited and callee.decorators)  # a decorator has made a coroutine of it


def _blocks(call: BlockingCall) -> bool:
    moment = call.site.moment
    if moment is None or moment.awaited or moment.elsewhere:
        return False
    return not any("async" in name.lower() for name in moment.receiver)
