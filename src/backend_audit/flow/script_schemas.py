"""Schemas as values: what data is once a schema of zod, Joi or Yup has let it through.

https://zod.dev/api, https://joi.dev/api, https://github.com/jquense/yup. A schema holds what it gives under `OUT`: closed values
(numbers, constants of an enumeration), containers of such, and `FREE` for texts that may still be anything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_chains
from backend_audit.flow.arguments import argument
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_builtin import BOOL, NO_OBJECT, Pieces, merged, values
from backend_audit.flow.script_objects import STRIPPED
from backend_audit.flow.script_patterns import pattern_of
from backend_audit.flow.types import LENGTH
from backend_audit.flow.values import (
    MADE,
    NOTHING,
    NUMBER,
    UNKNOWN,
    Value,
    changed,
    container,
    instance,
    join,
    join_all,
    text,
)  # fmt: skip
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import Symbol, key_at
from backend_audit.regex import harmless_after

if TYPE_CHECKING:
    from backend_audit.flow.arguments import Args
    from backend_audit.flow.script_calls import ScriptCalls
    from backend_audit.flow.statements import Frame

SCHEMA = "schema.Schema"
OUT = "~out"
REST = "~rest"  # what becomes of names that a schema does not know: "refused", "left out"; else they stay
_LABEL = "schema"
CHECKED = "checked"  # a mark: a schema has looked at the data, and what it lets through is not known here
DESCRIBED = "described"  # a mark: the API's description was asked, which says of nearly every field which type it has
_LET_THROUGH = "hono.Request.valid"  # what middleware has let through: https://hono.dev/docs/guides/validation
_LIBRARIES = ("zod", "joi", "yup")
_NO_BREAK = frozenset(("path", "url", "log", "header"))
_CLEARING = {"email": _NO_BREAK, "max": LENGTH, "length": LENGTH}
_MAX_DEPTH = 5


def let_free(cleared: frozenset[str] = frozenset()) -> Value:
    """Data as it is, which is known to be harmless in these contexts."""
    return Value(open=True, origins=frozenset((Origin(_LABEL, ("free",), "", cleared),)))


FREE, TEXT = let_free(), let_free(NO_OBJECT)
_ASKED, _ASKED_WHOLE = let_free(frozenset((CHECKED,))), let_free(frozenset((CHECKED, "fields")))  # let through by a library's
BY_DESCRIPTION = let_free(frozenset((DESCRIBED,)))
_KINDS = {
    "string": TEXT, "number": NUMBER, "int": NUMBER, "bigint": NUMBER, "boolean": BOOL, "bool": BOOL,
    "date": instance("datetime.datetime"),
    "null": UNKNOWN, "undefined": UNKNOWN, "email": let_free(NO_OBJECT | _NO_BREAK), "uuid": MADE, "guid": MADE,
}  # fmt: skip
_CLOSING = frozenset(
    "uuid guid cuid cuid2 ulid nanoid datetime date time ip ipv4 ipv6 cidr alphanum hex token isoDate isoDuration creditCard"
    " objectId duration stringbool".split()
)
_PARSES = frozenset("parse parseAsync validateSync validateAsync cast attempt".split())
ASKS = _PARSES | frozenset("safeParse safeParseAsync spa validate".split())
_OPENING = frozenset("passthrough loose catchall unknown nonstrict".split())
_STRIPPING = frozenset(("parse", "parseAsync"))  # of zod's schemas out of sight: they leave names out that they do not know
_BY_NAME = re.compile(r"[sS]chema(?:\.\w+\(\))*\.\w+$")  # `shared.UserSchema.omit().parse`
_SETTING, _STRIPPED = frozenset("options prefs preferences".split()), frozenset((STRIPPED,))
TAKES_MORE = frozenset(("allowUnknown", "stripUnknown"))
REFUSED, _LEFT_OUT = text("refused"), text("left out")


def schema(out: Value, rest: Value | None = None) -> Value:
    """The schema that gives `out`."""
    return Value(types=frozenset((SCHEMA,)), items={OUT: out} if rest is None else {OUT: out, REST: rest})


def out_of(value: Value) -> Value:
    """What a schema gives."""
    return (value.items or {}).get(OUT, FREE)


def asked(value: Value, *, kept: bool) -> Value:
    """What is known of data that a schema was asked about: where what it gave is not `kept`, it only knows what it refuses."""
    out, rest = out_of(value), (value.items or {}).get(REST)
    known = rest is not None and (kept or rest == REFUSED)
    return out if known or out.kind != "dict" or out.elem is not None else changed(out, elem=FREE)


def _shape(value: Value) -> Value:
    """The object that `{a: z.string()}` describes."""
    return container("dict", {key: _told(one) for key, one in (value.items or {}).items()} if value.kind == "dict" else None)


def _told(value: Value) -> Value:
    return _ASKED if SCHEMA not in value.types and _is_foreign(value) else out_of(value)


def _is_foreign(value: Value) -> bool:
    """Whether it is a library's: `schemas.user.id` of a package that is not here."""
    return bool(value.apis or value.types) and not (value.kind or value.refs or value.consts)


