"""From facts to states: what each criterion comes to, and why, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend_audit.criteria.coverage import Coverage, covered
from backend_audit.criteria.derived import derived
from backend_audit.criteria.model import Assessment, Criterion, Section, Share, State, Want
from backend_audit.criteria.words import SHOWN, counted, nothing, sentence, shown, where
from backend_audit.finding import MODE_ORDER, Finding, Mode, Place
from backend_audit.inventory import RouteRecord
from backend_audit.inventory.signs import Dependency, Sign

_APPLICATION = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a project. `kinds` says in words what each kind of sign is evidence of.

    `brings` names, for each kind, the packages that could bring it; `clauses` the clause of each rule that counts.
    """

    signs: Sequence[Sign] = ()
    routes: Sequence[RouteRecord] = ()
    findings: Sequence[Finding] = ()
    dependencies: Sequence[Dependency] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    brings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)


def assess(sections: Iterable[Section], facts: Facts, mode: Mode) -> list[Assessment]:
    """What the criteria of `mode`, and of those less demanding, come to; in the order of the sections."""
    sections = list(sections)
    asked = [section for section in sections if MODE_ORDER.index(Mode(section.mode)) <= MODE_ORDER.index(mode)]
    every = {one.id: one for section in sections for one in section.criteria}
    judge = _Judge(facts)
    return [judge.judged(one, every, section.title) for section in asked for one in section.criteria]


class _Judge:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.signs: dict[str, list[Sign]] = {}
        for sign in (*facts.signs, *derived(facts.signs, facts.routes)):
            self.signs.setdefault(sign.kind, []).append(sign)

    def judged(self, criterion: Criterion, every: Mapping[str, Criterion], section: str) -> Assessment:
        """What one criterion comes to."""
        asked = every[criterion.like] if criterion.like else criterion
        case = _Case(self, asked)
        state = case.state()
        reason = case.reason(state)
        if asked.note and state is not State.NOT_APPLICABLE:
            reason = f"{reason}; {asked.note}"
        return Assessment(
            id=criterion.id,
            title=criterion.title,
            text=criterion.text,
            section=section,
            state=state,
            reason=sentence(reason),
            evidence=() if state is State.NOT_APPLICABLE else case.evidence(),
            covered=case.coverage.covered if case.coverage is not None else 0,
            total=case.coverage.total if case.coverage is not None else 0,
            next=case.next_step(state),
            place=case.place(state),
            like=criterion.like,
        )

    def of(self, kinds: Iterable[str]) -> list[Sign]:
        """The signs of some kinds."""
        return [sign for kind in kinds for sign in self.signs.get(kind, ())]

    def has(self, kinds: Iterable[str]) -> bool:
        """Whether there is a sign of any of `kinds`."""
        return any(kind in self.signs for kind in kinds)


