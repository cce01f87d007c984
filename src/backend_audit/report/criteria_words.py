"""Words and colours for the states of criteria."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from backend_audit.criteria import Assessment, State

STATE_STYLE = {
    State.MET: "green",
    State.PARTIAL: "yellow",
    State.MISSING: "bold red",
    State.NOT_APPLICABLE: "dim",
    State.NOT_ASSESSED: "dim",
}
_WORDS = {State.NOT_APPLICABLE: "not applicable", State.NOT_ASSESSED: "not assessed"}


def state_words(state: State) -> str:
    """A state as people say it."""
    return _WORDS.get(state, str(state))


def criteria_line(assessments: Sequence[Assessment]) -> Text:
    """`12 criteria: 5 met, 4 partial, 3 missing`: counts, and no grade."""
    counts = Counter(one.state for one in assessments)
    told = [Text(f"{counts[state]} {state_words(state)}", STATE_STYLE[state]) for state in State if counts[state]]
    total = len(assessments)
    return Text.assemble((f"{total} criteri{'on' if total == 1 else 'a'}", "bold"), ": ", Text(", ").join(told))


def scan_line(assessments: Sequence[Assessment]) -> Text | None:
    """What the first section comes to, with what is missing by title; None where nothing of it applies."""
    own = [one for one in assessments if one.section == assessments[0].section]
    if all(one.state is State.NOT_APPLICABLE for one in own):
        return None
    missing = ", ".join(one.title for one in own if one.state is State.MISSING)
    return criteria_line(own) + Text(f" ({missing})" if missing else "") + Text("  `backend-audit criteria` tells why", "dim")
