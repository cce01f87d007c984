"""What handlers ask for by themselves: a password, a signature, a secret that is stored."""

import re

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.intent import CAMEL, SIGNING_IN

_PASSWORDS = re.compile(
    r"(?:^|\.)(?:authenticate(?:_user)?|login_user|check_password(?:_hash)?|verify_password(?:_hash)?|password_verify|bcrypt\.checkpw|"
    r"pwd_context\.verify|verify_login|validate_credentials|"
    r"authorize_access_token|acquire_token_by_(?:auth_code_flow|authorization_code))$"  # of an identity provider: OpenID Connect
)
_SIGNATURES = re.compile(
    r"(?:^|\.)(?:_*(?:validate|verify|check)_(?:\w+_)?(?:jwt|signature|hmac|webhook)|construct_?event|"
    r"_*verify_(?:\w+_)?(?:request|notification|ipn|callback|post_?back))$"
)
_DECODES = re.compile(r"(?:^|\.|_)jw[ts]\.decode$")
_UNSIGNS = frozenset(("unsign", "unsign_object"))
_COMPARES = frozenset("compare_digest safeEqual timingSafeEqual constantTimeCompare constant_time_compare secureCompare".split())
_SECRET = re.compile(r"(?:^|_)(?:secret|token|signature|hmac|digest|api_?key)$", re.IGNORECASE)


def of_handler(handler: FunctionSymbol) -> str:
    """What a route is for by what its handler asks for itself; "" where it asks for nothing."""
    if _checks_password(handler):
        return SIGNING_IN
    if _checks_signature(handler):
        return "whoever signs the request"
    return "whoever brings the secret" if _checks_secret(handler) else ""


def _checks_password(handler: FunctionSymbol) -> bool:
    """Whether a handler asks for a password itself: who calls it says by that who it is."""
    return any(
        _PASSWORDS.search(written(one.func)) for one in handler.scope.of(ir.Call) if one.args and not _of_request_alone(one)
    )


def _of_request_alone(call: ir.Call) -> bool:
    """`TokenAuthentication().authenticate(request)`: a credential that comes with any request, and no password."""
    return len(call.args) == 1 and written(call.args[0].value).rpartition(".")[2] in ("request", "req")


def _checks_signature(handler: FunctionSymbol) -> bool:
    """Whether a handler asks itself who has signed the request, or a token in it."""
    if any(_SIGNATURES.search(CAMEL.sub("_", written(one.func)).lower()) for one in handler.scope.of(ir.Call)):
        return True
    tried = [node for node in handler.node.body if isinstance(node, ir.Try)]
    refusing = (one for one in tried if all(map(_gives_up, one.handlers)))
    inside = (node for one in refusing for node in ir.walk_scope(*one.body))
    return any(isinstance(node, ir.Call) and _DECODES.search(written(node.func)) for node in inside)


def _gives_up(handler: ir.Handler) -> bool:
    return bool(handler.body) and isinstance(handler.body[-1], (ir.Return, ir.Raise))


def asks_for_signature(call: ir.Call) -> bool:
    """Whether a call says whether something was signed with a key of the program: `Signer().unsign(link)`."""
    name = written(call.func)
    return name.rpartition(".")[2] in _UNSIGNS or bool(_SIGNATURES.search(name)) or _compares(call)


def _checks_secret(handler: FunctionSymbol) -> bool:
    """Whether a handler refuses who does not bring a secret that is stored: `if data["secret"] != job.secret: raise …`."""
    for node in handler.scope.of(ir.If):
        if node.body and isinstance(node.body[-1], (ir.Raise, ir.Return)):
            for test in ir.walk_scope(node.test):
                if isinstance(test, ir.Compare) and _refuses(test):
                    return True
                if isinstance(test, ir.Unary) and isinstance(test.operand, ir.Call) and _compares(test.operand):
                    return True
    return False


def _refuses(test: ir.Compare) -> bool:
    """`given != SECRET` of what is called a secret or read off a header, `given not in (FIRST_SECRET, SECOND_SECRET)`."""
    left, right = test.left, test.rights[0]
    if test.ops == ["!="]:
        return _secret(right) and (_secret(left) or "headers" in written(left))
    listed = right.items if isinstance(right, ir.Container) else []
    return test.ops == ["not in"] and bool(listed) and all(_secret(one.value) for one in listed)


def _compares(call: ir.Call) -> bool:
    return written(call.func).rpartition(".")[2] in _COMPARES


def _secret(node: ir.Expr) -> bool:
    """Whether an expression names a secret: by an attribute, a variable or a key."""
    names = (
        one.attr if isinstance(one, ir.Attribute) else one.id if isinstance(one, ir.Name) else str(one.value)
        for one in ir.walk_scope(node)
        if isinstance(one, (ir.Attribute, ir.Name, ir.Const))
    )
    return any(_SECRET.search(name) for name in names)
