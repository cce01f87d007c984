"""Answers that tell how the service is configured: its environment, its settings, a key that it works with."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._sent import at_answer
from backend_audit.finding import Confidence
from backend_audit.routes.administrators import for_one
from backend_audit.routes.model import Route
from backend_audit.routes.sent import SentSecret

RULE = "configuration-in-response"
_FIX = "Answer with the few values that clients need, each by its name; of a secret at most whether it is set."
_WHOLE = {"environment": "the whole environment", "configuration": "the whole configuration"}


@check(RULE)
def configuration_told(route: Route) -> Iterator[Alert]:
    """One alert for each place at which a handler sends it."""
    places: dict[tuple[str, int], list[SentSecret]] = {}
    for each in route.sent if is_first(route) else ():
        if each.how not in ("one-time", "stored"):
            places.setdefault((each.mark.path, each.mark.at), []).append(each)
    for found in places.values():
        one = found[0]
        names = dict.fromkeys(name for each in found for name in each.names)
        listed = ", ".join(f"`{name}`" for name in [*names][:4])
        what = f"{_WHOLE[one.how]} ({listed})" if one.how in _WHOLE else f"{listed} of the configuration"
        administered = any(map(for_one, route.guards))
        yield at_answer(
            route,
            found,
            what=f"{what}: whoever may call it has the passwords and keys that the service works with.",
            fix=_FIX,
            confidence=Confidence.LOW if administered and one.how == "value" else Confidence.MEDIUM,
        )
