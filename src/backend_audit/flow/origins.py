"""Where data comes from: the origins of a value, each with its way, and sets of them whose order tells nothing."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from backend_audit.source import Mark

MAX_ORIGINS = 24
MAX_TRACE = 24
DERIVED = "~"
DATA = frozenset(("untrusted", "message", "param"))  # the labels of what comes from outside, or may
EXCEPTION = frozenset(("exception",))  # a mark: the data is no exception, whatever its label says
MEMBER = "member"  # the label of what an object holds under a name that comes from outside
CALLER = "caller"  # the label of a parameter of which the function has tested or cleaned something, whoever calls it
NAMES = "names"  # the label of untrusted data among a mapping's keys


class Trace(NamedTuple):
    """The way of an origin's data, latest stop first."""

    mark: Mark
    before: "Trace | None"
    length: int


class Origin(msgspec.Struct, frozen=True, eq=False):
    """Data of one source. `label`: param, untrusted, secret, predictable, …; `key` tells sources of a label apart.

    For a parameter `key` is (function key, index, access path…). `cleared` names the contexts in which the data is harmless.
    """

    label: str
    key: tuple[str | int, ...]
    what: str
    cleared: frozenset[str] = frozenset()
    trace: Trace | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and self.label == other.label and self.key == other.key and self.cleared == other.cleared

    def __hash__(self) -> int:
        return hash((self.label, self.key, self.cleared))

    def step(self, mark: Mark) -> "Origin":
        """The same data one stop further."""
        before = self.trace
        if before is not None and (before.length >= MAX_TRACE or before.mark == mark):
            return self
        trace = Trace(mark, before, 1 if before is None else before.length + 1)
        return Origin(self.label, self.key, self.what, self.cleared, trace)

    def clear(self, contexts: frozenset[str]) -> "Origin":
        """The same data after a sanitizer for `contexts`."""
        return self if contexts <= self.cleared else Origin(self.label, self.key, self.what, self.cleared | contexts, self.trace)

    def restore(self, contexts: frozenset[str]) -> "Origin":
        """The same data where what a sanitizer gave for `contexts` no longer holds."""
        if not contexts:
            return self
        kept = frozenset(one for one in self.cleared - contexts if not one.startswith("lacks:"))
        return self if kept == self.cleared else Origin(self.label, self.key, self.what, kept, self.trace)

    def derived(self) -> "Origin":
        """The same data after a computation: of a parameter, no longer the argument itself (`~` ends its key)."""
        if self.label != "param" or self.key[-1] == DERIVED:
            return self
        return Origin(self.label, (*self.key, DERIVED), self.what, self.cleared, self.trace)

    def marks(self) -> tuple[Mark, ...]:
        """The stops from the source on."""
        found: list[Mark] = []
        trace = self.trace
        while trace is not None:
            found.append(trace.mark)
            trace = trace.before
        return tuple(reversed(found))


def chosen_names(origins: Iterable[Origin]) -> frozenset[Origin]:
    """The untrusted data among a mapping's keys, as what the keys themselves are."""
    return frozenset(Origin("untrusted", one.key, one.what, one.cleared, one.trace) for one in origins if one.label == NAMES)


def capped(origins: frozenset[Origin]) -> frozenset[Origin]:
    if len(origins) <= MAX_ORIGINS:
        return origins
    return frozenset(sorted(origins, key=_origin_order)[:MAX_ORIGINS])


def ordered(origins: Collection[Origin]) -> Collection[Origin]:
    """The origins in an order that does not depend on hashes: of equal ones with different ways the same one survives."""
    return origins if len(origins) < 2 else sorted(origins, key=_origin_order)


def _origin_order(origin: Origin) -> tuple[str, str, list[str]]:
    return origin.label, _written(origin.key), sorted(origin.cleared)


@lru_cache(maxsize=1 << 15)
def _written(key: tuple[str | int, ...]) -> str:
    return repr(key)


def replaced(origins: frozenset[Origin], change: Callable[[Origin], Iterable[Origin]]) -> frozenset[Origin]:
    """What `change` gives for each; the order matters only where two become one."""
    found = [new for old in origins for new in change(old)]
    if len(found) == len(origins) and all(one is other for one, other in zip(found, origins, strict=True)):
        return origins
    result = frozenset(found)
    return result if len(result) == len(found) else frozenset(new for old in ordered(origins) for new in change(old))


def united(origins: Iterable[Origin]) -> frozenset[Origin]:
    """The origins as a set; of equal ones that with the shortest way stays, in whichever order they come."""
    found: dict[Origin, Origin] = {}
    for one in origins:
        other = found.setdefault(one, one)
        if other is not one and _way_order(one) < _way_order(other):
            del found[one]
            found[one] = one
    return frozenset(found)


def _way_order(origin: Origin) -> tuple[int, tuple[tuple[str, int, int], ...]]:
    marks = origin.marks()
    return len(marks), tuple((one.path, one.at, one.end) for one in marks)
