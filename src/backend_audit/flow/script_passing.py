"""What middleware of the project has found out about a request by the time that it goes on to the handler.

`if (!NUMBER.test(req.params.id)) return res.sendStatus(400); next();`: whoever is registered after it gets a known `id`.
https://expressjs.com/en/guide/using-middleware.html
"""

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_schemas import FREE, let_free
from backend_audit.flow.values import Value, changed, container, join
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks
    from backend_audit.flow.script_engine import ScriptEngine

Facts = dict[tuple[str, str], Value]  # by part of the request and field
_PARTS = frozenset(("body", "query", "params", "headers", "cookies"))
_PARAM, _PARAMS = "param", "params"
_OF_ROUTER = frozenset((_PARAM, "use"))
_GIVEN = (_PARAMS, "*")  # the piece of the address that `app.param` hands over
_DATA = frozenset(("untrusted", "param"))
_FULL, _SHORT = 3, 2  # `(req, res, next)`, `(ctx, next)`


def note(frame: "ScriptCallbacks", node: ir.Call) -> None:
    """A call of `next`: what is known of the request there."""
    function = frame.function
    if function is not None and _goes_on(function.node, node):
        frame.engine.let_through.setdefault(function.key, {})[node.at] = dict(_known(frame, function.node))


def of(engine: "ScriptEngine", value: Value) -> Facts:
    """What is known of a request after the functions of the project that a registration is given before its handler."""
    found: Facts = {}
    for symbol in of_kind(value.refs, FunctionSymbol):
        engine.summary(symbol)
        ways = _onward(symbol.node)
        known = [engine.let_through.get(symbol.key, {}).get(at) for at in ways or ()]
        if known and None not in known:
            first, *others = [one for one in known if one is not None]
            for other in others:
                first = _on_both(first, other)
            found |= first
    return found


def before(frame: "ScriptCallbacks", node: ir.Call) -> Facts:
    """What a router's own middleware, registered before, has found out: `router.use(check)`, `app.param("id", check)`."""
    func = node.func
    if not isinstance(func, ir.Attribute):
        return {}
    known = frame.engine.passed_first.setdefault((frame.module.path, written(func.value)), {})
    if func.attr in _OF_ROUTER and frame.level == 0:
        given = [frame.eval(arg.value) for arg in node.args]
        names = [name for one in (given[0], *given[0].inside()) for name in one.texts()] if given else []
        if bool(names) is (func.attr == _PARAM):  # `app.use("/admin", check)` speaks of some routes alone
            for value in given[bool(names) :]:
                told = of(frame.engine, value)
                known |= {(_PARAMS, name): told[_GIVEN] for name in names if _GIVEN in told} if names else told
        return {}
    return known


def added(found: MutableMapping[str, Value], facts: Facts) -> None:
    """Put facts beside what schemas say of the same parts, which know more."""
    for (part, field), held in facts.items():
        known = found.get(part)
        if known is None:
            found[part] = container("dict", {field: held}, FREE)
        elif known.kind == "dict" and field not in (known.items or {}):
            found[part] = container("dict", {**(known.items or {}), field: held}, known.elem)


def _on_both(one: Facts, other: Facts) -> Facts:
    return {place: told for place in one if place in other if (told := _either(one[place], other[place])) is not None}


def _either(one: Value, other: Value) -> Value | None:
    """What holds on both ways."""
    if one.origins and other.origins:
        cleared = frozenset.intersection(*(origin.cleared for origin in one.origins | other.origins))
        return let_free(cleared) if cleared else None
    return join(one, other)


# --- the function ------------------------------------------------------------------------------------------------------


def _goes_on(function: ir.Function, node: ir.Call) -> bool:
    """Whether a call hands the request on; `next(new Error(…))` refuses it."""
    name = _next(function)
    return bool(name) and isinstance(node.func, ir.Name) and node.func.id == name and not _refuses(function, node)


def _next(function: ir.Function) -> str:
    """What a function calls the one that goes on, if it takes one."""
    at = _FULL - 1 if len(function.params) >= _FULL else _SHORT - 1
    return function.params[at].name if len(function.params) > at else ""


def _refuses(function: ir.Function, node: ir.Call) -> bool:
    if not node.args:
        return False
    first = node.args[0].value
    caught = {one.name for body in ir.walk_scope(*function.body) if isinstance(body, ir.Try) for one in body.handlers}
    return isinstance(first, (ir.Call, ir.Const)) or (isinstance(first, ir.Name) and first.id in caught)


def _onward(function: ir.Function) -> frozenset[int] | None:
    """Where it hands the request on; None where that is left to others: `return check(req, next)`."""
    calls = [one for one in ir.walk(*function.body) if isinstance(one, ir.Call)]
    name = _next(function)
    given = any(isinstance(arg.value, ir.Name) and arg.value.id == name for one in calls for arg in one.args)
    return None if given or not name else frozenset(one.at for one in calls if _goes_on(function, one))


def _known(frame: "ScriptCallbacks", function: ir.Function) -> Iterator[tuple[tuple[str, str], Value]]:
    request = function.params[0].name
    for key, place in _places(function, request):
        value = frame.env.get(key)
        if value is None or value.kind:
            continue
        if not _data(value):
            if value.consts or value.made or (value.types and not value.open):
                yield place, changed(value, origins=frozenset())
        elif cleared := _cleared(value):
            yield place, let_free(cleared)


def _cleared(value: Value) -> frozenset[str]:
    """The contexts in which data is harmless."""
    data = [one.cleared for one in _data(value)]
    return frozenset.intersection(*data) if data else frozenset()


def _data(value: Value) -> list[Origin]:
    return [one for one in value.all_origins() if one.label in _DATA]


def _places(function: ir.Function, request: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names and paths of a function that stand for fields of the request."""
    if len(function.params) > _FULL:
        yield function.params[_FULL].name, _GIVEN
    for node in ir.walk_scope(*function.body):
        if isinstance(node, ir.Attribute) and (place := _place(dotted(node), request)) is not None:
            yield dotted(node) or "", place
        elif isinstance(node, ir.Assign) and node.declares == "const" and node.value is not None:
            yield from _named(node.targets[0], dotted(node.value), request)


def _named(target: ir.Expr, path: str | None, request: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """`const id = req.params.id`, `const { id, name: called } = req.params`."""
    if isinstance(target, ir.Name):
        place = _place(path, request)
        if place is not None:
            yield target.id, place
    for item in target.items if isinstance(target, ir.Container) and path is not None else ():
        if isinstance(item.key, ir.Const) and isinstance(item.value, ir.Name):
            place = _place(f"{path}.{item.key.value}", request)
            if place is not None:
                yield item.value.id, place


def _place(path: str | None, request: str) -> tuple[str, str] | None:
    """`req.params.id` as part and field; `ctx.request.body.id` is a body's, too."""
    head, _, rest = (path or "").partition(".")
    steps = rest.removeprefix("request.").split(".")
    return (steps[0], steps[1]) if head == request and len(steps) == _SHORT and steps[0] in _PARTS else None
