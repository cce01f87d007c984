"""Which functions of the project the calls in a function mean, as the engine has met them."""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol


class Callees:
    """Looks them up; kept by function, whose calls are asked for one by one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, dict[int, list[FunctionSymbol]]] = {}  # by the identity of the call

    def of(self, function: FunctionSymbol, call: ir.Call) -> list[FunctionSymbol]:
        """The functions that one call in `function` means, in the order of their keys."""
        known = self._known.get(function.key)
        if known is None:
            known = self._known[function.key] = {}
            for _, site in sorted(self.engine.sites.get(function.key, {}).items()):
                known.setdefault(id(site.node), []).append(site.callee)
        return known.get(id(call), [])
