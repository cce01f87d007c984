"""Calls of Node that are handed the request, or its answer, and whose function cannot be read: what they seem to be for."""

import re
from collections.abc import Callable

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.routes.middleware import status_given
from backend_audit.routes.script_missing import is_request

_CLIENTS = re.compile(
    r"(?:body|query|quer(?:y|ies)|params?|payload|json|form|pagination|filters|headers?|locale|ip|url|host)$", re.IGNORECASE
)
_ANSWERS = frozenset(("res", "response", "reply"))
_SHUT = (401, 403)


def takes_request(node: ir.Call) -> bool:
    """Whether a call is handed the request."""
    return any(is_request(written(arg.value)) for arg in node.args)


def reads_client(name: str) -> bool:
    """Whether a function is called like one that gives what the client has sent: `reqBody`, `queryParams`."""
    return _CLIENTS.search(name) is not None


def shuts_out(node: ir.If, knows: Callable[[ir.Call], bool | None]) -> bool:
    """`if (multiUser(response)) return response.sendStatus(401)`: what cannot be read says whom the handler turns away."""
    asked = [one for one in ir.walk_scope(node.test) if isinstance(one, ir.Call) and _handed(one) and knows(one) is None]
    answers = [one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Call)] if asked else []
    codes = (status_given(one) for one in answers)
    return any(isinstance(code, ir.Const) and code.value in _SHUT for code in codes)


def _handed(node: ir.Call) -> bool:
    return takes_request(node) or any(isinstance(arg.value, ir.Name) and arg.value.id in _ANSWERS for arg in node.args)
