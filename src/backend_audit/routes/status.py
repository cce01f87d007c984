"""HTTP statuses as code writes them: numbers, `status.HTTP_401_UNAUTHORIZED`, `HTTPStatus.FORBIDDEN`, `"401 Unauthorized"`."""

import re

from backend_audit import ir
from backend_audit.flow.models import Models
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol

WHATEVER = "*"
_IN_NAME = re.compile(r"(?:^|\.)HTTP_(\d{3})_|(?:^|_)(\d{3})(?:_|$)")
_NAMES = {
    "BAD_REQUEST": 400, "UNAUTHORIZED": 401, "PAYMENT_REQUIRED": 402, "FORBIDDEN": 403, "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405, "CONFLICT": 409, "GONE": 410, "UNPROCESSABLE_ENTITY": 422, "UNPROCESSABLE_CONTENT": 422,
    "TOO_MANY_REQUESTS": 429, "INTERNAL_SERVER_ERROR": 500, "SERVICE_UNAVAILABLE": 503, "WS_1008_POLICY_VIOLATION": 403,
}  # fmt: skip
WS_DENIED = {1008: 403, 3000: 401, 3003: 403, 4001: 401, 4003: 403, 4401: 401, 4403: 403}  # RFC 6455 and common private codes


def named_status(node: ir.Expr | None) -> frozenset[int]:
    """The status that an expression names which nothing else is known of: `compat.HTTP_401_UNAUTHORIZED`."""
    name = last_word(node)
    match = _IN_NAME.search(name) if name.startswith("HTTP_") else None
    return frozenset() if match is None else frozenset((int(match[1] or match[2]),))


def statuses(value: Value) -> frozenset[int]:
    """The statuses that `value` can be, as far as they are known."""
    found: set[int] = set()
    for one in value.consts:
        if isinstance(one.value, int) and not isinstance(one.value, bool):
            found.add(WS_DENIED.get(one.value, one.value))
        elif isinstance(one.value, str) and one.value[:3].isdigit():
            found.add(int(one.value[:3]))
    for path in value.apis | value.types:
        last = path.removesuffix(".value").rpartition(".")[2].removesuffix("()")
        if last in _NAMES:
            found.add(_NAMES[last])
        elif match := _IN_NAME.search(last):
            found.add(int(match[1] or match[2]))
    return frozenset(found)


def status_of(node: ir.Stmt) -> str | None:
    """The name of the answer whose status a statement sets: `response.status_code = 401`."""
    target = node.targets[0] if isinstance(node, ir.Assign) and len(node.targets) == 1 else None
    if not isinstance(target, ir.Attribute) or target.attr not in ("status_code", "status", "status_int"):
        return None
    if isinstance(target.value, ir.Attribute) and target.value.attr == "response":
        return WHATEVER  # `request.response.status = 403`: whatever is returned is sent with it
    return target.value.id if isinstance(target.value, ir.Name) else None


def set_on_answers(frame: Frame, function: FunctionSymbol) -> set[int]:
    """The statuses that answers are given before they are returned, or that came in: `response.status_code = 401`."""
    nodes = list(function.scope)
    returned = {one.value.id for one in nodes if isinstance(one, ir.Return) and isinstance(one.value, ir.Name)}
    returned |= {WHATEVER, *(param.name for param in function.node.params)}
    given = [one for one in nodes if isinstance(one, ir.Assign) and one.value is not None and status_of(one) in returned]
    return {status for one in given if one.value is not None for status in statuses(frame.eval(one.value))}


def made_by_guard(models: Models, frame: Frame, made: ir.Expr) -> bool:
    """Whether a library's guard makes a view that is called at once: `return login_required(view)(request, *args)`."""
    if not isinstance(made, ir.Call) or not isinstance(made.func, (ir.Name, ir.Attribute)):
        return False
    known = (models.access.get(models.canonical(path)) for path in frame.eval(made.func).apis)
    return any(one is not None and "authenticates" in one.does and not one.open_reading for one in known)
