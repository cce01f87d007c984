"""How secrets are shown: the leading characters that tell which key it is, if there are such, and how long it is."""

import re
from collections.abc import Iterable

ELLIPSIS = "…"
_NAME = re.compile(r"[A-Za-z_@$][\w.$@\[\]'\"/ ()-]{0,59}")


def length_class(length: int) -> str:
    """A rough length: an exact one would help guessing short secrets."""
    if length < 8:
        return "fewer than 8 characters"
    if length <= 16:
        return "8 to 16 characters"
    return "over 16 characters" if length <= 64 else "over 64 characters"


def shown(value: str, leading: int = 0) -> str:
    """`value` for a message: at most `leading` characters (and a quarter of it), an ellipsis and the class of its length."""
    keep = min(leading, 12, len(value) // 4)
    return f"`{value[:keep]}{ELLIPSIS}` ({length_class(len(value))})"


def safe_name(name: str, secrets: Iterable[str]) -> str:
    """`name` if it looks like a name and holds none of `secrets`; else a general word."""
    if not _NAME.fullmatch(name) or any(secret and secret in name for secret in secrets):
        return "a literal"
    return name


def redacted(text: str, at: int, ranges: Iterable[tuple[int, int]]) -> str:
    """`text`, which stands at offset `at` of its file, with every range (offsets into the file) replaced by an ellipsis."""
    out: list[str] = []
    done = 0
    for start, end in sorted(ranges):
        first, last = max(start - at, done), min(end - at, len(text))
        if first >= last:
            continue
        out += (text[done:first], ELLIPSIS)
        done = last
    out.append(text[done:])
    return "".join(out)
