"""Promises that are settled by hand: `new Promise((resolve, reject) => …)`, `Promise.withResolvers()`, `Q.defer()`.

https://tc39.es/ecma262/#sec-promise.withResolvers, https://github.com/kriskowal/q#using-deferreds
"""

from dataclasses import dataclass, field

from backend_audit.flow.parts import of_spread
from backend_audit.flow.script_builtin import UNDEFINED
from backend_audit.flow.values import NOTHING, UNKNOWN, Key, Value, container, join, join_all, ref
from backend_audit.link.symbols import Symbol

# What makes a promise together with the functions that settle it, and the names of those that resolve it.
_DEFERRING = frozenset(("Promise.withResolvers", "Promise.defer", "q.defer", "bluebird.defer", "when.defer", "p-defer"))
_RESOLVING = ("resolve", "fulfill")


@dataclass(eq=False, slots=True, repr=False)
class Settler(Symbol):
    """The `resolve` of a promise: collects what the promise is settled with."""

    key: str
    value: Value = NOTHING

    def take(self, given: list[Value]) -> None:
        """It is called with these arguments."""
        self.value = join(self.value, given[0] if given else UNDEFINED)


@dataclass(eq=False, slots=True, repr=False)
class Passing(Settler):
    """A callback as Node has it, `(error, ...values) => …`: collects the values."""

    values: list[Value] = field(default_factory=list)

    def take(self, given: list[Value]) -> None:
        rest = given[1:]
        before = [*self.values, *[NOTHING] * (len(rest) - len(self.values))]
        self.values = [join(one, other) for one, other in zip(before, [*rest, *[NOTHING] * len(before)], strict=False)]

    def given(self, at: int) -> Value:
        """The value at that place."""
        return self.values[at] if at < len(self.values) else UNKNOWN


@dataclass(eq=False, slots=True, repr=False)
class Deferred(Symbol):
    """The promise that a function beside it settles."""

    key: str
    settler: Settler


def deferred(path: str, key: str) -> Value | None:
    """What a call of `path` gives, if that is a promise with the functions that settle it."""
    if path not in _DEFERRING:
        return None
    settler = Settler(key)
    functions: dict[Key, Value] = dict.fromkeys(_RESOLVING, ref(settler))
    return container("dict", {"promise": ref(Deferred(f"{key} promise", settler)), "reject": UNKNOWN, **functions})


def settled(value: Value) -> Value:
    """What is read: of a promise that was settled by now, what it holds."""
    if not value.refs or not (pending := [one for one in value.refs if isinstance(one, Deferred)]):
        return value
    held = join_all(one.settler.value for one in pending)
    return value if held is NOTHING else held


def held_as(base: Value, name: str) -> Value | None:
    """What an object holds by that name when it is read."""
    held = of_spread(base, name) or base.item(name)
    return None if held is None else settled(held)
