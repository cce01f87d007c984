"""Answers that tell how the service is configured: its environment, its settings, a key that it works with."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.administrators import for_one
from backend_audit.routes.model import Route

RULE = "configuration-in-response"
_FIX = "Answer with the few values that clients need, each by its name; of a secret at most whether it is set."
_WHOLE = {"environment": "the whole environment", "configuration": "the whole configuration"}


@check(RULE)
def configuration_told(route: Route) -> Iterator[Alert]:
    """One alert for each place at which a handler sends it."""
    told: set[tuple[str, int]] = set()
    for one in route.sent if is_first(route) else ():
        if one.how == "one-time" or (one.mark.path, one.mark.at) in told:
            continue
        told.add((one.mark.path, one.mark.at))
        listed = ", ".join(f"`{name}`" for name in one.names[:4])
        what = f"{_WHOLE[one.how]} ({listed})" if one.how in _WHOLE else f"{listed} of the configuration"
        administered = any(map(for_one, route.guards))
        yield Alert(
            path=one.mark.path,
            at=one.mark.at,
            end=one.mark.end,
            message=f"{called(route)} answers with {what}: whoever may call it has the passwords and keys that the service works "
            "with.",
            fix=_FIX,
            confidence=Confidence.LOW if administered and one.how == "value" else Confidence.MEDIUM,
            steps=(one.source, one.mark),
            anchor=f"{route.name}:{one.names[0]}",
        )
