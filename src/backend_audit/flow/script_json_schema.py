"""JSON schemas as Fastify takes them with a route: what a request holds that they have let through.

https://fastify.dev/docs/latest/Reference/Validation-and-Serialization/, https://json-schema.org/understanding-json-schema/
"""

import re

from backend_audit.flow.script_builtin import BOOL, values
from backend_audit.flow.script_patterns import pattern_of
from backend_audit.flow.script_schemas import FREE, SCHEMA, TEXT, asked
from backend_audit.flow.types import LENGTH
from backend_audit.flow.values import MADE, NUMBER, Constant, Value, container
from backend_audit.regex import harmless_after

_PARTS = {"body": "body", "querystring": "query", "query": "query", "params": "params", "headers": "headers"}
_CLOSED = frozenset("date date-time time duration uuid ipv4 ipv6 hostname idn-hostname".split())
_SIMPLE = {"integer": NUMBER, "number": NUMBER, "boolean": BOOL, "null": MADE}
DEPTH = 6
_WRITTEN = re.compile(r":(\w+)\(((?:[^()\\]|\\.)+)\)")


def of_route(options: Value) -> dict[str, Value]:
    """What the options of a route describe, by part of the request."""
    schema = (options.items or {}).get("schema") if options.kind == "dict" else None
    held = {} if schema is None else schema.items or {}
    return {_PARTS[str(key)]: described(one, DEPTH) for key, one in held.items() if key in _PARTS}


def of_path(path: str) -> dict[str, Value]:
    """What a route's path says of its parameters: `/files/:number([0-9]+)`."""
    told = {name: _by_pattern(f"^(?:{pattern})$") for name, pattern in _WRITTEN.findall(path)}
    items: dict[str | int, Value] = {**told}
    return {"params": container("dict", items, FREE)} if items else {}


def described(schema: Value, depth: int) -> Value:
    """What a schema lets through; a library's schema (zod) says it itself."""
    if SCHEMA in schema.types:
        return asked(schema, kept=True)
    held = schema.items or {}
    kinds = held["type"].texts() if "type" in held else ("object",) if "properties" in held else ()
    if schema.kind != "dict" or depth == 0 or len(kinds) != 1:
        return MADE if "enum" in held and values(held["enum"]).is_literal() else FREE
    kind = kinds[0]
    if kind == "object":
        properties = held.get("properties")
        inside = {} if properties is None else properties.items or {}
        closed = "additionalProperties" in held and held["additionalProperties"].is_just(False)  # taken out, or refused
        return container(
            "dict", {key: described(one, depth - 1) for key, one in inside.items()} or None, None if closed else FREE
        )
    if kind == "array":
        return container("list", None, described(held["items"], depth - 1) if "items" in held else FREE)
    return _SIMPLE.get(kind) or (text_of(schema) if kind == "string" else FREE)


def text_of(schema: Value) -> Value:
    """What a text is that a schema (or the options of one) has let through."""
    held = schema.items or {}
    if "enum" in held or "const" in held or ("format" in held and set(held["format"].texts()) & _CLOSED):
        return MADE
    texts = held["pattern"].texts() if "pattern" in held else ()
    found = _by_pattern(texts[0]) if len(texts) == 1 else TEXT
    return found.cleared(LENGTH) if "maxLength" in held else found


def _by_pattern(text: str) -> Value:
    found = [harmless_after(one, "search") for one in pattern_of(_as_pattern(text))]
    return TEXT.cleared(frozenset.intersection(*found)) if found else TEXT


def _as_pattern(text: str) -> Value:
    return Value(consts=frozenset((Constant("regex", f"/{text}/"),)))
