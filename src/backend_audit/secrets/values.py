"""What a literal's characters say: how random it looks, whether it reads like words, which shape it has.

Randomness is measured as surprise: how many bits each character costs somebody who expects words and identifiers.
Letters that follow one another as in English cost little, letters at random cost about five bits. The table below was
counted from the names and comments of Python's standard library (17,551 words).
"""

import itertools
import math
import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

# Row: a letter; column: the letter after it; value: the surprise in bits, less one, at most nine.
_ROWS = (
    "94338749496232949232556659 25452677249155349335287947 29562782493356178452478969 35541668178476368435478769 "
    "36325458697342646223755468 38653278199366267344397959 37561743399353469335367987 17751798297456279453499959 "
    "45344449998341349432949694 29461798495698159546198959 36550647299384557525574969 27641688198276269744478939 "
    "14751789296546229745499969 37322427395575468732458979 55337559595331439234354698 27652685397277238243486949 "
    "69657896789584686537086999 27441658295545259433567959 47361663295466437631376859 27461693198566359234476847 "
    "43453559499332539232899999 17690788299766479657977999 27542593198473367235775799 45352495298447529541667458 "
    "64443566399332419522754886 39770699299666359665898968"
)
_AFTER = tuple(_ROWS.split())

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class Traits(NamedTuple):
    """`mean` and `total` are bits of surprise per character and altogether; `classes` counts lower, upper, digit, other."""

    length: int
    mean: float
    total: float
    entropy: float
    classes: int
    spaces: int
    mixed: int  # changes between letters and digits

    @property
    def random(self) -> bool:
        """Nobody would write this by hand as a word: keys, tokens, digests, generated passwords."""
        enough = self.mean >= 3.7 or (self.mean >= 3.2 and self.mixed >= 3)
        return enough and self.spaces == 0 and self.total >= 34 and self.entropy >= 2.4

    @property
    def very_random(self) -> bool:
        return self.random and self.total >= 75 and self.mean >= 3.9


def _letters(before: str, this: str, after: str) -> float:
    """The cost of a letter after a letter; a capital that begins a word costs little, one anywhere else much."""
    bits = int(_AFTER[ord(before.lower()) - 97][ord(this.lower()) - 97]) + 1.0
    if before.islower() and this.isupper():
        return 3.0 if after.islower() else max(bits, 5.0)
    if before.isupper() and this.islower():
        return max(bits, 2.0)
    return bits


def _cost(before: str, this: str, after: str) -> float:
    if this.isalpha() and this.isascii():
        if before.isalpha() and before.isascii():
            return _letters(before, this, after)
        return 5.0 if before.isdigit() else 3.0
    if this.isdigit():
        return 3.3 if not before.isalpha() else 4.0
    return 2.0 if this in "-_./: " else 4.5


def _total(text: str) -> float:
    total, step = 3.0, 99
    for at in range(1, len(text)):
        now = ord(text[at]) - ord(text[at - 1])
        # 1234, abcd, 0000: after the first step the rest is no news
        same = now == step and -1 <= now <= 1
        total += 0.7 if same else _cost(text[at - 1], text[at], text[at + 1 : at + 2])
        step = now
    return total


@lru_cache(maxsize=4096)
def traits(value: str) -> Traits:
    """The measures of `value`; only its first 400 characters count."""
    text = value[:400]
    size = len(text)
    if not size:
        return Traits(0, 0.0, 0.0, 0.0, 0, 0, 0)
    total = _total(text)
    entropy = -sum(n / size * math.log2(n / size) for n in Counter(text).values())
    classes = (
        any(c.islower() for c in text)
        + any(c.isupper() for c in text)
        + any(c.isdigit() for c in text)
        + any(not c.isalnum() for c in text)
    )
    mixed = sum((a.isdigit() and b.isalpha()) or (a.isalpha() and b.isdigit()) for a, b in itertools.pairwise(text))
    return Traits(len(value), total / size, total, entropy, classes, sum(c.isspace() for c in text), mixed)


def vocabulary(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a name or value, lower case: snake, kebab and camel case taken apart, digits on their own."""
    return tuple(word.lower() for word in _WORD.findall(text))


def is_uuid(value: str) -> bool:
    return _UUID.fullmatch(value) is not None
