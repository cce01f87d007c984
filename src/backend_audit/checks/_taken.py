"""What the other handlers ask that take the same id from their requests: `input.serverId`, `req.body.serverId`."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import elsewhere, logins, rights
from backend_audit.checks._routes import SHARE, called, odd_one, refuses_at_its_end
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route
from backend_audit.routes.naming import intended

_OF_SOMETHING = re.compile(r"^(?!user|me$|own|account)[a-zA-Z]\w*?(?:_(?:id|uuid|slug)|I[dD]|Uuid|Slug)$")  # unlike `id`
_SEVERAL = 6


def unlike_in_ids(route: Route) -> Iterator[Alert]:
    """It takes `serverId` for whoever has signed in; nearly all others that are handed one look whose it is."""
    if not route.weighed or route.right or route.lookups or refuses_at_its_end(route) or intended(route):
        return
    for name in sorted(one for one in route.takes if _OF_SOMETHING.match(one) and not _holds(route, one)):
        others = [one for one in elsewhere(route) if one.weighed and name in one.takes and _comparable(route, one)]
        asking = [one for one in others if _holds(one, name)]
        if len(asking) < _SEVERAL or len(asking) < SHARE * len(others):
            continue
        yield odd_one(
            route,
            [one for one in asking if one.mark.path == route.mark.path] or asking,
            f"looks whose `{name}` is",
            message=f"{called(route)} takes `{name}` as it comes, while {len(asking)} of the {len(others)} other handlers that "
            "are handed one hold it against the caller.",
            fix=f"Look up what `{name}` names, and turn away whose it is not, as they do.",
            confidence=Confidence.MEDIUM,
        )
        return


def _holds(route: Route, name: str) -> bool:
    """Whether a handler turns callers away, or brings what it is handed together with who calls."""
    return bool(route.right) or (route.consults and name not in route.unmet)


def _comparable(route: Route, other: Route) -> bool:
    """Whether who may call the one may call the other; what all may change, all may read."""
    if not route.changes() and other.changes():
        return False
    return logins(route) <= logins(other) and {one.name for one in rights(route)} <= {one.name for one in rights(other)}
