"""What a chain of middleware has checked of a request before its handler reads it: schemas, and chains of express-validator.

https://github.com/arb/celebrate and its kind, https://express-validator.github.io/docs/. `validate(schema)` of the project counts
where the function that it makes asks the schema and turns away; what it lets through is then known by the paths `req.body.name`,
and by those where the middleware keeps it (`req.validated.name`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from backend_audit import ir
from backend_audit.flow import script_chains, script_contracts, script_hapi, script_json_schema, script_kept, script_passing
from backend_audit.flow import script_schemas as schemas
from backend_audit.flow.arguments import Args
from backend_audit.flow.script_builtin import NO_OBJECT
from backend_audit.flow.script_schemas import BY_DESCRIPTION, FREE, OUT, SCHEMA, TAKES_MORE, TEXT, asked, filled, is_untold
from backend_audit.flow.types import LENGTH
from backend_audit.flow.values import MADE, NUMBER, UNKNOWN, Value, changed, container, join
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ObjectSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks

PARTS = ("body", "query", "params", "headers", "cookies")
Checked = Mapping[str, Value]  # what schemas let through, by part of the request, or path below a parameter: `1.locals.data`

_VERBS = frozenset("get post put patch delete".split())
_CELEBRATE = "celebrate.celebrate"
_ZOD = "zod-express-middleware."  # https://github.com/Aquila169/zod-express-middleware: `validate…` leaves the request as it is
_BY_LIBRARY = {  # which part it checks, where the schema does not say so; whether what that gives stands in the data's place
    _CELEBRATE: ((), True), "express-zod-safe": ((), True), "express-zod-safe.validate": ((), True),
    f"{_ZOD}validateRequest": ((), False), f"{_ZOD}processRequest": ((), True),
} | {
    f"{_ZOD}{does}Request{part.capitalize()}": ((part,), does == "process")
    for does in ("validate", "process") for part in ("body", "query", "params")
}  # fmt: skip
_OF_HONO = frozenset(  # `validator("json", schema)`; what it lets through is asked for by `c.req.valid("json")`
    (
        "@hono/zod-validator.zValidator", "@hono/valibot-validator.vValidator", "@hono/typebox-validator.tbValidator",
        "@hono/standard-validator.sValidator",
    )
)  # fmt: skip
_CONTEXT = "koa.Context"
_OF_CONTEXT = {"body": "request.body"}  # where a context has it
_ASKS = frozenset(
    "validate validateAsync validateSync parse parseAsync parseSync safeParse safeParseAsync attempt assert".split()
)
_REFUSES = frozenset("status sendStatus code next send json throw".split())
_CLOSING = frozenset(
    "isInt isNumeric isFloat isDecimal isUUID isMongoId isBoolean isAlpha isAlphanumeric isHexadecimal isIn isISO8601 isDate "
    "isIP isPort isSlug isCreditCard isMobilePhone isULID isMD5 isHash isLocale isSemVer isCurrency isPostalCode".split()
)
_NUMBERS = frozenset("toInt toFloat toBoolean toDate".split())
_ESCAPES = "escape"
_CONVERTS = _NUMBERS | {_ESCAPES}  # what they make stands in the request, whatever the rules of the chain have found
_TEXTS = frozenset("isString isEmail isURL isLength toString trim escape".split())
_LOOSE = frozenset("if not".split())  # what follows is asked of some requests alone, or refused
_RESULT, _RUN = frozenset(("validationResult",)), frozenset(("run",))


def checked(frame: "ScriptCallbacks", node: ir.Call, handler: FunctionSymbol) -> Checked:
    """What the arguments of a registration that stand before `handler` have checked of its requests."""
    found: dict[str, Value] = {}
    ran, waiting = _Fields(), _Fields()  # of chains that a function runs; of those whose result somebody else has to look at
    asked = _asks_result(handler.node)
    given = [frame.eval(arg.value) for arg in node.args]
    facts = dict(script_passing.before(frame, node))
    found.update(script_contracts.of_handler(given, handler))
    for arg, value in zip(node.args, given, strict=True):
        found.update(script_json_schema.of_route(value))
        found.update(script_hapi.of_routes(value, handler))
        found.update(script_json_schema.of_path(value.texts()[0]) if len(value.texts()) == 1 else {})
        if handler in value.refs:
            break
        for held in _of_names(value):
            if handler in held.refs:
                break
            found.update(_by_object(frame, held))
            facts |= script_passing.of(frame.engine, held)
            asked = asked or any(isinstance(one, FunctionSymbol) and _asks_result(one.node) for one in held.refs)
        for chain in script_chains.chains(value):
            waiting.take([chain])
            ran.take([chain] if (chain.items or {}).keys() & _CONVERTS else ())
        for step in arg.value.items if isinstance(arg.value, ir.Container) else [arg.value]:
            one = step.value if isinstance(step, ir.Item) else step
            found.update(_by_schema(frame, one))
            ran.take(_run(frame, one))
    for part, items in [*ran.parts.items(), *(waiting.parts.items() if asked else ())]:
        found.setdefault(part, container("dict", items, FREE))
    script_passing.added(found, facts)
    for part in ("body", "query", "params") if frame.engine.asks_description else ():
        found.setdefault(part, BY_DESCRIPTION)
    return found


def stated(frame: "ScriptCallbacks", verb: str, args: Args) -> None:
    """`schema.get("/orders/:id", { params: Type.Object({ id: Type.Integer() }) }, handler)`, of whatever library."""
    options = [one.value for _, one in args if one.value.kind == "dict"] if verb in _VERBS else []
    held = [(str(key), one) for value in options for key, one in (value.items or {}).items() if key in PARTS]
    found = {part: asked(one, kept=True) for part, one in held if SCHEMA in one.types}
    for symbol in (one for _, operand in args for one in operand.value.refs if found and isinstance(one, FunctionSymbol)):
        frame.engine.note_checked(symbol, found)


class _Fields:
    """What chains of express-validator let through, by part of the request."""

    def __init__(self) -> None:
        self.parts: dict[str, dict[str | int, Value]] = {}

    def take(self, given: Iterable[Value]) -> None:
        for part, name, out in (one for chain in given for one in _told(chain)):
            self.parts.setdefault(part, {})[name] = out


def in_both(one: Checked, other: Checked) -> Checked:
    """What was checked on either of two ways."""
    found: dict[str, Value] = {}
    for part in one.keys() & other.keys():
        held, known = one[part].items or {}, other[part].items or {}
        items = {key: join(held[key], known[key]) for key in held if key in known}
        if items and one[part].kind == other[part].kind == "dict":
            found[part] = container("dict", items, FREE)
        elif (is_untold(one[part]) and is_untold(other[part])) or one[part] is other[part]:
            found[part] = one[part]
    return found


def bound(frame: "ScriptCallbacks", params: Sequence[ir.Param], found: Checked) -> None:
    """Let the paths below a handler's parameters hold what was checked."""
    names = [param.name for param in params]
    for part, out in sorted(found.items()):
        at, path = (int(part[0]), part[2:]) if part[:1].isdigit() else (0, part)
        if at >= len(names):
            continue
        part_of = _reader(frame, params[at])
        data = frame.env.get(names[at], UNKNOWN)
        path = _OF_CONTEXT.get(path, path) if _is_context(frame, data) else path
        for step in path.split("."):
            data = part_of(data, step)
        for field, held in (out.items or {}).items() if out.kind == "dict" else ():
            frame.env[f"{names[at]}.{path}.{field}"] = filled(held, part_of(data, str(field)), part_of)
        if out.kind == "dict" and (out.elem is None or out.items):
            whole = filled(out, data, part_of)  # where the schema takes names that it does not know, it is data as before
            frame.env[f"{names[at]}.{path}"] = whole if out.elem is None else changed(whole, origins=data.origins)
        elif is_untold(out) or out is BY_DESCRIPTION:
            frame.env[f"{names[at]}.{path}"] = filled(out, data, part_of)
        if params[at].pattern is not None and "." not in path and out.kind == "dict":  # `({ body, params }) => …`
            whole, given = filled(out, data, part_of), frame.env.get(names[at], UNKNOWN)
            told = whole if out.elem is None else changed(whole, origins=data.origins)
            frame.env[names[at]] = changed(given, items={**(given.items or {}), path: told})


