"""Whether a pattern matches a text as a whole: followed through its automaton, so that no pattern is ever run."""

from functools import lru_cache

from backend_audit.regex import charset
from backend_audit.regex.automaton import Automaton, UnsupportedError, automaton


@lru_cache(maxsize=1024)
def reads_whole(pattern: str, flags: int, text: str) -> bool | None:
    """Whether `re.fullmatch(pattern, text, flags)` finds a match; None for a pattern that cannot be judged.

    Marks of word boundaries count as met.
    """
    try:
        graph = automaton(pattern, flags, whole=True)
    except UnsupportedError:
        return None
    states = _past(graph, frozenset(graph.first), charset.BEGIN)
    for sign in text:
        read = _read(graph, states, ord(sign))
        states = frozenset(after for state in read for after in graph.follow[state])
        if not states:
            return False
    ends = _past(graph, states, charset.END)
    return any(state in graph.last for state in _read(graph, ends, charset.END))


def _read(graph: Automaton, states: frozenset[int], code: int) -> frozenset[int]:
    return frozenset(one for one in states if any(low <= code <= high for low, high in graph.sets[one]))


def _past(graph: Automaton, states: frozenset[int], mark: int) -> frozenset[int]:
    """The states behind a mark too, which takes no character."""
    return states | {after for state in _read(graph, states, mark) for after in graph.follow[state]}
