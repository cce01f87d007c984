"""Heavy work that somebody waits for: a handler does it, or a function that one calls, and nothing hands it to a job."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.work_concepts import HeavyWork
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.lasting import is_kept, is_kept_on
from backend_audit.routes.work import Habit, Work, as_practice


@dataclass(frozen=True, slots=True)
class HeavyRequest(Habit):
    """Heavy work while `root` is answered. `on_loop`: the event loop stands still; `others`: more of them in the function."""

    kind: str = ""
    root: str = ""
    on_loop: bool = False
    others: int = 0


def heavy_requests(work: Work) -> Iterator[HeavyRequest]:
    """The first of a kind in each function that a request runs, or the first in all where many do it."""
    together: dict[tuple[str, str], list[HeavyWork]] = {}
    for function, concept in work.facts.work:
        if not isinstance(concept, HeavyWork) or function.key not in work.serving:
            continue
        of_loop = concept.files and function.key in work.on_loop  # `LoopBlocked` tells it
        if not of_loop and _is_waited_for(work, function, concept):
            together.setdefault((function.key, concept.kind), []).append(concept)
    found: dict[str, list[HeavyRequest]] = {}
    for (key, kind), calls in together.items():
        first = min(calls, key=lambda one: one.site.node.at)
        function, root = work.functions[key], work.serving[key].root
        others = len({one.site.node.at for one in calls}) - 1
        way, title = work.way(work.serving, function), work.called(root)
        one = HeavyRequest(first.site, way, kind=kind, root=title, on_loop=key in work.on_loop, others=others)
        found.setdefault(kind, []).append(one)
    for group in found.values():
        yield from as_practice(group)


def _is_waited_for(work: Work, function: FunctionSymbol, heavy: HeavyWork) -> bool:
    """Whether the answer waits, on the thread that serves it, and each time: not what goes to another thread, or is kept."""
    moment, steps = heavy.site.moment, work.steps(work.serving, function)
    if moment is None or moment.elsewhere or moment.awaited or any(one.moment.elsewhere for one in steps):
        return False
    many = moment.loops or any(one.moment.loops for one in steps)
    return bool(many or not heavy.looped) and not (is_kept(heavy.site.node, function) or is_kept_on(steps))
