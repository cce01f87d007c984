"""Objects of one class that nearly all handlers hold against the caller, and this one does not."""

from collections.abc import Iterator

from backend_audit.checks import Alert
from backend_audit.checks._peers import logins, rights
from backend_audit.checks._routes import called, is_published, related
from backend_audit.finding import Confidence
from backend_audit.routes.model import Auth, Fetched, Route
from backend_audit.routes.naming import intended
from backend_audit.routes.scopes import asked

_FEW = 3
_NEARLY_ALL = 0.8
_MANY = 12  # that say what is usual in the application
_CUSTOM = 0.9


def unlike_others(route: Route) -> Iterator[Alert]:
    """`Mailbox.get(mailbox_id)`, where the other handlers compare `mailbox.user_id` with the caller, or their queries do."""
    loose = [one for one in route.fetched if not one.held]
    if len(loose) != len(route.fetched) or intended(route):
        return
    for fetched in loose[:1]:
        if is_published(route) and not route.changes():
            continue
        others, asking, which = _careful(route, fetched)
        if not asking:
            continue
        lookup = fetched.lookup
        near = [one for one in asking if one.mark.path == route.mark.path]
        yield Alert(
            at=lookup.mark.at,
            end=lookup.mark.end,
            message=f"{called(route)} looks `{lookup.model}` up by `{lookup.key}` from the request and never holds it against "
            f"the caller, while {len(asking)} of the {len(others)} other handlers that look {which} up do.",
            fix="Hold it against the caller as they do: in the query, or by a test before anything is done with it.",
            confidence=Confidence.MEDIUM,
            related=related(near or asking, "asks whose it is", 2),
            anchor=f"{route.name} {lookup.model} {lookup.key}",
        )


def _careful(route: Route, fetched: Fetched) -> tuple[list[Route], list[Route], str]:
    """The other handlers that look up one of the class, those of them that hold it where nearly all do, and what they look up.

    Or else of all that look up what belongs to somebody in the same way. A right is no excuse where they ask for one besides.
    """
    owned = fetched.lookup.owned
    of_class = _others(route, [one for one in _elsewhere(route) if one[1].lookup.model == fetched.lookup.model])
    # A right to one class says nothing of the right to another: only those count that ask for the very same.
    told = {asked(guard) for guard in rights(route)}
    same = [one for one in _elsewhere(route) if not told or told <= {asked(guard) for guard in rights(one[0])}]
    alike = _others(route, [one for one in same if one[1].lookup.owned == owned])
    for found, least, share, which in (
        (of_class, _FEW, _NEARLY_ALL, "one"),
        (alike, _MANY, _CUSTOM, f"what belongs to a `{owned}`"),
    ):
        others = [one for one, _ in found]
        asking = [one for one, held in found if held]
        if len(asking) >= least and len(asking) >= share * len(others):
            return others, asking, which
    return [], [], ""


def _others(route: Route, found: list[tuple[Route, Fetched]]) -> list[tuple[Route, bool]]:
    """Of what other handlers look up: each handler once, those that ask for a right where this one does."""
    guarded = bool(rights(route))
    told = {one.mark: (one, fetched.held) for one, fetched in found}
    return [(one, held) for one, held in told.values() if not guarded or rights(one)]


def _elsewhere(route: Route) -> list[tuple[Route, Fetched]]:
    """What the other handlers of the application look up.

    Those behind another login count where the handler knows who calls: a key of another program has no objects of its own.
    """
    near = (one for one in route.table.routes if one.app == route.app and one.auth is Auth.REQUIRED and one.mark != route.mark)
    same = (one for one in near if route.names_caller or logins(route) <= logins(one))
    return [(one, each) for one in same for each in one.fetched]
