"""Codes and links that prove who owns an address, answered to whoever asks for them."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Auth, Route

RULE = "one-time-code-in-response"
_FIX = "Send it to the address or number that the account has, and answer alike whether there is such an account or not."


@check(RULE)
def code_told(route: Route) -> Iterator[Alert]:
    """One alert for a handler that anybody may call."""
    if not is_first(route) or route.auth is Auth.REQUIRED:
        return
    for one in route.sent:
        if one.how == "one-time":
            yield Alert(
                path=one.mark.path,
                at=one.mark.at,
                end=one.mark.end,
                message=f"{called(route)} answers with `{one.names[0]}`, which should only reach the owner of the account: "
                "whoever knows a name or an address takes the account over.",
                fix=_FIX,
                confidence=Confidence.MEDIUM,
                steps=(one.source, one.mark),
                anchor=f"{route.name}:{one.names[0]}",
            )
            return
