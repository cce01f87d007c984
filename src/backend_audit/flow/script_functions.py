"""JavaScript's global functions, and plain ones of Node's core library, on values. Pure: values in, values out.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects
"""

import re
from collections.abc import Callable

from backend_audit.flow import lacks, numbers, script_sql_texts, strings
from backend_audit.flow.origins import MEMBER, Origin
from backend_audit.flow.script_builtin import BOOL, NO_OBJECT, UNDEFINED, Pieces, keys, merged, values
from backend_audit.flow.script_lists import listed
from backend_audit.flow.values import (
    CLOSED_TYPES,
    MADE,
    NOTHING,
    NUMBER,
    UNKNOWN,
    Value,
    changed,
    constant,
    container,
    instance,
    text,
    transform,
)


def _text_of(args: Pieces) -> Value:
    if not args:
        return text("")
    value = args[0][0]
    if value.shapes or strings.is_text(value) or value.types & CLOSED_TYPES:
        return value.cleared(NO_OBJECT) if value.open else value  # `String(body.name || "")`: one of several
    return Value(True, origins=value.all_origins(), types=_TEXT)


def _encoded(*contexts: str) -> Callable[[Pieces], Value]:
    """A function after which no sign is left that does harm in these contexts."""
    cleared = frozenset(contexts)
    return lambda args: _data(args).cleared(cleared)


BARE = "object without prototype"  # a type: nothing is found in it but what was put there
_BARE = frozenset((BARE,))
_TEXT = frozenset(("str",))
_AS_TEXT = re.compile(r"%[jOo]")
_PLACE = re.compile(r"%[sdif]")
_ONE_LINE = frozenset(("log", "header"))
_OF_SIGNS = frozenset("path url html header log dots offset segment relative sql xpath shell code regex template".split())


def _decoded(args: Pieces) -> Value:
    """What a test or an encoding has told of the text does not hold of what it is decoded to."""

    def change(origin: Origin) -> tuple[Origin, ...]:
        return (origin.restore(_OF_SIGNS | {mark for mark in origin.cleared if lacks.is_lack(mark)}),)

    return transform(_data(args[:1]), change).cleared(NO_OBJECT)


def _same(args: Pieces) -> Value:
    return args[0][0] if args else UNDEFINED


def _copied(args: Pieces) -> Value:
    """A copy is no `Object.prototype`, whatever name the original was found by."""
    return _same(args).without(MEMBER)


def _data(args: Pieces) -> Value:
    """Something that holds the data of all arguments."""
    filled_later = any(value.kind and not value.items and value.elem is None for value, _ in args)  # `chunks.push(chunk)`
    if args and not filled_later and all(value.is_literal() for value, _ in args):
        return MADE
    origins = frozenset(origin for value, _ in args for origin in value.without(MEMBER).derived().origins)
    return Value(True, origins=origins) if origins else UNKNOWN


def _formatted(args: Pieces) -> Value:
    """`util.format("ls %s", name)`: what has no place in the format stands behind it."""
    whole = args[0][0].texts() if args and args[0][0].constants() is not None else ()
    if len(whole) != 1:
        return _data(args)
    format_ = _AS_TEXT.sub("%s", whole[0])
    placed = len(_PLACE.findall(format_.replace("%%", "")))
    right = container("tuple", {at: value for at, (value, _) in enumerate(args[1:])})
    found = strings.percent(text(format_), right, "", *(name for _, name in args[1:])) or _data(args)
    rest = [piece for one in args[1 + placed :] for piece in ((text(" "), ""), one)]
    return strings.build([(found, ""), *rest], "%") if rest else found


def _pattern(args: Pieces) -> Value:
    """`new RegExp("^a", "i")` of constants is `/^a/i`."""
    one = args[0][0].constant() if args else None
    flags = args[1][0].constant() if len(args) > 1 else None
    if one is None or one.kind not in ("str", "regex") or (len(args) > 1 and flags is None):
        return _data(args).cleared(NO_OBJECT)
    body = str(one.value) if one.kind == "str" else str(one.value)[1:].rpartition("/")[0]
    inherited = str(one.value).rpartition("/")[2] if one.kind == "regex" else ""
    return constant("regex", f"/{body}/{inherited if flags is None else flags.value}")


