"""Request handlers: parameters that the framework fills from the request.

A function is a handler when a decorator of an application, router or blueprint object registers it (Flask, FastAPI, Starlette,
aiohttp, Sanic, Bottle, Klein), when its first parameter is the request in a module that uses such a framework, or when it is a
method that a framework's base class calls. FastAPI and Flask hand over path and query parameters by name; parameters of
closed types are converted by FastAPI before the handler runs.
https://fastapi.tiangolo.com/tutorial/path-params/, https://flask.palletsprojects.com/en/stable/quickstart/#variable-rules
"""

import re
from functools import lru_cache

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.guards import RELATIVE
from backend_audit.flow.lacks import SEGMENT
from backend_audit.flow.origins import Origin
from backend_audit.flow.types import held_in_length, holds_to_pattern
from backend_audit.flow.values import CLASS, UNKNOWN, Value, changed
from backend_audit.flow.written import written
from backend_audit.frameworks import (
    argument_maps,
    called_views,
    classes,
    converters,
    failures,
    forms,
    graphql,
    interfaces,
    queues,
    services,
    tornado_urls,
    urls,
)
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_VERBS = frozenset(
    "get post put patch delete head options route api_route api_operation websocket websocket_route trace view "
    "errorhandler".split()
)
_OWNERS = frozenset(
    {
        "fastapi.FastAPI", "fastapi.APIRouter", "starlette.applications.Starlette", "starlette.routing.Router",
        "flask.Flask", "flask.Blueprint", "sanic.Sanic", "sanic.Blueprint", "bottle.Bottle", "quart.Quart", "quart.Blueprint",
        "aiohttp.web.RouteTableDef", "klein.Klein", "ninja.NinjaAPI", "ninja.Router", "robyn.Robyn",
    }
)  # fmt: skip
_FUNCTIONS = frozenset(
    {
        "bottle.route",
        "bottle.get",
        "bottle.post",
        "bottle.put",
        "bottle.delete",
        "bottle.patch",
        "klein.route",
        "flask_classful.route",
        *(f"litestar.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "route")),
        *(f"litestar.handlers.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "route")),
    }
)
_PLAIN = frozenset(
    {
        "str",
        "bytes",
        "pathlib.Path",
        "pathlib.PurePath",
        "dict",
        "list",
        "typing.Dict",
        "typing.List",
        "typing.Mapping",
        "typing.Any",
    }
)
_BY_RULE = frozenset(
    {"flask.Flask", "flask.Blueprint", "quart.Quart", "quart.Blueprint"}
)  # whose addresses name what views are given
_ROUTING = _VERBS - {"errorhandler", "trace", "view"}
_FILLED = re.compile(r"<(?:[^<>:]*:)?(\w+)>")
_WITH_ANOTHER = 2  # decorators
_MAPPINGS = frozenset({"dict", "typing.Dict", "typing.Mapping", "typing.Any"})
_PARSED = frozenset(("parsed",))  # a mark: what the framework has read as JSON may be an object
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"})
# The type of a parameter called `request`, by what the module imports; the first that fits.
_REQUESTS = (
    ("rest_framework", "rest_framework.request.Request"),
    ("django", "django.http.HttpRequest"),
    ("ninja", "django.http.HttpRequest"),
    ("aiohttp", "aiohttp.web.Request"),
    ("sanic", "sanic.request.Request"),
    ("pyramid", "pyramid.request.Request"),
    ("starlette", "starlette.requests.Request"),
    ("klein", "twisted.web.http.Request"),
    ("twisted", "twisted.web.http.Request"),
    ("falcon", "falcon.Request"),
    ("fastapi", "starlette.requests.Request"),
    ("flask", "flask.Request"),
    ("quart", "flask.Request"),
)


def registrar(frame: FrameState, symbol: FunctionSymbol) -> tuple[frozenset[str], ir.Call] | None:
    """The API paths of the object (or function) whose decorator or method registers this handler, and that call."""
    for decorator in symbol.node.decorators:
        if (
            not isinstance(decorator, ir.Call)
            or not isinstance(decorator.func, ir.Attribute)
            or decorator.func.attr not in _VERBS
        ):
            if isinstance(decorator, ir.Call) and isinstance(decorator.func, ir.Name):
                outer = frame.engine.frame(symbol.module)
                if outer.eval(decorator.func).apis & _FUNCTIONS:
                    return outer.eval(decorator.func).apis, decorator
            continue
        outer = frame.engine.frame(symbol.module, symbol)
        base = outer.eval(decorator.func.value)
        known = {one for name in base.types for one in frame.models.lineage(name)}
        for name in base.types:
            owner = frame.engine.class_of(name)
            known.update(frame.engine.external_bases(owner) if owner is not None else ())
        functions = {f"{path}.{decorator.func.attr}" for path in base.apis} & _FUNCTIONS
        if known & _OWNERS or functions:
            return frozenset(known & _OWNERS or functions), decorator
        first = decorator.args[0].value if decorator.args else None
        if base.open and isinstance(first, ir.Const) and isinstance(first.value, str) and first.value.startswith("/"):
            return _guessed(frame, symbol), decorator
    by_call = called_views.called(frame.engine, symbol)
    return None if by_call is None or by_call.fails else (by_call.owners, by_call.call)


def _guessed(frame: FrameState, symbol: FunctionSymbol) -> frozenset[str]:
    """The framework of a route on an object that nothing is known about, by what the module imports."""
    packages = classes.packages(frame, symbol)
    if "flask" in packages or "quart" in packages:
        return frozenset(("flask.Flask",))
    return frozenset(("fastapi.FastAPI",)) if "fastapi" in packages else frozenset()


def is_handler(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether a decorator registers the function as a request handler."""
    return registrar(frame, symbol) is not None


def handed_over(frame: FrameState, symbol: FunctionSymbol, param: ir.Param, value: Value) -> Value:
    """The value of a handler's parameter: untrusted where the request fills it with text or a model of it."""
    closed = bool(value.types) and not value.open
    if closed or holds_to_pattern(param.default, param.annotation):
        return value
    if _is_enum(frame, value):
        return changed(value, open=False)
    if value.types and not value.types & _PLAIN and not any(name[:1] == CLASS for name in value.types):
        return value
    found = registrar(frame, symbol)
    if found is not None and found[0] & _BY_RULE and _is_given_inside(symbol, param):
        return value
    segment = found is not None and _is_segment(found[1], param.name)
    body = found is None or not found[0] & _BY_RULE
    parsed = body and any(name[:1] == CLASS or name in _MAPPINGS for name in value.types)
    # werkzeug makes one slash of several, so that no path in an address begins with one
    marks = SEGMENT if segment else _PARSED if parsed else frozenset() if body else RELATIVE
    return untrusted(frame, symbol, param, value, marks | held_in_length(param.default, param.annotation))


def _is_given_inside(symbol: FunctionSymbol, param: ir.Param) -> bool:
    """Whether another decorator hands the parameter over: the address, of which a framework like Flask fills all, has none."""
    if len(symbol.node.decorators) < _WITH_ANOTHER or param.kind not in ("positional", "keyword"):
        return False
    rules = [rule for decorator in symbol.node.decorators if (rule := _rule(decorator)) is not None]
    return bool(rules) and all(isinstance(one, str) for one in rules) and param.name not in _in_addresses(symbol.module.node)


def _rule(decorator: ir.Expr) -> object:
    """The address of `@app.route("/orders/<id>")`; None for another decorator, 0 for an address that is computed."""
    if not isinstance(decorator, ir.Call) or not isinstance(decorator.func, ir.Attribute) or decorator.func.attr not in _ROUTING:
        return None
    first = decorator.args[0].value if decorator.args else None
    return first.value if isinstance(first, ir.Const) else 0


@lru_cache(maxsize=64)  # handlers of one file ask one after the other
def _in_addresses(module: ir.Module) -> frozenset[str]:
    """The names in the addresses of a file, those of prefixes too."""
    texts = (one.value for one in ir.walk(*module.body) if isinstance(one, ir.Const) and isinstance(one.value, str))
    return frozenset(name for text in texts if "<" in text for name in _FILLED.findall(text))


def _is_segment(decorator: ir.Call, name: str) -> bool:
    """Whether the route's pattern fills the parameter with one segment of the address: `/files/{name}`, which holds no slash."""
    route = decorator.args[0].value if decorator.args else None
    if not isinstance(route, ir.Const) or not isinstance(route.value, str):
        return False
    return any(
        text in route.value for text in (f"{{{name}}}", f"{{{name}:str}}", f"<{name}>", f"<string:{name}>", f"<str:{name}>")
    )


def untrusted(
    frame: FrameState, symbol: FunctionSymbol, param: ir.Param, value: Value, cleared: frozenset[str] = frozenset()
) -> Value:
    """`value` as the request's data, harmless in the contexts `cleared`."""
    kind = "cookie" if _is_cookie(param) else "request parameter"
    origin = Origin("untrusted", (symbol.key, f"{kind} {param.name}"), f"the {kind} `{param.name}`", cleared)
    return value.with_origins((origin.step(frame.mark(param, f"{param.name} comes from the request")),))


def _is_cookie(param: ir.Param) -> bool:
    """Whether FastAPI fills the parameter from a cookie: `token: str = Cookie()`, `token: Annotated[str, Cookie()]`."""
    markers = [param.default]
    if isinstance(param.annotation, ir.Index) and isinstance(param.annotation.index, ir.Container):
        markers += [item.value for item in param.annotation.index.items[1:]]
    return any(isinstance(one, ir.Call) and written(one.func).rpartition(".")[2] == "Cookie" for one in markers)


def _is_enum(frame: FrameState, value: Value) -> bool:
    """Whether the parameter is declared as an enumeration of the project, which the framework converts to before."""
    owners = frame.engine.classes_of(value)
    return bool(owners) and all(_ENUMS & set(frame.engine.external_bases(one)) for one in owners)


def request_object(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param) -> Value | None:
    """The type of a parameter that is the request by its name, in a module that uses a web framework."""
    names = ("request", "req") if symbol.owner is None and at < 2 else ("request",)  # `def on_completion(self, file, request)`
    if param.name not in names or param.annotation is not None:
        return None
    packages = classes.packages(frame, symbol)
    for package, type_name in _REQUESTS:
        if package in packages:
            if package == "falcon" and param.name != "req":
                continue
            return Value(types=frozenset((type_name,)))
    return None


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:
    """What a framework makes of a parameter; `value` unchanged where it does nothing."""
    if symbol.node.decorators:
        mapped = argument_maps.parameter(frame, symbol, at, param)
        if mapped is not None:
            return mapped
    if symbol.owner is not None:
        filled = forms.parameter(frame, symbol, at, param)
        if filled is not None:
            return filled
        place = at if symbol.binds_first else at + 1  # a static method has no `self` before the request
        handed = classes.parameter(frame, symbol, place, param, value)
        if handed is not None:
            own = tornado_urls.harmless(frame, symbol.owner, param.name, place - 1) if handed.origins and place > 0 else None
            handed = handed.cleared(own) if own else handed
            return handed.cleared(urls.harmless(frame, symbol.owner, param.name)) if place > 1 else handed
        given = graphql.parameter(frame, symbol, at, param, value)
        if given is not None:
            return given
    request = request_object(frame, symbol, at, param)
    if request is not None:
        return changed(request, origins=value.origins)
    if param.kind in ("args", "kwargs") and not symbol.node.decorators:
        return value
    if symbol.node.decorators:
        caught = failures.parameter(frame, symbol, at, value)
        if caught is not None:
            return caught
    registered = registrar(frame, symbol)
    if registered is not None:
        closed = converters.closes(registered[1], param.name)
        return converters.given(value) if closed else handed_over(frame, symbol, param, value)
    if symbol.node.decorators:
        resolved = graphql.parameter(frame, symbol, at, param, value)
        if resolved is not None:
            return resolved
    if symbol.owner is None and at > 0 and not (value.types and not value.open):
        harmless = urls.handed_over(frame, symbol, param.name)
        if harmless is not None and "all" in harmless:
            return converters.given(value)
        if harmless is not None:
            return untrusted(frame, symbol, param, value, harmless)
    if symbol.owner is None and not symbol.node.decorators:
        resolved = graphql.parameter(frame, symbol, at, param, value)
        if resolved is not None:
            return resolved
    served = services.parameter(frame, symbol, at, param, value)
    if served is not None:
        return served
    entered = interfaces.parameter(frame, symbol, at, param, value)
    if entered is not None:
        return entered
    message = queues.parameter(frame, symbol, at, param, value)
    return value if message is None else message


def attribute(frame: FrameState, owner: ClassSymbol, attr: str, node: ir.Attribute) -> Value | None:
    """What a library puts into an attribute of a class of the project's; None for any other attribute."""
    found = forms.attribute(frame, owner, attr, node)
    return services.attribute(frame, owner, attr, node) if found is None else found


__all__ = ["UNKNOWN", "attribute", "handed_over", "is_handler", "parameter", "registrar", "untrusted"]
