"""Divides findings into those that stand and those that an ignore comment covers; tells comments that do nothing."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from backend_audit.finding import Confidence, Finding, Place, Suppressed
from backend_audit.suggest import did_you_mean
from backend_audit.suppress.others import Excuse
from backend_audit.suppress.read import Directive, Suppressions

UNUSED = "unused-suppression"
MALFORMED = "malformed-suppression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`known` are the ids of all rules, `ran` of those that judged the file (only for them a comment can be unused).

    `current` gives the id under which a rule goes now.
    """

    known: Collection[str]
    ran: Collection[str]
    current: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`findings` stand (those about ignore comments included), `suppressed` are covered; both sorted by place."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


@dataclass(slots=True)
class _Use:
    """A directive and the rules, by their current ids, that it covered findings of."""

    directive: Directive
    expired: bool
    used: set[str] = field(default_factory=set)


def apply(
    path: str,
    findings: Iterable[Finding],
    suppressions: Suppressions,
    rules: Rules,
    *,
    today: dt.date | None = None,
) -> Outcome:
    """Apply the ignore comments of the file `path` to its findings: to all, also those under --min-confidence.

    `today` decides which `until=` has passed; without it none has.
    """
    uses = [_Use(one, _is_past(one, today)) for one in suppressions.directives]
    stand, suppressed = _divide((_doubted(one, suppressions.excuses) for one in findings), uses, rules)
    if uses:
        # Comments about comments come last; what covers only those is told as unused when it does nothing either.
        told = [one for use in uses for one in _malformed(path, use.directive, rules) if MALFORMED in rules.ran]
        told += [one for use in uses for one in _unused(path, use, rules, skip=UNUSED) if UNUSED in rules.ran]
        more, covered = _divide(told, uses, rules)
        late = [one for use in uses for one in _unused(path, use, rules, only=UNUSED) if UNUSED in rules.ran]
        stand, suppressed = stand + more + late, suppressed + covered
    return Outcome(
        tuple(sorted(stand, key=lambda one: (one.place, one.rule))),
        tuple(sorted(suppressed, key=lambda one: (one.finding.place, one.finding.rule))),
    )


def _doubted(finding: Finding, excuses: Sequence[Excuse]) -> Finding:
    """A finding, at low confidence where another tool was told, with a reason, to leave its line alone.

    One that shows where the data comes from knows more than the reason.
    """
    place = finding.place
    told = not finding.steps and any(
        finding.rule in one.rules and one.first <= place.end_line and place.line <= one.last for one in excuses
    )
    return msgspec.structs.replace(finding, confidence=Confidence.LOW) if told else finding


def _divide(findings: Iterable[Finding], uses: list[_Use], rules: Rules) -> tuple[list[Finding], list[Suppressed]]:
    stand: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        covering = [use for use in uses if _covers(use, finding, rules)]
        for use in covering:
            use.used.add(finding.rule)
        if covering:
            reason = next((use.directive.reason for use in covering if use.directive.reason), "")
            suppressed.append(Suppressed(finding, reason))
        else:
            stand.append(finding)
    return stand, suppressed


def _covers(use: _Use, finding: Finding, rules: Rules) -> bool:
    if use.expired:
        return False
    place = finding.place
    return any(
        rules.current(span.rule) == finding.rule and span.first <= place.end_line and place.line <= span.last
        for span in use.directive.spans
    )


def _is_past(directive: Directive, today: dt.date | None) -> bool:
    return today is not None and directive.until is not None and directive.until < today


def _malformed(path: str, directive: Directive, rules: Rules) -> Iterator[Finding]:
    if directive.wrong:
        fix = "Name the rules in brackets: `backend-audit: ignore[rule-id] reason`."
        yield _finding(path, directive, MALFORMED, f"This ignore comment has no effect: {directive.wrong}.", fix)
        return
    for rule in directive.rules:
        if rules.current(rule) not in rules.known:
            near = did_you_mean(rule, rules.known)
            message = f"This ignore comment names `{rule}`, which is no rule{near or '.'}"
            yield _finding(path, directive, MALFORMED, message, "Write the id that stands in brackets behind a finding.")


def _unused(path: str, use: _Use, rules: Rules, *, skip: str = "", only: str = "") -> Iterator[Finding]:
    directive = use.directive
    if directive.wrong or directive.verb == "ignore-end":
        return
    named = {rule: rules.current(rule) for rule in directive.rules}
    idle = [rule for rule, now in named.items() if now in rules.ran and now not in use.used]
    idle = [rule for rule in idle if rule != skip and (not only or rule == only)]
    if not idle:
        return
    listed = ", ".join(f"`{rule}`" for rule in idle)
    if use.expired:
        message = f"This ignore comment for {listed} expired on {directive.until} and has no effect any more."
        fix = "Mend what it covered, or decide anew until when it may stay."
    else:
        message = f"This ignore comment covers no finding of {listed}."
        whole = len(idle) == len(directive.rules)
        fix = "Remove the comment." if whole else f"Remove {listed} from the comment."
    yield _finding(path, directive, UNUSED, message, fix)


def _finding(path: str, directive: Directive, rule: str, message: str, fix: str) -> Finding:
    line, column = directive.line, directive.column
    return Finding(
        rule=rule,
        place=Place(path, line, column, line, column + len(directive.text)),
        message=message,
        fix=fix,
        confidence=Confidence.HIGH,
        symbol="",
        code=" " * (column - 1) + directive.text,  # the code before it may hold what must not be shown
        anchor="".join(directive.text.split()),
    )
