"""What one file shows of request handlers and of the answers they return: by their shape, without knowing the framework."""

import re

from backend_audit import ir
from backend_audit.checks import _errors
from backend_audit.checks._view import FileView
from backend_audit.routes.outcomes import ERROR_WORDS, Outcome, is_text_of_error, of_body, status_of

_ROUTE_DECORATORS = _errors.names_of("route,get,post,put,patch,delete,head,options,api_route,api_view,action")
_METHODS = _errors.names_of(
    "get,post,put,patch,delete,list,create,retrieve,update,partial_update,destroy,dispatch,on_get,on_post"
)
_VIEW_CLASS = re.compile(r"(View|ViewSet|Resource|Endpoint|Handler|Controller|APIView|MethodView)$")
_ANSWER = re.compile(r"^((JSON|Json|ORJSON|UJSON|PlainText|HTML|Http)?Response|jsonify|make_response|json_response|json|text)$")


def is_request_handler(function: ir.Function, view: FileView) -> bool:
    """Whether `function` looks like what answers an HTTP request."""
    for decorator in function.decorators:
        if not isinstance(decorator, ir.Call):
            continue
        if _errors.last_name(decorator.func) in _ROUTE_DECORATORS and isinstance(decorator.func, ir.Attribute | ir.Name):
            return bool(decorator.args)
    owner = _owner(function, view)
    if owner is not None:
        bases = [_errors.last_name(base.value) for base in owner.bases]
        return function.name in _METHODS and any(_VIEW_CLASS.search(base) for base in bases)
    handed = bool(function.params) and function.params[0].name == "request"
    return handed and not function.name.startswith("_")  # a helper's answer goes to its caller


def _owner(function: ir.Function, view: FileView) -> ir.Class | None:
    for node in reversed(view.ancestors):
        if isinstance(node, ir.Class):
            return node if any(one is function for one in node.body) else None
    return None


def outcome(value: ir.Expr | None, view: FileView) -> Outcome:
    """What `return value` in a request handler answers."""
    if value is None or (isinstance(value, ir.Const) and value.kind in ("none", "bool")):
        return Outcome.EMPTY
    if isinstance(value, ir.Await):
        return outcome(value.value, view)
    if isinstance(value, ir.Container) and value.kind == "tuple" and len(value.items) >= 2:
        return _with_status(value.items[0].value, value.items[1].value, view)
    if isinstance(value, ir.Call):
        return _of_call(value, view)
    return of_body(value)


def _of_call(call: ir.Call, view: FileView) -> Outcome:
    name = _name(call.func, view)
    if not _ANSWER.search(name) or ERROR_WORDS.search(name):
        return Outcome.UNKNOWN
    status = next((arg.value for arg in call.args if arg.name in ("status", "status_code", "code")), None)
    positional = [arg.value for arg in call.args if arg.name is None and not arg.star]
    if status is None and len(positional) >= 2 and status_of(positional[1]) is not None:
        status = positional[1]
    body = next((arg.value for arg in call.args if arg.name in ("content", "data", "response", "body")), None)
    if body is None and positional:
        body = positional[0]
    if any(arg.star for arg in call.args):
        return Outcome.UNKNOWN
    if name == "jsonify" and body is None:
        entries = [ir.Item(arg.at, arg.end, ir.Const(arg.at, arg.end, "str", arg.name), arg.value, 0) for arg in call.args]
        body = ir.Container(call.at, call.end, "dict", entries)
    if isinstance(body, ir.Call) and _ANSWER.search(_name(body.func, view)) and status is None:
        return _of_call(body, view)
    return _with_status(body, status, view)


def _name(node: ir.Expr, view: FileView) -> str:
    """The last name of a callee, by its import where it was renamed."""
    path = view.api(node) or ""
    return path.rpartition(".")[2] or _errors.last_name(node)


def _with_status(body: ir.Expr | None, status: ir.Expr | None, view: FileView) -> Outcome:
    if status is not None:
        good = status_of(status)
        if good is None:
            return Outcome.UNKNOWN
        if not good:
            return Outcome.ERROR
    if isinstance(body, ir.Call):
        inner = _of_call(body, view)
        return Outcome.CONTRADICTION if inner is Outcome.UNKNOWN and is_text_of_error(body) else inner
    return Outcome.EMPTY if body is None else of_body(body)
