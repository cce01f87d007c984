"""A file that was edited: its unchanged lines where they stand now."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from backend_audit.analysis.relaid import Elsewhere
from backend_audit.finding import Place


class Edited:
    """As `relaid.Mover`; what is on a line that was edited is `Elsewhere`."""

    def __init__(self, before: str, now: str) -> None:
        self._now = _moved(before.splitlines(), now.splitlines())

    def place(self, place: Place) -> Place:
        """The region that was at `place`, all lines of which must stand together as they did."""
        lines = [self._now.get(number) for number in range(place.line, place.end_line + 1)]
        first = lines[0]
        if first is None or lines != list(range(first, first + len(lines))):
            raise Elsewhere
        return msgspec.structs.replace(place, line=first, end_line=first + len(lines) - 1)

    def code(self, place: Place, before: str) -> str:  # noqa: ARG002 - the line is what it was
        """The line on which something stands now, as `before` showed it."""
        return before

    def found(self, place: Place, anchor: str) -> Place:  # noqa: ARG002 - what it is made of may end further down: not looked at
        """Where a finding is that was at `place`."""
        return self.place(place)


def _moved(before: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """The numbers of the lines that are the same, from 1, before and now. An edit is small: what is around it is found first."""
    start = 0
    while start < min(len(before), len(now)) and before[start] == now[start]:
        start += 1
    rest = min(len(before), len(now)) - start
    end = 0
    while end < rest and before[-1 - end] == now[-1 - end]:
        end += 1
    found = {number: number for number in range(1, start + 1)}
    found |= {len(before) - number: len(now) - number for number in range(end)}
    inner = SequenceMatcher(None, before[start : len(before) - end], now[start : len(now) - end], autojunk=False)
    for block in inner.get_matching_blocks():
        found |= {start + block.a + at + 1: start + block.b + at + 1 for at in range(block.size)}
    return found
