"""Findings of all engines and rules into one report: doubles merged, choice of rules and ignore comments applied."""

from collections.abc import Iterable

import msgspec

from backend_audit.finding import CONFIDENCE_ORDER, Confidence, Finding, Place, Step

_MAX_WAYS = 8  # to one place that are shown

# A rule that guesses is silent on a line where one that has followed the data speaks.
_COVERED = {"unescaped-template-output": "cross-site-scripting"}


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per rule and line of a file: the surest, then the one that shows the most of the way.

    Code scanning makes one alert of two results of a rule on a line (conventions: fingerprints), so we say it once, with the
    ways of all sources: mending one of them is not enough.
    """
    together: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        together.setdefault((finding.rule, finding.place.path, finding.place.line), []).append(finding)
    for rule, path, line in list(together):
        if (_COVERED.get(rule), path, line) in together:
            del together[rule, path, line]
    return sorted((_one(same) for same in together.values()), key=lambda one: (one.place, one.rule, one.message))


def _one(same: list[Finding]) -> Finding:
    best, *rest = sorted(same, key=_rank)
    ways: dict[Place, tuple[Step, ...]] = {best.steps[0].place: ()} if best.steps else {}
    for other in rest:
        if other.steps and best.steps and other.confidence == best.confidence:
            ways.setdefault(other.steps[0].place, other.steps)
    others = tuple(steps for steps in ways.values() if steps)[: _MAX_WAYS - 1]
    return msgspec.structs.replace(best, others=others) if others else best


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    return (CONFIDENCE_ORDER.index(finding.confidence), -len(finding.steps), finding.place.column, finding.message)


def confident(findings: Iterable[Finding], least: Confidence) -> tuple[list[Finding], int]:
    """The findings that are at least that sure, and how many are not."""
    kept, below = [], 0
    limit = CONFIDENCE_ORDER.index(least)
    for finding in findings:
        if CONFIDENCE_ORDER.index(finding.confidence) <= limit:
            kept.append(finding)
        else:
            below += 1
    return kept, below
