"""What holds up the one thread on which JavaScript answers all requests: synchronous calls that a handler reaches.

https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit.flow.concepts import Concept
from backend_audit.flow.work_concepts import BlockingCall
from backend_audit.routes.lasting import is_kept
from backend_audit.routes.work import MANY, Work, happens_later, places_of
from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class HandlerBlocked(Concept):
    """A call that waits, in a handler or in what it calls: `root` is the handler (or guard), `way` the calls that lead there.

    `others`: further calls of that kind in the same function. `practice`: the places in other functions, where many do it.
    """

    kind: str = ""
    root: str = ""
    way: tuple[Mark, ...] = ()
    others: int = 0
    practice: tuple[Mark, ...] = ()


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
            found.setdefault(kind, []).append(HandlerBlocked(first.site, kind, self.called(reached.root), way, others))
        for group in found.values():
            if len(group) <= MANY:
                yield from group
            else:
                nearest, *more = sorted(group, key=lambda one: (len(one.way), one.site.path, one.site.node.at))
                yield replace(nearest, practice=places_of([one.site for one in more]))
