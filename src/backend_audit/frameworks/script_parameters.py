"""Parameters that a framework of JavaScript fills by what stands on them or by a function's name, with data of the request.

NestJS, TypeGraphQL, routing-controllers and their kind by decorators,
AWS Lambda and Next.js by the name of what a module exports.
https://docs.nestjs.com/controllers#request-object, https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html,
https://nextjs.org/docs/app/api-reference/file-conventions/route
"""

import re
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.values import NUMBER, UNKNOWN, Value, changed, instance
from backend_audit.flow.written import written
from backend_audit.frameworks import cloud_parameters, next_parameters, sails_parameters
from backend_audit.link.symbols import FunctionSymbol, decorator_name

_PARSED = frozenset(("parsed",))
_FIELDS = frozenset(("fields",))
_PARTS = {
    "Query": "query",
    "Body": "body",
    "Param": "params",
    "Headers": "headers",
    "Cookies": "cookies",
    "HostParam": "hostname",
}
_MESSAGE = "MessageBody"
_PARTS |= {_MESSAGE: "message"}  # https://docs.nestjs.com/websockets/gateways
_PARTS |= {  # of routing-controllers, tsoa and InversifyJS
    **dict.fromkeys(("QueryParam", "QueryParams", "Queries", "queryParam"), "query"),
    **dict.fromkeys(("BodyParam", "BodyProp", "FormField", "requestBody"), "body"),
    **dict.fromkeys(("Params", "Path", "requestParam"), "params"),
    **dict.fromkeys(("HeaderParam", "HeaderParams", "Header", "requestHeaders"), "headers"),
    **dict.fromkeys(("CookieParam", "CookieParams", "cookies"), "cookies"),
}
# Of Egg: https://github.com/eggjs/tegg#http-接口
_PARTS |= {"HTTPBody": "body", "HTTPQuery": "query", "HTTPQueries": "query", "HTTPParam": "params", "HTTPHeaders": "headers"}
_FREE = frozenset(("Body", "Query", "HTTPBody", "HTTPQueries", _MESSAGE))
_OF_LOOPBACK = {"path": "Param", "query": "Query", "header": "Headers", "cookie": "Cookies"}
_CLOSED = frozenset("number integer long float double boolean date dateTime byte".split())
_NUMBER, _STEPS = "a number", 3
_ARGUMENTS = frozenset(("Args", "Arg"))
_OBJECTS = {"Req": "express.Request", "Request": "express.Request", "Res": "express.Response", "Response": "express.Response",
            "UploadedFile": "multer.File", "request": "express.Request", "response": "express.Response",
            "HTTPContext": "koa.Context"}  # fmt: skip
_PIPES = re.compile(r"^Parse(Int|Float|Bool|UUID|Enum|Date)Pipe$|^ParseObjectIdPipe$")
_VERBS = frozenset(("Get", "Post", "Put", "Patch", "Delete", "All"))
_NUMBERS = frozenset(("number", "boolean", "bigint", "Date"))
_HANDLERS = re.compile(r"^(lambda_?)?handler$", re.IGNORECASE)
_EVENTS = frozenset(("event", "evt", "_event"))
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
_ROUTE = re.compile(r"(^|/)route\.[mc]?[jt]sx?$")
_CLASS = re.compile(r"^(?!Record|Partial|Object|Array|Promise|Prisma)[A-Z]\w*$")
_OF_LAMBDA = re.compile(r"^(?:APIGateway(?:Proxy)?Event(?:V2)?|ALBEvent|LambdaFunctionURLEvent)$")
_pipes: "WeakKeyDictionary[Engine, bool]" = WeakKeyDictionary()
_LAMBDA = instance("aws-lambda.APIGatewayProxyEvent")


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What the framework fills the parameter with; None where none is known to do so."""
    for decorator in param.decorators:
        found = _decorated(frame, symbol, param, decorator, value)
        if found is not None:
            return found
    if at == 0 and param.pattern is not None and _takes_input(param.pattern):
        return instance("next-safe-action.Arguments")
    for fills in (next_parameters.parameter, cloud_parameters.parameter, sails_parameters.parameter):
        if (filled := fills(frame, symbol, at, param, value)) is not None:
            return filled
    if symbol.owner is not None or symbol.parent is not None:
        return None
    named = at == 0 and not value.types and bool(_HANDLERS.match(symbol.node.name)) and param.name in _EVENTS
    if at == 0 and (named or _OF_LAMBDA.match(written_type(param))) and isinstance(frame.engine, ScriptEngine):
        frame.engine.served.returns_to(symbol, "aws-lambda.answer")
    if named:
        return _LAMBDA
    if at == 1 and symbol.node.name in _METHODS and _ROUTE.search(frame.module.path):
        return instance("next.RouteContext")
    return None


def _takes_input(pattern: ir.Expr) -> bool:
    """`({ parsedInput, ctx }) => …`: a server action, https://next-safe-action.dev/docs/define-actions/create-the-client."""
    items = pattern.items if isinstance(pattern, ir.Container) else []
    return any(isinstance(one.key, ir.Const) and one.key.value == "parsedInput" for one in items)


