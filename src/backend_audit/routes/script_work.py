"""What holds up the one thread on which JavaScript answers all requests: synchronous calls that a handler reaches.

https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.work_concepts import BlockingCall
from backend_audit.routes.lasting import is_kept
from backend_audit.routes.work import Habit, Work, as_practice, happens_later


@dataclass(frozen=True, slots=True)
class HandlerBlocked(Habit):
    """A call that waits, in a handler or in what it calls: `root` is the handler (or guard), where `way` begins.

    `others`: further calls of that kind in the same function.
    """

    kind: str = ""
    root: str = ""
    others: int = 0


class ScriptWork(Work):
    """As `Work`; all of a process's functions share its event loop, and no `async` makes a synchronous call give it back."""

    def held_up(self) -> Iterator[HandlerBlocked]:
        """The first call of a kind in each function that a request runs, or the first in all where many do it."""
        together: dict[tuple[str, str], list[BlockingCall]] = {}
        for function, concept in self.facts.work:
            if (
                isinstance(concept, BlockingCall)
                and function.key in self.serving
                and not happens_later(concept.site)
                and not is_kept(concept.site.node, function)
            ):
                together.setdefault((function.key, concept.kind), []).append(concept)
        found: dict[str, list[HandlerBlocked]] = {}
        for (key, kind), calls in together.items():
            first = min(calls, key=lambda one: one.site.node.at)
            reached, function = self.serving[key], self.functions[key]
            others = len({one.site.node.at for one in calls}) - 1
            way = self.way(self.serving, function)
            blocked = HandlerBlocked(first.site, way, kind=kind, root=self.called(reached.root), others=others)
            found.setdefault(kind, []).append(blocked)
        for group in found.values():
            yield from as_practice(group)
