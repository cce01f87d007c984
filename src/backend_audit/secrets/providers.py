"""Keys of known providers anywhere in a text: found by their literal prefixes, proved by pattern, entropy and checksum."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from backend_audit.secrets.models import Provider, providers
from backend_audit.secrets.placeholders import Filler, filler
from backend_audit.secrets.values import traits

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


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


def find(text: str) -> Iterator[Hit]:
    """Every provider's key in `text`, by the table's order and then by place."""
    for provider in providers():
        if not any(prefix in text for prefix in provider.prefixes):
            continue
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
