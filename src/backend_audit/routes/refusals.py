"""By which statuses a rejection turns callers away, or what is called so: 401, 403, a redirect to a login page."""

import re

from backend_audit import ir
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import Rejection
from backend_audit.flow.written import written
from backend_audit.routes.status import named_status, statuses

LOGIN = 302  # a redirect to a login page
_LOGIN_WORDS = re.compile(r"log[-_]?(?:in|on)\b|log[-_]?in(?![a-z])|sign[-_]?in|authenticat|/auth\b|sso", re.IGNORECASE)
_DENYING = (
    (
        401,
        re.compile(
            r"unauthori[sz]ed|(?:un|not)authenticated|authenticationfailed|authenticationerror|autherror|invalidtoken|invalidcredential|"
            r"credentialserror|loginrequired|notloggedin|missingtoken|tokenexpired|expiredtoken|invalidsignature|authrequired"
        ),
    ),
    (
        403,
        re.compile(
            r"forbidden|permissiondenied|permissionerror|accessdenied|notallowederror|insufficientpermission|notpermitted|"
            r"nopermission|authorizationerror|accesserror"
        ),
    ),
    (429, re.compile(r"toomanyrequests|ratelimit|throttled")),
)


def denied_by(rejection: Rejection) -> frozenset[int]:
    """The statuses of a rejection; `LOGIN` where it sends the browser to a login page."""
    if rejection.unless is not None and rejection.unless.value.is_just(value=True):
        return frozenset()
    if rejection.code:
        return frozenset(int(code) for code in rejection.code.split())
    if rejection.login is not None and leads_to_login(rejection.login.value, rejection.login.node):
        return frozenset((LOGIN,))
    if rejection.status is None:
        return frozenset()
    return statuses(rejection.status.value) or named_status(rejection.status.node)


def leads_to_login(value: Value, node: ir.Expr | None) -> bool:
    """Whether an address is that of a login page, by its text or by how it is written."""
    texts = [*value.texts(), *(shape.text() for shape in value.shapes)]
    texts += [gap.written for shape in value.shapes for gap in shape.gaps]
    if node is not None:
        inside = [one.value for one in ir.walk_scope(node) if isinstance(one, ir.Const)]
        texts += [written(node), *(one for one in inside if isinstance(one, str))]
    return any(_LOGIN_WORDS.search(text) for text in texts)


def by_name(name: str) -> frozenset[int]:
    """The status that the name of an exception, or of a code, stands for."""
    plain = name.replace("_", "").lower()
    found = statuses(Value(apis=frozenset((name,)))) if name.isupper() or name.startswith("HTTP_") else frozenset()
    return found or next((frozenset((status,)) for status, words in _DENYING if words.search(plain)), frozenset())
