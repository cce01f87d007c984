"""Which text makes a backtracking engine explode: a loop with two ways over the same word, and an end that fails.

Exponential: some position p has two different ways p → p over one word w. If after any number of w some text z makes the match
fail, an engine that backtracks tries both ways each time: 2^n for w repeated n times. Polynomial: two different loops, one
after the other, over the same word. (Weideman and others, "Analyzing matching time behavior of backtracking regular
expression matchers", 2016.)
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backend_audit.regex import charset
from backend_audit.regex.alphabet import Alphabet
from backend_audit.regex.automaton import UnsupportedError, automaton
from backend_audit.regex.components import components
from backend_audit.regex.shape import alternatives
from backend_audit.regex.widen import kept_apart

_SWITCHES = re.compile(r"\(\?[a-z]+\)")
_MAX_PAIRS = 20_000
_MAX_WORDS = 240
_MAX_SETS = 300
_MAX_ROUNDS = 80
_MAX_LETTERS = 4

Word = tuple[int, ...]  # letters of the alphabet
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pump:
    """The text whose repetition costs so much; `here`: in CPython too, which makes one set of alternatives of one character."""

    text: str
    here: bool = True


@lru_cache(maxsize=4096)
def exponential(pattern: str, flags: int = 0, *, whole: bool = False) -> Pump | None:
    """The text whose repetition doubles the work each time, None if there is none (or the pattern cannot be judged).

    `whole`: matched with `fullmatch`, so that the text's end must be reached.
    """
    try:
        found = _Search(pattern, flags, whole=whole).exponential()
    except UnsupportedError:
        return None
    if found is not None or "|" not in pattern:
        return found
    try:
        found = _Search(kept_apart(pattern), flags, whole=whole).exponential()
    except UnsupportedError:  # a `[` in a verbose pattern's comment: what was inserted may have broken it
        return None
    return None if found is None else Pump(found.text, here=False)


@lru_cache(maxsize=4096)
def polynomial(
    pattern: str, flags: int = 0, *, whole: bool = False, anchored: bool = False, one_line: bool = False
) -> Pump | None:
    """The text whose length raises the work by more than its length.

    `anchored`: a match starts at the text's beginning only. `one_line`: the text has no line break.
    """
    try:
        search = _Search(pattern, flags, whole=whole, bounds=True)
        if one_line:
            search.alphabet.leave_out_breaks()
        return search.polynomial(anchored=anchored, lines=_begins_lines(pattern, flags))
    except UnsupportedError:
        return None


def _begins_lines(pattern: str, flags: int) -> bool:
    """Whether a match begins where a line does, `/^a/m`: a search begins anew behind each line's end, and nowhere else."""
    switches = _SWITCHES.match(pattern)
    body = pattern if switches is None else pattern[switches.end() :]
    multiline = flags & re.MULTILINE or (switches is not None and "m" in switches[0])
    return bool(multiline) and body.startswith("^") and len(alternatives(body)) == 1


