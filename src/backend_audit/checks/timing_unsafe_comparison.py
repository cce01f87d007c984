"""Signatures compared with `==`, which takes the longer the more of a guess is right."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._given import is_configured_secret, is_from_client
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word, written
from backend_audit.source import SCRIPTS, Language

RULE = "timing-unsafe-comparison"

_MAKERS = frozenset(("hmac.new", "hmac.HMAC", "hmac.digest", "cryptography.hazmat.primitives.hmac.HMAC", "Crypto.Hash.HMAC.new"))
_MAKING = re.compile(r"(^|_)(hmac|signature)(_|$)")
_VERB = re.compile(r"^_*(make|compute|calculate|generate|create|get|build|expected|hmac|sign|signature|calc)")
_GIVEN = re.compile(r"(?i)signature|hmac|(^|_)sig$|digest|(^|_)mac$")
_SESSIONS = frozenset(("flask.session", "quart.session", "request.session", "self.request.session", "req.session"))
_DEPTH = 3
_INSIDE = 1  # steps in a function that is called
_COMPARES = {True: "hmac.compare_digest", False: "crypto.timingSafeEqual"}


@check(RULE, Language.PYTHON, *SCRIPTS)
def signature_compared_with_equals(node: ir.Compare, view: FileView) -> Iterator[Alert]:
    """`if hmac.new(key, body, sha256).hexdigest() == signature`."""
    if len(node.ops) != 1 or node.ops[0] not in ("==", "!="):
        return
    sides = (node.left, node.rights[0])
    if any(isinstance(side, (ir.Const, ir.Container)) for side in sides):
        return
    function = view.function()
    body = function.body if function is not None else view.module.body
    computed = [side for side in sides if _is_mac(side, body, view, _DEPTH)]
    if len(computed) != 1:
        return
    other = sides[0] if computed[0] is sides[1] else sides[1]
    if _is_sealed(other, body, view):
        return  # who may not write it cannot try one text after the other
    compares = _COMPARES[view.module.language is Language.PYTHON]
    named_so = any(_GIVEN.search(name) for name in _names(other))
    yield Alert(
        node=node,
        message=f"`{written(computed[0])}` is compared with `{written(other)}` by `{node.ops[0]}`, which stops at the first "
        "difference: by its time a valid signature can be found byte by byte.",
        fix=f"`{compares}({written(computed[0])}, {written(other)})`, which takes the same time for every guess.",
        confidence=Confidence.HIGH if named_so else Confidence.MEDIUM,
    )


@check(RULE, Language.PYTHON)
def secret_compared_with_equals(node: ir.Compare, view: FileView) -> Iterator[Alert]:
    """`if request.headers["X-Api-Key"] != settings.API_KEY`."""
    if len(node.ops) != 1 or node.ops[0] not in ("==", "!="):
        return
    sides = (node.left, node.rights[0])
    kept = [side for side in sides if is_configured_secret(side, view)]
    if len(kept) != 1:
        return
    other = sides[0] if kept[0] is sides[1] else sides[1]
    if not is_from_client(other, view):
        return
    yield Alert(
        node=node,
        message=f"`{written(other)}` is compared with the secret `{written(kept[0])}` by `{node.ops[0]}`, which stops at the "
        "first difference: by its time the secret can be found character by character.",
        fix=f"`hmac.compare_digest({written(other)}, {written(kept[0])})`, which takes the same time for every guess.",
        confidence=Confidence.MEDIUM,
    )


def _is_sealed(expr: ir.Expr, body: list[ir.Stmt], view: FileView) -> bool:
    """Whether the value is nothing that a client wrote: kept in a session, or read where a bad signature is caught."""
    if _in_session(expr, view):
        return True
    base = expr
    while isinstance(base, (ir.Index, ir.Attribute, ir.Call)):
        base = base.func if isinstance(base, ir.Call) else base.value
    name = base.id if isinstance(base, ir.Name) else ""
    given = list(_assigned(name, body, expr.at))
    if any(_in_session(value, view) for value in given):
        return True
    tries = [node for node in ir.walk(*body) if isinstance(node, ir.Try) and list(_assigned(name, node.body, expr.at))]
    names = [one for node in tries for handler in node.handlers for one in _errors.caught(handler, view)]
    return any("Signature" in one for one in names)


def _in_session(expr: ir.Expr, view: FileView) -> bool:
    parts = (one for one in ir.walk(expr) if isinstance(one, (ir.Name, ir.Attribute)))
    return any((view.api(one) or "") in _SESSIONS for one in parts)


def _is_mac(expr: ir.Expr, body: list[ir.Stmt], view: FileView, depth: int) -> bool:
    """Whether the expression is a message authentication code that this function computes."""
    for one in ir.walk(ir.ExprStmt(expr.at, expr.end, expr)):
        if isinstance(one, ir.Call):
            if (view.api(one.func) or "") in _MAKERS or last_word(one.func) == "createHmac":
                return True
            name = last_word(one.func).lower()
            if one is expr and ((_MAKING.search(name) and _VERB.search(name)) or (depth > _INSIDE and _gives_mac(one, view))):
                return True
    if not depth:
        return False
    found = _root(expr)
    return found is not None and any(_is_mac(value, body, view, depth - 1) for value in _assigned(found, body, expr.at))


def _gives_mac(call: ir.Call, view: FileView) -> bool:
    """Whether a function of the file is called that returns one: `const sign = (body) => createHmac(…).update(body).digest()`."""
    own = isinstance(call.func, ir.Attribute) and written(call.func.value) in ("self", "cls", "this")
    if not own and not isinstance(call.func, ir.Name):
        return False
    name = last_word(call.func)
    holders = [node for node in ir.walk(*view.module.body) if isinstance(node, ir.Class)] if own else [view.module]
    around = [one for node in holders for one in node.body]
    for node in around:
        function = node if isinstance(node, ir.Function) and node.name == name else None
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Lambda) and _binds(node, name):
            function = node.value.function
        if function is None:
            continue
        returned = [one.value for one in ir.walk_scope(*function.body) if isinstance(one, ir.Return) and one.value is not None]
        return any(_is_mac(value, function.body, view, _INSIDE) for value in returned)
    return False


def _binds(node: ir.Assign, name: str) -> bool:
    return any(isinstance(target, ir.Name) and target.id == name for target in node.targets)


def _root(expr: ir.Expr) -> str | None:
    """`digest` of `digest`, `digest.hexdigest()`, `base64.b64encode(digest).decode()`, `"sha256=" + digest`."""
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Binary) and expr.op == "+" and isinstance(expr.left, ir.Const):
        return _root(expr.right)
    if isinstance(expr, ir.Template):
        holes = [part for part in expr.parts if isinstance(part, ir.Hole)]
        return _root(holes[0].value) if len(holes) == 1 else None
    if isinstance(expr, ir.Call):
        if isinstance(expr.func, ir.Attribute) and expr.func.attr in (
            "hexdigest",
            "digest",
            "decode",
            "encode",
            "lower",
            "upper",
            "finalize",
        ):
            return _root(expr.func.value)
        return _root(expr.args[0].value) if len(expr.args) == 1 and last_word(expr.func) in _ENCODERS else None
    return None


_ENCODERS = frozenset(("b64encode", "urlsafe_b64encode", "standard_b64encode", "hexlify", "str", "encodebytes"))


def _assigned(name: str, body: list[ir.Stmt], before: int) -> Iterator[ir.Expr]:
    for node in ir.walk(*body):
        if not isinstance(node, ir.Assign) or node.value is None or node.at >= before:
            continue
        if _binds(node, name):
            yield node.value


def _names(expr: ir.Expr) -> Iterator[str]:
    for one in ir.walk(ir.ExprStmt(expr.at, expr.end, expr)):
        if isinstance(one, ir.Const) and isinstance(one.value, str):
            yield one.value
        name = last_word(one)
        if name:
            yield name
