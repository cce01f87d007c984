"""Guards that were read before, for as long as nothing that they rest on may have changed."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Guard


class _Known(NamedTuple):
    """The guards that `node` states, and what they rest on: the keys of functions, the paths of modules in which they stand."""

    node: ir.Node
    guards: tuple[Guard, ...]
    rests_on: frozenset[str]


class KnownGuards:
    """The guards before handlers."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], _Known] = {}

    def before(
        self, handler: FunctionSymbol, place: tuple[str, ...], node: ir.Node, read: Callable[[], list[Guard]]
    ) -> list[Guard]:
        """What `read` gives: the guards before `handler` as it is answered at `place`, which `node` states."""
        key = (handler.key, *place)
        known = self._known.get(key)
        if known is None or known.node is not node:
            found = tuple(read())
            rests_on = {handler.key, *(one.function.key for one in found if one.function is not None)}
            rests_on |= {one.mark.path for one in found if one.mark is not None}
            known = self._known[key] = _Known(node, found, frozenset(rests_on))
        return list(known.guards)

    def forget(self, keys: Collection[str]) -> None:
        """What is known of the functions with these keys, and of the modules with these paths, may hold no longer."""
        for place in [place for place, one in self._known.items() if not one.rests_on.isdisjoint(keys)]:
            del self._known[place]
