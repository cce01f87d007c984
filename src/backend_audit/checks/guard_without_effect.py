"""Guards that let everybody through: named like a check of the caller, without any way to turn one away."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Does, Guard, Route

RULE = "guard-without-effect"

_PROMISES = re.compile(
    r"^(?:require|requires|ensure|check|verify|validate|enforce|assert|protect)_?(?:\w*_)?"
    r"(?:auth\w*|login|user|admin|token|jwt|api_?key|role|roles|permission|permissions|access|owner|session|credentials?|superuser|staff)$|"
    r"(?:auth|login|admin|token|jwt|permission|role|api_?key|staff|superuser)_required$|^is_(?:authenticated|admin|staff|superuser)$"
)


@check(RULE)
def guard_without_effect(route: Route) -> Iterator[Alert]:
    """`Depends(verify_token)` where `verify_token` neither raises nor answers."""
    for guard in route.guards:
        if not _promises(guard) or guard.mark is None or guard.mark.path != route.mark.path:
            continue
        if route.guarded(Does.AUTHENTICATES, Does.AUTHORIZES):
            continue
        yield Alert(
            at=guard.mark.at,
            end=guard.mark.end,
            message=f"`{guard.name}` runs before {called(route)} and turns nobody away: it neither raises nor answers, "
            "whoever calls.",
            fix=f"Let `{guard.name}` raise (401 without a valid credential, 403 without the right).",
            confidence=Confidence.MEDIUM,
            anchor=f"{guard.name} {route.name} {route.path}",
        )


def _promises(guard: Guard) -> bool:
    """Whether the guard's name says that it checks the caller, and its code cannot."""
    if guard.function is None or guard.does - {Does.RUNS, Does.IDENTIFIES}:
        return False
    if guard.via not in ("dependency", "decorator", "route", "router", "mount", "application"):
        return False
    return bool(_PROMISES.search(guard.name.rpartition(".")[2].lower())) and guard.because == ""
