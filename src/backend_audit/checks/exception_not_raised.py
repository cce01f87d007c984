"""Exceptions that are made as a statement: nobody raises them, and the code behind goes on as if nothing were wrong.

Those of Python that say that the caller may not are told by `denial-not-raised`.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._denials import is_denial
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.source import SCRIPTS, Language

RULE = "exception-not-raised"

_EXCEPTION = re.compile(
    r"[A-Z]\w*(?:Error|Exception|Denied|Forbidden|Unauthorized|NotAuthenticated|AuthenticationFailed)|"
    r"Error|Exception|Http404|Forbidden|Unauthorized|NotAuthenticated|AuthenticationFailed"
)
_REFUSES = re.compile(r"Denied|Forbidden|Unauthori[sz]ed|NotAuthenticated|Authenti|Authori[sz]|Permission|Access|HTTPException")


@check(RULE, Language.PYTHON, *SCRIPTS)
def exception_not_raised(statement: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`PermissionDenied("not yours")` as a line of its own; in JavaScript `new ForbiddenException()`."""
    call = statement.value
    if not isinstance(call, ir.Call) or not isinstance(call.func, (ir.Name, ir.Attribute)):
        return
    script = view.module.language in SCRIPTS
    meant = (view.api(call.func) or written(call.func)).rpartition(".")[2]
    if (call.form == "new") is not script or not _EXCEPTION.fullmatch(meant) or _is_tried(statement, view):
        return
    name, verb = written(call.func), "throw new" if script else "raise"
    refuses = script and bool(_REFUSES.search(meant))
    if not script and is_denial(call, view.api(call.func) or name):
        return
    yield Alert(
        node=call,
        message=f"`{name}(…)` is made and not {'thrown' if script else 'raised'}: "
        + ("nobody is turned away, and what follows is done for every caller." if refuses else "the code behind it goes on."),
        fix=f"Write `{verb} {name}(…)`.",
        confidence=Confidence.HIGH,
    )


def _is_tried(statement: ir.ExprStmt, view: FileView) -> bool:
    """Whether the statement is all of a block that waits for errors: `with raises(TypeError): CustomError()`."""
    around = view.ancestors[-1] if view.ancestors else None
    return isinstance(around, (ir.With, ir.Try)) and statement in around.body and len(around.body) == 1