def described(value: Value) -> Value:
    """What a part of a request is that a framework asks a schema about: a schema, an object of such, what a library exports."""
    if SCHEMA in value.types:
        return asked(value, kept=True)
    return _shape(value) if value.kind == "dict" else _ASKED_WHOLE if _is_foreign(value) else FREE


def _any(value: Value) -> Value:
    return join_all(out_of(one) for one in (value.items or {}).values()) if value.items else FREE


def is_untold(out: Value) -> bool:
    """Whether a schema out of sight has looked at the data."""
    return any(CHECKED in origin.cleared for origin in out.origins if origin.label == _LABEL)


def made(path: str, args: Pieces) -> Value | None:
    """What a call of `z.object`, `Joi.string` and the like makes; None if the path is no such maker."""
    library, _, name = path.replace(".coerce.", ".").partition(".")
    if library not in _LIBRARIES or "." in name:
        return None
    first, last = (args[0][0], args[-1][0]) if args else (UNKNOWN, UNKNOWN)
    if name in _KINDS:
        return schema(_KINDS[name])
    if name in ("object", "strictObject", "looseObject"):
        rest = REFUSED if library == "joi" or name == "strictObject" else _LEFT_OUT if library == "zod" else None
        return schema(_shape(first) if args else container("dict", None, FREE), rest if name != "looseObject" else None)
    makers: dict[str, Callable[[], Value]] = {
        "array": lambda: container("list", None, out_of(first)),
        "record": lambda: container("dict", None, out_of(last)),
        "enum": lambda: values(first) if first.is_literal() else MADE,
        "nativeEnum": lambda: values(first) if first.is_literal() else MADE,
        "literal": lambda: first,
        "valid": lambda: join_all(value for value, _ in args),
        "union": lambda: _any(first),
        "discriminatedUnion": lambda: _any(last),
        "intersection": lambda: merged([out_of(first), out_of(last)]),
        "tuple": lambda: container("list", None, _any(first)),
        "optional": lambda: out_of(first),
        "nullable": lambda: out_of(first),
        "preprocess": lambda: out_of(last),
    }
    return schema(makers[name]() if name in makers else FREE)


def refined(receiver: Value, name: str, args: Pieces) -> Value:
    """The schema after a method of it: `.uuid()`, `.regex(…)`, `.optional()`."""
    found, rest = _refined(receiver, name, args), (receiver.items or {}).get(REST)
    if rest is None or OUT not in (found.items or {}) or name in _OPENING or out_of(found).kind != "dict":
        return found
    if name in _SETTING and args and TAKES_MORE & (args[0][0].items or {}).keys():
        return schema(out_of(found))
    return schema(out_of(found), REFUSED if name == "strict" else rest)


def _refined(receiver: Value, name: str, args: Pieces) -> Value:
    out, first = out_of(receiver), args[0][0] if args else UNKNOWN
    free = any(origin.label == _LABEL for origin in out.origins)
    if name in _CLOSING and free:
        return schema(MADE)
    if name in ("regex", "pattern", "matches") and free:
        found = [harmless_after(one, "search") for one in pattern_of(first)]
        return schema(out.cleared(frozenset.intersection(*found)) if found else out)
    if name in _CLEARING and free:
        return schema(out.cleared(_CLEARING[name]))
    if name in ("valid", "equal", "oneOf", "enum") and args:
        given = values(first) if first.kind else join_all(value for value, _ in args)
        return schema(given if given.is_literal() else out)
    if name in ("items", "of"):
        return schema(container("list", None, join_all(out_of(value) for value, _ in args)))
    if name == "array":
        return schema(container("list", None, out))
    if name in ("extend", "keys", "shape", "augment", "safeExtend") and first.kind == "dict":
        known = changed(out, elem=None) if name == "keys" and not out.items else out  # of any names, until some are listed
        return schema(merged([known, _shape(first)]))
    if name in ("merge", "and", "concat") and SCHEMA in first.types:
        return schema(merged([out, out_of(first)]))
    if name in ("or", "try") and SCHEMA in first.types:
        return schema(join_all([out, *(out_of(value) for value, _ in args)]))
    if name == "pipe" and SCHEMA in first.types:
        return first
    if name in _OPENING and out.kind == "dict":
        return schema(changed(out, elem=FREE))
    if name in ("default", "catch", "prefault") and args:
        return schema(join(out, first))
    if name in ("number", "integer", "boolean") and not out.kind:
        return schema(_KINDS.get(name, NUMBER))
    return receiver