def _reader(frame: "ScriptCallbacks", param: ir.Param) -> Callable[[Value, str], Value]:
    """What reads a field below a parameter; what comes in, comes in where the parameter stands."""
    name = ir.Name(param.at, param.end, param.name)
    return lambda value, field: frame.read(value, field, ir.Attribute(param.at, param.end, name, field))


def _is_context(frame: "ScriptCallbacks", value: Value) -> bool:
    return _CONTEXT in frame.engine.with_bases(value).types


# --- schemas -----------------------------------------------------------------------------------------------------------


def _by_schema(frame: "ScriptCallbacks", node: ir.Expr) -> Checked:
    """`celebrate({ body: schema })`, `validate(schema)`, `validate({ params: schema }, "params")`."""
    if not isinstance(node, ir.Call) or not node.args:
        return {}
    callee = frame.eval(node.func)
    parts: tuple[str, ...] = ()
    found: dict[str, Value] = {}
    kept = frozenset(PARTS)
    if callee.apis & _OF_HONO:
        return _of_hono(frame, node)
    library = min(callee.apis & _BY_LIBRARY.keys(), default=None)
    if library is not None:
        parts, replaced = _BY_LIBRARY[library]
        kept = frozenset(PARTS) if replaced else frozenset()
        strict = not any(TAKES_MORE & (frame.eval(arg.value).items or {}).keys() for arg in node.args[1:])
    else:
        makers = [one for one in callee.refs if isinstance(one, FunctionSymbol)]
        if len(makers) != 1 or not _turns_away(makers[0].node):
            return {}
        parts = _parts_of(makers[0].node, [arg.value for arg in node.args])
        schemas = [value for arg in node.args if SCHEMA in (value := frame.eval(arg.value)).types]
        places = script_kept.kept(makers[0].node)
        if len(schemas) == 1:
            found |= {f"{at}.{path}": asked(schemas[0], kept=True) for at, path in places}
        kept = frozenset(path for _, path in places)
        strict = not _takes_more(makers[0].node)
    for arg in node.args:
        for part, out in _described(frame, arg.value, parts, kept).items():
            found[part] = out if strict or out.kind != "dict" else changed(out, elem=FREE)
    return found


