"""Functions that are called with what clients sent and that no web framework registers: what calls them is told by its library.

Serverless platforms (AWS Lambda, Azure Functions, Chalice, Functions Framework), gRPC servicers, tools of MCP servers, Socket.IO,
SOAP and JSON-RPC methods, consumers of Django Channels, and applications of plain WSGI and ASGI.
https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html, https://grpc.io/docs/languages/python/basics/,
https://modelcontextprotocol.io/docs/develop/build-server, https://python-socketio.readthedocs.io/en/stable/server.html,
https://channels.readthedocs.io/en/stable/topics/consumers.html, https://peps.python.org/pep-3333/,
https://asgi.readthedocs.io/en/stable/specs/www.html
"""

from collections.abc import Iterable

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLOSED_TYPES, UNKNOWN, Key, Value, api, container, instance
from backend_audit.flow.written import written
from backend_audit.frameworks import classes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_FLASK = "flask.Request"
# The decorator's API path → how many parameters come before the client's data, and the type of its first ("": data itself).
_DECORATORS: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("mcp.FastMCP.tool", "mcp.FastMCP.resource", "mcp.FastMCP.prompt"), (0, "")),
    **dict.fromkeys(("mcp.Server.call_tool", "mcp.Server.get_prompt", "mcp.Server.read_resource"), (0, "")),
    **dict.fromkeys(("flask_socketio.SocketIO.on", "flask_socketio.SocketIO.event"), (0, "")),
    **dict.fromkeys(("socketio.Server.on", "socketio.Server.event"), (1, "")),
    **dict.fromkeys(("spyne.rpc", "spyne.decorator.rpc"), (0, "")),
    **dict.fromkeys(("spyne.srpc", "spyne.decorator.srpc"), (-1, "")),
    **dict.fromkeys(("jsonrpcserver.method", "jsonrpcserver.async_method", "jsonrpc.dispatcher.add_method"), (0, "")),
    **dict.fromkeys(("nameko.rpc.rpc",), (0, "")),
    **dict.fromkeys((f"chalice.Chalice.{verb}" for verb in ("route", *sorted(classes.HTTP))), (0, "")),
    **dict.fromkeys((f"aws_lambda_powertools.Resolver.{verb}" for verb in ("route", *sorted(classes.HTTP))), (0, "")),
    **dict.fromkeys(("functions_framework.http", "firebase_functions.https_fn.on_request"), (0, _FLASK)),
    "firebase_functions.https_fn.on_call": (0, "firebase_functions.https_fn.CallableRequest"),
    "azure.functions.FunctionApp.route": (0, "azure.functions.HttpRequest"),
    "chainlit.on_message": (0, "chainlit.Message"),
}
_LAST = frozenset(path.rpartition(".")[2] for path in _DECORATORS)
_CALLED = {
    "channels.generic.websocket.WebsocketConsumer": frozenset(("receive", "receive_json", "websocket_receive")),
    "channels.generic.http.AsyncHttpConsumer": frozenset(("handle",)),
}
_NAMESPACES = {"socketio.Namespace": 2, "flask_socketio.Namespace": 1}
_OWN_EVENTS = frozenset(("on_connect", "on_disconnect"))
_CONTEXT = frozenset(("ctx", "context", "sid", "self", "cls", "auth"))
_EVENT = 2  # parameters of a Lambda function: `event` and the context
_LAMBDA = frozenset(("context", "_context", "ctx", "_ctx", "_", "lambda_context", "__"))
_FROM_GATEWAY = (
    "body", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "path", "rawPath", "rawQueryString",
    "headers", "multiValueHeaders", "cookies", "arguments",
)  # fmt: skip
_SETTLED = ("requestContext", "httpMethod", "isBase64Encoded", "stageVariables", "resource", "routeKey", "version", "identity")
_ENVIRON = (
    "QUERY_STRING", "PATH_INFO", "REQUEST_URI", "RAW_URI", "wsgi.input", "CONTENT_TYPE", "HTTP_HOST", "HTTP_COOKIE",
    "HTTP_REFERER",
    "HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_AUTHORIZATION", "HTTP_ORIGIN",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP",
)  # fmt: skip
_SCOPE = ("path", "raw_path", "query_string", "headers")
_HEADERS = frozenset(("headers", "multiValueHeaders", "path", "raw_path", "query_string"))
_NO_BREAK = frozenset(("header",))  # a header that came in holds no line break
_TAKEN = 3  # (self, request, context), (scope, receive, send)


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What a service hands to the parameter; None if none calls the function."""
    if symbol.node.decorators:
        given = _registered(frame, symbol, at, param, value)
        if given is not None:
            return given
    names = [one.name for one in symbol.node.params]
    if names[-2:] == ["environ", "start_response"] and at >= len(names) - 2:
        if param.name == "environ":
            return _mapping(frame, symbol.key, param, param.name, _ENVIRON, ())
        return api("wsgi.start_response")
    if names[-_TAKEN:] == ["scope", "receive", "send"]:
        return _of_asgi(frame, symbol, param)
    if symbol.owner is not None:
        return _of_class(frame, symbol, at, param, value)
    if param.name == "event" and at == 0 and len(names) == _EVENT and names[1] in _LAMBDA:
        return _event(frame, symbol, param)
    return None


def attribute(frame: FrameState, owner: ClassSymbol, attr: str, node: ir.Attribute) -> Value | None:
    """`self.scope` of a consumer of Channels; None for anything else."""
    if attr != "scope" or "channels.generic.websocket.WebsocketConsumer" not in classes.bases(frame, owner):
        return None
    return _mapping(frame, owner.key, node, "scope", (*_SCOPE, "url_route", "cookies"), ())


def _registered(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What a decorator of a service's library gets the function called with."""
    first = 1 if symbol.binds_first else 0
    for decorator in symbol.node.decorators:
        callee = decorator.func if isinstance(decorator, ir.Call) else decorator
        if written(callee).rpartition(".")[2] not in _LAST:
            continue
        paths = frame.engine.frame(symbol.module).eval(callee).apis
        found = next((_DECORATORS[path] for path in sorted(paths) if path in _DECORATORS), None)
        if found is None:
            continue
        skipped, type_name = found
        if at < first + skipped or param.name in _CONTEXT:
            return value
        if type_name:
            return Value(types=frozenset((type_name,)), origins=value.origins) if at == first else None
        return _data(frame, symbol, param, value)
    return None


