"""What a text cannot hold once it has matched a pattern: the contexts in which it is then harmless."""

import re
from functools import lru_cache

from backend_audit.regex import charset
from backend_audit.regex.automaton import Automaton, UnsupportedError, automaton
from backend_audit.regex.charset import Ranges

_PLAIN = charset.union((charset.WORD, *(((ord(one), ord(one)),) for one in "-.@+~,")))
_DANGEROUS = {
    "html": "<>\"'&", "log": "\n", "header": "\n", "sql": "'\"\\; (", "xpath": "'\"[(", "path": "/\\", "url": "/\\:@?#%",
    "ldap": "*()\\", "regex": "+*({[", "template": "{}",
}  # fmt: skip
# `^/[a-z]+`: a path of the own site, since no second slash can follow the first.
_OWN_PATH = re.compile(r"(?:\^|\\A)?\\?/(?:\[[^\]^/\\.]*\]|[A-Za-z0-9_]|\\w)(?![*?{])[^|]*$")
_HOST = re.compile(r"\^?(\\A)?\(?(\?:)?https?\??\)?:(\\?/){2}(\(([\w.\\|-]|\?:)+\)\??)?[\w.\\-]+\\?/")
_MARKS = ((charset.END, charset.END), (charset.BEGIN, charset.BEGIN))


@lru_cache(maxsize=1024)
def harmless_after(pattern: str, how: str) -> frozenset[str]:
    """The contexts in which a text is harmless after `re.<how>(pattern, text)` found a match; "all" for every one."""
    try:
        graph = automaton(pattern, whole=how == "fullmatch")
    except UnsupportedError:
        return frozenset()
    found: set[str] = set()
    if (_HOST.match(pattern) or _OWN_PATH.match(pattern)) and (how != "search" or pattern.startswith(("^", "\\A"))):
        found.add("url")
    ends = bool(graph.last) and all(_marked(graph.sets[one], charset.END) for one in graph.last)
    begins = how != "search" or all(_marked(graph.sets[one], charset.BEGIN) for one in graph.first)
    if ends and begins:
        found |= _harmless_of(charset.union(tuple(one for one in ranges if one not in _MARKS) for ranges in graph.sets))
        found |= {"path"} if _stays_below(graph) else set()
    return frozenset(("all",)) if "all" in found else frozenset(found)


def harmless_without(signs: Ranges) -> frozenset[str]:
    """The contexts in which a text is harmless that holds none of these characters."""
    return frozenset(_harmless_of(charset.complement(signs)))


def _harmless_of(held: Ranges) -> set[str]:
    """The contexts in which a text of these characters is harmless."""
    if not _common(held, charset.complement(_PLAIN)):
        return {"all"}
    return {context for context, signs in _DANGEROUS.items() if not any(_holds(held, ord(sign)) for sign in signs)}


def _stays_below(graph: Automaton) -> bool:
    """Whether no text that it takes begins at the root or holds `..`: none leads out of a folder."""
    starts = [one for at in graph.first for one in _signs_from(graph, at, frozenset())]
    if any(_holds(graph.sets[one], ord(sign)) for one in starts for sign in "/\\"):
        return False
    dots = [at for at, ranges in enumerate(graph.sets) if _holds(ranges, ord("."))]
    after = {one for at in dots for first in graph.follow[at] for one in _signs_from(graph, first, frozenset())}
    return after.isdisjoint(dots)


def _signs_from(graph: Automaton, at: int, seen: frozenset[int]) -> list[int]:
    """The positions with a character that a match may come to next, through those that only say where it is."""
    if at in seen:
        return []
    if any(low >= 0 for low, _ in graph.sets[at]):
        return [at]
    return [one for following in graph.follow[at] for one in _signs_from(graph, following, seen | {at})]


def _marked(ranges: Ranges, mark: int) -> bool:
    return any(low == mark for low, _ in ranges)


def _holds(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _common(left: Ranges, right: Ranges) -> bool:
    return any(low <= high_2 and low_2 <= high for low, high in left for low_2, high_2 in right)
