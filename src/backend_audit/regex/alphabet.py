"""The few letters that matter to one pattern: characters that belong to the same sets are one letter."""

from bisect import bisect_left, bisect_right

from backend_audit.regex import charset
from backend_audit.regex.charset import Ranges

_NICE = "a0A _-,.;:!/\\\"'\n\t"  # characters that read well in a message, best first


class Alphabet:
    """`masks[p]`: the letters of position p, as bits; `ordinary`: all letters but the marks of the text's ends."""

    def __init__(self, sets: list[Ranges]) -> None:
        points = _points(sets)
        members = [0] * len(points)
        for position, ranges in enumerate(sets):
            for low, high in ranges:
                for at in range(bisect_left(points, low), bisect_right(points, high)):
                    members[at] |= 1 << position
        by_members: dict[int, list[int]] = {}
        for point, one in zip(points, members, strict=True):
            by_members.setdefault(one, []).append(point)
        self._members = [one.bit_count() for one in by_members]
        self._letters: dict[int, list[int]] = {}
        self.samples = [_nicest(points) for points in by_members.values()]
        self.masks = [0] * len(sets)
        for letter, one in enumerate(by_members):
            for position in range(len(sets)):
                if one >> position & 1:
                    self.masks[position] |= 1 << letter
        self.newline = list(by_members).index(members[points.index(ord("\n"))])  # the letter that it belongs to
        marks = {charset.BEGIN, charset.END}
        self.ordinary = [letter for letter, sample in enumerate(self.samples) if sample not in marks]
        self.end = next((letter for letter, sample in enumerate(self.samples) if sample == charset.END), None)

    def leave_out_breaks(self) -> None:
        """Of texts in one line: no letter stands for line breaks alone."""
        if self.samples[self.newline] == ord("\n"):  # it reads well only where nothing else is in the letter
            self.ordinary = [letter for letter in self.ordinary if letter != self.newline]
            self._letters.clear()

    def letters(self, mask: int) -> list[int]:
        """The ordinary letters in `mask`; those that belong to the fewest positions first: they fit least elsewhere."""
        known = self._letters.get(mask)
        if known is None:
            found = [letter for letter in self.ordinary if mask >> letter & 1]
            known = self._letters[mask] = sorted(found, key=lambda letter: (self._members[letter], letter))
        return known

    def first(self, mask: int) -> int | None:
        """One ordinary letter of `mask`."""
        found = self.letters(mask)
        return found[0] if found else None

    def text(self, word: tuple[int, ...]) -> str:
        """The word as text."""
        return "".join(chr(self.samples[letter]) for letter in word)


def _points(sets: list[Ranges]) -> list[int]:
    """One character of every stretch between two borders, and the characters that read well."""
    borders = {0, *(ord(one) for one in _NICE)}
    for ranges in sets:
        for low, high in ranges:
            borders.add(low)
            borders.add(high + 1 if high >= 0 else high)
    return sorted(one for one in borders if one <= charset.MAX)


def _nicest(points: list[int]) -> int:
    for one in _NICE:
        if ord(one) in points:
            return ord(one)
    return min(points, key=lambda point: (not 0x20 < point < 0x7F, point))
