"""The groups of a pattern: what stands in each, in the syntax of Python and of JavaScript."""

import re

_NAME = re.compile(r"\?P?<([^>=!][^>]*)>")


def groups(pattern: str) -> tuple[list[str], dict[str, int]]:
    """The whole pattern and what stands in each of its groups, by number; the numbers of those that have a name."""
    found, names, opened = [pattern], dict[str, int](), list[tuple[int, int]]()
    at, in_class = 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_class or sign == "[":
            in_class = sign != "]"
        elif sign == "(":
            named = _NAME.match(pattern, at + 1)
            numbered = named is not None or pattern[at + 1 : at + 2] != "?"
            opened.append((len(found) if numbered else 0, at + 1 if named is None else named.end()))
            if named is not None:
                names[named[1]] = len(found)
            found += [""] if numbered else []
        elif sign == ")" and opened:
            number, start = opened.pop()
            if number:
                found[number] = pattern[start:at]
        at += 1
    return found, names
