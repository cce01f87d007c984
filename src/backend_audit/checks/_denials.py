"""Exceptions of Python that say that the caller may not: those of libraries, and a project's own by their names."""

import re

from backend_audit import ir
from backend_audit.flow.written import written

STATUSES = re.compile(r"(?:^|\D)40[13](?:\D|$)|UNAUTHORIZED|FORBIDDEN")
_EXCEPTIONS = frozenset(
    (
        "PermissionError",
        "django.core.exceptions.PermissionDenied",
        "rest_framework.exceptions.PermissionDenied",
        "rest_framework.exceptions.NotAuthenticated",
        "rest_framework.exceptions.AuthenticationFailed",
    )
)
_BY_STATUS = frozenset(
    ("fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException", "ninja.errors.HttpError")
)
# Exceptions of others: of some frameworks they are answers as well, so that only a bare statement is surely wrong.
_OF_WERKZEUG = re.compile(r"^werkzeug\.exceptions\.(?:Forbidden|Unauthorized)$")
_OWN = re.compile(
    r"(?:Permission|Access|Authori[sz]ation|Authentication)(?:Denied|Failed|Error|Exception)(?:Error|Exception)?$|"
    r"(?:Unauthori[sz]ed|Forbidden|Unauthenticated|NotAllowed|NotPermitted|Not(?:Authori[sz]ed|Authenticated))(?:Error|Exception)$"
)


def is_denial(call: ir.Call, name: str) -> bool:
    """Whether a call of what is imported as `name` makes an exception that says that the caller may not."""
    own = _OWN.search(name.rpartition(".")[2]) and name.rpartition(".")[2][:1].isupper()
    return bool(denies(call, name) or _OF_WERKZEUG.match(name) or own)


def denies(node: ir.Expr | None, name: str) -> bool:
    """Whether an expression is an exception of a library that says 401 or 403."""
    if name in _EXCEPTIONS:
        return True
    given = [written(arg.value) for arg in node.args] if isinstance(node, ir.Call) and name in _BY_STATUS else []
    return any(STATUSES.search(one) for one in given)
