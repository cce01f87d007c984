"""What is known of functions that others call: which events they wait for, who takes what they return."""

from dataclasses import dataclass, field

from backend_audit.link.symbols import FunctionSymbol


@dataclass(slots=True)
class Served:
    """`stale` are the keys of functions that have to run again, `returning` what takes the results of a function, by its key."""

    stale: set[str]
    returning: dict[str, str] = field(default_factory=dict)
    _listeners: dict[str, dict[str, FunctionSymbol]] = field(default_factory=dict)  # by the name of the event
    _emitting: dict[str, set[str]] = field(default_factory=dict)

    def returns_to(self, symbol: FunctionSymbol, path: str) -> None:
        """A library hands what the function returns to its own function `path`: an answer, where that is a handler."""
        if self.returning.get(symbol.key) != path:
            self.returning[symbol.key] = path
            self.stale.add(symbol.key)

    def listen(self, event: str, symbol: FunctionSymbol) -> None:
        """A function waits for an event; who has emitted it before this was known has to run again."""
        known = self._listeners.setdefault(event, {})
        if symbol.key not in known:
            known[symbol.key] = symbol
            self.stale.update(self._emitting.get(event, ()))

    def listeners(self, event: str, emitting: FunctionSymbol | None) -> list[FunctionSymbol]:
        """The functions that wait for the event that `emitting` emits."""
        if emitting is not None:
            self._emitting.setdefault(event, set()).add(emitting.key)
        return [symbol for _, symbol in sorted(self._listeners.get(event, {}).items())]