def _of_hono(frame: "ScriptCallbacks", node: ir.Call) -> Checked:
    part, schema = ([frame.eval(arg.value) for arg in node.args[:2]] + [UNKNOWN])[:2]
    known = SCHEMA in schema.types
    return {f"0.req.valid.{name}": asked(schema, kept=True) for name in part.texts()} if known else {}


def _of_names(value: Value, depth: int = 3) -> Iterator[Value]:
    """What a list that has a name holds, in order: `export const handlePost = [validated, handler]`; else the value itself."""
    if value.kind not in ("list", "tuple") or not depth:
        yield value
        return
    for key in sorted(one for one in value.items or {} if isinstance(one, int)):
        yield from _of_names((value.items or {})[key], depth - 1)


def _by_object(frame: "ScriptCallbacks", value: Value) -> Checked:
    """As `_by_schema`, of a library's middleware that has a name: `const validated = celebrate({ body: schema })`."""
    found: dict[str, Value] = {}
    for symbol in (one for one in value.refs if isinstance(one, ObjectSymbol)):
        module = next((one for one in frame.engine.project.modules.values() if symbol.key.startswith(f"{one.path}:")), None)
        other = None if module is None else cast("ScriptCallbacks", frame.engine.frame(module))
        if other is not None and other.eval(symbol.node.func).apis & _BY_LIBRARY.keys():
            found.update(_by_schema(other, symbol.node))
    return found


