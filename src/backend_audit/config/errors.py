"""What a wrong configuration is answered with: one sentence that names the place, the key and a way out."""

import difflib
from collections.abc import Iterable


class ConfigError(Exception):
    """A configuration that cannot be followed. Its text is for the user; the exit code is 2."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` with the nearest known word, or nothing when none is near."""
    candidates = sorted(set(known))
    spelled = {candidate.replace("_", "-").lower(): candidate for candidate in reversed(candidates)}
    near = difflib.get_close_matches(word.replace("_", "-").lower(), list(spelled), n=1, cutoff=0.6)
    return f'; did you mean "{spelled[near[0]]}"?' if near else ""