def _array(args: Pieces) -> Value:
    value = args[0][0] if args else UNKNOWN
    return value if value.kind in ("list", "tuple") else container("list", None, values(value))


def _as_json(args: Pieces) -> Value:
    """A text that stands in one line; a secret in it stays what it is."""
    found = transform(_data(args[:1]), lambda one: (one if one.label == "secret" else one.clear(_ONE_LINE | lacks.JSON),))
    return changed(found, types=_TEXT) if found.origins and not found.types else found


def _member(args: Pieces) -> Value:
    base, name = (args[0][0], args[1][0].texts()) if len(args) > 1 else (UNKNOWN, ())
    held = base.item(name[0]) if base.kind and name else None
    return base.derived() if held is None else held


def _error(args: Pieces) -> Value:
    """`new Error(message)`: the text that describes where it was made begins with the message."""
    made = instance("Error")
    if not args or not args[0][0].all_origins():
        return made
    return changed(made, items={"message": args[0][0], "stack": args[0][0].derived()})


def _bare() -> Value:
    return changed(container("dict"), types=_BARE)


def _prototype(args: Pieces) -> Value:
    """Of a function, what all functions have is told by the function itself: `.constructor` compiles others."""
    return args[0][0] if args and args[0][0].refs else UNKNOWN


def _assigned(args: Pieces) -> Value:
    """`Object.assign(express.Router(), { store })` is that router, with a field more."""
    parts = [value for value, _ in args]
    first = parts[0] if parts else UNKNOWN
    if first.kind or not (first.types or first.refs):
        return merged(parts).with_origins(one for one in first.origins if one.label == MEMBER)
    held = {key: one for value in parts[1:] for key, one in (value.items or {}).items()}
    return changed(first, items={**(first.items or {}), **held} or None)


def _entries(args: Pieces) -> Value:
    return container("list", None, container("list", {0: keys(_same(args)), 1: values(_same(args))}))


def _from_pairs(args: Pieces) -> Value:
    pair = values(args[0][0]) if args else UNKNOWN
    return container("dict", None, pair.item(1) or pair.derived())


