"""Findings of all engines and rules into one report: doubles merged, choice of rules and ignore comments applied."""

from collections.abc import Iterable

from backend_audit.finding import CONFIDENCE_ORDER, Confidence, Finding


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per rule and line of a file: the surest, then the one that shows the most of the way.

    Code scanning makes one alert of two results of a rule on a line (conventions: fingerprints), so we say it once.
    """
    best: dict[tuple[str, str, int], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.place.path, finding.place.line)
        known = best.get(key)
        if known is None or _rank(finding) < _rank(known):
            best[key] = finding
    return sorted(best.values(), key=lambda one: (one.place, one.rule, one.message))


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
