"""Code that has changed, on an engine that has gone through the project: it runs again, and what learns something by that.

What calls told of parameters stays: the answers are those of a fresh engine, but for what only the code of before had told.
"""

from collections.abc import Collection, Iterable, Mapping

from backend_audit import ir
from backend_audit.flow.engine_state import ALL
from backend_audit.flow.frame import Env
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.rounds import Rounds
from backend_audit.flow.summary import EMPTY, Summary
from backend_audit.flow.values import CLASS
from backend_audit.flow.written import written
from backend_audit.link.alike import alike
from backend_audit.link.renewing import Renewed
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol, object_key

_RENEWING = 8  # rounds of callers of what was changed
_MOST_IMPORTERS = 100  # modules that are read again because names that they hold were changed
_MOST_RENEWED = 1500  # functions that are run again because of ones that were changed


class Renewal(Rounds):
    """Lets modules hold other code."""

    def renew(self, nodes: Iterable[ir.Module], again: Collection[str] = ()) -> set[str]:
        """Let modules of a project that was gone through hold the code of `nodes`, and run what that changes.

        `again`: the keys of functions that run again in any case, as earlier runs of theirs name places that have moved since.

        Given are the runs that were made again: the keys of functions, and the paths of modules. Where too many would have to be,
        the engine knows only `partly` what the project does from then on.
        """
        before: dict[str, Summary] = {}
        names = {module.path: self._environments.get(module.key) for module in self.project.modules.values()}
        renewed = [self._put(node, before) for node in nodes]
        importers = self._read_importers([one for one in renewed if one.around], names)
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
        self.partly = self.partly or bool(functions)
        return ran

    def _differs(self, key: str, earlier: Summary) -> bool:
        now = self._summaries.get(key, EMPTY)
        return now.says_more_than(earlier) or earlier.says_more_than(now)

    def _put(self, node: ir.Module, before: dict[str, Summary]) -> Renewed:
        """Let a module hold other code, of which nothing is known yet; into `before` go the summaries that its functions had."""
        earlier = next(one.node for one in self.project.modules.values() if one.path == node.path)
        found = self.project.renew(node)
        before |= {key: self._summaries[key] for key in found.had & self._summaries.keys()}
        self.forget_module(found.module, found.had)
        self._classes |= {CLASS + one.key: one for one in found.symbols.values() if isinstance(one, ClassSymbol)}
        self.move_objects(list(_same_calls(earlier, node)), node.path)
        return found

    def move_objects(self, calls: Collection[tuple[ir.Call, ir.Call]], path: str) -> None:
        """The objects that calls of the file `path` made are made by others now; given are pairs of them, before and now."""
        for old, new in calls:
            symbol = self._objects.pop(id(old), None)
            if symbol is not None:
                symbol.node, symbol.key = new, object_key(path, new)
                self._objects[id(new)] = symbol

    # --- who holds its names ----------------------------------------------------------------------------------------

    def _read_importers(self, renewed: list[Renewed], names: Mapping[str, Env | None]) -> list[ModuleSymbol]:
        """The modules that hold names of these which mean something else now, or of what holds such names; they are read again.

        `names` are those that modules held before, by path. None where those are too many.
        """
        classes = {key for one in renewed for key in one.classes}
        own = {one.module.key for one in renewed}
        found: dict[str, ModuleSymbol] = {}
        waiting = [one.module for one in renewed]
        while waiting:
            module = waiting.pop()
            others = self._other_names(module, names[module.path], classes)
            for key, importer in sorted(self._importers.get(module.key, {}).items()):
                if key in own or key in found or not (ALL in importer.names or others & importer.names):
                    continue
                found[key] = importer.module
                if len(found) > _MOST_IMPORTERS:
                    self.partly = True
                    return []
                self.forget_module(importer.module, ())
                waiting.append(importer.module)
        for one in found.values():  # with what their functions, which run again, come to know
            self.forget_module(one, ())
        return [found[key] for key in sorted(found)]

    def _other_names(self, module: ModuleSymbol, before: Env | None, classes: set[str]) -> set[str]:
        """The names of a module that mean something else than before, and those of classes that say something else (`classes`).

        Those of its own classes that inherit from such are added to these.
        """
        now = self.environment(module)
        classes |= {one.key for one in module.classes.values() if not classes.isdisjoint(base.key for base in self.bases(one)[0])}
        others = {name for name in {*now, *(before or ())} if before is None or before.get(name) != now.get(name)}
        held = {name: of_kind(value.refs, ClassSymbol) for name, value in now.items()}
        return others | {name for name, found in held.items() if any(one.key in classes for one in found)}


def _same_calls(before: ir.Module, now: ir.Module) -> Iterable[tuple[ir.Call, ir.Call]]:
    """The calls of a module with those that stand for them now: all of a name, or the first and the last that are alike."""
    old, new = _by_name(before), _by_name(now)
    for name in old.keys() & new.keys():
        ours, theirs = old[name], new[name]
        if len(ours) == len(theirs):
            yield from zip(ours, theirs, strict=True)
            continue
        start = 0
        while start < min(len(ours), len(theirs)) and alike(ours[start], theirs[start], {}):
            yield ours[start], theirs[start]
            start += 1
        end = 1
        while end <= min(len(ours), len(theirs)) - start and alike(ours[-end], theirs[-end], {}):
            yield ours[-end], theirs[-end]
            end += 1


def _by_name(module: ir.Module) -> dict[str, list[ir.Call]]:
    found: dict[str, list[ir.Call]] = {}
    for node in ir.walk(*module.body):
        if isinstance(node, ir.Call):
            found.setdefault(written(node.func), []).append(node)
    return found
