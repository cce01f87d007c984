"""Parameters of functions that platforms and frameworks call by their name, or by the type that is written beside them.

AWS Lambda (`const run: APIGatewayProxyHandler = async (event) => …`), Azure Functions (`(context, req)`), Firebase's callable
functions, services of Feathers (`create(data, params)`).
https://docs.aws.amazon.com/lambda/latest/dg/typescript-handler.html, https://feathersjs.com/api/services.html#service-methods,
https://learn.microsoft.com/azure/azure-functions/functions-reference-node, https://firebase.google.com/docs/functions/callable
"""

import re

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.values import UNKNOWN, Value, instance
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_LAMBDA = instance("aws-lambda.APIGatewayProxyEvent")
_EVENTS = frozenset(("event", "evt", "_event"))
_CONTEXTS = frozenset(("context", "_context", "ctx"))
_CALLBACKS = frozenset(("callback", "cb", "done"))
_HANDLER_TYPE = re.compile(
    r"^(?:APIGatewayProxyHandler|ALBHandler|LambdaFunctionURLHandler|AppSyncResolverHandler)|^Handler<(?:APIGateway|ALB|LambdaF)"
)
_PARSED = frozenset(("parsed",))
_FEATHERS = "@feathersjs/"
_SERVICE = {  # the methods of a service, and what each is called with
    "find": ("params",), "get": ("id", "params"), "create": ("data", "params"), "update": ("id", "data", "params"),
    "patch": ("id", "data", "params"), "remove": ("id", "params"),
}  # fmt: skip
_FEW = 2


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What the platform fills the parameter with; None where none is known to call the function."""
    if not isinstance(frame.engine, ScriptEngine):
        return None
    if "firebase-functions.CallableRequest" in value.types and param.name == "data":  # of the first version: `(data, context)`
        return _untrusted(frame, param, "the call of a client")
    if symbol.owner is not None:
        return _of_service(frame, symbol, at, param)
    names = [one.name for one in symbol.node.params]
    if symbol.parent is None and names[:_FEW] == ["context", "req"] and not value.types:
        return instance(("@azure/functions.Context", "@azure/functions.HttpRequest")[at]) if at < _FEW else None
    if symbol.parent is None and _is_lambda(symbol, frame.module, names):
        return _of_lambda(frame.engine, symbol, at)
    return None


def _of_lambda(engine: ScriptEngine, symbol: FunctionSymbol, at: int) -> Value | None:
    if at == 0:
        engine.served.returns_to(symbol, "aws-lambda.answer")
        return _LAMBDA
    return instance("aws-lambda.Callback") if at == _FEW else None


def _is_lambda(symbol: FunctionSymbol, module: ModuleSymbol, names: list[str]) -> bool:
    """Whether the function answers an API's requests: by the names of its parameters, or the type of its variable."""
    told = names[1:_FEW] and names[0] in _EVENTS and names[1] in _CONTEXTS
    if told and (len(names) == _FEW or names[_FEW] in _CALLBACKS):
        return True
    for one in module.node.body:
        if isinstance(one, ir.Assign) and isinstance(one.value, ir.Lambda) and one.value.function is symbol.node:
            return one.annotation is not None and bool(_HANDLER_TYPE.match(written(one.annotation)))
    return False


def _of_service(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param) -> Value | None:
    given = _SERVICE.get(symbol.node.name, ())
    if at >= len(given) or symbol.owner is None or not _is_service(symbol, frame.module):
        return None
    return instance("@feathersjs/feathers.Params") if given[at] == "params" else _untrusted(frame, param, "the request")


def _is_service(symbol: FunctionSymbol, module: ModuleSymbol) -> bool:
    """Whether the class has several methods of a service, and its file has to do with Feathers."""
    methods = {} if symbol.owner is None else symbol.owner.methods
    loads = any(isinstance(one, ir.Import) and one.module.startswith(_FEATHERS) for one in module.node.body)
    return len(methods.keys() & _SERVICE.keys()) >= _FEW and (loads or _FEATHERS in written_loads(module))


def written_loads(module: ModuleSymbol) -> str:
    """The names of what `require` loads at a module's top level."""
    calls = (one for one in module.nodes.of(ir.Call) if isinstance(one.func, ir.Name) and one.func.id == "require")
    return " ".join(str(arg.value.value) for one in calls for arg in one.args[:1] if isinstance(arg.value, ir.Const))


def _untrusted(frame: FrameState, param: ir.Param, what: str) -> Value:
    origin = Origin("untrusted", (what, frame.module.path, param.at), what, _PARSED)
    return UNKNOWN.with_origins((origin.step(frame.mark(param, f"{param.name} comes from outside")),))
