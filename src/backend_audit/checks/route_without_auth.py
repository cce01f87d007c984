"""Routes that anybody may call, in an application that asks others who they are."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._admin_pages import bare_pages
from backend_audit.checks._kind import asked_by_its_kind
from backend_audit.checks._routes import (
    BESIDE,
    LASTING,
    called,
    common,
    guarded_changes,
    guarded_siblings,
    is_exempt,
    odd_one,
    one_class,
    only_asks,
    refuses_at_its_end,
    related,
    span,
    surely_acts,
    usually,
)
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.routes.constant_answers import answers_with_constants, only_checks, puts_constants_alone
from backend_audit.routes.intent import DELICATE, words_of
from backend_audit.routes.model import BY_DEFAULT, NARROWS, OPEN_TO_READERS, Auth, Does, Guard, Route, Verdict
from backend_audit.routes.openly import does_nothing, serves_both, shows_what_is_public
from backend_audit.routes.within import (
    changes_own_session_alone,
    leaves_it_to_others,
    looks_up_by_token,
    only_raises,
    only_redirects,
    shows_a_page,
    waits_for_nothing,
    works_in_tests_alone,
    works_on_the_caller,
)
from backend_audit.source import Language

RULE = "route-without-auth"

_PARAMETER = re.compile(r"[<{:]")
_CATALOGS = frozenset(("permissions", "roles"))  # which ones there are is for who chooses among them
_ABOUT = frozenset(("info", "status", "version", "count"))
_READERS = 4
_GIVES = frozenset("get_context_data get_queryset get_object get_serializer list retrieve".split())
_SHOWN = frozenset(("model", "queryset", "serializer_class"))
_NOTHING_TO_GUARD = (
    changes_own_session_alone,
    does_nothing,
    only_raises,
    works_in_tests_alone,
    puts_constants_alone,
    only_checks,
)
_LEFT_OPEN = (leaves_it_to_others, looks_up_by_token, serves_both)
_SEVERAL = 4
_MANY = 8
_NEARLY_ALL = 0.9
_MOST = 0.5  # of the routes that are not public must ask who calls, for an open one to be the exception


@check(RULE)
def route_without_auth(route: Route) -> Iterator[Alert]:
    """An open route beside protected ones."""
    if route.kind == "admin":
        yield from _admin(route)
        return
    if route.verdict is not Verdict.OPEN or route.kind not in ("http", "websocket", "graphql") or route.unapplied:
        return
    confidence, reason = _judged(route)
    if not reason or _told_by_its_class(route):
        return
    if shows_what_is_public(route) or (route.handler is not None and any(one(route.handler) for one in _LEFT_OPEN)):
        confidence = Confidence.LOW
    asking = guarded_siblings(route) or [one for one in route.table.routes if one.auth is Auth.REQUIRED]
    guards = common(guarded_siblings(route), Does.AUTHENTICATES, Does.AUTHORIZES)
    name = f"`{guards[0].name}`" if guards else "the guard of its neighbours"
    yield odd_one(
        route,
        asking,
        "asks who calls",
        message=f"{called(route)} can be called by anybody: {route.why}, and {reason}.",
        fix=f"Put {name} on it; if it is meant to be open, say so in `[tool.backend-audit.guards] public`.",
        confidence=confidence,
    )


@check(RULE, Language.PYTHON)
def page_of_admin(node: ir.Function, view: FileView) -> Iterator[Alert]:
    """`path("import/", self.import_rows)` in `get_urls`, without `self.admin_site.admin_view`."""
    owner = view.enclosing(ir.Class)
    for call, page, wrapped in bare_pages(node, owner, view) if isinstance(owner, ir.Class) else ():
        beside = ", as others beside it are" if wrapped else ""
        yield Alert(
            at=call.at,
            end=call.end,
            message=f"`{written(page)}` is added to the pages of the admin and can be called by anybody: what `get_urls` lists "
            f"is guarded only where `admin_view` wraps it{beside}.",
            fix=f"Register `self.admin_site.admin_view({written(page)})`.",
            confidence=Confidence.MEDIUM,
        )


def _admin(route: Route) -> Iterator[Alert]:
    """A view for administrators that a library makes, told once for all of its routes."""
    mine = [one for one in route.table.routes if one.group == route.group and one.handler is None and one.auth is Auth.NONE]
    if not mine or mine[0] is not route or not any(one.changes() for one in mine):
        return
    at, end = span(route)
    yield Alert(
        at=at,
        end=end,
        message=f"{called(route)} and {len(mine) - 1} more routes that are made of `{route.name.partition('.')[0]}` can be "
        "called by anybody: the view lists, changes and deletes what is stored, and nothing asks who calls.",
        fix="Override `is_accessible` in the view's class (`return current_user.is_authenticated and current_user.is_admin`): "
        "that of the index covers the index alone.",
        confidence=Confidence.HIGH if route.table.guards_any(route.app) else Confidence.MEDIUM,
        related=related(mine[1:], "can be called by anybody, too"),
        anchor=f"{route.name} {route.path}",
    )


def _judged(route: Route) -> tuple[Confidence, str]:
    """How sure it is that the route should be protected, and why; no reason where nothing speaks for it."""
    if route.handler is not None and any(one(route.handler) for one in _NOTHING_TO_GUARD):
        return Confidence.LOW, ""
    siblings = guarded_siblings(route)
    # A POST may only ask, for want of a body in GET.
    lasting = not LASTING.isdisjoint(route.methods) and not _only_sends_on(route)
    acts = route.changes() and not only_asks(route) and (route.acts or lasting)
    acts = acts or (route.kind == "websocket" and route.acts)  # by the messages that it takes
    delicate = _delicate(route)
    opener = next((guard for guard in route.guards if guard.has(Does.OPENS)), None)
    explicit = opener is not None and opener.because != BY_DEFAULT and not _asked_inside(route, opener)
    explicit = explicit or any(guard.because == OPEN_TO_READERS for guard in route.guards)
    odd = acts or (not explicit and (bool(delicate) or one_class(route, siblings)))
    unasked = route.auth is Auth.NONE or not route.looks  # what only identifies callers is for all routes
    if unasked and siblings and odd and not _told_apart(opener, siblings):
        return Confidence.HIGH if acts else Confidence.MEDIUM, f"{len(siblings)} other routes beside it ask who calls"
    what, keeper = route.unfilled
    if keeper and not explicit:
        return Confidence.MEDIUM, f"`{what}`, which its handler reads, is put there by `{keeper}` alone, which never runs for it"
    if not explicit and (theirs := asked_by_its_kind(route)):
        return Confidence.MEDIUM, theirs
    shows_all = route.auth is Auth.NONE and not any(guard.because == NARROWS for guard in route.guards)
    readers = [one for one in _listed_with(route) if not one.changes() and one.verdict is not Verdict.PUBLIC]
    if (
        shows_all
        and route.methods
        and not route.changes()
        and not (explicit and route.owner is not None)
        and len(readers) >= _READERS
        and all(_asks_itself(one) for one in readers)
        and _shows_something(route)
    ):
        return Confidence.MEDIUM, f"all {len(readers)} other routes beside it that read ask who calls, each by itself"
    if not route.table.guards_any(route.app):
        return Confidence.LOW, ""
    if route.unread:
        return Confidence.MEDIUM, f"`{route.unread}` in its address, which would be a credential, is read by nothing"
    if unasked and not explicit and surely_acts(route) and not _only_sends_on(route) and not is_exempt(route):
        where, changing = guarded_changes(route)
        if changing and (where == BESIDE or not works_on_the_caller(route)):
            return Confidence.MEDIUM, f"{len(changing)} other routes {where} that change something ask who calls"
    place, near = usually(route)
    asked_for = acts or not (explicit or route.looks)  # who only reads may see less without a login
    if near and shows_all and asked_for and not _only_sends_on(route):
        return Confidence.MEDIUM, f"{len(near)} other routes below `{place}` ask who calls"
    mostly_asks = _share(route) >= _MOST
    most = mostly_asks and shows_all
    if opener is not None and explicit and most and acts and not LASTING.isdisjoint(route.methods):
        return Confidence.MEDIUM, f"`{opener.name}` lets everybody change or delete what is there"
    exceptional = most and not explicit and not is_exempt(route)
    if route.danger and unasked and not explicit and mostly_asks and not is_exempt(route):
        return Confidence.MEDIUM, f"it {route.danger}, while most of the application asks who calls"
    if delicate and not _only_sends_on(route):
        return (Confidence.MEDIUM if exceptional and not _is_empty(route) else Confidence.LOW), f"its path says `{delicate[0]}`"
    if acts:
        surely = exceptional and surely_acts(route) and not works_on_the_caller(route)
        return (Confidence.MEDIUM if surely else Confidence.LOW), "it changes state, while most of the application asks who calls"
    given = next((one for one in route.lookups if one.owned), None)  # somebody's, by its id
    if given is not None and shows_all and not explicit and _share(route) >= _NEARLY_ALL and _asking(route) >= _MANY:
        return Confidence.MEDIUM, f"it gives `{given.model}` by `{given.key}`, whose it is says its `{given.owned}`"
    return Confidence.LOW, "most of the application asks who calls"


def _asking(route: Route) -> int:
    """How many routes of the application ask who calls."""
    return sum(one.app == route.app and one.verdict is Verdict.PROTECTED for one in route.table.routes)


def _delicate(route: Route) -> list[str]:
    """The words of an address that say that not everybody should reach it."""
    told = words_of(_PARAMETER.split(route.path)[0])  # below an object, `logs` are its own
    if route.changes():
        return sorted(DELICATE & set(told))
    return [] if told[-1:] and told[-1] in _ABOUT else sorted((DELICATE - _CATALOGS) & set(told))


def _told_by_its_class(route: Route) -> bool:
    """Whether the class of the view asks who calls where it is told to: `Page.as_view(login_required=True)` elsewhere."""
    owner = route.owner
    others = (one for one in route.table.routes if owner is not None and one.owner is owner and one.path != route.path)
    own = (guard for one in others for guard in one.guards if one.handler is route.handler and guard.via == "class")
    return any(owner is not None and one.name.startswith(f"{owner.name}.") and one.has(Does.AUTHENTICATES) for one in own)


def _told_apart(opener: Guard | None, siblings: list[Route]) -> bool:
    """Whether the guard that lets everybody in here asks beside it, or lets several in: nobody forgets to ask by that."""
    if opener is not None and opener.because != BY_DEFAULT and _opened_alike(opener, siblings) >= _SEVERAL:
        return True
    same = (one for other in siblings for one in other.guards if opener is not None and one.name == opener.name)
    return any(one.has(Does.AUTHENTICATES) for one in same)


def _opened_alike(opener: Guard, siblings: list[Route]) -> int:
    """How many routes of the group the same marker opens: `@Public()` on all that clients send what they have seen to."""
    group = siblings[0].siblings() if siblings else []
    opened = [one for one in group if any(guard.name == opener.name and guard.has(Does.OPENS) for guard in one.guards)]
    return len({one.mark for one in opened})


def _only_sends_on(route: Route) -> bool:
    return route.handler is not None and only_redirects(route.handler)


def _is_empty(route: Route) -> bool:
    """Whether the handler gives nothing away, or refuses everybody at its end: what comes before is for another state."""
    if route.handler is not None and (shows_a_page(route.handler) or answers_with_constants(route.handler)):
        return True
    return refuses_at_its_end(route)


def _listed_with(route: Route) -> list[Route]:
    """The other routes of its router, or of the list that its class stands in with other classes."""
    if route.owner is None:
        return route.siblings()
    same = (one for one in route.table.routes if one.registered.path == route.registered.path)
    return [one for one in same if one.owner is not route.owner and _shows_something(one)]


def _shows_something(route: Route) -> bool:
    """Whether a route that reads gives away more than what the program is made with: a template alone, a constant."""
    if route.handler is not None:
        return not (waits_for_nothing(route.handler) or answers_with_constants(route.handler))
    view = route.owner
    if view is None or not _GIVES.isdisjoint(view.methods):
        return True
    lines = (one for one in view.node.body if isinstance(one, ir.Assign))
    return any(isinstance(target, ir.Name) and target.id in _SHOWN for one in lines for target in one.targets)


def _asks_itself(route: Route) -> bool:
    """Whether a guard on the route's own handler asks who calls."""
    return any(
        guard.has(Does.AUTHENTICATES, Does.AUTHORIZES) and guard.via in ("decorator", "dependency", "mixin")
        for guard in route.guards
    )


def _asked_inside(route: Route, opener: Guard) -> bool:
    """Whether what opens a whole router leaves it to the handlers to ask who calls, as another of them does."""
    in_body = (guard for one in route.siblings() for guard in one.guards if guard.via == "body")
    return opener.via.startswith("router") and any(guard.has(Does.AUTHENTICATES, Does.AUTHORIZES) for guard in in_body)


def _share(route: Route) -> float:
    """How many of the application's routes ask who calls, of those that are not public; counted once."""
    known = route.table.shares.get(route.app)
    if known is None:
        own = (one for one in route.table.routes if one.app == route.app)
        judged = [one for one in own if one.verdict in (Verdict.PROTECTED, Verdict.OPEN)]
        known = sum(one.verdict is Verdict.PROTECTED for one in judged) / max(1, len(judged))
        route.table.shares[route.app] = known
    return known
