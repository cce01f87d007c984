"""Logins by PAM that check the password alone, and not whether the account may log in."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word
from backend_audit.source import Language

RULE = "pam-login-without-account-check"

_ASKS = "pam_authenticate"
_CHECKS = frozenset(("pam_acct_mgmt", "acct_mgmt"))


@check(RULE, Language.PYTHON)
def password_alone(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`libpam.pam_authenticate(handle, 0)` without `pam_acct_mgmt(handle, 0)`."""
    if last_word(node.func) != _ASKS:
        return
    function = view.function()
    body: list[ir.Stmt] = view.module.body if function is None else [*function.body, *_siblings(function, view.module)]
    if any(isinstance(one, ir.Call) and last_word(one.func) in _CHECKS for one in ir.walk(*body)):
        return
    yield Alert(
        node=node,
        message="`pam_authenticate` checks the password alone: accounts that are locked or have expired still get in.",
        fix="Call `pam_acct_mgmt(handle, 0)` afterwards, and let in only who passes both.",
        confidence=Confidence.MEDIUM,
    )


def _siblings(function: ir.Function, module: ir.Module) -> list[ir.Stmt]:
    """The other methods of the class that a method belongs to."""
    owner = next((one for one in ir.walk(*module.body) if isinstance(one, ir.Class) and function in one.body), None)
    return [] if owner is None else owner.body
