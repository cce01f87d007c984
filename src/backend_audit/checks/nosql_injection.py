"""Data from outside as a query document, or in code that a document database runs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching, reaching_value
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import NosqlQuery, Operand
from backend_audit.flow.origins import Origin, ordered
from backend_audit.flow.script_schemas import DESCRIBED
from backend_audit.flow.values import CLOSED_TYPES, MAX_DEPTH, Value
from backend_audit.flow.web_concepts import cleaned

RULE = "nosql-injection"

_PARSED = frozenset(("json", "get_json", "receive_json", "iter_json", "get_media", "media", "json_body", "json_params"))
_MAPPINGS = frozenset(("dict", "list", "object", "typing.Any", "typing.Dict", "typing.Mapping"))
_CODE_KEYS = frozenset(
    ("$where", "eval", "$eval", "$function", "$accumulator", "body", "init", "accumulate", "merge", "finalize")
)
_VALUE_OPERATORS = frozenset(("$eq", "$in", "$nin", "$all"))
_MAPPED_OPERATORS = frozenset(
    ("equals", "in", "notIn", "has", "hasSome", "hasEvery", "contains", "startsWith", "endsWith", "lt", "lte", "gt", "gte")
)
_MAPPERS = frozenset(("where", "include", "attributes", "relations", "select", "data", "order"))
_BUILDER = re.compile(r"\.(?:query|createQueryBuilder|knex)\(")  # of Objection's models and their kind, which ask in SQL
_FIX = (
    "Convert the value to the type that it must have (`str(value)`, `int(value)`, a schema's typed field), or write "
    "`{'$eq': value}`; never take a whole document from a request."
)
_FIX_NODE = (
    "Convert the value to the type that it must have (`String(value)`, `Number(value)`, a schema), or write `{ $eq: value }`; "
    "never take a whole document from a request."
)
_FIX_MAPPER = (
    "Convert the value to the type that it must have (`String(value)`, a schema); never take a whole filter from a request."
)
# https://mongoosejs.com/docs/api/mongoose.html#Mongoose.prototype.sanitizeFilter()
_CLEANED = f"{cleaned('nosql')}|sanitizeFilter"
_FIX_CODE = "Leave `$where` and functions out: say it with operators such as `$expr`, and pass the data as values."


@check(RULE)
def nosql_injection(query: NosqlQuery) -> Iterator[Alert]:
    """`users.find_one({"name": request.json["name"]})`, `collection.find({"$where": f"this.x == {x}"})`."""
    code = reaching(query.code, "code")
    if code is not None:
        yield alert(query.site, query.code, code, does="becomes part of code that the database runs for {callee}", fix=_FIX_CODE)
        return
    operand = query.query
    if operand is None:
        return
    if query.guess and (not _reads_like_document(operand.value) or _BUILDER.search(query.site.written)):
        return
    found = _code_in(operand.value, MAX_DEPTH)
    if found is not None:
        yield alert(query.site, operand, found, does="becomes part of code that the database runs for {callee}", fix=_FIX_CODE)
        return
    origin = _filter(operand.value, MAX_DEPTH) if query.mapper else _document(operand.value, MAX_DEPTH)
    if origin is not None:
        yield _injected(query, operand, origin)


def _injected(query: NosqlQuery, operand: Operand, origin: Origin) -> Alert:
    found = alert(
        query.site,
        operand,
        origin,
        does=f"can be a document with operators (`{query.operator}`) in the query of {{callee}}",
        fix=_FIX_MAPPER if query.mapper else advice(query.site, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM if query.guess else Confidence.HIGH,
    )
    if DESCRIBED in origin.cleared:
        found = replace(found, confidence=Confidence.LOW)
    return found if query.mapper else replace(found, setting=_CLEANED)


def _document(value: Value, depth: int) -> Origin | None:
    """The source of data that may be a document where the query puts it."""
    if depth == 0 or _is_text(value):
        return None
    if not value.kind:
        return _dictionary(value)
    for key, inner in (value.items or {}).items():
        if key in _VALUE_OPERATORS or key in _CODE_KEYS:
            continue
        found = _document(inner, depth - 1)
        if found is not None:
            return found
    found = None if value.elem is None else _document(value.elem, depth - 1)
    return found or _dictionary(value)


def _filter(value: Value, depth: int) -> Origin | None:
    """The source of parsed JSON that may be an object in a mapper's filter; under operators it takes none."""
    if depth == 0 or _is_text(value):
        return None
    inner = [one for key, one in (value.items or {}).items() if key not in _MAPPED_OPERATORS]
    found = (_filter(one, depth - 1) for one in (*inner, *([] if value.elem is None else [value.elem])))
    own = [
        one
        for one in ordered(value.origins)
        if one.label == "untrusted" and "parsed" in one.cleared and not one.cleared & {"nosql", "all"}
    ]
    return next((one for one in found if one is not None), None) or _nearest(own)


def _dictionary(value: Value) -> Origin | None:
    own = [one for one in ordered(value.origins) if one.label == "untrusted" and _is_parsed(one, value)]
    return _nearest(own)


def _nearest(origins: list[Origin]) -> Origin | None:
    return min(origins, key=lambda one: 0 if one.trace is None else one.trace.length, default=None)


def _is_parsed(origin: Origin, value: Value) -> bool:
    """Whether the data may be an object: read as JSON by the framework or by the program; query strings and forms never are."""
    if origin.cleared & {"nosql", "all"}:
        return False
    mapping = value.kind == "dict" and not value.open  # an open one may as well be the text that it was joined with
    return "parsed" in origin.cleared or mapping or str(origin.key[0]).rpartition(".")[2] in _PARSED


def _is_text(value: Value) -> bool:
    """Whether it is known to be a text or of another type that is no document."""
    if value.kind:
        return False
    if value.types and not any(name in _MAPPINGS or name.endswith("()") for name in value.types):
        return True  # declared as something else, whose validation takes no object; `f()`: what a call gave, of unknown type
    return bool(value.shapes) or bool(value.types & (CLOSED_TYPES | {"str", "bytes", "bson.ObjectId"}))


def _code_in(value: Value, depth: int) -> Origin | None:
    """The source of data inside of `$where` and functions."""
    if depth == 0 or not value.kind:
        return None
    for key, inner in (value.items or {}).items():
        found = reaching_value(inner, "code") if key in _CODE_KEYS else _code_in(inner, depth - 1)
        if found is not None:
            return found
    return None if value.elem is None else _code_in(value.elem, depth - 1)


def _reads_like_document(value: Value) -> bool:
    """Of a receiver that nothing is known about: only a dictionary written in the code is taken for a query.

    Not one that puts the conditions under `where`, as mappers of SQL have it.
    """
    return value.kind == "dict" and bool(value.items) and not (value.items or {}).keys() & _MAPPERS
