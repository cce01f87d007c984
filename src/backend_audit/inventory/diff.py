"""How two inventories of one project differ: what asks less of callers than before, what asks more, what is new, what is gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend_audit.inventory.paths import key_of
from backend_audit.inventory.rows import ANY, VERDICTS, WEBSOCKET, RouteRow

_STRENGTH = {"none": 0, "unknown": 1, "optional": 1, "required": 2}
_PROTECTS = ("authenticates", "authorizes", "limits", "validates", "rejects")


class Kind(StrEnum):
    """What became of a route. `CHANGED` asks as much as before in another way."""

    LOOSENED = "loosened"
    NEW = "new"
    TIGHTENED = "tightened"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one route, and by what. `old` is None for a new one, `new` for one that is gone."""

    kind: Kind
    old: RouteRow | None
    new: RouteRow | None
    reasons: tuple[str, ...] = ()

    @property
    def row(self) -> RouteRow:
        """The route as it is, or as it was last."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change is of a route")
        return found

    @property
    def alarming(self) -> bool:
        """Whether it fails a run: a route that asks less than before, or a new one that asks nobody."""
        return self.kind is Kind.LOOSENED or (self.kind is Kind.NEW and self.row.verdict == "open")


def compared(old: Iterable[RouteRow], new: Iterable[RouteRow]) -> list[Change]:
    """The changes from `old` to `new`, the alarming ones first; routes that stayed as they were are left out."""
    before, after = _by_way(old), _by_way(new)
    _meet(before, after)
    found: list[Change] = []
    for way in sorted({*before, *after}):
        found += _of_way(before.get(way, []), after.get(way, []))
    return sorted(found, key=_order)


def _by_way(rows: Iterable[RouteRow]) -> dict[tuple[str, str], list[RouteRow]]:
    """Rows by method and path. The names of parameters make no difference."""
    ways: dict[tuple[str, str], list[RouteRow]] = {}
    for row in sorted(rows, key=lambda one: one.order):
        ways.setdefault((row.method, key_of(row.path)), []).append(row)
    return ways


def _meet(before: dict[tuple[str, str], list[RouteRow]], after: dict[tuple[str, str], list[RouteRow]]) -> None:
    """Compare a route for any method with those for single methods at its path: one of them took the other's place."""
    for one, other in ((before, after), (after, before)):
        for path in sorted({path for method, path in one if method == ANY and (ANY, path) not in other}):
            single = [way for way in other if way[1] == path and way[0] != WEBSOCKET and way not in one]
            for way in single:
                one[way] = one[ANY, path]
            if single:
                del one[ANY, path]


def _of_way(old: Sequence[RouteRow], new: Sequence[RouteRow]) -> list[Change]:
    """The changes of one way in; of several routes there, those of one handler belong together."""
    rest, unpaired = list(old), []
    pairs: list[tuple[RouteRow, RouteRow]] = []
    for row in new:
        same = next((one for one in rest if (one.handler, one.file) == (row.handler, row.file)), None)
        if same is None:
            unpaired.append(row)
        else:
            rest.remove(same)
            pairs.append((same, row))
    pairs += zip(rest, unpaired, strict=False)
    both = min(len(rest), len(unpaired))
    changes = [change for before, after in pairs if (change := _change(before, after)) is not None]
    changes += [Change(Kind.NEW, None, row) for row in unpaired[both:]]
    return changes + [Change(Kind.GONE, row, None) for row in rest[both:]]


def _change(old: RouteRow, new: RouteRow) -> Change | None:
    less, more, other = _guards(old, new)
    before, after = _STRENGTH.get(old.auth, 1), _STRENGTH.get(new.auth, 1)
    if before != after:
        told = f"authentication was {old.auth} and is {new.auth}"
        (less if after < before else more).insert(0, told)
    if old.body_validated != new.body_validated and None not in (old.body_validated, new.body_validated):
        (more if new.body_validated else less).append(f"the body is {'now' if new.body_validated else 'no longer'} validated")
    if old.verdict != new.verdict and not less and not more:
        other.append(f"it was {old.verdict} and is {new.verdict}: {new.why}")
    if less:
        return Change(Kind.LOOSENED, old, new, (*less, *more, *other))
    if more:
        return Change(Kind.TIGHTENED, old, new, (*more, *other))
    return Change(Kind.CHANGED, old, new, tuple(other)) if other else None


def _guards(old: RouteRow, new: RouteRow) -> tuple[list[str], list[str], list[str]]:
    """What the guards protect less, more, and by another guard than before."""
    before, after = _protecting(old), _protecting(new)
    gone = {name: does for name, does in before.items() if name not in after}
    added = {name: does for name, does in after.items() if name not in before}
    less, more, other = [], [], []
    for name, does in gone.items():
        instead = next((one for one, also in added.items() if also >= does), None)
        if instead is not None:
            del added[instead]
            other.append(f"`{instead}` in place of `{name}` ({_words(does)})")
        elif any(one.name == name for one in new.unapplied):
            less.append(f"`{name}` ({_words(does)}) is still written there, and does not run")
        else:
            less.append(f"`{name}` ({_words(does)}) is gone")
    more += [f"`{name}` ({_words(does)}) was added" for name, does in added.items()]
    for name in sorted(before.keys() & after.keys()):
        if lost := before[name] - after[name]:
            less.append(f"`{name}` no longer {_words(lost)}")
        if won := after[name] - before[name]:
            more.append(f"`{name}` now {_words(won)}")
    return less, more, other


def _protecting(row: RouteRow) -> dict[str, frozenset[str]]:
    """What each guard does that turns somebody away, by name; those that turn nobody away are left out."""
    found: dict[str, frozenset[str]] = {}
    for guard in row.guards:
        does = frozenset(guard.does) & frozenset(_PROTECTS)
        if does:
            found[guard.name] = found.get(guard.name, frozenset()) | does
    return found


def _words(does: frozenset[str]) -> str:
    return ", ".join(one for one in _PROTECTS if one in does)


def _order(change: Change) -> tuple[int, int, tuple[str, str, str, int]]:
    verdict = change.row.verdict
    first = VERDICTS.index(verdict) if change.kind is Kind.NEW and verdict in VERDICTS else 0
    return list(Kind).index(change.kind), first, change.row.order
