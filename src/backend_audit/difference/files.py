"""Files before and after: which was renamed, and which lines of one are new."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

_SAME_NAME, _OTHER_NAME = 0.5, 0.6  # share of lines that two files of the same and of another name have in common
_LONG = 2_000  # lines
_MOST_PAIRS = 40_000  # of files of different names that are compared


def renamed(gone: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """For files that are gone (path → text) the path of the added file that each is now: the same text, or most of its lines."""
    found: dict[str, str] = {}
    by_text: dict[str, list[str]] = {}
    for path, text in sorted(added.items(), reverse=True):
        by_text.setdefault(text, []).append(path)
    for path, text in sorted(gone.items()):
        if text.strip() and (same := by_text.get(text)):
            found[path] = same.pop()
    old = {path: _lines(text) for path, text in gone.items() if path not in found}
    new = {path: _lines(text) for path, text in added.items() if path not in found.values()}
    for _, before, after in sorted(_candidates(old, new)):
        if before not in found and after in new:
            found[before] = after
            del new[after]
    return found


def _candidates(old: Mapping[str, Counter[str]], new: Mapping[str, Counter[str]]) -> Iterator[tuple[float, str, str]]:
    """Pairs that are alike, the negative of their likeness first."""
    few = len(old) * len(new) <= _MOST_PAIRS
    for before, one in old.items():
        for after, other in new.items():
            same_name = before.rpartition("/")[2] == after.rpartition("/")[2]
            if not same_name and not few:
                continue
            most = max(one.total(), other.total())
            alike = (one & other).total() / most if most else 0.0
            if alike >= (_SAME_NAME if same_name else _OTHER_NAME):
                yield -alike, before, after


def _lines(text: str) -> Counter[str]:
    """The lines that tell something, without their layout."""
    return Counter(line for raw in text.splitlines() if (line := "".join(raw.split())))


def new_lines(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """The lines of `after` that are not in `before`, as ranges of 1-based numbers, both ends included."""
    return tuple((first, last - 1) for kind, _, _, first, last in _changes(before, after) if kind != "delete")


def kept_lines(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """For the lines of `before` that are still there their numbers in `after`; lines are counted from 1."""
    found: dict[int, int] = {}
    old, new = 1, 1  # the next lines of which nothing is known yet
    for _, start, stop, _, last in _changes(before, after):
        found |= {old + at: new + at for at in range(start - old)}
        old, new = stop, last
    return found | {old + at: new + at for at in range(len(before) + 1 - old)}


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What makes `after` of `before`: the kind, and the lines (from 1, the end excluded) on both sides."""
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    most = shorter - head
    tail = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    # Frequent lines (`}`, blanks) make the exact comparison of long texts quadratic.
    opcodes = SequenceMatcher(None, old, new, autojunk=len(new) > _LONG).get_opcodes()
    for kind, start, stop, first, last in opcodes:
        if kind != "equal":
            yield kind, head + start + 1, head + stop + 1, head + first + 1, head + last + 1