def _decorated(frame: FrameState, symbol: FunctionSymbol, param: ir.Param, decorator: ir.Expr, value: Value) -> Value | None:
    name = decorator_name(decorator)
    args = decorator.args if isinstance(decorator, ir.Call) else []
    if (told := _of_loopback(written(decorator.func) if isinstance(decorator, ir.Call) else "")) is not None:
        name = told
    if name not in _PARTS and name not in _ARGUMENTS and name not in _OBJECTS:
        return NUMBER if name == _NUMBER else None
    engine = frame.engine
    pages = symbol.owner is not None and any(decorator_name(one) == "Controller" for one in symbol.owner.node.decorators)
    if pages and isinstance(engine, ScriptEngine) and symbol.decorated("Redirect"):
        engine.served.returns_to(symbol, "@nestjs/common.Redirect.answer")  # where to: `{ url, statusCode }`
    elif pages and isinstance(engine, ScriptEngine) and symbol.decorated(*_VERBS) and _gives_text(symbol):
        engine.served.returns_to(symbol, "express.Response.send")  # a text is sent as HTML
    if name in _OBJECTS:
        return instance(_OBJECTS[name])
    if any(_PIPES.match(decorator_name(arg.value)) for arg in args) or written_type(param) in _NUMBERS:
        return NUMBER
    key = f"express.Request.{_PARTS[name]}" if name in _PARTS else "graphql.arguments"
    what = "a message of the client" if name == _MESSAGE else "the request" if name in _PARTS else "the GraphQL query"
    whole = not any(isinstance(arg.value, ir.Const) for arg in args)
    free = name in _FREE and (whole or written_type(param) != "string")
    clears = _FIELDS if _is_checked(frame, param) else _PARSED if free else frozenset[str]()
    origin = Origin("untrusted", (key, frame.module.path, param.at), what, clears)
    stepped = origin.step(frame.mark(param, f"{param.name} comes from outside"))
    return changed(value, open=True).with_origins((stepped,)) if value.types else UNKNOWN.with_origins((stepped,))


def _of_loopback(decorator: str) -> str | None:
    """`@param.path.string("id")`: the part of the request, or that it is a number: https://loopback.io/doc/en/lb4/Parsing-requests.html."""
    steps = decorator.split(".")
    if steps[0] != "param" or len(steps) < _STEPS:
        return None
    return _NUMBER if steps[2] in _CLOSED else _OF_LOOPBACK.get(steps[1])


def _gives_text(symbol: FunctionSymbol) -> bool:
    """Whether a text that a controller's method gives is sent as HTML: no view, and no other type that `@Header` says."""
    heads = [one.args for one in symbol.node.decorators if isinstance(one, ir.Call) and decorator_name(one) == "Header"]
    said = [[arg.value.value if isinstance(arg.value, ir.Const) else "" for arg in args] for args in heads]
    types = [str(one[1]) for one in said if len(one) > 1 and str(one[0]).lower() in ("content-type", "")]
    return all("html" in one for one in types) and not symbol.decorated("Render")


def _is_checked(frame: FrameState, param: ir.Param) -> bool:
    """Whether the parameter is of a class, and a pipe of the project makes objects of it that hold nothing else."""
    name = written_type(param)
    if not _CLASS.match(name):
        return False
    known = _pipes.get(frame.engine)
    if known is None:
        nodes = (node for module in frame.engine.project.modules.values() for node in module.nodes.of(ir.Call))
        known = _pipes[frame.engine] = any(decorator_name(node) == "ValidationPipe" and _keeps_known(node) for node in nodes)
    return known


def _keeps_known(call: ir.Call) -> bool:
    """`new ValidationPipe({ whitelist: true })`."""
    options = call.args[0].value if call.args else None
    return isinstance(options, ir.Container) and any(
        isinstance(item.key, ir.Const) and item.key.value in ("whitelist", "forbidNonWhitelisted") for item in options.items
    )


def written_type(param: ir.Param) -> str:
    """The type of a parameter as it is written."""
    return "" if param.annotation is None else written(param.annotation)
