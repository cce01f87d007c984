"""Objects of one class that nearly all handlers hold against the caller, and this one does not."""

from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import logins, rights
from backend_audit.checks._routes import called, is_published, related
from backend_audit.finding import Confidence
from backend_audit.routes.intent import intent
from backend_audit.routes.model import Auth, Fetched, Route

_FEW = 3
_NEARLY_ALL = 0.8


def unlike_others(route: Route) -> Iterator[Alert]:
    """`Mailbox.get(mailbox_id)`, where the other handlers compare `mailbox.user_id` with the caller, or their queries do."""
    loose = [one for one in route.fetched if not one.held]
    if len(loose) != len(route.fetched) or rights(route) or intent(route.path, route.name, route.methods):
        return
    for fetched in loose[:1]:
        others = _others(route, fetched)
        asking = [one for one, held in others if held]
        if len(asking) < _FEW or len(asking) < _NEARLY_ALL * len(others) or (is_published(route) and not route.changes()):
            continue
        lookup = fetched.lookup
        near = [one for one in asking if one.mark.path == route.mark.path]
        yield Alert(
            at=lookup.mark.at,
            end=lookup.mark.end,
            message=f"{called(route)} looks `{lookup.model}` up by `{lookup.key}` from the request and never holds it against "
            f"the caller, while {len(asking)} of the {len(others)} other handlers that look one up do.",
            fix="Hold it against the caller as they do: in the query, or by a test before anything is done with it.",
            confidence=Confidence.MEDIUM,
            related=related(near or asking, "asks whose it is", 2),
            anchor=f"{route.name} {lookup.model} {lookup.key}",
        )


def _others(route: Route, fetched: Fetched) -> list[tuple[Route, bool]]:
    """The other handlers of the application that look up one of that class, and whether they hold it.

    Those behind another login count where the handler knows who calls: a key of another program has no objects of its own.
    """
    found = {}
    for one in route.table.routes:
        if one.app == route.app and one.auth is Auth.REQUIRED and one.mark != route.mark:
            same = route.names_caller or logins(route) <= logins(one)
            for each in one.fetched:
                if same and each.lookup.model == fetched.lookup.model:
                    found[one.mark] = (one, each.held)
    return list(found.values())
