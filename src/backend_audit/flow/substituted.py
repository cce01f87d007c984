"""What a text lacks once every match of a pattern in it was replaced, in Python (`re.sub`) and in JavaScript (`replace`)."""

from collections.abc import Collection

from backend_audit.flow import lacks
from backend_audit.regex import harmless_unmatched, lacked_signs, lacked_text
from backend_audit.regex.charset import Ranges

_OPENING = {"<": ("html",), "\n": ("log", "header"), "/": ("path",)}  # no tag begins, no line ends, …
TOLD = "'\"`.\\/<&"  # signs whose absence is told of a text one by one


def holds(signs: Ranges, sign: str) -> bool:
    """Whether a character is among these."""
    return any(low <= ord(sign) <= high for low, high in signs)


def after_substituting(pattern: str, texts: Collection[str]) -> frozenset[str]:
    """The contexts in which a text is harmless after each match of the pattern became one of `texts`, and what it lacks."""
    signs, text = lacked_signs(pattern), lacked_text(pattern)
    if signs:
        kept = {sign for text in texts for sign in text}
        found = harmless_unmatched(pattern)
        found |= {context for sign, contexts in _OPENING.items() if holds(signs, sign) for context in contexts}
        if "all" in found and any(not (sign.isalnum() or sign in "-_. ") for sign in kept):
            found -= {"all"}
        gone = [sign for sign in TOLD if sign not in kept and holds(signs, sign)]
        return found if "all" in found else found.union(*map(lacks.lacking, gone))
    doubled = len(set(text)) == 1 and all(text[:1] not in one for one in texts)
    return lacks.lacking(text) if doubled else frozenset()
