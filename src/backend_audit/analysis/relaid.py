"""An earlier judgement where it stands now: of a project that changed in comments, blank lines and layout alone.

Most edits between two scans say nothing new to the project stage: a comment that suppresses a finding, a formatter's run. The
old and the new IR are then the same node by node, and every offset of before has one of now. What was found is moved along;
wherever it is not certain that judging the new text would say the same, there is no answer, and the project is judged again.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import msgspec

from backend_audit import ir
from backend_audit.analysis.placing import Placer, masked
from backend_audit.finding import Finding, Place, Step, unlaid
from backend_audit.inventory import GuardRecord, RouteRecord
from backend_audit.inventory.signs import Sign
from backend_audit.link.alike import alike
from backend_audit.source import SCRIPTS, LineIndex

_ANCHORED = 4_000  # characters from a finding's start that its anchor may have been made of
_DIRECTIVE = re.compile(r"backend-audit\s*:")
_HIDES = "…"


class Elsewhere(Exception):  # noqa: N818 - says what is the case
    """It cannot be told where something stands now."""


class Mover(Protocol):
    """Where the code of one file stands now; `Elsewhere` from every method where that is not certain."""

    def place(self, place: Place) -> Place: ...

    def code(self, place: Place, before: str) -> str: ...

    def found(self, place: Place, anchor: str) -> Place: ...


@dataclass(slots=True)
class Relaid:
    """Where the code of one file stands now that only its layout and comments changed.

    `known` are pairs of offsets, before and now, in order. Of the text of now `hidden` may not be shown; `comments` are in it.
    """

    before: LineIndex
    now: Placer
    known: list[tuple[int, int]]
    hidden: tuple[tuple[int, int], ...]
    comments: list[tuple[int, int]]
    zones: list[int] = field(default_factory=list)  # offsets before, behind which layout or comments differ

    def place(self, place: Place) -> Place:
        """The region that was at `place`."""
        start, end = self._moved(place.line, place.column), self._moved(place.end_line, place.end_column)
        if self._near(place) and self._exactly(self._offset(place.end_line, place.end_column)) is None:  # cut at a line's end?
            raise Elsewhere
        at, stop = self.now.lines.position(start), self.now.lines.position(end)
        if stop.line - at.line != place.end_line - place.line:
            raise Elsewhere
        return Place(place.path, at.line, at.column, stop.line, stop.column)

    def code(self, place: Place, before: str) -> str:
        """The line on which something stands now, as `before` showed it."""
        shown = self.now.line(place.line, self.hidden)
        if _HIDES in before and shown != before:  # what else may not be shown is not known here
            raise Elsewhere
        return shown

    def found(self, place: Place, anchor: str) -> Place:
        """Where a finding is whose anchor was made of the code at `place`."""
        self._anchored(place, anchor)
        return self.place(place)

    def _anchored(self, place: Place, anchor: str) -> None:
        """`Elsewhere` if comments that differ may be part of the code that the anchor was made of."""
        now, made = self._moved(place.line, place.column), unlaid(anchor)
        if not self._near(place) or unlaid(self.now.text[now : now + _ANCHORED]).startswith(made):
            return
        bare = masked(self.now.text, self.comments)[now : now + _ANCHORED].replace(_HIDES, "")
        if "#" in made or "//" in made or "/*" in made or unlaid(bare).startswith(made):
            raise Elsewhere  # else it is made of words that the check chose

    def _near(self, place: Place) -> bool:
        """Whether something differs in what may be the code of a finding there."""
        at = self._offset(place.line, place.column)
        number = bisect_left(self.zones, at)
        return number < len(self.zones) and self.zones[number] < at + _ANCHORED

    def _offset(self, line: int, column: int) -> int:
        return self.before.starts[line - 1] + column - 1

    def _exactly(self, offset: int) -> int | None:
        """Where an offset at which a node begins or ends is now."""
        number = bisect_left(self.known, (offset, 0))
        return self.known[number][1] if number < len(self.known) and self.known[number][0] == offset else None

    def _moved(self, line: int, column: int) -> int:
        """Between two offsets that moved alike, everything moved with them."""
        offset = self._offset(line, column)
        exact = self._exactly(offset)
        if exact is not None:
            return exact
        number = bisect_left(self.known, (offset, 0))
        if not 0 < number < len(self.known):
            raise Elsewhere
        (before, now), (next_before, next_now) = self.known[number - 1], self.known[number]
        if now - before != next_now - next_before:
            raise Elsewhere
        return offset + now - before


def relaid(before: ir.Module, now: ir.Module, text: str, hidden: tuple[tuple[int, int], ...]) -> Relaid | None:
    """Where the code of `before` stands in `now`, whose text is `text`; None if it does not say the same."""
    if before.language is not now.language:
        return None
    if now.language in SCRIPTS and _remarks(before) != _remarks(now):  # some are read: "nobody waits for this"
        return None
    found: dict[int, int] = {}
    if not alike(before.body, now.body, found):
        return None
    comments = [(one.at, one.end) for one in now.comments]
    placer = Placer(now.path, text, LineIndex(now.line_starts), None, hidden)
    moved = Relaid(LineIndex(before.line_starts), placer, sorted(found.items()), hidden, comments)
    if not _in_order(moved):
        return None
    moved.zones = sorted([*_relaid_at(moved.known), *_commented_at(before, now, moved.known)])
    return moved


def _remarks(module: ir.Module) -> list[str]:
    """The comments that are no directives to this tool."""
    return [one.text for one in module.comments if not _DIRECTIVE.search(one.text)]


def _in_order(moved: Relaid) -> bool:
    """Whether the offsets kept their order, and stayed on one line with the one before, or apart from it."""
    last_now = line = line_now = -1
    for before, now in moved.known:
        here, here_now = bisect_right(moved.before.starts, before), bisect_right(moved.now.lines.starts, now)
        if now <= last_now or (here == line) != (here_now == line_now):
            return False
        last_now, line, line_now = now, here, here_now
    return True


def _relaid_at(known: list[tuple[int, int]]) -> Iterator[int]:
    """The offsets before behind which white space or comments came or went."""
    for (before, now), (next_before, next_now) in pairwise(known):
        if next_before - before != next_now - now:
            yield before


def _commented_at(before: ir.Module, now: ir.Module, known: list[tuple[int, int]]) -> Iterator[int]:
    """The offsets before behind which comments differ."""
    olds, news = [old for old, _ in known], [new for _, new in known]
    differ = Counter((bisect_right(olds, one.at), one.text) for one in before.comments)
    differ.subtract((bisect_right(news, one.at), one.text) for one in now.comments)
    for (number, _), count in differ.items():
        if count and number:
            yield olds[number - 1]


@dataclass(slots=True)
class Moves:
    """What is known of the files that were laid out anew, by path."""

    files: Mapping[str, Mover]

    def finding(self, finding: Finding) -> Finding:
        """A finding, and what led there, where they stand now."""
        moved = self.files.get(finding.place.path)
        steps = {name: tuple(map(self.step, getattr(finding, name))) for name in ("steps", "related", "considered")}
        others = tuple(tuple(map(self.step, way)) for way in finding.others)
        if moved is None:
            return msgspec.structs.replace(finding, **steps, others=others)
        place = moved.found(finding.place, finding.anchor)
        return msgspec.structs.replace(finding, **steps, others=others, place=place, code=moved.code(place, finding.code))

    def step(self, step: Step) -> Step:
        """A stop on a value's way."""
        moved = self.files.get(step.place.path)
        if moved is None:
            return step
        place = moved.place(step.place)
        return Step(place, step.note, moved.code(place, step.code) if step.code else "")

    def route(self, route: RouteRecord) -> RouteRecord:
        """A route with its guards."""
        return msgspec.structs.replace(
            route,
            place=self.place(route.place),
            registered=self.place(route.registered),
            guards=tuple(map(self._guard, route.guards)),
            unapplied=tuple(map(self._guard, route.unapplied)),
        )

    def _guard(self, guard: GuardRecord) -> GuardRecord:
        return guard if guard.place is None else msgspec.structs.replace(guard, place=self.place(guard.place))

    def sign(self, sign: Sign) -> Sign:
        """A piece of evidence."""
        return msgspec.structs.replace(sign, place=self.place(sign.place))

    def place(self, place: Place) -> Place:
        """A region of any file."""
        moved = self.files.get(place.path)
        return place if moved is None else moved.place(place)
