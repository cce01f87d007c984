"""Going through a project: every module and function once, then those again that came to know more."""

from collections.abc import Collection, Iterable, Iterator

from backend_audit.flow.concepts import Concept
from backend_audit.flow.object_fields import ObjectFields
from backend_audit.flow.summary import EMPTY, Deliveries, Summary, delivered
from backend_audit.link.symbols import FunctionSymbol

_ROUNDS = 3  # more only serve chains of callbacks handed on and on


class Rounds(ObjectFields):
    """In which order functions run, and what calls for running one again."""

    def go_through(self) -> None:
        """Run every module and function of the project, and those again that came to know more.

        A function does whose parameters have turned out to be known objects, or whose callees now do more with what it passes.
        """
        self._round(self.project.functions())
        for _ in range(_ROUNDS):
            functions = self._stale_ones()
            if not functions:
                return
            before = self._run_again(functions)
            self._note(key for key, one in before.items() if self._summaries.get(key, EMPTY).says_more_than(one))

    def _differs(self, key: str, earlier: Summary) -> bool:
        now = self._summaries.get(key, EMPTY)
        return now.says_more_than(earlier) or earlier.says_more_than(now)

    def _stale_ones(self) -> list[FunctionSymbol]:
        """The functions that have to run again, in the project's order."""
        stale = set(self._stale)
        self._stale.clear()
        return [one for one in self.project.functions() if one.key in stale]

    def _run_again(self, functions: list[FunctionSymbol]) -> dict[str, Summary]:
        """Run functions anew; the summaries that they had."""
        before = {one.key: self._summaries.pop(one.key, EMPTY) for one in functions}
        self._round(functions)
        return before

    def _note(self, changed: Iterable[str]) -> None:
        """The summaries of these functions have changed: who calls them is stale."""
        keys = set(changed)
        for callers in (self.calls, self.decorations.read):
            self._stale.update(caller for caller, callees in callers.items() if not keys.isdisjoint(callees))

    def _round(self, functions: Iterable[FunctionSymbol]) -> None:
        self.run_modules()
        for function in functions:
            self.summary(function)

    def concepts(self) -> Iterator[Concept]:
        """Every concept that occurs in the project, in path order, those that callers' data completed included."""
        self.go_through()
        for _, _, event in self.occurrences():
            yield event

    def occurrences(self, runs: Collection[str] | None = None) -> Iterator[tuple[str, FunctionSymbol | None, Concept]]:
        """The concepts of a project that was gone through: the run in which each occurs, and the function that was run.

        A run is called by the key of its function, that of a module's top level by the module's path; `runs`: only of these.
        """
        for module in self.project.modules.values():
            if runs is None or module.path in runs:
                for event in self._delivered(module.path, self._module_events.get(module.key, ())):
                    yield module.path, None, event
            for function in module.every:
                if runs is None or function.key in runs:
                    for event in self._delivered(function.key, self._summaries.get(function.key, EMPTY).events):
                        yield function.key, function, event

    def _delivered(self, run: str, events: tuple[Concept, ...]) -> tuple[Concept, ...]:
        """The events of a run as checks see them; kept, for as long as no more functions turn out to have callers."""
        if self._deliveries.told != len(self._facts):
            self._deliveries = Deliveries(len(self._facts))
        known = self._deliveries.by_run.get(run)
        if known is None or known[0] is not events:
            known = events, tuple(delivered(event, self.has_callers) for event in events)
            self._deliveries.by_run[run] = known
        return known[1]

    def has_callers(self, function_key: str) -> bool:
        """Whether the project itself calls this function: then its callers decide about its parameters."""
        return function_key in self._facts
