"""Connections, pools and clients that are made anew for each request: the work of connecting, and a limit soon reached.

https://docs.sqlalchemy.org/en/20/core/connections.html#basic-usage, https://node-postgres.com/features/pooling
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit.flow.concepts import Concept
from backend_audit.flow.work_concepts import ConnectionOpening
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.lasting import is_kept, is_kept_on
from backend_audit.routes.work import Work, happens_later
from backend_audit.source import Mark

_SHARED = frozenset("connection_pool pool connection bind connector".split())


@dataclass(frozen=True, slots=True)
class RequestOpening(Concept):
    """What should last is made while a request is answered. `kind` as in `ConnectionOpening`; `root`: the handler or guard.

    `given`: where it connects to is not the program's own choice (a caller or a row says it), so that there is nothing to share.
    """

    kind: str = ""
    root: str = ""
    way: tuple[Mark, ...] = ()
    given: bool = False


class Openings:
    """Finds them, by the calls of the project's functions."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def concepts(self) -> Iterator[RequestOpening]:
        """The first of a kind in each function."""
        told: set[tuple[str, str]] = set()
        for function, concept in self.work.facts.work:
            if not isinstance(concept, ConnectionOpening) or function.key not in self.work.serving:
                continue
            site = concept.site
            if any(name in _SHARED for name, _ in site.args):
                continue  # it uses connections of something that was made before
            if happens_later(site) or (function.key, concept.kind) in told or self._lasts(concept, function):
                continue
            told.add((function.key, concept.kind))
            root = self.work.serving[function.key].root
            way = self.work.way(self.work.serving, function)
            yield RequestOpening(site, concept.kind, self.work.called(root), way, _is_given(concept))

    def _lasts(self, concept: ConnectionOpening, function: FunctionSymbol) -> bool:
        return is_kept(concept.site.node, function) or is_kept_on(self.work.steps(self.work.serving, function))


def _is_given(concept: ConnectionOpening) -> bool:
    """Whether an argument holds what a caller of the function, or of the service, gave."""
    values = [operand.value for _, operand in concept.site.args]
    return any(origin.label in ("untrusted", "param") for value in values for origin in value.all_origins())