_CLONING = (
    "structuredClone", "lodash.cloneDeep", "lodash.clone", "lodash.fp.cloneDeep", "lodash.fp.clone", "ramda.clone", "clone",
    "clone-deep", "rfdc()", "klona", "klona.klona", "klona.full.klona", "klona.json.klona", "fast-copy", "fast-copy.copy",
    "just-clone", "shallow-clone",
)  # fmt: skip
# libraries whose function does what `Object.assign` does, or the same to any depth
_PARSED = frozenset(("parsed",))
_ASSIGN = (
    "lodash.assign",
    "lodash.assignIn",
    "lodash.extend",
    "lodash.merge",
    "object-assign",
    "xtend",
    "deepmerge",
    "merge-recursively",
    "extend",
)
FUNCTIONS: dict[str, Callable[[Pieces], Value]] = {
    "String": _text_of,
    "String.raw": _data,
    "JSON.stringify": _as_json,
    "JSON.parse": lambda args: _data(args).cleared(_PARSED),
    **dict.fromkeys(_CLONING, _copied),
    "Object": lambda args: args[0][0] if args else container("dict"),
    "Proxy": _same,
    **dict.fromkeys(("Error", "TypeError", "RangeError", "SyntaxError"), _error),
    "Reflect.get": _member,
    "Object.freeze": _same,
    "Object.seal": _same,
    "Object.create": lambda args: _bare() if args and args[0][0].is_just(None) else container("dict"),
    "Object.getPrototypeOf": _prototype,
    "Reflect.getPrototypeOf": _prototype,
    **dict.fromkeys(("Object.assign", *_ASSIGN), _assigned),
    **dict.fromkeys(("lodash.defaults", "lodash.defaultsDeep"), lambda args: merged([value for value, _ in reversed(args)])),
    "Object.keys": lambda args: listed(_same(args), "keys") or container("list", None, keys(_same(args))),
    "Object.getOwnPropertyNames": lambda args: container("list", None, keys(_same(args))),
    "Object.values": lambda args: listed(_same(args), "values") or container("list", None, values(_same(args))),
    "Object.entries": lambda args: listed(_same(args), "entries") or _entries(args),
    "Object.fromEntries": _from_pairs,
    **dict.fromkeys(("Object.groupBy", "Map.groupBy", "lodash.groupBy"), lambda args: container("dict", None, _array(args))),
    "Array": lambda args: container("list", dict(enumerate(value for value, _ in args))),
    "Array.of": lambda args: container("list", dict(enumerate(value for value, _ in args))),
    "Array.from": _array,
    "RegExp": _pattern,
    "Set": _array,
    "WeakMap": lambda args: _from_pairs(args) if args else container("dict"),
    "WeakSet": _array,
    "Map": lambda args: _from_pairs(args) if args else container("dict"),
    "Promise.resolve": _same,
    "Promise.all": _same,
    "Promise.allSettled": _same,
    "Promise.race": lambda args: values(_same(args)),
    "Promise.any": lambda args: values(_same(args)),
    "Promise.reject": lambda _: NOTHING,
    "Buffer.from": lambda args: _decoded(args) if len(args) > 1 and not args[1][0].may_be("utf8") else _data(args),
    "Buffer.concat": _data,
    "util.format": _formatted,
    "pg-format": lambda args: script_sql_texts.filled(args) or _data(args),
    "pg-format.withArray": lambda args: script_sql_texts.filled_from_list(args) or _data(args),
    "util.promisify": _same,
    "util.inspect": _data,
    "util.callbackify": _same,
    "decodeURIComponent": _decoded,
    "decodeURI": _decoded,
    "unescape": _decoded,
    "querystring.unescape": _decoded,
    "encodeURIComponent": _encoded("html", "url", "path", "header", "log", "template"),
    "querystring.escape": _encoded("html", "url", "path", "header", "log", "template"),
    "encodeURI": _encoded("html", "header", "log"),
    "escape": _encoded("html", "header", "log", "shell", "sql", "template"),  # leaves letters, digits and `@*_+-./`
    "atob": _data,
    "btoa": _data,
}
CLOSED = {
    "Number": NUMBER, "parseInt": NUMBER, "parseFloat": NUMBER, "Number.parseInt": NUMBER, "Number.parseFloat": NUMBER,
    "BigInt": NUMBER, "Date.now": NUMBER, "isNaN": BOOL, "isFinite": BOOL, "Boolean": BOOL, "Number.isInteger": BOOL,
    "Number.isNaN": BOOL, "Number.isFinite": BOOL, "Number.isSafeInteger": BOOL, "Array.isArray": BOOL, "Object.is": BOOL,
    "Date": instance("datetime.datetime"), "Symbol": MADE,
}  # fmt: skip


def _number(path: str, args: Pieces) -> Value:
    """A number made of the arguments; `Math.min(n, 100)` has a bound."""
    values_of = [value for value, _ in args]
    found = numbers.number("int", *values_of)
    limited = path == "Math.min" and any(value.is_literal() for value in values_of)
    return numbers.bounded(found) if limited else found


def is_known(path: str) -> bool:
    """Whether `function` knows the path."""
    return path in CLOSED or path in FUNCTIONS


def function(path: str, args: Pieces) -> Value | None:
    """What a call of the global (or plain core library) function `path` gives; None if it is none of them."""
    closed = CLOSED.get(path) or (NUMBER if path.startswith("Math.") else None)
    if closed is NUMBER and args:
        return _number(path, args)
    if closed is not None:
        return closed
    known = FUNCTIONS.get(path)
    return None if known is None else known(args)
