"""Patterns of paths: `./routes/**/*.{js,ts}`.

https://github.com/isaacs/node-glob#glob-primer
"""

import re
from functools import lru_cache

from backend_audit.regex.reads import reads_whole

_MAGIC = re.compile(r"[*?\[{!@+]")
_PIECES = re.compile(r"(?P<any>(?:\*\*/)+)|(?P<deep>\*\*)|(?P<some>\*)|(?P<one>\?)|(?P<group>[@+*?]\()|(?P<sign>.)", re.DOTALL)
_MADE = {"any": r"(?:[^/]+/)*", "deep": r".*", "some": r"[^/]*", "one": r"[^/]"}
_OPEN, _CLOSED = "{(", "})"


def parted(pattern: str) -> tuple[str, str]:
    """The folder that a pattern names as it is, and what it says of the paths in it."""
    parts = pattern.split("/")
    at = next((number for number, part in enumerate(parts) if _MAGIC.search(part)), len(parts) - 1)
    fixed = "/".join(parts[:at])
    return ("/" if pattern.startswith("/") and not fixed else fixed.removeprefix("./").removeprefix(".")), "/".join(parts[at:])


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern means a path."""
    return reads_whole(_as_regex(pattern), 0, path) is True


@lru_cache(maxsize=256)
def _as_regex(pattern: str) -> str:
    made: list[str] = []
    for piece in _PIECES.finditer(pattern):
        kind, sign = str(piece.lastgroup), piece.group()
        if kind in _MADE:
            made.append(_MADE[kind])
        elif kind == "group" or sign in _OPEN:
            made.append("(?:")
        elif sign in _CLOSED:
            made.append(")")
        elif sign in ",|":
            made.append("|" if "{" in pattern or "(" in pattern else re.escape(sign))
        else:
            made.append(sign if sign in "[]-" else re.escape(sign))
    return "".join(made)
