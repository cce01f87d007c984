"""Handlers that are methods: which base class calls them, and what it hands over.

Django and Django REST framework views, Flask's and Flask-RESTful's, Tornado, Starlette, Sanic and Twisted handlers are known by
their base classes; Falcon's resources and web.py's classes by the names of their methods.
"""

import re
from functools import lru_cache

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLOSED_TYPES, Value, changed
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, decorator_name

HTTP = frozenset("get post put patch delete head options trace".split())
_ACTIONS = frozenset("list create retrieve update partial_update destroy initial".split())
_DJANGO = frozenset({"dispatch", "setup", "http_method_not_allowed"}) | HTTP
# Base class → (methods it calls, type of the parameter after `self`: "" when that is data too).
_BASES: dict[str, tuple[frozenset[str], str]] = {
    "rest_framework.views.APIView": (_DJANGO | _ACTIONS, "rest_framework.request.Request"),
    "django.views.generic.base.View": (_DJANGO, "django.http.HttpRequest"),
    "flask.MethodView": (HTTP, ""),
    "flask.View": (frozenset({"dispatch_request"}), ""),
    "flask_restful.Resource": (HTTP, ""),
    "flask_restx.Resource": (HTTP, ""),
    "flask_classful.FlaskView": (HTTP | {"index"}, ""),
    "tornado.web.RequestHandler": (HTTP | {"on_message", "open"}, ""),
    "starlette.endpoints.HTTPEndpoint": (HTTP, "starlette.requests.Request"),
    "starlette.endpoints.WebSocketEndpoint": (frozenset({"on_receive", "on_connect"}), "starlette.websockets.WebSocket"),
    "sanic.views.HTTPMethodView": (HTTP, "sanic.request.Request"),
    "twisted.web.resource.Resource": (
        frozenset({"render", "render_GET", "render_POST", "render_PUT"}),
        "twisted.web.http.Request",
    ),
    "pyramid.view.view_defaults": (HTTP, ""),
}
_FALCON = frozenset(f"on_{verb}" for verb in HTTP)
_WEB_PY = frozenset(verb.upper() for verb in HTTP)
_TEXT = frozenset(("str",))  # what a part of an address is
_BODIES = frozenset(("data", "body", "payload", "json_data", "validated", "validated_data", "parsed_args"))
_NUMBERED = ("pk", "id", "uuid", "guid")


@lru_cache(maxsize=4096)
def imported(module: ModuleSymbol) -> frozenset[str]:
    """The top-level packages that a module imports."""
    found: set[str] = set()
    for node in module.node.body:
        stack: list[ir.Node] = [node]
        while stack:
            one = stack.pop()
            if isinstance(one, ir.Import) and not one.level:
                found.add(one.module.partition(".")[0])
                found.update(alias.name.partition(".")[0] for alias in one.names if alias.name and not one.module)
            elif isinstance(one, (ir.If, ir.Try)):
                stack.extend(ir.children(one))
    return frozenset(found)


def packages(frame: FrameState, symbol: FunctionSymbol) -> frozenset[str]:
    """The top-level packages that the function's module uses, by its names after it has run."""
    environment = frame.engine.environment(symbol.module)
    used = {path.partition(".")[0] for value in environment.values() for path in value.apis}
    return frozenset(used) | imported(symbol.module)


def bases(frame: FrameState, owner: ClassSymbol) -> frozenset[str]:
    """The external base classes of a class, and theirs as far as models know them."""
    return frozenset(one for base in frame.engine.external_bases(owner) for one in frame.models.lineage(base))


def is_closed(param: ir.Param, value: Value) -> bool:
    """Whether the parameter cannot carry text: a closed type, or a name that URL converters make a number or UUID of."""
    if value.types and not value.open:
        return True
    name = param.name.lower()
    return not value.types and (name in _NUMBERED or name.endswith(("_pk", "_id", "_uuid")))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What a handler method's parameter is; None when the class is no handler or the method is not called by the framework."""
    owner = symbol.owner
    if owner is None or at == 0:
        return None
    name = symbol.node.name
    if name in _FALCON and "falcon" in packages(frame, symbol):
        return _typed(value, {1: "falcon.Request", 2: "falcon.Response"}.get(at)) or _data(frame, symbol, param, value)
    if is_of_web_py(frame, symbol):
        return _data(frame, symbol, param, value)
    lineage = bases(frame, owner)
    for base, (methods, request) in _BASES.items():
        if base not in lineage:
            continue
        called = name in methods or (base.startswith("rest_framework") and symbol.decorated("action"))
        if not called:
            continue
        if request and at == 1:
            return _typed(value, request)
        if param.kind == "kwargs" and base.startswith(("django", "rest_framework")):
            return value
        return _data(frame, symbol, param, value)
    return _data(frame, symbol, param, value) if is_of_cherrypy(frame, symbol) else None


def is_of_cherrypy(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether CherryPy calls the method: `@cherrypy.expose`, `index.exposed = True` below it, `GET` of a class that says so.

    https://docs.cherrypy.dev/en/latest/basics.html, https://docs.cherrypy.dev/en/latest/advanced.html#rest-style-urls
    """
    owner, name = symbol.owner, symbol.node.name
    if owner is None:
        return False
    told = {dotted(one) for each in owner.node.body if isinstance(each, ir.Assign) for one in each.targets}
    whole = name in _WEB_PY and ("exposed" in told or any(decorator_name(one) == "expose" for one in owner.node.decorators))
    return (symbol.decorated("expose") or f"{name}.exposed" in told or whole) and "cherrypy" in packages(frame, symbol)


def is_of_web_py(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether web.py calls the method: `class orders:` with `def GET(self, number):`."""
    return symbol.owner is not None and symbol.node.name in _WEB_PY and "web" in packages(frame, symbol)


def _typed(value: Value, type_name: str | None) -> Value | None:
    return None if type_name is None else Value(types=frozenset((type_name,)), origins=value.origins)


def _data(frame: FrameState, symbol: FunctionSymbol, param: ir.Param, value: Value) -> Value:
    if is_closed(param, value) or value.types & CLOSED_TYPES or _comes_from_decorator(symbol, param):
        return value
    origin = Origin("untrusted", (symbol.key, param.name), f"the request parameter `{param.name}`")
    stepped = origin.step(frame.mark(param, f"{param.name} comes from the request"))
    if param.kind == "kwargs":
        return Value(kind="dict", elem=Value(open=True, origins=frozenset((stepped,))), origins=frozenset((stepped,)))
    return changed(value, types=value.types or _TEXT).with_origins((stepped,))


def _comes_from_decorator(symbol: FunctionSymbol, param: ir.Param) -> bool:
    """Whether the class states its addresses, none of which holds the parameter: a decorator of the method gives it."""
    if symbol.owner is None or not symbol.node.decorators or param.kind == "kwargs":
        return False
    if param.name in _BODIES:  # no part of an address is called so: `@validate_schema(…)` hands it over
        return True
    stated = [
        arg.value.value
        for decorator in symbol.owner.node.decorators
        if isinstance(decorator, ir.Call) and decorator_name(decorator) == "route"
        for arg in decorator.args
        if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str)
    ]
    return bool(stated) and not any(re.search(rf"[<{{:](?:\w+:)?{param.name}\b", address) for address in stated)
