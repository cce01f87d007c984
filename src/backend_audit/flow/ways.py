"""What the ways through a function have in common: the contexts in which data is harmless on each of them."""

from collections.abc import Iterable
from functools import reduce


def common_to(ways: list[dict[int, frozenset[str]]]) -> dict[int, frozenset[str]]:
    """What holds on every one of the ways."""
    if not ways:
        return {}
    found = dict(ways[0])
    for way in ways[1:]:
        for at in list(found):
            shared = both(found[at], way.get(at, frozenset()))
            if shared:
                found[at] = shared
            else:
                del found[at]
    return found


def in_all(several: Iterable[frozenset[str]]) -> frozenset[str]:
    """The contexts that are in each of the sets."""
    return reduce(both, several, frozenset(("all",)))


def both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The contexts that are in both sets; "all" stands for every one."""
    if "all" in one:
        return other
    return one if "all" in other else one & other
