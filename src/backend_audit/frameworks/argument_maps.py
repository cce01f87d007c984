"""Handlers that are given what a schema has let through: `@use_kwargs({"page": fields.Int()})`, `@blp.arguments(PageSchema)`.

A field of a closed type (a number, a date, an enumeration, one of some choices) carries nothing to inject; a text does.
https://webargs.readthedocs.io/en/latest/api.html, https://flask-smorest.readthedocs.io/en/latest/arguments.html,
https://apiflask.com/request-handling/, https://marshmallow.readthedocs.io/en/stable/marshmallow.fields.html
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow import matches
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import MADE, UNKNOWN, Key, Value, container
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name

_NAMED = frozenset(("use_kwargs",))  # hands each field over under its name
_WHOLE = frozenset(("use_args", "arguments"))  # hands the whole over, in the order of the decorators
_BY_LOCATION = frozenset(("input",))  # APIFlask's: `json_data`, `query_data`, or `arg_name`
_FIELDS = ("marshmallow.fields.", "webargs.fields.", "apiflask.fields.", "flask_marshmallow.fields.", "webargs_sanic.")
_SCHEMAS = ("marshmallow.", "flask_marshmallow.", "apiflask.", "marshmallow_sqlalchemy.", "flask_smorest.")
_NUMBERS = frozenset("Int Integer Float Number Decimal".split())
_CLOSED = _NUMBERS | frozenset(
    "Bool Boolean UUID DateTime NaiveDateTime AwareDateTime Date Time TimeDelta Enum Constant IP IPv4 IPv6 "
    "IPInterface IPv4Interface IPv6Interface".split()
)
_TEXTS = frozenset("Str String Raw Field Email Url URL Dict Mapping Tuple Function Method File".split())
_LISTS = frozenset(("List", "DelimitedList"))
_CHOICES = frozenset(("OneOf", "ContainsOnly", "Equal"))
_DEEPEST = 4
_HELD = frozenset(("fields",))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param) -> Value | None:
    """What a decorator with a schema hands to the parameter; None if none does."""
    place = at - (1 if symbol.binds_first else 0)
    wholes = 0
    for decorator in symbol.node.decorators:
        name = decorator_name(decorator)
        if not isinstance(decorator, ir.Call) or not decorator.args or name not in _NAMED | _WHOLE | _BY_LOCATION:
            continue
        given = {arg.name: arg.value for arg in decorator.args if arg.name}
        held = _schema(frame, symbol, decorator.args[0].value, 0)
        if held is None:
            continue
        as_kwargs = given.get("as_kwargs")
        if name in _NAMED or (isinstance(as_kwargs, ir.Const) and as_kwargs.value is True):
            if param.name in held or param.kind == "kwargs":
                return held.get(param.name, container("dict", dict(held)))
        elif name in _BY_LOCATION:
            if param.name == _argument_name(given):
                return container("dict", dict(held))
        elif place == wholes and param.kind == "positional":
            return container("dict", dict(held))
        else:
            wholes += 1
    return None


def _argument_name(given: dict[str, ir.Expr]) -> str:
    own, place = given.get("arg_name"), given.get("location")
    if isinstance(own, ir.Const):
        return str(own.value)
    return f"{place.value if isinstance(place, ir.Const) else 'json'}_data"


def _schema(frame: FrameState, symbol: FunctionSymbol, node: ir.Expr, depth: int) -> dict[Key, Value] | None:
    """What the fields of a schema let through, by name: of a mapping written in place, or of a class."""
    if depth > _DEEPEST:
        return None
    own = frame.engine.frame(symbol.module)
    if isinstance(node, ir.Container) and node.kind == "dict":
        return _let_through(own, symbol, ((_text(item.key), item.value) for item in node.items if item.key is not None), depth)
    value = own.eval(node)
    owners = [*of_kind(value.refs, ClassSymbol), *frame.engine.classes_of(value)]
    for owner in owners:
        if any(base.startswith(_SCHEMAS) for base in frame.engine.external_bases(owner)):
            found: dict[Key, Value] = {}
            for one in reversed(frame.engine.bases(owner)[0]):
                found |= _let_through(frame.engine.frame(one.module), symbol, _assigned(one), depth) or {}
            return found or None
    return None


def _text(key: ir.Expr) -> str:
    return str(key.value) if isinstance(key, ir.Const) else ""


def _assigned(owner: ClassSymbol) -> Iterator[tuple[str, ir.Expr]]:
    for statement in owner.node.body:
        if isinstance(statement, ir.Assign) and statement.value is not None and isinstance(statement.targets[0], ir.Name):
            yield statement.targets[0].id, statement.value


def _let_through(
    frame: Frame, symbol: FunctionSymbol, declared: Iterator[tuple[str, ir.Expr]], depth: int
) -> dict[Key, Value] | None:
    found: dict[Key, Value] = {}
    for name, made in declared:
        field = _of_field(frame, symbol, name, made, depth)
        if field is not None:
            found[name] = field
    return found or None


def _of_field(frame: Frame, symbol: FunctionSymbol, name: str, made: ir.Expr, depth: int) -> Value | None:
    """What one field lets through; None if it is no field, or one that nothing is known about."""
    if not isinstance(made, ir.Call):
        return None
    kinds = _kinds(frame, made)
    inner = made.args[0].value if made.args and made.args[0].name is None else None
    if kinds & _NUMBERS:
        return Value(types=frozenset(("int",)))
    if kinds & _CLOSED:
        return MADE
    if kinds & _LISTS:
        each = None if inner is None or depth > _DEEPEST else _of_field(frame, symbol, name, inner, depth + 1)
        return container("list", None, each or UNKNOWN)
    if "Nested" in kinds:
        held = None if inner is None else _schema(frame, symbol, inner, depth + 1)
        return None if held is None else container("dict", held)
    if not kinds & _TEXTS:
        return None
    contexts = _validated(made)
    if "all" in contexts:
        return MADE
    origin = Origin("untrusted", (symbol.key, f"field {name}"), f"the field `{name}` of the request", _HELD | contexts)
    return UNKNOWN.with_origins((origin.step(frame.mark(made, "comes from the request")),))


def _kinds(frame: Frame, made: ir.Call) -> set[str]:
    """The names of the classes of marshmallow's that a field is one of."""
    value = frame.eval(made)
    paths = [*value.types, *(base for one in frame.engine.classes_of(value) for base in frame.engine.external_bases(one)[:1])]
    return {path.removesuffix("()").rpartition(".")[2] for path in paths if path.startswith(_FIELDS)}


def _validated(made: ir.Call) -> frozenset[str]:
    """The contexts in which what the field's validators let through is harmless."""
    found: frozenset[str] = frozenset()
    for arg in made.args:
        for one in ir.walk(arg.value) if arg.name == "validate" else ():
            name = written(one.func).rpartition(".")[2] if isinstance(one, ir.Call) else ""
            if name in _CHOICES:
                return frozenset(("all",))
            if name == "Regexp" and isinstance(one, ir.Call) and one.args and isinstance(one.args[0].value, ir.Const):
                found |= matches.after_matching(str(one.args[0].value.value))
    return found
