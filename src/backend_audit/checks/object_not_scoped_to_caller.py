"""Objects handed out by an id of the request, whoever asks: every user reaches everybody's."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._fetched import unlike_others
from backend_audit.checks._routes import called, is_published, related
from backend_audit.finding import Confidence
from backend_audit.routes.model import Auth, Does, Guard, Lookup, Route
from backend_audit.routes.within import only_redirects

RULE = "object-not-scoped-to-caller"

_RIGHTS = re.compile(r"can_|_can|perm|role|owner|manager|admin|access|allow|right|member|polic|acl")


@check(RULE)
def object_not_scoped_to_caller(route: Route) -> Iterator[Alert]:
    """`Order.objects.get(pk=pk)` for a caller of whom only a login was asked."""
    if route.table.only_administrators:
        return
    if route.auth is not Auth.REQUIRED:  # an open route gives it to everybody: that is told of the route
        yield from (_odd(route, one) for one in route.lookups if one.beside)
        return
    for lookup in route.lookups:
        if lookup.odd:
            yield _odd(route, lookup)
    asks = route.guarded(Does.AUTHORIZES) or any(map(_may_ask, route.guards))
    if asks or not any(one.mark.path == route.mark.path for one in route.lookups):
        yield from unlike_others(route)
    if asks or not route.lookups or (route.handler is not None and only_redirects(route.handler) and not route.acts):
        return  # the address that it sends on to asks for itself
    if is_published(route) and not route.changes():
        return
    careful = [one for one in route.table.routes if one.consults]
    mine = [
        one
        for one in route.lookups
        if not one.tenant and not one.odd and one.mark.path == route.mark.path and (one.owned or careful)
    ]
    for lookup in mine[:1]:  # one check of the caller is missing, however many objects hang on it
        more = "".join(f", and `{one.model}` by `{one.key}`" for one in mine[1:2] if one.model != lookup.model)
        yield Alert(
            at=lookup.mark.at,
            end=lookup.mark.end,
            message=f"{called(route)} looks `{lookup.model}` up by `{lookup.key}` from the request{more}, and never holds it "
            f"against the caller{_whose(lookup)}: with another id, every user reaches it.",
            fix="Look it up among the caller's own (filter by owner or tenant as well), or check the right to it before use.",
            confidence=Confidence.MEDIUM if lookup.owned or (careful and route.caller_unused) else Confidence.LOW,
            related=related([one for one in careful if one.group == route.group] or careful, "asks whose it is", 2),
            anchor=f"{route.name} {lookup.model} {lookup.key}",
        )


def _odd(route: Route, lookup: Lookup) -> Alert:
    return Alert(
        path=lookup.mark.path,
        at=lookup.mark.at,
        end=lookup.mark.end,
        message=f"{_done(lookup)} by `{lookup.key}` alone, for {called(route)}, while {lookup.odd}: with another id, every user "
        "reaches it.",
        fix=f"Ask for {_asked_too(lookup)} in this query too.",
        confidence=Confidence.MEDIUM,
        related=related([route], "leads here"),
        anchor=f"{lookup.model or lookup.how} {lookup.key}",
    )


def _asked_too(lookup: Lookup) -> str:
    return "the owner or tenant" if lookup.parent == "" else f"`{lookup.parent}`"


def _done(lookup: Lookup) -> str:
    return f"`{lookup.model}` is looked up" if lookup.model else f"`{lookup.how}` asks"


def _whose(lookup: Lookup) -> str:
    return f" (its `{lookup.owned}` says whose it is)" if lookup.owned else ""


def _may_ask(guard: Guard) -> bool:
    """Whether a guard of which only the name is known may ask for a right: `@owner_can_enter("view_document")`."""
    return guard.function is None and not guard.because and bool(_RIGHTS.search(guard.name.rpartition(".")[2].lower()))
