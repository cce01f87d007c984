"""What one file shows of request handlers and of the answers they return: by their shape, without knowing the framework."""

import re
from enum import StrEnum

from backend_audit import ir
from backend_audit.checks import _errors
from backend_audit.checks._view import FileView

_ROUTE_DECORATORS = _errors.names_of("route,get,post,put,patch,delete,head,options,api_route,api_view,action")
_METHODS = _errors.names_of(
    "get,post,put,patch,delete,list,create,retrieve,update,partial_update,destroy,dispatch,on_get,on_post"
)
_VIEW_CLASS = re.compile(r"(View|ViewSet|Resource|Endpoint|Handler|Controller|APIView|MethodView)$")
_ANSWER = re.compile(r"^((JSON|Json|ORJSON|UJSON|PlainText|HTML|Http)?Response|jsonify|make_response|json_response|json|text)$")
_GOOD_STATUS = frozenset(("OK", "CREATED", "ACCEPTED", "NO_CONTENT"))
_ERROR_WORDS = re.compile(
    r"error|fail|bad|abort|problem|notfound|not_found|forbidden|unauthorized|invalid|exception", re.IGNORECASE
)


class Outcome(StrEnum):
    """What an answer tells its reader."""

    SUCCESS = "success"  # says so, by its status and its words
    CONTRADICTION = "contradiction"  # a success status around the text of an error
    EMPTY = "empty"  # a success status around nothing
    ERROR = "error"
    UNKNOWN = "unknown"


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
    return _of_body(value)


def _of_call(call: ir.Call, view: FileView) -> Outcome:
    name = _name(call.func, view)
    if not _ANSWER.search(name) or _ERROR_WORDS.search(name):
        return Outcome.UNKNOWN
    status = next((arg.value for arg in call.args if arg.name in ("status", "status_code", "code")), None)
    positional = [arg.value for arg in call.args if arg.name is None and not arg.star]
    if status is None and len(positional) >= 2 and _status(positional[1]) is not None:
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
        good = _status(status)
        if good is None:
            return Outcome.UNKNOWN
        if not good:
            return Outcome.ERROR
    if isinstance(body, ir.Call):
        inner = _of_call(body, view)
        return Outcome.CONTRADICTION if inner is Outcome.UNKNOWN and _is_text_of_error(body) else inner
    return Outcome.EMPTY if body is None else _of_body(body)


def _status(node: ir.Expr) -> bool | None:
    """Whether a status says success; None when it is no status or not known."""
    if isinstance(node, ir.Const) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value < 400
    name = _errors.last_name(node) if isinstance(node, ir.Attribute | ir.Name) else ""
    if name in ("value", "phrase") and isinstance(node, ir.Attribute):
        name = _errors.last_name(node.value)
    numbered = re.match(r"HTTP_([1-5])\d\d", name)
    if numbered is not None:
        return numbered[1] in "123"
    if isinstance(node, ir.Attribute) and re.fullmatch(r"[A-Z][A-Z_]+", name):
        return name in _GOOD_STATUS
    return None


def _is_text_of_error(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and _errors.last_name(node.func) in ("str", "repr", "format_exc")


def _of_body(body: ir.Expr) -> Outcome:
    if isinstance(body, ir.Container):
        if body.kind == "dict":
            return _of_mapping(body)
        return Outcome.EMPTY if not body.items else Outcome.UNKNOWN
    if isinstance(body, ir.Const):
        text = body.value if isinstance(body.value, str) else ""
        return Outcome.CONTRADICTION if _ERROR_WORDS.search(text) else Outcome.UNKNOWN
    if isinstance(body, ir.Template):
        text = "".join(part.value for part in body.parts if isinstance(part, ir.Const) and isinstance(part.value, str))
        return Outcome.CONTRADICTION if _ERROR_WORDS.search(text) else Outcome.UNKNOWN
    return Outcome.CONTRADICTION if _is_text_of_error(body) else Outcome.UNKNOWN


def _of_mapping(body: ir.Container) -> Outcome:
    found = Outcome.EMPTY if not body.items else Outcome.UNKNOWN
    empty = 0
    for item in body.items:
        key = item.key.value if isinstance(item.key, ir.Const) else None
        value = item.value.value if isinstance(item.value, ir.Const) else None
        if not isinstance(key, str):
            return Outcome.UNKNOWN
        word = key.lower()
        if word in ("success", "ok", "succeeded") and value is True:
            return Outcome.SUCCESS
        if word in ("status", "result", "state") and isinstance(value, str):
            if value.lower() in ("ok", "success", "succeeded", "done", "accepted"):
                return Outcome.SUCCESS
            if _ERROR_WORDS.search(value):
                found = Outcome.CONTRADICTION
        if _ERROR_WORDS.search(word) or (word in ("success", "ok") and value is False):
            found = Outcome.CONTRADICTION
        empty += _is_empty(item.value)
    if found is Outcome.UNKNOWN and empty == len(body.items):
        return Outcome.EMPTY
    return found


def _is_empty(node: ir.Expr) -> bool:
    if isinstance(node, ir.Container):
        return not node.items
    return isinstance(node, ir.Const) and node.value in (None, 0, "")
