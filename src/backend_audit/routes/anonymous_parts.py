"""A run without credentials: functions that come back with several things, one of them the answer for the caller.

`return None, unauthorized()` and `device, error = verify(request)`; `return { error: forbidden() }` and `const { error } = …`.
"""

from collections.abc import Callable, Iterable

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.routes.anonymous_run import Env, Parts
from backend_audit.routes.missing import ABSENT, FALSE, UNKNOWN, Missing

Part = Callable[[ir.Expr], Missing]


def parts_of(node: ir.Expr | None, part: Part) -> Parts:
    """What an expression consists of, by position or name: of a tuple, an object, a class that is made with named arguments."""
    if isinstance(node, ir.Container):
        keys = [str(at) if item.key is None else _text(item.key) for at, item in enumerate(node.items)]
        known = all(keys) and not any(item.star for item in node.items)
        return {key: part(item.value) for key, item in zip(keys, node.items, strict=True)} if known else {}
    if isinstance(node, ir.Call) and last_word(node.func)[:1].isupper():
        return {arg.name: part(arg.value) for arg in node.args if arg.name is not None}
    return {}


def in_common(ways: Iterable[Parts]) -> Parts:
    """The parts that a function comes back with on each of its ways; UNKNOWN where they differ."""
    found: Parts | None = None
    for way in ways:
        found = dict(way) if found is None else {key: _same(one, way[key]) for key, one in found.items() if key in way}
    return found or {}


def bind(target: ir.Expr, parts: Parts, env: Env) -> None:
    """Let the names that take something apart hold its parts, and what is read off its name: `found.error`."""
    if isinstance(target, ir.Name):
        env.update({f"{target.id}.{key}": part for key, part in parts.items()})
    for at, item in enumerate(target.items if isinstance(target, ir.Container) else ()):
        key = str(at) if item.key is None else _text(item.key)
        if key in parts and isinstance(item.value, (ir.Name, ir.Attribute)):
            env[written(item.value)] = parts[key]


def place_of(node: ir.Expr) -> str:
    """How a variable, or a part of one, is known in an environment: `found.error` of `found["error"]` as well."""
    if isinstance(node, ir.Index):
        key = _text(node.index) if isinstance(node.index, ir.Const) else ""
        return f"{written(node.value)}.{key}" if key and isinstance(node.value, ir.Name) else ""
    return written(node) if isinstance(node, (ir.Name, ir.Attribute)) else ""


def of_whole(value: Missing) -> Missing:
    """What each part of something is, of which no more is known than what it is as a whole: of an empty text, nothing."""
    return value if value in (ABSENT, FALSE) else UNKNOWN


def _same(one: Missing, other: Missing) -> Missing:
    return one if one is other else UNKNOWN


def _text(key: ir.Expr | None) -> str:
    return key.value if isinstance(key, ir.Const) and isinstance(key.value, str) else ""
