"""Which of too many ways in which a string can be built are kept: those that together have most of the holes.

The first that come would be those with the fewest of the optional parts, and what is added last would be lost.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend_audit.flow.values import Part, Shape


def most_telling(ways: "Sequence[tuple[Part, ...]]", limit: int) -> "Sequence[tuple[Part, ...]]":
    """At most `limit` of the ways; holes whose data is tracked count first."""
    if len(ways) <= limit:
        return ways
    holes = [{(part.written, bool(part.value.all_origins())) for part in way if not isinstance(part, str)} for way in ways]
    left, kept = list(range(len(ways))), list[int]()
    seen: set[tuple[str, bool]] = set()
    while len(kept) < limit:
        best = max(left, key=lambda at: (sum(tracked for _, tracked in holes[at] - seen), len(holes[at] - seen), -at))
        left.remove(best)
        kept.append(best)
        seen |= holes[best]
    return [ways[at] for at in sorted(kept)]


def fewer(shapes: "Iterable[Shape]", limit: int) -> "tuple[Shape, ...]":
    """The shapes without repetition, the most telling `limit` of them."""
    unique = tuple(dict.fromkeys(shapes))
    if len(unique) <= limit:
        return unique
    kept = {id(parts) for parts in most_telling([one.parts for one in unique], limit)}
    return tuple(one for one in unique if id(one.parts) in kept)
