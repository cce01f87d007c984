"""What the other routes ask whose addresses name the same thing, wherever they are: `:campaignId` of `/campaign/…/email`."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import asks_beyond, elsewhere, names_object
from backend_audit.checks._routes import called, odd_one
from backend_audit.finding import Confidence
from backend_audit.inventory.paths import is_variable
from backend_audit.routes.addressed import named_by, reads
from backend_audit.routes.model import Route

_OF_SOMETHING = re.compile(
    r"^(?!user|me$|own)[a-zA-Z]\w*?(?:_(?:id|pk|uuid|slug|key)|I[dD]|Pk|Uuid|Slug)$"
)  # `id` alone may be anything's
_SEVERAL = 6
_NEARLY_ALL = 0.9


def unlike_its_namesakes(route: Route) -> Iterator[Alert]:
    """It changes what `:campaignId` names for whoever has signed in; nearly all others with that name look whose it is."""
    if route.lookups or asks_beyond(route) or not names_object(route):
        return
    name = next(reversed(_names(route)), "")
    if (
        not name
        or not reads(route.table, route.handler, name)
        or any(reads(route.table, one.function, name) for one in route.guards)
    ):
        return
    others = [one for one in elsewhere(route) if one.weighed and name in _names(one)]
    asking = [one for one in others if asks_beyond(one)]
    if len(asking) < _SEVERAL or len(asking) < _NEARLY_ALL * len(others):
        return
    yield odd_one(
        route,
        asking,
        f"looks whose `{name}` is",
        message=f"{called(route)} changes what `{name}` names for whoever has signed in, while {len(asking)} of the "
        f"{len(others)} other routes with `{name}` in their address turn away whose it is not.",
        fix="Put their guard on it, or look it up among the caller's own.",
        confidence=Confidence.MEDIUM,
    )


def _names(route: Route) -> list[str]:
    """The names of the variable parts of an address that say of what they are."""
    parts = [part for part in route.path.split("/") if is_variable(part)]
    return [name for part in parts if _OF_SOMETHING.match(name := named_by(part))]