def _of_class(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    owner, name = symbol.owner, symbol.node.name
    if owner is None or at == 0:
        return None
    if at == 1 and len(symbol.node.params) == _TAKEN and symbol.node.params[2].name == "context" and not symbol.node.decorators:
        classes_of = frame.engine.bases(owner)
        above = (*(one.node.name for one in classes_of[0]), *(path.rpartition(".")[2] for path in classes_of[1]))
        if any(one.endswith("Servicer") for one in above):
            return _data(frame, symbol, param, value)
    lineage = classes.bases(frame, owner)
    for base, methods in _CALLED.items():
        if base in lineage and name in methods:
            return _data(frame, symbol, param, value)
    for base, skipped in _NAMESPACES.items():
        if base in lineage and name.startswith("on_") and name not in _OWN_EVENTS and at >= skipped:
            return _data(frame, symbol, param, value)
    return None


def _event(frame: FrameState, symbol: FunctionSymbol, param: ir.Param) -> Value:
    """The event of a Lambda function: a request of an API's gateway in some of its fields; else whoever invokes it writes it."""
    origin = Origin("message", (symbol.key, param.name), "the event")
    sent = UNKNOWN.with_origins((origin.step(frame.mark(param, "the event that the function is invoked with")),))
    found = _mapping(frame, symbol.key, param, param.name, _FROM_GATEWAY, _SETTLED)
    return container("dict", found.items, sent)


def _of_asgi(frame: FrameState, symbol: FunctionSymbol, param: ir.Param) -> Value | None:
    if param.name == "scope":
        return _mapping(frame, symbol.key, param, param.name, _SCOPE, ())
    return api("asgi.receive") if param.name == "receive" else None


def _mapping(
    frame: FrameState, owner: str, node: ir.Param | ir.Attribute, name: str, written_by: Iterable[str], settled: Iterable[str]
) -> Value:
    """A mapping in which clients write the entries `written_by`, and none of the others."""
    items: dict[Key, Value] = dict.fromkeys(settled, UNKNOWN)
    for key in written_by:
        harmless = _NO_BREAK if key in _HEADERS or key.startswith("HTTP_") else frozenset[str]()
        origin = Origin("untrusted", (owner, f"{name} {key}"), "the request", harmless)
        given = instance("served.Stream") if key == "wsgi.input" else UNKNOWN
        items[key] = given.with_origins((origin.step(frame.mark(node, f"{name} comes from the request")),))
    return container("dict", items, UNKNOWN)


def _data(frame: FrameState, symbol: FunctionSymbol, param: ir.Param, value: Value) -> Value:
    if (value.types and not value.open) or value.types & CLOSED_TYPES or param.kind == "args":
        return value
    origin = Origin("untrusted", (symbol.key, f"sent {param.name}"), f"what a client sent as `{param.name}`")
    stepped = origin.step(frame.mark(param, f"{param.name} comes from a client"))
    if param.kind == "kwargs":
        return Value(kind="dict", elem=Value(open=True, origins=frozenset((stepped,))), origins=frozenset((stepped,)))
    return value.with_origins((stepped,))
