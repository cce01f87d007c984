"""Methods of texts that the program states: `"users.js".endsWith(".js")` is true, `"users.js".replace(".js", "")` is "users"."""

import re
from collections.abc import Callable
from itertools import product

from backend_audit.flow.script_patterns import pattern_of
from backend_audit.flow.values import MAX_CONSTS, Constant, Value
from backend_audit.regex.reads import reads_whole

Plain = str | int
_LONGEST = 1000  # letters of a text that a pattern is held against


def _cut(subject: str, *bounds: Plain) -> str | None:
    numbers = [one for one in bounds if isinstance(one, int)]
    if not numbers or len(numbers) != len(bounds):
        return None
    return subject[numbers[0] : numbers[1] if len(numbers) > 1 else None]


def _between(subject: str, *bounds: Plain) -> str | None:
    places = sorted(max(0, one) for one in bounds if isinstance(one, int))
    return _cut(subject, *places) if len(places) == len(bounds) else None


def _replaced(subject: str, *given: Plain) -> str | None:
    if len(given) != 2 or not all(isinstance(one, str) for one in given):
        return None
    return subject.replace(str(given[0]), str(given[1]), 1) if "$" not in str(given[1]) else None


def _replaced_all(subject: str, *given: Plain) -> str | None:
    return subject.replace(str(given[0]), str(given[1])) if _replaced(subject, *given) is not None else None


_METHODS: dict[str, Callable[..., str | bool | int | None]] = {
    "endsWith": lambda subject, ending="", *rest: None if rest else subject.endswith(str(ending)),
    "startsWith": lambda subject, start="", *rest: None if rest else subject.startswith(str(start)),
    "includes": lambda subject, part="", *rest: None if rest else str(part) in subject,
    "indexOf": lambda subject, part="", *rest: None if rest else subject.find(str(part)),
    "lastIndexOf": lambda subject, part="", *rest: None if rest else subject.rfind(str(part)),
    "charAt": lambda subject, at=0, *_: subject[at : at + 1] if isinstance(at, int) and at >= 0 else None,
    "slice": _cut, "substring": _between, "replace": _replaced, "replaceAll": _replaced_all,
}  # fmt: skip


def folded(receiver: Value, name: str, args: list[Value]) -> Value | None:
    """What a method of constants gives; None where that is not known."""
    method = _METHODS.get(name)
    subjects = receiver.constants() if method is not None and args else None
    if method is None or subjects is None:
        return None
    given = [one.constants() for one in args]
    found: set[Constant] = set()
    for subject, *parts in product(subjects, *((one or frozenset()) for one in given)):
        plain = [one.value for one in parts if one.kind in ("str", "int")]
        if subject.kind != "str" or len(plain) != len(parts) or len(str(subject.value)) > _LONGEST:
            return None
        result = method(subject.value, *plain)
        if result is None or len(found) == MAX_CONSTS:
            return None
        found.add(Constant("bool" if isinstance(result, bool) else "int" if isinstance(result, int) else "str", result))
    return Value(consts=frozenset(found)) if found else None


def matches(pattern: Value, subject: Value) -> bool | None:
    """Whether a pattern finds something in a text, both of them constants."""
    one, patterns = subject.constant(), pattern_of(pattern)
    if one is None or not isinstance(one.value, str) or len(patterns) != 1 or len(one.value) > _LONGEST:
        return None
    head, body = re.match(r"((?:\(\?[a-z]+\))?)(.*)", patterns[0], re.DOTALL).groups()  # type: ignore[union-attr]  # matches all
    return reads_whole(f"{head}[\\s\\S]*(?:{body})[\\s\\S]*", 0, one.value)
