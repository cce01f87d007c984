"""Request handlers: parameters that the framework fills from the request.

A function is a handler when a decorator of an application, router or blueprint object registers it (Flask, FastAPI, Starlette,
aiohttp, Sanic, Bottle), or, in Django, when its first parameter is the request. FastAPI and Flask hand over path and query
parameters by name; parameters of closed types are converted by FastAPI before the handler runs.
https://fastapi.tiangolo.com/tutorial/path-params/, https://flask.palletsprojects.com/en/stable/quickstart/#variable-rules
"""

from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Origin, Value
from backend_audit.link.symbols import FunctionSymbol

_VERBS = frozenset("get post put patch delete head options route api_route websocket websocket_route trace".split())
_OWNERS = frozenset(
    {
        "fastapi.FastAPI", "fastapi.APIRouter", "starlette.applications.Starlette", "starlette.routing.Router",
        "flask.Flask", "flask.Blueprint", "sanic.Sanic", "sanic.Blueprint", "bottle.Bottle", "quart.Quart", "quart.Blueprint",
        "aiohttp.web.RouteTableDef",
    }
)  # fmt: skip
_FUNCTIONS = frozenset({"bottle.route", "bottle.get", "bottle.post", "bottle.put", "bottle.delete"})
_DJANGO = ("django", "rest_framework", "ninja")
_PLAIN = frozenset({"str", "bytes"})


def is_handler(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether a decorator registers the function as a request handler."""
    for decorator in symbol.node.decorators:
        if isinstance(decorator, ir.Call) and isinstance(decorator.func, ir.Attribute) and decorator.func.attr in _VERBS:
            outer = Frame(frame.engine, symbol.module, None, dict(frame.engine.environment(symbol.module)))
            base = outer.eval(decorator.func.value)
            known = {one for name in base.types for one in frame.models.lineage(name)}
            for name in base.types:
                owner = frame.engine.class_of(name)
                known.update(frame.engine.external_bases(owner) if owner is not None else ())
            if known & _OWNERS or any(f"{path}.{decorator.func.attr}" in _FUNCTIONS for path in base.apis):
                return True
            first = decorator.args[0].value if decorator.args else None
            if base.open and isinstance(first, ir.Const) and isinstance(first.value, str) and first.value.startswith("/"):
                return True
    return False


def handed_over(frame: FrameState, symbol: FunctionSymbol, param: ir.Param, value: Value) -> Value:
    """The value of a handler's parameter: untrusted where the request fills it with text or a model of it."""
    closed = bool(value.types) and not value.open
    if closed or (value.types and not value.types & _PLAIN and not any(name[:1] == "@" for name in value.types)):
        return value
    origin = Origin("untrusted", (symbol.key, param.name), f"the request parameter `{param.name}`")
    stepped = origin.step(frame.mark(param, f"{param.name} comes from the request"))
    return value.with_origins((stepped,))


def django_request(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param) -> Value | None:
    """The type of a parameter called `request` in a module that uses Django."""
    if param.name != "request" or param.annotation is not None or at > 1:
        return None
    environment = frame.engine.environment(symbol.module)
    uses = any(path.split(".")[0] in _DJANGO for value in environment.values() for path in value.apis)
    if not uses:
        return None
    drf = any(path.startswith("rest_framework") for value in environment.values() for path in value.apis)
    return Value(types=frozenset(("rest_framework.request.Request" if drf else "django.http.HttpRequest",)))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:
    """What a framework makes of a parameter; `value` unchanged where it does nothing."""
    request = django_request(frame, symbol, at, param)
    if request is not None:
        return replace(request, origins=value.origins)
    if symbol.node.decorators and is_handler(frame, symbol):
        return handed_over(frame, symbol, param, value)
    return value

