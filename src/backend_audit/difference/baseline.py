"""Baseline files: findings that are known and put up with. One entry a line and sorted, so that git can merge them.

The first line says what the file is. Each further one is a JSON object: rule, path (relative to the file), symbol, code (a
digest of the code without its layout: no line number and no code), count, and the reason why it may stay.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from backend_audit.difference.matching import Key, matched

_HEADER = {"baseline": "backend-audit", "version": 1}


class BaselineError(ValueError):
    """A file that is no baseline; the text says on which line and why."""


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """As many findings of a kind as `count` says."""

    rule: str
    path: str
    symbol: str
    code: str
    count: int = 1
    reason: str = ""

    @property
    def key(self) -> Key:
        return Key(self.rule, self.path, self.symbol, self.code)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file, sorted."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Baseline":
        """The baseline that `text` holds. A line that a merge has doubled counts once; `BaselineError` for what is no entry."""
        counts: dict[tuple[Key, str], int] = {}
        rows = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if not rows or not _is_header(rows[0][1]):
            raise BaselineError(f"line 1: the file does not begin with {json.dumps(_HEADER)}")
        for number, line in rows[1:]:
            if _is_header(line):  # both sides of a merge brought one
                continue
            if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
                raise BaselineError(f"line {number}: a merge conflict is left")
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError as error:
                raise BaselineError(f"line {number}: {error}") from None
            if entry.count < 1:
                raise BaselineError(f"line {number}: count must be 1 or more")
            same = entry.key, entry.reason
            counts[same] = max(counts.get(same, 0), entry.count)
        return cls(tuple(sorted(Entry(*key, count, reason) for (key, reason), count in counts.items())))

    def text(self) -> str:
        """The file's content."""
        rows = [json.dumps(_HEADER), *(json.dumps(_shown(one), ensure_ascii=False) for one in sorted(self.entries))]
        return "".join(f"{row}\n" for row in rows)

    @property
    def size(self) -> int:
        """How many findings it puts up with."""
        return sum(one.count for one in self.entries)


def _is_header(line: str) -> bool:
    try:
        return bool(msgspec.json.decode(line, type=dict[str, object]) == _HEADER)
    except msgspec.DecodeError:
        return False


def _shown(entry: Entry) -> dict[str, object]:
    """An entry with the keys in the order in which people want them."""
    return {key: getattr(entry, key) for key in ("rule", "path", "symbol", "count", "reason", "code")}


def entries_of(keys: Iterable[Key], reason: str = "") -> list[Entry]:
    """New entries for findings with these keys."""
    return [Entry(*key, count, reason) for key, count in sorted(Counter(keys).items())]


def absorbed(baseline: Baseline, keys: Sequence[Key], alive: Collection[str]) -> tuple[list[Entry | None], list[Entry]]:
    """For each finding the entry that absorbs it, and what is left of the entries: as many as absorbed nothing."""
    units = list(_units(baseline.entries))
    answer = matched([one.key for one in units], keys, alive=alive)
    taken = {index for index in answer if index is not None}
    left = Counter(one for index, one in enumerate(units) if index not in taken)
    rest = sorted(msgspec.structs.replace(one, count=count) for one, count in left.items())
    return [None if index is None else units[index] for index in answer], rest


def updated(baseline: Baseline, keys: Sequence[Key], kept: Collection[Entry], alive: Collection[str]) -> Baseline:
    """The baseline without what vanished; entries follow findings that moved. `kept` are left over and stay all the same."""
    answer, _ = absorbed(baseline, keys, alive)
    found = Counter((key, entry.reason) for key, entry in zip(keys, answer, strict=True) if entry is not None)
    for entry in kept:
        found[entry.key, entry.reason] += entry.count
    return Baseline(tuple(sorted(Entry(*key, count, reason) for (key, reason), count in found.items())))


def _units(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries that count one, as many as there are."""
    for entry in entries:
        yield from [msgspec.structs.replace(entry, count=1)] * entry.count
