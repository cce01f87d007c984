"""The functions that a handler in JavaScript hands parts of its request to, each with what its parameters hold then."""

from collections.abc import Mapping

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.script_given import WHOLE, Held, Holding
from backend_audit.link.symbols import FunctionSymbol

Parts = frozenset[str]
_DEPTH = 4
_MOST = 60  # functions of one handler


class Reached:
    """One handler, or what stands before it, with all that it leads to. `cut`: something was handed on that nobody followed."""

    def __init__(
        self, engine: Engine, function: FunctionSymbol, given: Mapping[str, Held], converts: frozenset[str], parts: Parts
    ) -> None:
        self.engine = engine
        self.parts = parts
        self.converts = converts
        self.cut = False
        self.holdings: list[Holding] = []
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self._following: list[str] = []
        self._returned: dict[tuple[str, tuple[str, ...]], Held | None] = {}
        self._visit(function, given, _DEPTH)

    def callees(self, call: ir.Call) -> list[FunctionSymbol]:
        """The functions of the project that a call means; not those that it is given to call back."""
        found = self.engine.callees.get(id(call), {})
        given = [arg.value for arg in call.args]
        back = {id(one.function) for one in given if isinstance(one, ir.Lambda)}
        names = {last_word(one) for one in given} - {""}
        return [found[key] for key in sorted(found) if id(found[key].node) not in back and found[key].node.name not in names]

    def _visit(self, function: FunctionSymbol, given: Mapping[str, Held], depth: int) -> None:
        key = _key(function, given)
        if key in self._seen or len(self.holdings) >= _MOST:
            return
        self._seen.add(key)
        holding = Holding(function, given, self.converts, self._given_back)
        self.holdings.append(holding)
        for node in holding.nodes:
            for callee in self.callees(node) if isinstance(node, ir.Call) else ():
                handed = self._handed(holding, node, callee) if isinstance(node, ir.Call) else {}
                if handed and depth:
                    self._visit(callee, handed, depth - 1)
                elif handed:
                    self.cut = True

    def _handed(self, holding: Holding, call: ir.Call, callee: FunctionSymbol) -> dict[str, Held]:
        """What a function is handed of the parts that are asked for."""
        return {name: held for name, held in holding.handed(call, callee).items() if _within(held, self.parts)}

    def _given_back(self, call: ir.Call, holding: Holding) -> Held | None:
        """What a function of the project gives back of what it is handed."""
        callees = self.callees(call)
        if len(callees) != 1 or callees[0].key in self._following or len(self._following) >= _DEPTH:
            return None
        handed = self._handed(holding, call, callees[0])
        if not handed:
            return None
        key = _key(callees[0], handed)
        if key not in self._returned:
            self._following.append(callees[0].key)
            inner = Holding(callees[0], handed, self.converts, self._given_back)
            found = (held for one in returns(callees[0]) if (held := inner.of(one)) is not None)
            self._returned[key] = next(found, None)
            self._following.pop()
        return self._returned[key]


def _within(held: Held, parts: Parts) -> bool:
    """Whether something holds one of those parts, or all of the request."""
    if held.path is None:
        return any(_within(one, parts) for one in held.items.values())
    return held.path in WHOLE or held.path[0] in parts


def _key(function: FunctionSymbol, given: Mapping[str, Held]) -> tuple[str, tuple[str, ...]]:
    return (function.key, tuple(sorted(f"{name} {held}" for name, held in given.items())))
