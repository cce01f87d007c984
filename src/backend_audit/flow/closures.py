"""Functions and what lies around them: what those within others do with what these were given, and which names they assign."""

from typing import TYPE_CHECKING

from backend_audit.flow.bound import Bound
from backend_audit.flow.bounded import bounded_concept
from backend_audit.flow.concepts import Concept
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.summary import MAX_LIFTS, Summary, depends, substitute
from backend_audit.flow.values import NOTHING, Value, join
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

if TYPE_CHECKING:
    from backend_audit.flow.engine_state import EngineState


_Holder = ModuleSymbol | ClassSymbol
_Written = tuple[_Holder, FunctionSymbol | None, Value]


class Closures:
    """Keeps what the calls of functions were given that gave functions within them, and what functions write around them."""

    def __init__(self, engine: "EngineState") -> None:
        self._engine = engine
        self._kept: dict[str, Bound] = {}
        self._written: dict[str, dict[tuple[str, str, str], _Written]] = {}  # by function: holder, function around, name

    def around_first(self, symbol: FunctionSymbol) -> Summary | None:
        """Run the function around `symbol` before it: what came of `symbol` on the way. Let those within it be run anew."""
        parent = symbol.parent
        if parent is not None and not self._engine.is_running(parent) and self._engine.closure(parent) is None:
            self._engine.summary(parent)
            if (known := self._engine.known_summary(symbol)) is not None:
                return known
        self._engine.forget(symbol)
        return None

    def lift(self, symbol: FunctionSymbol, summary: Summary) -> None:
        """What happens in functions within `symbol` with its own parameters is for its callers to know, too."""
        inner = [event for one in symbol.inner() for event in self._happening(one) if depends(event, symbol.key)]
        if inner:
            summary.lifting = (*summary.lifting, *map(bounded_concept, dict.fromkeys(inner)))[:MAX_LIFTS]

    def _happening(self, symbol: FunctionSymbol) -> list[Concept]:
        summary = self._engine.known_summary(symbol)
        return [] if summary is None else list(dict.fromkeys((*summary.events, *summary.lifting)))

    def of_call(self, symbol: FunctionSymbol, bound: Bound, result: Value) -> Value:
        """`result` of a call with what the functions around it were given; of one that gives a function, keep what it was."""
        result = self._filled(symbol, result)
        if symbol.nested and any(one.parent is symbol for one in of_kind(result.refs, FunctionSymbol)):
            known = self._kept.setdefault(symbol.key, {})
            for at, value in bound.items():
                known[at] = join(known.get(at, NOTHING), self._engine.settled(value))
        return result

    def _filled(self, symbol: FunctionSymbol, result: Value) -> Value:
        parent = symbol.parent
        while parent is not None and result.origins:
            bound = self._kept.get(parent.key)
            if bound is not None and not self._engine.is_running(parent):
                result = substitute(result, parent.key, bound)
            parent = parent.parent
        return result

    def note_written(
        self, function: FunctionSymbol, holder: _Holder, owner: FunctionSymbol | None, name: str, value: Value
    ) -> None:
        """A function assigns what it was given to `name` of `owner`, a function around it, or else of the holder."""
        if any(origin.label == "param" and origin.key[0] == function.key for origin in value.all_origins()):
            around = "" if owner is None else owner.key
            self._written.setdefault(function.key, {})[holder.key, around, name] = holder, owner, value

    def write(self, symbol: FunctionSymbol, bound: Bound, caller: FunctionSymbol | None) -> None:
        """Assign what a call of `symbol` assigns around it."""
        for (_, _, name), (holder, owner, value) in list(self._written.get(symbol.key, {}).items()):
            given = substitute(value, symbol.key, bound)
            if owner is None:
                self._engine.set_global(holder, name, given)
            else:
                self._assign(owner, name, given)
            if caller is not None and caller is not owner:
                self.note_written(caller, holder, owner, name, given)

    def _assign(self, owner: FunctionSymbol, name: str, value: Value) -> None:
        """A name of a function around is assigned: those within it that have read it are stale."""
        names = self._engine.closure(owner)
        before = None if names is None else names.get(name)
        if names is None or before is None:
            return
        names[name] = join(before, value)
        if not value.all_origins() <= before.all_origins():
            self._engine.read_again(one for one in owner.inner() if not self._engine.is_running(one))
