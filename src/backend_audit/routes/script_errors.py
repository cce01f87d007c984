"""By which status an error of JavaScript turns a caller away: what it is called, what it is made with, what is put on it."""

import re

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.status import statuses

_STATUSES = ("statusCode", "status", "code", "httpStatus", "httpCode")
_PATTERNS = (
    (
        401,
        re.compile(
            r"unauthori[sz]ed|unauthenticated|notauthenticated|notloggedin|mustbeloggedin|loginrequired|notauthori[sz]ed|invalidtoken|"
            r"invalidcredential|authenticationfailed|authenticationerror|authenticationrequired|autherror|authrequired|missingtoken|notoken|pleaseauthenticate|"
            r"missingauth|tokenexpired|pleaselogin|needtologin"
        ),
    ),
    (
        403,
        re.compile(
            r"forbidden|permissiondenied|accessdenied|noaccess|notpermitted|noprivileges|insufficientpermission|permissionerror"
        ),
    ),
    (429, re.compile(r"toomanyrequests|ratelimit")),
)
_MAX_DEPTH = 3


def error_statuses(engine: Engine, frame: Frame, node: ir.Expr, depth: int = _MAX_DEPTH) -> frozenset[int]:
    """The statuses that an error given to `next`, `reject` or `throw` is answered with."""
    if isinstance(node, ir.Await):
        return error_statuses(engine, frame, node.value, depth)
    if isinstance(node, ir.Const):
        return by_name(str(node.value)) if isinstance(node.value, str) else _whole(statuses(frame.eval(node)))
    if isinstance(node, (ir.Template, ir.Binary)):
        return frozenset().union(
            *(error_statuses(engine, frame, one, depth) for one in ir.children(node) if isinstance(one, ir.Const)), frozenset()
        )
    if isinstance(node, ir.Container):
        pairs = [(item.key.value, item.value) for item in node.items if isinstance(item.key, ir.Const)]
        found = [
            error_statuses(engine, frame, value, depth - 1) for key, value in pairs if key in (*_STATUSES, "message", "name")
        ]
        return frozenset().union(*found) if depth else frozenset()
    if isinstance(node, ir.Call):
        return _called(engine, frame, node, depth)
    if isinstance(node, (ir.Name, ir.Attribute)):
        return _whole(statuses(frame.eval(node))) or by_name(written(node).rpartition(".")[2])
    return frozenset()


def _called(engine: Engine, frame: Frame, node: ir.Call, depth: int) -> frozenset[int]:
    """`new UnauthorizedError()`, `createError(401)`, `new ApiError(httpStatus.UNAUTHORIZED, …)`."""
    for arg in node.args if depth else ():
        if isinstance(arg.value, (ir.Const, ir.Attribute, ir.Name, ir.Container)):
            found = error_statuses(engine, frame, arg.value, depth - 1)
            if found:
                return found
    value = frame.eval(node.func) if isinstance(node.func, (ir.Name, ir.Attribute)) else None
    for symbol in () if value is None else sorted(value.refs, key=lambda one: one.key):
        if isinstance(symbol, ClassSymbol):
            for attr in _STATUSES:
                held = engine.field(symbol, attr)
                found = frozenset() if held is None else _whole(statuses(held))
                if found:
                    return found
    return by_name(written(node.func).rpartition(".")[2])


def _whole(found: frozenset[int]) -> frozenset[int]:
    return frozenset(one for one in found if 400 <= one < 600)


def by_name(name: str) -> frozenset[int]:
    """The statuses that a name or message speaks of."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((frozenset((status,)) for status, words in _PATTERNS if words.search(plain)), frozenset())