def _takes_more(maker: ir.Function) -> bool:
    """Whether a function lets names through, or takes them out elsewhere, that a schema does not know."""
    options = (one for one in ir.walk(*maker.body) if isinstance(one, ir.Item) and isinstance(one.key, ir.Const))
    return any(one.key.value in TAKES_MORE for one in options if isinstance(one.key, ir.Const))


def _described(frame: "ScriptCallbacks", node: ir.Expr, parts: tuple[str, ...], kept: frozenset[str]) -> dict[str, Value]:
    """The parts of a request that an argument describes."""
    value = frame.eval(node)
    held = asked(value, kept=not kept.isdisjoint(parts)) if SCHEMA in value.types else value
    by_part = {str(key): one for key, one in (held.items or {}).items() if held.kind == "dict" and key in PARTS}
    if isinstance(node, ir.Container):  # `[Segments.BODY]: schema`
        named = {written(item.key).rpartition(".")[2].lower(): item.value for item in node.items if item.key is not None}
        by_part |= {name: frame.eval(one) for name, one in named.items() if name in PARTS}
    if by_part:
        return {name: asked(one, kept=name in kept) if OUT in (one.items or {}) else one for name, one in by_part.items()}
    return {parts[0]: held} if SCHEMA in value.types and len(parts) == 1 else {}


def _parts_of(maker: ir.Function, args: Sequence[ir.Expr]) -> tuple[str, ...]:
    """The part of the request that a function checks: said by an argument, else the only one that it reads."""
    said = tuple(one.value for one in args if isinstance(one, ir.Const) and isinstance(one.value, str) and one.value in PARTS)
    read = {one.attr for one in ir.walk(*maker.body) if isinstance(one, ir.Attribute) and one.attr in PARTS}
    return said or tuple(sorted(read))


def _turns_away(maker: ir.Function) -> bool:
    """Whether a function, or one in it, asks a schema and refuses."""
    asks = refuses = throws = caught = False
    for one in ir.walk(*maker.body):
        if isinstance(one, ir.Call):
            name = written(one.func).rpartition(".")[2]
            asks = asks or name in _ASKS
            throws = throws or name in script_kept.GIVES
            refuses = refuses or (name in _REFUSES and bool(one.args))
        refuses = refuses or isinstance(one, ir.Raise)
        caught = caught or isinstance(one, ir.Try)
    return asks and (refuses or (throws and not caught))


# --- express-validator -------------------------------------------------------------------------------------------------


def _run(frame: "ScriptCallbacks", node: ir.Expr) -> Iterator[Value]:
    """`validate([body("id").isUUID()])`, of a function of the project that runs the chains which it is given and refuses."""
    makers = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)] if isinstance(node, ir.Call) else []
    if isinstance(node, ir.Call) and len(makers) == 1 and _asks_result(makers[0].node, _RUN):
        for arg in node.args:
            yield from script_chains.chains(frame.eval(arg.value))


def _told(chain: Value) -> Iterator[tuple[str, str, Value]]:
    """Part, field and what may be there."""
    items = chain.items or {}
    field, methods = items.get(script_chains.FIELD), {str(key) for key in items}
    names = () if field is None else tuple(one for held in (field, *field.inside()) for one in held.texts())
    if field is None or (not field.kind and len(names) != 1) or not methods.isdisjoint(_LOOSE):
        return
    text = schemas.let_free(NO_OBJECT | {"html"}) if _ESCAPES in methods else TEXT
    out = NUMBER if methods & _NUMBERS else MADE if methods & _CLOSING else text if methods & _TEXTS else FREE
    out = out.cleared(LENGTH) if script_chains.is_short(chain) else out
    for part in " ".join(items[script_chains.PARTS].texts()).split():
        yield from ((part, name, out) for name in names if "." not in name and "*" not in name)


def _asks_result(function: ir.Function, asking: frozenset[str] = _RESULT) -> bool:
    """Whether a function looks at what express-validator has found, and refuses."""
    calls = [written(one.func).rpartition(".")[2] for one in ir.walk(*function.body) if isinstance(one, ir.Call)]
    return asking.issubset(calls) and any(name in _REFUSES or name == "throw" for name in calls)
