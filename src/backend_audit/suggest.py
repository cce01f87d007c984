"""The nearest known word to a misspelled one."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` with the nearest known word, or nothing when none is near."""
    spelled = {candidate.replace("_", "-").lower(): candidate for candidate in sorted(known, reverse=True)}
    near = difflib.get_close_matches(word.replace("_", "-").lower(), list(spelled), n=1, cutoff=0.6)
    return f'; did you mean "{spelled[near[0]]}"?' if near else ""
