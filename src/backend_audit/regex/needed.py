"""Words without which a pattern cannot match: looking for them first spares most texts the search."""

from backend_audit.regex.shape import Sequence, alternatives

Words = frozenset[str]
_UNKNOWN: Words = frozenset()


def needed(pattern: str) -> Words:
    """Lower-case words of which every text that `pattern` matches holds one, in upper or lower case; none: nothing is known.

    Letters that Unicode folds to ASCII ones (U+017F to `s`) are not thought of.
    """
    return _of_any(alternatives(pattern))


def _of_any(options: list[Sequence]) -> Words:
    found: set[str] = set()
    for sequence in options:
        words = _of_all(sequence)
        if not words:
            return _UNKNOWN
        found |= words
    return frozenset(word for word in found if not any(other in word for other in found if other != word))


def _of_all(sequence: Sequence) -> Words:
    """Of what must all come, the words that are hardest to find."""
    known: list[Words] = []
    run = ""
    for atom in sequence:
        if atom.kind == "char" and atom.low:
            run += atom.text.lower()
        if (atom.kind == "char" and (atom.low, atom.high) == (1, 1)) or atom.kind in ("look", "anchor"):
            continue
        known.append(_word(run))
        run = ""
        if atom.kind == "group" and atom.low:
            known.append(_of_any(atom.options))
    known.append(_word(run))
    return max(known, key=_rarity)


def _word(run: str) -> Words:
    return frozenset((run,)) if run else _UNKNOWN


def _rarity(words: Words) -> tuple[int, int]:
    return min(map(len, words), default=0), -len(words)
