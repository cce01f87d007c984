"""Git's ignore patterns as regular expressions.

Not pathspec's `GitIgnoreSpec`: it lets a pattern for a folder also match what is in it, so `*`, `!*/`, `!*.py` ignores
`a/b.py`, which git keeps. Here a pattern sees one entry, as in git, and who walks does not enter ignored folders.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "\\x21-\\x7e",
    "lower": "a-z",
    "print": "\\x20-\\x7e",
    "punct": "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_TRAILING_SPACES = re.compile(r"(?<!\\)((?:\\\\)*) +$")


class _Rule(NamedTuple):
    regex: str  # for a path without a slash at its end
    only_folders: bool
    ignores: bool


class Patterns:
    """The lines of one ignore file (or of a setting), in git's syntax; what cannot be read matches nothing, as in git."""

    def __init__(self, lines: Iterable[str]) -> None:
        rules = [rule for line in lines if (rule := _rule(line)) is not None]
        # One expression over all rules answers for most entries that none of them matches.
        self._any = re.compile("|".join(f"(?:{rule.regex})" for rule in rules) or r"(?!)", re.DOTALL)
        self._last_first = [(re.compile(rule.regex, re.DOTALL), rule) for rule in reversed(rules)]

    def covers(self, path: str) -> bool | None:
        """True: ignored; False: taken back by `!`; None: not mentioned. A folder's path ends with a slash."""
        is_folder = path.endswith("/")
        path = path.removesuffix("/")
        if self._any.fullmatch(path):
            for regex, rule in self._last_first:
                if (is_folder or not rule.only_folders) and regex.fullmatch(path):
                    return rule.ignores
        return None


def _rule(line: str) -> _Rule | None:
    line = _TRAILING_SPACES.sub(r"\1", line)
    if not line or line.startswith("#"):
        return None
    ignores = not line.startswith("!")
    pattern = line if ignores else line[1:]
    only_folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    anchored = "/" in pattern
    try:
        regex = _translate(pattern.removeprefix("/"), stars_span=anchored)
        re.compile(regex)
    except (ValueError, re.error):
        return None
    if not regex:
        return None
    return _Rule(("" if anchored else "(?:.*/)?") + regex, only_folders, ignores)


def _translate(pattern: str, *, stars_span: bool) -> str:
    """The expression for one path; ValueError for an open bracket or a backslash at the end."""
    out: list[str] = []
    at, size = 0, len(pattern)
    while at < size:
        char = pattern[at]
        at += 1
        if char == "*":
            first = at - 1
            while pattern[at : at + 1] == "*":
                at += 1
            bounded = (first == 0 or pattern[first - 1] == "/") and (at == size or pattern[at] == "/")
            if not (stars_span and bounded and at - first >= 2):
                out.append("[^/]*")
            elif at == size:
                out.append(".+")
            else:
                out.append("(?:.*/)?")
                at += 1
        elif char == "?":
            out.append("[^/]")
        elif char == "[":
            text, at = _bracket(pattern, at)
            out.append(text)
        elif char == "\\":
            if at == size:
                raise ValueError(pattern)
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append(re.escape(char))
    return "".join(out)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """A `[…]` class from behind its bracket on; it never matches a slash."""
    start = at
    negated = pattern[at : at + 1] in {"!", "^"}
    at += negated
    members: list[str] = []
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > start + negated:
            body = "".join(members)
            return (f"(?!/)[^{body}]" if negated else f"(?!/)[{body}]"), at + 1
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at)) > 0:
            members.append(_POSIX.get(pattern[at + 2 : end]) or _refuse(pattern))
            at = end + 2
            continue
        low, at = _member(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in {"]", ""}:
            high, at = _member(pattern, at + 1)
            if low <= high:  # a range the wrong way round holds nothing
                members.append(f"{re.escape(low)}-{re.escape(high)}")
            else:
                members.append("/")
        else:
            members.append(re.escape(low))
    return _refuse(pattern), at


def _member(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\":
        at += 1
    if at >= len(pattern):
        raise ValueError(pattern)
    return pattern[at], at + 1


def _refuse(pattern: str) -> str:
    raise ValueError(pattern)