class _Search:
    def __init__(self, pattern: str, flags: int, *, whole: bool, bounds: bool = False) -> None:
        self.graph = automaton(pattern, flags, whole=whole, bounds=bounds)
        self.alphabet = Alphabet(self.graph.sets)
        self.masks = self.alphabet.masks
        self.next = [sorted(follow.items()) for follow in self.graph.follow]
        self.accepting = frozenset(self.graph.last)
        self.components = components([list(follow) for follow in self.graph.follow])

    def exponential(self) -> Pump | None:
        tried: set[tuple[int, Word]] = set()
        for state in range(len(self.masks)):
            if state in self.graph.fixed or self.components[state] < 0:
                continue
            for word in self.words(state):
                if (state, word) in tried:
                    continue
                tried.add((state, word))
                if self.fails_after(frozenset((state,)), word):
                    return Pump(self.alphabet.text(word))
                if len(tried) > _MAX_WORDS:
                    return None
        return None

    # --- two ways over one word -------------------------------------------------------------------------------------

    def words(self, state: int) -> Iterator[Word]:
        """Words over which there are two ways from `state` back to itself."""
        inside = self.components[state]
        steps = [(one, ways) for one, ways in self.next[state] if self.components[one] == inside]
        for at, (one, ways) in enumerate(steps):
            for other, _ in steps[at if ways > 1 else at + 1 :]:
                for letter in self.alphabet.letters(self.masks[one] & self.masks[other])[:_MAX_LETTERS]:
                    for way in self.ways_back((one, other), state):
                        yield (letter, *way)

    def ways_back(self, start: Pair, state: int) -> Iterator[Word]:
        """Words that lead both halves of `start` to `state`: the shortest, and ones through each other position of the loop."""
        inside = self.components[state]
        reached: dict[Pair, Word] = {start: ()}
        queue = deque([start])
        if start == (state, state):
            yield ()
        while queue and len(reached) < _MAX_PAIRS:
            pair = queue.popleft()
            for after, letter in self.pair_steps(pair, inside):
                if after not in reached:
                    reached[after] = (*reached[pair], letter)
                    queue.append(after)
        home = (state, state)
        if home in reached and start != home:
            yield reached[home]
        for pair, word in sorted(reached.items()):
            if pair[0] == pair[1] and pair != home and self.components[pair[0]] == inside:
                back = self.path(pair[0], state)
                if back is not None:
                    yield (*word, *back)
                    for letter in self.alphabet.letters(self.masks[pair[0]])[:_MAX_LETTERS] if word else ():
                        yield (*word[:-1], letter, *back)

    def pair_steps(self, pair: Pair, inside: int) -> Iterator[tuple[Pair, int]]:
        for one, _ in self.next[pair[0]]:
            if self.components[one] != inside:
                continue
            for other, _ in self.next[pair[1]]:
                common = self.masks[one] & self.masks[other]
                if common and self.components[other] == inside:
                    letter = self.alphabet.first(common)
                    if letter is not None:
                        yield ((one, other) if one <= other else (other, one)), letter

    def path(self, start: int, goal: int) -> Word | None:
        """A shortest word from `start` to `goal`, () if they are the same."""
        reached: dict[int, Word] = {start: ()}
        queue = deque([start])
        while queue and goal not in reached:
            state = queue.popleft()
            for after, _ in self.next[state]:
                letter = self.alphabet.first(self.masks[after])
                if after not in reached and letter is not None:
                    reached[after] = (*reached[state], letter)
                    queue.append(after)
        return reached.get(goal)

    # --- the end that fails -----------------------------------------------------------------------------------------

    def step(self, states: frozenset[int], letter: int) -> frozenset[int]:
        bit = 1 << letter
        return frozenset(after for state in states for after in self.graph.follow[state] if self.masks[after] & bit)

    def fails_after(self, states: frozenset[int], word: Word) -> bool:
        """Whether, however often `word` was read, some text makes every way fail."""
        seen: dict[frozenset[int], int] = {}
        order: list[frozenset[int]] = []
        while states not in seen and len(order) < _MAX_ROUNDS:
            seen[states] = len(order)
            order.append(states)
            for letter in word:
                if states & self.accepting:
                    return False  # a match that needs no end has been found
                states = self.step(states, letter)
        if states & self.accepting:
            return False
        return any(self.can_fail(one) for one in order[seen.get(states, len(order) - 1) :])

    def can_fail(self, states: frozenset[int]) -> bool:
        if states & self.accepting:
            return False
        seen = {states}
        queue = deque([states])
        end = self.alphabet.end
        while queue and len(seen) < _MAX_SETS:
            current = queue.popleft()
            if not current or end is None or not self.step(current, end) & self.accepting:
                return True
            for letter in self.alphabet.ordinary:
                after = self.step(current, letter)
                if after not in seen and not after & self.accepting:
                    seen.add(after)
                    queue.append(after)
        return False

    # --- the weaker kind --------------------------------------------------------------------------------------------

    def polynomial(self, *, anchored: bool, lines: bool = False) -> Pump | None:
        loops = [state for state in range(len(self.masks)) if self.components[state] >= 0 and state not in self.graph.fixed]
        own = {state: self.masks[state] for state in loops if state in self.graph.follow[state]}
        searched = not anchored and not self.begins_at_start()
        for first, mask in own.items():
            letters = self.alphabet.letters(mask)
            inside = self.reread(first, lines=lines) if searched and first not in self.graph.first else None
            if inside is not None:
                return Pump(self.alphabet.text(inside))
            if first in self.graph.first and searched:
                again = [one for one in letters if one == self.alphabet.newline] if lines else letters
                word = self.restarted(again)
                if word is not None:
                    return Pump("\n" if lines else self.alphabet.text(word))
            for second, other in own.items():
                if second == first or not self.reaches(first, second, mask & other):
                    continue
                for letter in self.alphabet.letters(mask & other):
                    if self.reaches(first, second, 1 << letter) and self.fails_after(frozenset((first,)), (letter,)):
                        return Pump(self.alphabet.text((letter,)))
        return None

    def reread(self, loop: int, *, lines: bool) -> Word | None:
        """A search begins anew inside of what a loop has read: the pattern's beginning, up to there, is text of the loop itself.

        `<!--.*-->` reads on to the end from every `<!--`.
        """
        own = self.masks[loop]
        reached: dict[int, Word] = {}
        queue: deque[int] = deque()
        for state in sorted(self.graph.first):
            letter = self.alphabet.first(self.masks[state] & own)
            if letter is not None and state != loop:
                reached[state] = (letter,)
                queue.append(state)
        while queue:
            state = queue.popleft()
            for after, _ in self.next[state]:
                letter = self.alphabet.first(self.masks[after] & own)
                if after in reached or letter is None:
                    continue
                word = (*reached[state], letter)
                if after == loop:
                    usable = not lines or self.alphabet.newline in word
                    return word if usable and self.fails_after(frozenset((loop,)), word) else None
                reached[after] = word
                queue.append(after)
        return None

    def begins_at_start(self) -> bool:
        """Whether every match begins with the mark of the text's beginning."""
        return all(self.graph.sets[one] == ((charset.BEGIN, charset.BEGIN),) for one in self.graph.first)

    def restarted(self, letters: list[int]) -> Word | None:
        """A search tries each offset anew: a loop at the pattern's start, whose end fails on every way, costs the square."""
        for letter in letters:
            start = frozenset(state for state in self.graph.first if self.masks[state] >> letter & 1)
            if self.fails_after(start, (letter,)):
                return (letter,)
        return None

    def reaches(self, start: int, goal: int, mask: int) -> bool:
        """Whether the second loop follows the first over characters that both take."""
        if not mask:
            return False
        queue, seen = deque([start]), {start}
        while queue:
            state = queue.popleft()
            for after, _ in self.next[state]:
                if after == goal:
                    return True
                if after not in seen and self.masks[after] & mask:
                    seen.add(after)
                    queue.append(after)
        return False
