r"""Undoing what CPython's parser tidies up: it makes one set of `(\d|5)`, where most other engines try both.

An empty look-ahead behind each `|` changes no match and keeps the alternatives apart.
"""

_APART = "(?=)"


def kept_apart(pattern: str) -> str:
    """`pattern` with its alternatives kept apart."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        one = pattern[at]
        if one == "\\":
            out.append(pattern[at : at + 2])
            at += 2
        elif one == "[":
            end = _class_end(pattern, at)
            out.append(pattern[at:end])
            at = end
        else:
            out.append(f"|{_APART}" if one == "|" else one)
            at += 1
    return "".join(out)


def _class_end(pattern: str, at: int) -> int:
    """Where the character class that begins at `at` ends."""
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return min(at + 1, len(pattern))
