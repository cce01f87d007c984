"""What a text cannot hold since nothing in it matches a pattern: the contexts in which it is then harmless."""

import re
from functools import lru_cache

from backend_audit.regex import charset
from backend_audit.regex.accepts import harmless_without
from backend_audit.regex.automaton import UnsupportedError, automaton
from backend_audit.regex.charset import Ranges

_NAMED = re.compile(r"\(\?<(?=[A-Za-z_])")
_ANY = re.compile(r"\[\^\]")
_DOLLAR = re.compile(r"(\\.)|(\[(?:\\.|[^\]\\])*\])|\$", re.DOTALL)
_LITERAL = re.compile(r"(?:\\[^\w\s]|[^\\^$.|?*+()\[\]{}])+")
_OF_WORDS = re.compile(r"\\[wWbBdD]")
_LONGEST = 3


def python_pattern(body: str, flags: str = "") -> str:
    """JavaScript's pattern as Python reads it; `$` is the text's very end there unless lines count, letters are of ASCII."""
    found = _ANY.sub(r"[\\s\\S]", _NAMED.sub("(?P<", body))
    if "m" not in flags:
        found = _DOLLAR.sub(lambda match: match[0] if match[1] or match[2] else r"\Z", found)
    switches = "".join(flag for flag in "ims" if flag in flags)
    return f"(?a{switches}){found}" if switches or _OF_WORDS.search(found) else found


@lru_cache(maxsize=1024)
def lacked_signs(pattern: str) -> Ranges:
    """The characters that match the pattern by themselves: none of them is left where nothing matches."""
    try:
        graph = automaton(pattern)
    except UnsupportedError:
        return ()
    alone = [graph.sets[at] for at in graph.first if at in graph.last]
    return charset.union(tuple(one for one in ranges if one[0] >= 0) for ranges in alone)


def lacked_text(pattern: str) -> str:
    """The short text that is all that the pattern matches; "" if it is no such pattern."""
    if _LITERAL.fullmatch(pattern) is None:
        return ""
    text = re.sub(r"\\(.)", r"\1", pattern)
    return text if len(text) <= _LONGEST else ""


def harmless_unmatched(pattern: str) -> frozenset[str]:
    """The contexts in which a text is harmless in which the pattern matches nothing; "all" for every one."""
    signs = lacked_signs(pattern)
    return harmless_without(signs) if signs else frozenset()
