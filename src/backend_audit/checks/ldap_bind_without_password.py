"""Logins to a directory without a password, which many directories accept as anonymous."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import is_none, named, names, spread
from backend_audit.checks._untrusted import span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import LdapBind, Operand

RULE = "ldap-bind-without-password"

_OTHER_MEANS = frozenset(("SASL", "ANONYMOUS", "NTLM"))


@check(RULE)
def ldap_bind_without_password(bind: LdapBind) -> Iterator[Alert]:
    """`connection.simple_bind_s(dn)`, `Connection(server, user=dn, password="")`."""
    if names(bind.mechanism) & _OTHER_MEANS or spread(bind.site) or _is_empty(bind.user):
        return
    if bind.user is None and (bind.optional or bind.password is None):
        return
    if bind.password is not None and not _is_empty(bind.password):
        return
    at, end = span(bind.site, None)
    how = "without a password" if bind.password is None or is_none(bind.password) else "with an empty password"
    yield Alert(
        at=at,
        end=end,
        message=f"`{named(bind.site)}` names a user and binds {how}: a directory takes that as anonymous, and it succeeds.",
        fix="Pass the password, and refuse an empty one before the bind.",
        confidence=Confidence.HIGH,
    )


def _is_empty(operand: Operand | None) -> bool:
    return operand is not None and (is_none(operand) or operand.value.is_just(""))
