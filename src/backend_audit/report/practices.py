"""What a project does alike in many places, told once with all of them: for people; programs get each finding.

Which rules are about practices, and how sure a finding of them may be to be one of many, their pages say (`practice`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from backend_audit.finding import CONFIDENCE_ORDER, Finding
from backend_audit.report.context import RenderContext

MANY = 10  # so many of one kind are still told one by one
_NAMES = re.compile(r"`[^`]*`(?:(?:,| and|, and) `[^`]*`)*")  # what a message says of this code: the rest is the kind


class Told(NamedTuple):
    """A finding, and those that are `alike`, in the order given, where it stands for them."""

    finding: Finding
    alike: tuple[Finding, ...] = ()


def told_once(findings: Sequence[Finding], context: RenderContext) -> list[Told]:
    """The findings in their order; of more than `MANY` of one kind one alone, with the others."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if _may_be_one_of_many(finding, context):
            kinds.setdefault(_kind(finding), []).append(finding)
    many = {kind: _example(group) for kind, group in kinds.items() if len(group) > MANY}
    told: list[Told] = []
    for finding in findings:
        kind = _kind(finding)
        first = many.get(kind) if _may_be_one_of_many(finding, context) else None
        if first is None:
            told.append(Told(finding))
        elif first is finding:
            told.append(Told(finding, tuple(one for one in kinds[kind] if one is not finding)))
    return told


def places(alike: Sequence[Finding]) -> list[tuple[str, list[int]]]:
    """Where they stand: the lines by file, in the order given."""
    found: dict[str, list[int]] = {}
    for one in alike:
        found.setdefault(one.place.path, []).append(one.place.line)
    return list(found.items())


def _example(group: Sequence[Finding]) -> Finding:
    """The first of the surest, from the part of the project in which most of them stand: tools lie beside it."""
    parts = Counter(one.place.path.partition("/")[0] for one in group)
    return min(group, key=lambda one: (_unsure(one), -parts[one.place.path.partition("/")[0]]))


def _may_be_one_of_many(finding: Finding, context: RenderContext) -> bool:
    surest = context.card(finding.rule).practice
    return surest is not None and _unsure(finding) >= CONFIDENCE_ORDER.index(surest)


def _unsure(finding: Finding) -> int:
    return CONFIDENCE_ORDER.index(finding.confidence)


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.rule, _NAMES.sub("`…`", finding.message)
