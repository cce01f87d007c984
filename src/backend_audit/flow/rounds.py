"""Going through a project: every module and function once, then those again that came to know more; or what has changed alone."""

from collections.abc import Collection, Iterable, Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Concept
from backend_audit.flow.object_fields import ObjectFields
from backend_audit.flow.summary import EMPTY, Summary, delivered
from backend_audit.flow.values import CLASS
from backend_audit.link.renewing import Renewed
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

_ROUNDS = 3  # more only serve chains of callbacks handed on and on
_RENEWING = 8  # rounds of callers of what was changed
_MOST_IMPORTERS = 40  # modules that are read again because the names of one were changed
_MOST_RENEWED = 500  # functions that are run again because of ones that were changed


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

    def renew(self, nodes: Iterable[ir.Module], again: Collection[str] = ()) -> set[str]:
        """Let modules of a project that was gone through hold the code of `nodes`, and run what that changes.

        `again`: the keys of functions that run again in any case, as earlier runs of theirs name places that have moved since.

        Given are the runs that were made again: the keys of functions, and the paths of modules. What calls told of parameters
        stays, so that the answers are those of a fresh engine but for what only the code of before had told.
        """
        before: dict[str, Summary] = {}
        renewed = [self._put(node, before) for node in nodes]
        importers = self._importers_of([one.module for one in renewed if one.around])
        for importer in importers:
            self.forget_module(importer, ())
        differing = {key for one in renewed for key in one.changed}
        functions = [function for one in renewed for function in one.module.every]
        functions += [function for one in importers for function in one.every]
        known = {one.key for one in functions}
        functions += [one for one in self.project.functions() if one.key in again and one.key not in known]
        ran = {*(one.module.path for one in renewed), *(one.path for one in importers), *before}
        self._stale.clear()
        for _ in range(_RENEWING):
            before = self._run_again(functions) | before  # of what is forgotten, only the latter knows
            ran |= before.keys()
            self._note(key for key, one in before.items() if key in differing or self._differs(key, one))
            functions, before = self._stale_ones(), {}
            if not functions or len(functions) > _MOST_RENEWED:
                break
            differing = {one.key for one in functions if self._summaries.get(one.key, EMPTY).lifting}
        return ran

    def _put(self, node: ir.Module, before: dict[str, Summary]) -> Renewed:
        """Let a module hold other code, of which nothing is known yet; into `before` go the summaries that its functions had."""
        found = self.project.renew(node)
        before |= {key: self._summaries[key] for key in found.had & self._summaries.keys()}
        self.forget_module(found.module, found.had)
        self._classes |= {CLASS + one.key: one for one in found.symbols.values() if isinstance(one, ClassSymbol)}
        return found

    def _importers_of(self, modules: list[ModuleSymbol]) -> list[ModuleSymbol]:
        """The modules that hold names of these, or of what holds such names; none where those are too many."""
        found: dict[str, ModuleSymbol] = {}
        waiting = list(modules)
        while waiting:
            new = self._importers.get(waiting.pop().key, {})
            waiting += [one for key, one in new.items() if key not in found]
            found |= new
            if len(found) > _MOST_IMPORTERS:
                return []
        own = {one.key for one in modules}
        return [one for key, one in sorted(found.items()) if key not in own]

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
                for event in self._module_events.get(module.key, ()):
                    yield module.path, None, delivered(event, self.has_callers)
            for function in module.every:
                if runs is None or function.key in runs:
                    for event in self._summaries.get(function.key, EMPTY).events:
                        yield function.key, function, delivered(event, self.has_callers)

    def has_callers(self, function_key: str) -> bool:
        """Whether the project itself calls this function: then its callers decide about its parameters."""
        return function_key in self._facts
