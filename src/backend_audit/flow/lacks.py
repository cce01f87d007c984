"""Characters that data is known not to hold: `if "'" in x: raise`, `x.replace("'", "&apos;")`, `if ".." in path: return`.

Such knowledge makes data harmless only where the missing text is the only way out of its place: inside quotes of that kind, or,
for `..`, behind a folder that the program names. It is kept among the cleared contexts of an origin as `lacks:<text>`.
"""

from collections.abc import Collection, Sequence

from backend_audit.flow.origins import Origin, united
from backend_audit.flow.values import Shape, Value, transform

SEGMENT = frozenset(("segment",))  # a mark, no sanitizer: the data holds no slash
UNSLASHED = frozenset(("unslashed",))  # a mark: the data begins with no slash or backslash
JSON = frozenset(("json",))  # a mark: the data was written as JSON
_HTML, _IN_SCRIPTS = frozenset(("html",)), frozenset(("<\\/", "<\\\\/", "\\u003c/", "\\u003C/", "\\x3c/", "\\x3C/"))
_PREFIX = "lacks:"
_LEFT_AND_ENTERED = frozenset(("'\\''", "'\"'\"'"))  # a quote within quotes, for shells
_QUOTED_FOR_SHELLS = f"{_PREFIX}shell '"
_FLAT = "flat"  # a mark: a test has found no slash, or all were replaced
_MAX_LENGTH = 3
_QUOTED = frozenset({"sql", "xpath", "code", "ldap", "shell"})  # contexts in which quotes delimit values
_PARENTS = frozenset({f"{_PREFIX}..", f"{_PREFIX}../", f"{_PREFIX}."})


def lacking(text: str) -> frozenset[str]:
    """The mark of data without `text`; nothing for texts whose absence says little."""
    return frozenset((_PREFIX + text,)) if 0 < len(text) <= _MAX_LENGTH else frozenset()


def after_test(text: str) -> frozenset[str]:
    """The same where a test of the whole data has said so: parts of it may be put together again, this is not."""
    return lacking(text) | {_FLAT} if text == "/" else lacking(text)


def is_lack(mark: str) -> bool:
    """Whether a cleared context is such a mark."""
    return mark.startswith(_PREFIX)


def after_replacing(old: str, new: str) -> frozenset[str]:
    """What `text.replace(old, new)` lacks: one character that the replacement does not bring back; a quote that stands alone."""
    if old in ("'", '"') and new == old * 2:
        return frozenset((f"{_PREFIX}single {old}",))
    if old == "'" and new in _LEFT_AND_ENTERED:
        return frozenset((_QUOTED_FOR_SHELLS,))
    if old == "/" and not {"/", "\\"} & set(new):
        return after_test(old)
    return lacking(old) if len(old) == 1 and old not in new else frozenset()


def after_stripping(method: str, signs: Collection[str]) -> frozenset[str]:
    """What is known of a text without slashes at its beginning: behind one it names no host."""
    stripped = method in ("lstrip", "strip") and bool(signs) and all("/" in one and "\\" in one for one in signs)
    return UNSLASHED if stripped else frozenset()


def replaced(value: Value, old: Sequence[str], new: Sequence[str]) -> Value:
    """A text in which all of `old` became `new`, where both are known."""
    if len(old) != 1 or len(new) != 1:
        return value
    return escaped_for_scripts(value.cleared(after_replacing(old[0], new[0])), old[0], new[0])


def escaped_for_scripts(value: Value, old: str, new: str) -> Value:
    """JSON in which `</` was escaped ends no script element, and is written nowhere else."""
    if old != "</" or new not in _IN_SCRIPTS:
        return value
    return transform(value, lambda one: (one.clear(_HTML) if one.cleared >= JSON else one,))


def is_doubled(origin: Origin, before: str) -> bool:
    """Whether the data stands after `before` between quotes that are doubled in it, as SQL writes them in its literals."""
    quote = open_quote(before)
    return bool(quote) and f"{_PREFIX}single {quote}" in origin.cleared


def without_inside(text: str) -> frozenset[str]:
    """The mark of data that holds `text` at most at its ends."""
    return frozenset((f"{_PREFIX}inside {text}",)) if len(text) == 1 else frozenset()


def ending_with(test: str, text: str) -> frozenset[str]:
    """The mark of data that begins (or ends) with a quote."""
    return frozenset((f"{_PREFIX}{test} {text}",)) if text in ("'", '"') else frozenset()


def is_literal(origin: Origin) -> bool:
    """Whether the data is one string literal: a quote at both ends and none between them."""
    marks = ("inside", "startswith", "endswith")
    return any(all(f"{_PREFIX}{mark} {quote}" in origin.cleared for mark in marks) for quote in "'\"")


def exposed(value: Value, label: str, context: str) -> tuple[Origin, ...]:
    """The origins of `label` in `value` that are harmful in `context`, seen in their place in the strings built of them."""
    if context == "code":
        return tuple(one for one in value.carries(label, context) if not is_literal(one))
    if not value.shapes and context == "path":
        return tuple(one for one in value.carries(label, context) if not is_shut_in(one, "", context))
    if not value.shapes or not (context in _QUOTED or context == "path"):
        return value.carries(label, context)
    found: dict[Origin, None] = {}
    for shape in value.shapes:
        found.update(dict.fromkeys(_exposed_in(shape, label, context)))
    rest = Value(value.open, origins=value.origins, items=value.items, elem=value.elem, kind=value.kind)
    if value.open or value.kind:
        found.update(dict.fromkeys(rest.carries(label, context)))
    return tuple(found)


def has_no_parent(origin: Origin) -> bool:
    """Whether the data holds no `..`."""
    return bool(origin.cleared & _PARENTS)


def is_segment(origin: Origin) -> bool:
    """Whether the data holds no slash: one segment of an address, as frameworks give it, or a text that was tested."""
    return not origin.cleared.isdisjoint((*SEGMENT, _FLAT))


def placed_in_path(value: Value) -> frozenset[Origin]:
    """The origins of a text that is joined to a path: what cannot leave its place in the text is cleared for good."""
    origins = value.derived().origins
    free = {one.derived() for label in sorted({one.label for one in origins}) for one in exposed(value, label, "path")}
    return united(one if one in free else one.clear(frozenset(("path",))) for one in origins)


def _exposed_in(shape: Shape, label: str, context: str) -> list[Origin]:
    found: list[Origin] = []
    before = ""
    for part in shape.parts:
        if isinstance(part, str):
            before += part
        else:
            found += [one for one in part.value.carries(label, context) if not is_shut_in(one, before, context)]
            before += "x"
    return found


def is_shut_in(origin: Origin, before: str, context: str) -> bool:
    """Whether the data cannot leave its place: quotes that it lacks around it, or a folder that it cannot climb out of."""
    if context == "path":
        return bool(origin.cleared & _PARENTS) and (bool(before) or "relative" in origin.cleared)
    quote = open_quote(before)
    if context == "shell" and quote == "'" and _QUOTED_FOR_SHELLS in origin.cleared:
        return True
    return bool(quote) and _PREFIX + quote in origin.cleared


def open_quote(before: str) -> str:
    """The quote character inside which a text ends; "" outside of quotes."""
    quote = ""
    for char in before:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return quote
