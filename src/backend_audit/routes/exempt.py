"""What a hook that looks at the request's path, endpoint or method does to one route: `if request.endpoint in (…): return`.

A run without credentials (`anonymous.py`) is told which route is `Asked` for; tests of the request against constants then decide.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend_audit.flow.values import Value
from backend_audit.routes.missing import FALSE, PARTS, TRUE, UNKNOWN, Missing

_HOLE = re.compile(r"[<{(:*?]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A route as a hook sees it. `endpoint` is the name that its framework gives it, `blueprint` that of its router.

    `told`: what decorators have put on it for guards to read, by its key, each as the value of a `Missing`.
    """

    path: str = ""
    endpoint: str = ""
    blueprint: str = ""
    methods: tuple[str, ...] = ()
    told: tuple[tuple[str, int], ...] = ()

    def texts(self, part: Missing) -> tuple[str, ...]:
        """What a part of the request is; several where the route has several methods."""
        found = {
            Missing.PATH: (self.path,),
            Missing.ENDPOINT: (self.endpoint,),
            Missing.BLUEPRINT: (self.blueprint,),
            Missing.METHOD: self.methods,
        }[part]
        return tuple(one for one in found if one)


def compared(asked: Asked, op: str, left: Missing, right: Missing, value: Value) -> Missing:
    """`left op right` where one of them is a part of the request and `value` is what the other is."""
    part, on_left = (left, True) if left in PARTS else (right, False)
    if op in ("==", "!=") or (op in ("in", "not in") and on_left):
        decided = _all(asked.texts(part), lambda text: _equal(text, value))
    elif op in ("in", "not in"):
        decided = _all(asked.texts(part), lambda text: _within(text, value))
    else:
        return UNKNOWN
    return _missing(decided, negated=op in ("!=", "not in"))


def called(asked: Asked, name: str, part: Missing, value: Value) -> Missing:
    """`part.startswith(value)` and `part.endswith(value)`; other methods leave it open, or the part what it is."""
    if name in _SAME:
        return part
    if name == "startswith":
        return _missing(_all(asked.texts(part), lambda text: _starts(text, value)))
    if name == "endswith":
        return _missing(_all(asked.texts(part), lambda text: _ends(text, value)))
    return UNKNOWN


def matched(asked: Asked, name: str, part: Missing, pattern: Value) -> Missing:
    """`re.match(pattern, part)`: open where a variable part of the path may decide."""
    texts = pattern.texts()
    if not texts or pattern.open:
        return UNKNOWN
    try:
        patterns = [re.compile(text) for text in texts]
    except re.error:
        return UNKNOWN
    found = [bool(getattr(one, name)(_HOLE_FILLED.sub("1", text))) for one in patterns for text in asked.texts(part)]
    return TRUE if found and all(found) else UNKNOWN if any(found) else FALSE


_SAME = frozenset({"rstrip", "strip", "lower", "casefold", "removesuffix"})
_HOLE_FILLED = re.compile(r"<[^>]*>|\{[^}]*\}")


def _all(texts: tuple[str, ...], test: Callable[[str], bool | None]) -> bool | None:
    """What holds of all `texts`; None where that is open, or differs."""
    found = {test(text) for text in texts}
    return found.pop() if len(found) == 1 else None


def _missing(decided: bool | None, *, negated: bool = False) -> Missing:
    if decided is None:
        return UNKNOWN
    return TRUE if decided is not negated else FALSE


def _constants(value: Value) -> tuple[list[str], bool]:
    """The texts that a value is or holds, and whether these are all."""
    if not value.kind:
        return list(value.texts()), not (value.open or value.shapes or value.apis or value.origins)
    texts: list[str] = []
    closed = not value.open
    for one in [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]:
        found, whole = _constants(one)
        texts += found
        closed = closed and whole
    if value.kind == "dict":
        texts = [key for key in (value.items or {}) if isinstance(key, str)]
    return texts, closed


def _equal(text: str, value: Value) -> bool | None:
    texts, closed = _constants(value)
    hole = _HOLE.search(text)
    plain = text.rstrip("/") or "/"
    if any(plain == (one.rstrip("/") or "/") for one in texts):
        return True
    if hole and any(one.startswith(text[: hole.start()]) for one in texts):
        return None
    return False if closed else None


def _within(text: str, value: Value) -> bool | None:
    texts, closed = _constants(value)
    if any(one in text for one in texts):
        return True
    return None if _HOLE.search(text) or not closed else False


def _starts(text: str, value: Value) -> bool | None:
    texts, closed = _constants(value)
    hole = _HOLE.search(text)
    fixed = text[: hole.start()] if hole else text
    if any(fixed.startswith(one) for one in texts):
        return True
    if any(f"{fixed}/" == one for one in texts):
        return None
    if hole and any(one.startswith(fixed) for one in texts):
        return None
    return False if closed else None


def _ends(text: str, value: Value) -> bool | None:
    texts, closed = _constants(value)
    if any(text.endswith(one) for one in texts):
        return True
    return None if text[-1:] in ">})" or not closed else False
