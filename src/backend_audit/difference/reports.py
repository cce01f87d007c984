"""Whole reports held against an older scan, or against a baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from backend_audit.difference.baseline import Baseline, Entry, absorbed
from backend_audit.difference.matching import Key, key_of, matched
from backend_audit.finding import MANY, Comparison, Finding, Gone, Report, Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Of what a scan could have spoken: only that can be said to be gone.

    `judged` are the files' paths, `unseen` those that were not judged wholly ("" when that holds for all), `rules` what ran,
    `covers` whether a path (also of a file that is gone) lies among what was scanned.
    """

    judged: frozenset[str]
    unseen: frozenset[str]
    rules: frozenset[str]
    covers: Callable[[str], bool]

    def would_tell(self, rule: str, path: str) -> bool:
        """Whether a finding of this rule in this file would have been told."""
        return rule in self.rules and self.covers(path) and "" not in self.unseen and path not in self.unseen


NOTHING_HEARD = Heard(judged=frozenset(), unseen=frozenset(), rules=frozenset(), covers=lambda _: False)


def against_base(
    report: Report,
    base: Report,
    heard: Heard,
    moved: Mapping[str, str],
    *,
    against: str,
    revision: str = "",
    kept: "Callable[[str], Mapping[int, int]] | None" = None,
) -> Report:
    """`report` with what is new since `base` as its findings. `moved` maps paths of the base to what they are called now.

    `kept` gives, for a path of the base, the lines that are still there and their numbers now.
    """
    told = [*report.findings, *(one.finding for one in report.suppressed)]
    keys = [key_of(one) for one in told]
    answer = matched([key_of(one) for one in base.findings], keys, moved=moved, alive=heard.judged)
    if kept is not None:
        answer = _on_same_lines(base.findings, told, answer, moved, kept)
    taken = {index for index in answer if index is not None}
    gathered = _gathered(keys, answer)
    count = len(report.findings)
    gone = [
        Gone(rule=one.rule, path=one.place.path, symbol=one.symbol, finding=one)
        for index, one in enumerate(base.findings)
        if index not in taken
        and one.rule not in gathered
        and heard.would_tell(one.rule, moved.get(one.place.path, one.place.path))
    ]
    silenced = [one for one, index in zip(report.suppressed, answer[count:], strict=True) if index is not None]
    return _with(
        report, answer[:count], Comparison(against=against, revision=revision, gone=tuple(gone), silenced=tuple(silenced))
    )


def against_baseline(report: Report, baseline: Baseline, heard: Heard, paths: "Paths", *, against: str) -> Report:
    """`report` with what the baseline does not absorb as its findings; `paths` translates between the two."""
    known = () if report.comparison is None else report.comparison.known  # these first: an entry has no room for both
    told = [*known, *report.findings, *(one.finding for one in report.suppressed)]
    keys = [key_of(one, paths.outward(one.place.path)) for one in told]
    answer, rest = absorbed(baseline, keys, frozenset(paths.outward(one) for one in heard.judged))
    gathered = _gathered(keys, answer)
    answer = answer[len(known) : len(known) + len(report.findings)]
    gone = [
        Gone(rule=one.rule, path=paths.inward(one.path), symbol=one.symbol, count=one.count)
        for one in rest
        if one.rule not in gathered and heard.would_tell(one.rule, paths.inward(one.path))
    ]
    return _with(report, answer, Comparison(against=against, gone=tuple(gone)))


def _on_same_lines(
    old: Sequence[Finding],
    new: Sequence[Finding],
    answer: Sequence[int | None],
    moved: Mapping[str, str],
    kept: Callable[[str], Mapping[int, int]],
) -> list[int | None]:
    """The answer with findings of a rule at a line that nobody touched: what it says has changed elsewhere (a route's prefix)."""
    asked = [index is None and not one.anchor.endswith(MANY) for one, index in zip(new, answer, strict=True)]
    wanted = {one.rule for one, open_ in zip(new, asked, strict=True) if open_}
    free = sorted({index for index, one in enumerate(old) if one.rule in wanted} - {one for one in answer if one is not None})
    waiting: dict[tuple[str, str, int, int], int] = {}
    for index in free:
        place = old[index].place
        line = kept(place.path).get(place.line)
        if line is not None:
            waiting.setdefault((old[index].rule, moved.get(place.path, place.path), line, place.column), index)
    return [
        waiting.pop((one.rule, one.place.path, one.place.line, one.place.column), None) if open_ else index
        for one, index, open_ in zip(new, answer, asked, strict=True)
    ]


def _gathered(keys: Sequence[Key], answer: Sequence[object]) -> set[str]:
    """Rules whose findings have become so many that they are told as one: those of before are not fixed by that."""
    return {key.rule for key, found in zip(keys, answer, strict=True) if found is None and key.stands_for_many}


@dataclass(frozen=True, slots=True)
class Paths:
    """Between paths of a report and those of a baseline, which are relative to the file."""

    outward: Callable[[str], str]
    inward: Callable[[str], str]


def _with(report: Report, answer: Sequence[int | Entry | None], found: Comparison) -> Report:
    """The report without the findings that have an answer; a comparison that it holds already is added to."""
    new: list[Finding] = []
    known: list[Finding] = []
    for finding, before in zip(report.findings, answer, strict=True):
        (new if before is None else known).append(finding)
    old = report.comparison
    silenced: tuple[Suppressed, ...] = found.silenced
    if old is not None:
        found = msgspec.structs.replace(
            found,
            against=f"{old.against} and {found.against}",
            revision=old.revision or found.revision,
            gone=(*old.gone, *found.gone),
            silenced=(*old.silenced, *silenced),
            notes=(*old.notes, *found.notes),
        )
        known = sorted([*old.known, *known], key=lambda one: (one.place, one.rule, one.message))
    return msgspec.structs.replace(report, findings=tuple(new), comparison=msgspec.structs.replace(found, known=tuple(known)))
