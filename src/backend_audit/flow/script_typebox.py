"""Schemas of TypeBox as values: `Type.Object({ limit: Type.Number() })`, which Fastify checks requests by.

https://github.com/sinclairzx81/typebox, https://fastify.dev/docs/latest/Reference/Type-Providers/
"""

from collections.abc import Callable

from backend_audit.flow import script_json_schema
from backend_audit.flow.script_builtin import BOOL, Pieces, merged, values
from backend_audit.flow.script_schemas import FREE, REFUSED, out_of, schema
from backend_audit.flow.values import MADE, NUMBER, UNKNOWN, Value, changed, container, instance, join, join_all

_MAKER = "typebox.Type."
_KINDS = {
    "Number": NUMBER, "Integer": NUMBER, "BigInt": NUMBER, "Boolean": BOOL, "Null": MADE, "Undefined": UNKNOWN,
    "Date": instance("datetime.datetime"), "Unknown": FREE, "Any": FREE, "TemplateLiteral": FREE,
}  # fmt: skip
_SAME = frozenset(
    "Optional Readonly ReadonlyOptional Partial Required Rest Awaited Recursive Ref Module Unsafe Transform".split()
)
_OPTIONS = 1


def made(path: str, args: Pieces) -> Value | None:
    """The schema that a call of `Type` makes; None if the path is no such maker."""
    if not path.startswith(_MAKER):
        return None
    name, given = path.removeprefix(_MAKER), [value for value, _ in args]
    first, last = (given[0], given[-1]) if given else (UNKNOWN, UNKNOWN)
    if name in _KINDS:
        return schema(_KINDS[name])
    if name == "String":
        return schema(script_json_schema.text_of(first))
    if name in _SAME:
        return schema(out_of(first))
    makers: dict[str, Callable[[], Value]] = {
        "Object": lambda: _object(first),
        "Array": lambda: container("list", None, out_of(first)),
        "Tuple": lambda: container("list", None, _each(first)),
        "Record": lambda: container("dict", None, out_of(given[_OPTIONS])) if len(given) > _OPTIONS else FREE,
        "Literal": lambda: first,
        "Const": lambda: first,
        "Enum": lambda: values(first) if first.is_literal() else MADE,
        "Union": lambda: _each(first),
        "Intersect": lambda: _all_of(first),
        "Composite": lambda: _all_of(first),
        "Pick": lambda: _chosen(out_of(first), given[_OPTIONS:], kept=True),
        "Omit": lambda: _chosen(out_of(first), given[_OPTIONS:], kept=False),
        "KeyOf": lambda: MADE,
    }
    closed = name in ("Object", "Composite") and _is_closed(last)
    return schema(makers[name]() if name in makers else FREE, REFUSED if closed else None)


def _object(shape: Value) -> Value:
    return container("dict", {key: out_of(one) for key, one in (shape.items or {}).items()} or None)


def _is_closed(options: Value) -> bool:
    held = (options.items or {}).get("additionalProperties")
    return held is not None and held.is_just(value=False)


def _each(schemas: Value) -> Value:
    """What one of several schemas gives."""
    return join_all(out_of(one) for one in (schemas.items or {}).values()) if schemas.items else FREE


def _all_of(schemas: Value) -> Value:
    return merged([out_of(one) for one in (schemas.items or {}).values()]) if schemas.items else FREE


def _chosen(out: Value, names: list[Value], *, kept: bool) -> Value:
    """`Type.Pick(Order, ["id", "total"])`, `Type.Omit(…)`."""
    said = {text for one in names[:1] for text in (*one.texts(), *values(one).texts())}
    if out.kind != "dict" or not out.items or not said:
        return out if out.kind == "dict" and not kept else join(out, FREE)
    return changed(out, items={key: one for key, one in out.items.items() if (key in said) is kept} or None)