class _Case:
    """One criterion, held against the facts."""

    def __init__(self, judge: _Judge, criterion: Criterion) -> None:
        self.judge = judge
        self.criterion = criterion
        self.signs = judge.of(criterion.evidence)
        self.coverage = self._coverage(criterion.share)
        self.findings = [one for one in judge.facts.findings if self._concerns(one)]
        self.lacks = [one for one in criterion.wants if (not one.when or judge.has(one.when)) and not self._has(one)]
        self.is_there = bool(self.signs) or criterion.clean or self._counts()
        self.spoils = [one for one in criterion.spoils if judge.has(one.kinds) and not (one.alone and self.is_there)]

    def _has(self, want: Want) -> bool:
        files = {sign.place.path for sign in self.signs}
        return any(not want.near or sign.place.path in files for sign in self.judge.of(want.kinds))

    def _coverage(self, share: Share | None) -> Coverage | None:
        if share is None:
            return None
        found = covered(share.of, self.judge.facts.routes)
        return Coverage(found.total, found.total, ()) if self.judge.has(share.everywhere) else found

    def _concerns(self, finding: Finding) -> bool:
        clause = self.judge.facts.clauses.get(finding.rule, "")
        return finding.rule in self.criterion.findings or (clause != "" and clause in self.criterion.findings)

    def _counts(self) -> bool:
        """Whether the routes alone show that it is there."""
        share = self.criterion.share
        return self.coverage is not None and share is not None and share.decides and self.coverage.covered > 0

    def _falls_short(self) -> bool:
        """Whether too few routes are covered."""
        share = self.criterion.share
        return self.coverage is not None and share is not None and self.coverage.share < share.enough

    def state(self) -> State:
        """The state, by what is there and what is lacking."""
        criterion = self.criterion
        if criterion.applies and not self.judge.has(criterion.applies):
            return State.NOT_APPLICABLE
        if not self.is_there and not self.spoils:
            return State.NOT_ASSESSED if criterion.not_assessed else State.MISSING
        if not self.is_there or self.spoils or self.lacks or self.findings or self._falls_short():
            return State.PARTIAL
        return State.MET

    def reason(self, state: State) -> str:
        """Why, in words."""
        criterion, facts = self.criterion, self.judge.facts
        if state is State.NOT_APPLICABLE:
            return criterion.otherwise
        if state is State.NOT_ASSESSED:
            return criterion.not_assessed
        if state is State.MISSING:
            packages = {one for kind in criterion.evidence for one in facts.brings.get(kind, ())}
            return nothing(criterion.evidence, [one for one in facts.dependencies if one.name in packages], facts.kinds)
        parts = [shown(criterion.evidence, self.judge.signs, facts.kinds)]
        if self.coverage is not None and self.coverage.total and criterion.share is not None:
            parts.append(f"{self.coverage.covered} of {self.coverage.total} routes {criterion.share.words}")
        parts += [one.why for one in self.spoils]
        parts += [one.lacks for one in self.lacks] if self.is_there else []
        parts.append(counted(self.findings))
        return "; ".join(part for part in parts if part) or "nothing was found that speaks against it"

    def evidence(self) -> tuple[Sign, ...]:
        """The places that speak for and against it, a handful of each kind."""
        criterion = self.criterion
        wanted = [kind for one in criterion.wants for kind in one.kinds]
        against = [kind for one in self.spoils for kind in one.kinds]
        kept: list[Sign] = []
        for kind in dict.fromkeys([*criterion.evidence, *wanted, *against]):
            kept += self.judge.signs.get(kind, [])[:SHOWN]
        kept += [Sign(f"finding:{one.rule}", one.place, "", one.symbol) for one in self.findings[:SHOWN]]
        return tuple(kept)

    def next_step(self, state: State) -> str:
        """What to do first; "" where there is nothing to do."""
        if state not in {State.PARTIAL, State.MISSING}:
            return ""
        advice = self.criterion.next
        if state is State.MISSING or not self.is_there:
            return advice
        steps = [*(one.next for one in self.spoils if one.next), *(one.next for one in self.lacks if one.next)]
        if steps:
            return steps[0]
        if self._falls_short() and self.coverage is not None and self.coverage.lacking:
            first = self.coverage.lacking[0]
            return f"{advice} Begin with {','.join(first.methods) or 'ANY'} {first.path} ({where(first.place)}).".strip()
        if self.findings:
            rule = self.findings[0].rule
            return f"Mend `{rule}` at {where(self.findings[0].place)}; `backend-audit explain {rule}` says how."
        return advice

    def place(self, state: State) -> Place | None:
        """Where a mender would begin."""
        if state in {State.NOT_APPLICABLE, State.NOT_ASSESSED}:
            return None
        facts = self.judge.facts
        if state is State.PARTIAL and self.coverage is not None and self.coverage.lacking and self._falls_short():
            return self.coverage.lacking[0].place
        known: list[Sign] = [*self.signs, *self.judge.signs.get(_APPLICATION, ())]
        if known:
            return known[0].place
        if facts.routes:
            return facts.routes[0].registered
        return facts.dependencies[0].place if facts.dependencies else None
