"""What Python's regular expressions find: the whole hit, then what each group holds.

A part is as harmless as what its part of the pattern lets through: `id=([0-9]+)`. https://docs.python.org/3/library/re.html#match-objects
"""

from collections.abc import Sequence

from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.origins import Origin
from backend_audit.flow.substituted import after_substituting
from backend_audit.flow.values import MADE, UNKNOWN, Key, Value, container, join_all, text
from backend_audit.regex import harmless_after
from backend_audit.regex.groups import groups

_PATTERN, _MATCH = "re.Pattern", "re.Match"
_FINDING = frozenset(("match", "search", "fullmatch", "findall", "finditer"))


def called(path: str, receiver: Value | None, args: Args) -> Value | None:
    """`re.match(pattern, text)`, `compiled.sub("", text)`, `found.group(1)`; None for any other call."""
    owner, _, name = path.rpartition(".")
    if owner == "re" and name in _FINDING:
        pattern, subject = argument(args, "0:pattern"), argument(args, "1:string")
        return _found(name, None if pattern is None else pattern.value, None if subject is None else subject.value)
    if owner == "re" and name == "sub":
        pattern = argument(args, "0:pattern")
        return None if pattern is None else _substituted(pattern.value, args, 1)
    if receiver is None:
        return None
    if owner == _PATTERN and name == "sub":
        return _substituted((receiver.items or {}).get("pattern", UNKNOWN), args, 0)
    if owner == _PATTERN and name in _FINDING:
        subject = argument(args, "0:string")
        return _found(name, (receiver.items or {}).get("pattern"), None if subject is None else subject.value)
    return _part(name, receiver, args) if owner == _MATCH and receiver.items else None


def compiled(args: Sequence[tuple[Value, str]]) -> Value:
    """`re.compile(pattern, flags)`: the object that keeps both, the flags as they are written."""
    items: dict[Key, Value] = {"pattern": args[0][0]} if args else {}
    if len(args) > 1:
        items["flags"] = text(args[1][1])
    return Value(types=frozenset((_PATTERN,)), items=items or None)


def patterns_in(value: Value) -> tuple[str, ...]:
    """The texts of a pattern, which may have been compiled."""
    kept = (value.items or {}).get("pattern") if _PATTERN in value.types else None
    return value.texts() if kept is None else kept.texts()


def _found(name: str, pattern: Value | None, subject: Value | None) -> Value | None:
    """A match object, or a list of what it would give; what a pattern that is not known has matched counts as checked."""
    texts = () if pattern is None else patterns_in(pattern)
    if subject is None or (len(texts) != 1 and name in ("match", "fullmatch")):
        return None
    held, names = groups(texts[0]) if len(texts) == 1 else ([], {})
    parts = [_let_through(text, subject) for text in held]
    items: dict[Key, Value] = {**dict(enumerate(parts)), **{one: parts[number] for one, number in names.items()}}
    whole = join_all(parts) if parts else subject.derived()
    hit = Value(types=frozenset((_MATCH,)), items=items or None).with_origins(whole.origins)
    if name == "finditer":
        return container("list", None, hit)
    if name != "findall":
        return hit
    several = container("tuple", dict(enumerate(parts[1:])))
    return container("list", None, several if len(parts) > 2 else parts[-1] if parts else whole)


def _substituted(pattern: Value, args: Args, first: int) -> Value | None:
    """A text in which every match of a pattern was replaced; what a function puts there is not known."""
    new, subject = argument(args, f"{first}:repl"), argument(args, f"{first + 1}:string")
    if new is None or subject is None:
        return None
    if new.value.is_literal() and subject.value.is_literal():
        return MADE
    texts, by = patterns_in(pattern), new.value.texts() if new.value.is_literal() else ()
    every = argument(args, f"{first + 2}:count") is None and not any("\\" in one for one in by)
    harmless = after_substituting(texts[0], by) if every and by and len(texts) == 1 else frozenset[str]()
    held = subject.value.derived().cleared(harmless).origins | new.value.derived().origins
    if harmless and not held:  # data of unknown origin has none that could be cleared: this one stands for it
        held = frozenset((Origin("clean", ("re.sub",), "re.sub", harmless),))
    return Value(open=True, origins=held) if held else None


def _let_through(text: str, subject: Value) -> Value:
    """What of a subject a part of a pattern can hold. A dot may take line ends: the flags are not known."""
    harmless = harmless_after(f"(?s:{text})", "fullmatch")
    return MADE if "all" in harmless else subject.derived().cleared(harmless)


def _part(name: str, hit: Value, args: Args) -> Value | None:
    """`found.group(1, "name")`, `found.groups()`, `found.groupdict()`."""
    items = dict(hit.items or {})
    if name == "group":
        asked = [_of(items, operand.value) for key, operand in args if key.isdigit()]
        return container("tuple", dict(enumerate(asked))) if len(asked) > 1 else asked[0] if asked else items.get(0)
    if name == "groups":
        return container("tuple", {key - 1: value for key, value in items.items() if isinstance(key, int) and key})
    if name == "groupdict":
        return container("dict", {key: value for key, value in items.items() if isinstance(key, str)})
    return None


def _of(items: dict[Key, Value], asked: Value) -> Value:
    one = asked.constant()
    known = items.get(one.value) if one is not None and isinstance(one.value, (int, str)) else None
    return join_all(items.values()) if known is None else known


def named_groups(pattern: str) -> dict[str, frozenset[str]]:
    """The groups of a pattern that have names, each with the contexts in which what it matches is harmless."""
    found, names = groups(pattern)
    return {name: harmless_after(found[number], "fullmatch") for name, number in names.items()}


def handed_over(pattern: str, by_place: str) -> dict[str, frozenset[str]]:
    """As `named_groups`; of a pattern in which no group has a name, all groups, called by their places from 0 on."""
    found, names = groups(pattern)
    keyed = names or {by_place.format(number - 1): number for number in range(1, len(found))}
    return {name: harmless_after(found[number], "fullmatch") for name, number in keyed.items()}


def after_matching(pattern: str) -> frozenset[str]:
    """The contexts in which a text is harmless that the pattern has matched from its beginning."""
    return harmless_after(pattern, "match")
