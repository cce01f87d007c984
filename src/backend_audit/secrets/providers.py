"""Keys of known providers anywhere in a text: found by their literal prefixes, proved by pattern, entropy and checksum."""

import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from backend_audit.secrets.models import Provider, providers
from backend_audit.secrets.placeholders import Filler, filler
from backend_audit.secrets.values import traits

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Every key is a run of at least so many characters, and but for a few formats one without a digit is a word or a path.
_RUN = re.compile(r"[A-Za-z0-9_+/-]{19,}")
_DIGIT = re.compile(r"[0-9]")
_UNDIGITED = ("hf_", "AKIA", "ASIA", "WPL_AP")


class Hit(NamedTuple):
    """A key of `provider` at `at`…`end` of the text."""

    provider: Provider
    value: str
    at: int
    end: int


def base62_crc32(body: str) -> str:
    """The six characters that end a token of GitHub or npm: the CRC32 of the rest in base 62."""
    number, out = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        out = _DIGITS[digit] + out
    return out.rjust(6, "0")


def _proved(provider: Provider, value: str) -> bool:
    if provider.checksum == "crc32-base62":
        body = value.rpartition("_")[2]
        if base62_crc32(body[:-6]) != body[-6:]:
            return False
    told = traits(value)
    if told.entropy < provider.entropy:
        return False
    return filler(value[longest_prefix(provider, value) :]) is Filler.NONE and filler(value) is Filler.NONE


def longest_prefix(provider: Provider, value: str) -> int:
    """How many leading characters of `value` belong to the format and not to the key."""
    return max((len(p) for p in provider.prefixes if value.startswith(p)), default=0)


def _near(provider: Provider, text: str, at: int) -> bool:
    """One of the words stands before the key on its line, or names the object or call that the line belongs to."""
    start = text.rfind("\n", max(0, at - 200), at) + 1 or max(0, at - 200)
    before = text[start:at].lower()
    return any(word in before for word in provider.near)


def present(text: str) -> list[Provider]:
    """The formats whose literal prefix occurs in `text`: the only ones worth a search."""
    if not any(_DIGIT.search(run) for run in _RUN.findall(text)) and not any(mark in text for mark in _UNDIGITED):
        return []
    return [row for prefix, rows in _by_prefix() if prefix in text for row in rows]


@cache
def _by_prefix() -> tuple[tuple[str, tuple[Provider, ...]], ...]:
    found: dict[str, tuple[Provider, ...]] = {}
    for row in providers():
        for prefix in row.prefixes:
            found[prefix] = (*found.get(prefix, ()), row)
    return tuple(found.items())


def find(text: str, rows: Iterable[Provider] | None = None) -> Iterator[Hit]:
    """Every key in `text` of the formats `rows` (what `present` gave), format by format and then by place."""
    for provider in dict.fromkeys(present(text) if rows is None else rows):
        for match in provider.compiled().finditer(text):
            if provider.near and not (_near(provider, text, match.start()) and _delimited(text, *match.span())):
                continue
            if _proved(provider, match[0]):
                yield Hit(provider, match[0], *match.span())


def _delimited(text: str, at: int, end: int) -> bool:
    """A format without a mark of its own must fill its literal or its value: nothing but quotes, spaces and `=` beside it."""
    return text[at - 1 : at] in {"", '"', "'", "`", " ", "=", ":", "\t", "\n"} and text[end : end + 1] in {
        "", '"', "'", "`", " ", ",", ";", "\t", "\n", "\r", "#"
    }  # fmt: skip