def filled(out: Value, data: Value, part: Callable[[Value, str], Value], depth: int = _MAX_DEPTH) -> Value:
    """`data` as a schema lets it through; `part` reads a field of it."""
    free = [origin for origin in out.origins if origin.label == _LABEL]
    found = NOTHING
    if out.kind == "dict" and depth:
        items = {key: filled(one, part(data, str(key)), part, depth - 1) for key, one in (out.items or {}).items()}
        elem = None if out.elem is None else filled(out.elem, values(data), part, depth - 1)
        found = container("dict", items or None, elem)
    elif out.kind == "list" and depth:
        found = container("list", None, filled(out.elem or FREE, values(data), part, depth - 1))
    rest = Value(
        out.open and not free, out.consts, out.shapes, out.apis, out.types, out.refs, frozenset(), made=out.made
    )  # fmt: skip
    if rest.open or rest.consts or rest.types or rest.made or rest.shapes:
        found = join(found, rest)
    if free or (out.kind and not depth):
        cleared = frozenset.intersection(*(origin.cleared for origin in free)) if free else frozenset[str]()
        only_text = cleared >= NO_OBJECT
        origins = data.derived().origins if only_text else frozenset[Origin]()
        whole = Value(True, types=frozenset(("str",)), origins=origins) if only_text else data
        found = join(found, whole.cleared(cleared))
    return UNKNOWN if found is NOTHING else found


@dataclass(eq=False, slots=True, repr=False)
class Verdict(Symbol):
    """The error that a schema finds in `data`, or none: then the data is `found`."""

    key: str
    data: ir.Expr | None
    found: Value


def called(frame: "ScriptCalls", node: ir.Call, path: str, receiver: Value | None, args: "Args", given: Pieces) -> Value | None:
    """What a call that schemas have to do with gives: one that makes one, refines it, asks it; None for any other."""
    name = path.rpartition(".")[2]
    if path == _LET_THROUGH and given:
        return next((frame.env.get(f"{dotted(node.func)}.{text}") for text in given[0][0].texts()), None)
    if receiver is None or SCHEMA not in receiver.types:
        chain = script_chains.called(path, receiver, given)
        if chain is not None:
            return chain
        if name in _STRIPPING and given and _BY_NAME.search(path):
            return given[0][0].cleared(_STRIPPED)
        return made(path, given)
    data = next((operand for key, operand in args if key == "0"), None)
    if data is None or name not in ASKS:
        return refined(receiver, name, given)

    found = filled(out_of(receiver), data.value, partial(_part, frame, node))
    verdict = Verdict(key_at(frame.module.path, "verdict", node), data.node, found)
    if name in _PARSES:
        let_through(frame, verdict)
        return found
    error = Value(True, refs=frozenset((verdict,)))
    told: dict[str | int, Value] = {"success": BOOL, "data": found, "value": found, "error": error}
    own = found.items or {} if name == "validate" else {}  # Yup gives the data, Joi an answer
    return container("dict", {**own, **told})


def _part(frame: "Frame", node: ir.Node, value: Value, field: str) -> Value:
    return frame.read(value, field, ir.Attribute(node.at, node.end, ir.Name(node.at, node.at, "…"), field))


def handed(frame: "Frame", node: ir.Call, data: Value, specs: str, args: "Args") -> Value:
    """`data` as the first of the arguments `specs` lets it through that is a schema, or an object of such; whole without one.

    `^1`: only where that argument is no text of the program, which leaves nothing to choose.
    """
    for spec in filter(None, specs.split("|")):
        given = argument(args, spec.removeprefix("^"))
        if spec[0] == "^" and given is not None and given.value.texts():
            return UNKNOWN
        if given is not None and (SCHEMA in given.value.types or _holds_schemas(given.value)):
            out = out_of(given.value) if SCHEMA in given.value.types else _shape(given.value)
            return filled(out, data, partial(_part, frame, node))
    return data


def _holds_schemas(value: Value) -> bool:
    return value.kind == "dict" and any(SCHEMA in one.types for one in (value.items or {}).values())


def let_through(frame: "ScriptCalls", verdict: Verdict) -> None:
    """Data has passed: its fields are what the schema says, under the name that it was given by too."""
    for item in verdict.data.items if isinstance(verdict.data, ir.Container) else ():
        name = item.key.value if isinstance(item.key, ir.Const) else None
        held = (verdict.found.items or {}).get(name) if isinstance(name, str) else None
        if held is not None:  # `schema.validate({ email, age })`
            let_through(frame, Verdict(verdict.key, item.value, held))
    key = dotted(verdict.data)
    if key is None:
        return
    if not verdict.found.kind:
        frame.env[key] = verdict.found
    for name, value in (verdict.found.items or {}).items():
        frame.env[f"{key}.{name}"] = value
