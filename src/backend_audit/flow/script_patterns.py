"""JavaScript's regular expressions as values: what matches, what replacing leaves of a text."""

import re

from backend_audit.flow import lacks
from backend_audit.flow.substituted import TOLD, after_substituting, holds
from backend_audit.flow.values import Key, Value, container
from backend_audit.regex import harmless_after, harmless_unmatched, harmless_without, lacked_signs, lacked_text, python_pattern
from backend_audit.regex.groups import groups

_ESCAPED = re.compile(r"\\+(\$&|\$1)")  # `\$&`: what was found, behind a backslash
_LEADING = re.compile(r"\^?(\(|\[|\?:)*\\\.(\\\.|\{2\})")
_OUTER = re.compile(r"\((?:\?:)?([^()]*)\)")  # one group around it all
_SLASHES = re.compile(r"\^\[[/\\\s]+\][+*]")  # those at the beginning, in a text of one line
_ANY_SIGN = re.compile(r"(?:\(\?[a-z]+\))?(?:\.|\[(?:\\s\\S|\\S\\s|\\w\\W|\\d\\D)\]|\[\^\]|\\S)[+*]?")
_ESCAPABLE = frozenset(("regex",))


def pattern_of(value: Value) -> tuple[str, ...]:
    """The patterns that a value may be, as Python reads them; none if it may be anything else."""
    found = value.constants()
    if found is None:
        return ()
    texts = [_body(one.value) if one.kind == "regex" else (str(one.value), "") for one in sorted(found, key=repr)]
    return tuple(python_pattern(body, flags) for body, flags in texts)


def is_global(value: Value) -> bool:
    """Whether it is a pattern of which every match counts."""
    found = value.constants()
    return found is not None and all(one.kind == "regex" and "g" in _body(one.value)[1] for one in found)


def lacked_marks(pattern: str) -> frozenset[str]:
    """The contexts in which a text is harmless in which the pattern matches nothing, and what it lacks."""
    signs = lacked_signs(pattern)
    found = harmless_unmatched(pattern)
    if "all" in found:
        return found
    found = found.union(*(lacks.lacking(sign) for sign in TOLD if holds(signs, sign)))
    alternatives = [lacked_text(one) for one in _OUTER.sub(r"\1", pattern).split("|")]
    return found.union(*map(lacks.lacking, alternatives)) if all(alternatives) else found


def strips_parents(old: Value) -> bool:
    """Whether replacing takes every `../` off the beginning, which are all that a normalised path has."""
    return any(_LEADING.match(pattern) is not None for pattern in pattern_of(old))


def takes_every_sign(old: Value) -> bool:
    """Whether replacing takes all that a text consists of, sign by sign."""
    patterns = pattern_of(old)
    return bool(patterns) and is_global(old) and all(_ANY_SIGN.fullmatch(one) is not None for one in patterns)


def escaped_for_scripts(value: Value, old: Value, new: Value) -> Value:
    """As `lacks.escaped_for_scripts`, of every match; and what a text without leading slashes is known as."""
    patterns = pattern_of(old)
    if patterns and new.is_just("") and all(_SLASHES.fullmatch(one) and {"/", "\\"} <= set(one[2:]) for one in patterns):
        return value.cleared(lacks.UNSLASHED)
    plain = [one.replace("\\/", "/") for one in patterns]
    return lacks.escaped_for_scripts(value, plain[0], new.texts()[0]) if len(plain) == len(new.texts()) == 1 else value


def _body(written: object) -> tuple[str, str]:
    body, _, flags = str(written)[1:].rpartition("/")
    return body, flags


def hit(subject: Value, pattern: Value) -> Value:
    """What `text.match(pattern)` finds in a text with the data of `subject`: the whole hit, then what each group holds.

    A part is as harmless as what its part of the pattern lets through: `/id=([0-9]+)/`.
    """
    one = pattern.constant()
    if one is None or one.kind != "regex":
        return container("list", None, subject)
    body, flags = _body(one.value)
    found = [subject.cleared(harmless_after(python_pattern(f"(?:{text})", flags), "fullmatch")) for text in groups(body)[0]]
    items: dict[Key, Value] = dict(enumerate(found))
    if "(?<" in body:
        items["groups"] = container("dict", None, subject)
    return container("list", None, found[0]) if "g" in flags else container("list", items)


def cleared_by_replacing(old: Value, new: Value, *, every: bool) -> frozenset[str]:
    """The contexts that `text.replace(old, new)` makes harmless, and what it lacks thereafter.

    Only a replacement of every match counts. What puts a backslash before what it finds leaves it there, escaped.
    """
    one = old.constant()
    if one is None or not (is_global(old) or (every and one.kind == "str")):
        return frozenset()
    pattern = pattern_of(old)[0] if one.kind == "regex" else re.escape(str(one.value))
    signs = lacked_signs(pattern)
    texts = new.texts()
    if any(_ESCAPED.fullmatch(text) for text in texts):
        return harmless_without(signs) & _ESCAPABLE if holds(signs, "\\") else frozenset()
    if any("$" in text for text in texts):
        return frozenset()
    doubled = lacks.after_replacing(pattern, texts[0]) if pattern in ("'", '"') and len(texts) == 1 else frozenset[str]()
    return after_substituting(pattern, texts) | doubled
