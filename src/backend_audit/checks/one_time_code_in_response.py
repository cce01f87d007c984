"""Codes and links that prove who owns an address, answered to whoever asks for them."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._sent import first_sent
from backend_audit.routes.model import Auth, Route

RULE = "one-time-code-in-response"
_FIX = "Send it to the address or number that the account has, and answer alike whether there is such an account or not."


@check(RULE)
def code_told(route: Route) -> Iterator[Alert]:
    """One alert for a handler that anybody may call."""
    if route.auth is not Auth.REQUIRED:
        told = ", which should only reach the owner of the account: whoever knows a name or an address takes the account over."
        yield from first_sent(route, "one-time", told=told, fix=_FIX)
