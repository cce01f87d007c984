"""Alerts about values that an answer should not hold, at the place where it is sent."""

from collections.abc import Iterator, Sequence

from backend_audit.checks import Alert
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route
from backend_audit.routes.sent import SentSecret


def first_sent(route: Route, how: str, *, told: str, fix: str) -> Iterator[Alert]:
    """One alert for the first value of a kind that the handler answers with; `told` follows its name."""
    found = next((one for one in route.sent if one.how == how), None) if is_first(route) else None
    if found is not None:
        yield at_answer(route, [found], what=f"`{found.names[0]}`{told}", fix=fix, confidence=Confidence.MEDIUM)


def at_answer(route: Route, found: Sequence[SentSecret], *, what: str, fix: str, confidence: Confidence) -> Alert:
    """An alert at the place where an answer sends all of `found`, with where the first of them come from."""
    one = found[0]
    return Alert(
        path=one.mark.path,
        at=one.mark.at,
        end=one.mark.end,
        message=f"{called(route)} answers with {what}",
        fix=fix,
        confidence=confidence,
        steps=(*(each.source for each in found[:8]), one.mark),
        anchor=f"{route.name}:{one.names[0]}",
    )
