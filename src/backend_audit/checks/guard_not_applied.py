"""Guards that are written down and never run: above the route's decorator, on a router without routes, behind the view's base."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import at_guard, called, span
from backend_audit.finding import Confidence
from backend_audit.frameworks.overridden import HookOverridden
from backend_audit.routes.guards import ASTRAY, EARLY, LATE, MISSPELT, SHADOWED, UNASKED, UNREAD
from backend_audit.routes.model import Auth, Guard, Route

RULE = "guard-not-applied"


@check(RULE)
def guard_not_applied(route: Route) -> Iterator[Alert]:
    """`@login_required` written above `@app.route(…)`, `before_request` on another blueprint."""
    for guard in route.unapplied:
        if guard.via == ASTRAY:
            yield from _astray(route, guard)
            continue
        if guard.via == UNREAD:
            yield from _unread(route, guard)
            continue
        if guard.via == MISSPELT:
            yield from _misspelt(route, guard)
            continue
        if guard.via == UNASKED:
            yield from _unasked(route, guard)
            continue
        if guard.via == SHADOWED:
            yield from _shadowed(route, guard)
            continue
        if guard.via == EARLY:
            yield from _early(guard)
            continue
        if guard.via == LATE:
            yield from _late(route, guard)
            continue
        at, end = span(route) if guard.mark is None else (guard.mark.at, guard.mark.end)
        rest = "" if route.auth is Auth.REQUIRED else ", and anybody can call it"
        yield Alert(
            at=at,
            end=end,
            message=f"`{guard.name}` stands above the decorator that registers {called(route)}: decorators apply from the bottom "
            f"up, so the route was registered without it{rest}.",
            fix=f"Move `@{guard.name}` below the route's decorator, next to the function.",
            confidence=Confidence.HIGH,
            anchor=f"{guard.name} {route.name} {route.path}",
        )


@check(RULE)
def hook_overridden(hook: HookOverridden) -> Iterator[Alert]:
    """`def prepare(self): …` without `super().prepare()`, in a subclass of a handler whose `prepare` asks who calls."""
    name = hook.site.written
    yield Alert(
        at=hook.site.node.at,
        end=hook.site.node.end,
        message=f"`{hook.site.symbol}` runs instead of `{hook.base}.{name}`, which asks who calls, and does not call it: anybody "
        "reaches the handlers of this class.",
        fix=f"Begin it with `super().{name}(…)` (awaited where that is a coroutine).",
        confidence=Confidence.MEDIUM,
        related=hook.instead,
        anchor=hook.site.symbol,
    )


def _astray(route: Route, guard: Guard) -> Iterator[Alert]:
    """`@other.before_request`, on a blueprint of its own."""
    if _is_first_open(route, guard):
        yield from at_guard(
            guard,
            message=f"`{guard.name}` is put on a router that has no routes: it runs before nothing, and {called(route)} beside "
            "it can be called by anybody.",
            fix="Put it on the router that the routes of this file are registered on.",
            confidence=Confidence.HIGH,
            anchor="astray",
        )


def _late(route: Route, guard: Guard) -> Iterator[Alert]:
    """`app.use(requireLogin)` behind the last route."""
    if _is_first_open(route, guard):
        yield from at_guard(
            guard,
            message=f"`{guard.name}` is added when {called(route)} has been: what is added first runs first, nothing comes after "
            "it, and so it guards nothing.",
            fix="Add it before the routes that it is to guard.",
            confidence=Confidence.HIGH,
            anchor="late",
        )


def _unread(route: Route, guard: Guard) -> Iterator[Alert]:
    """`permission_required = "shop.add_order"` in a view without the mixin that asks for it."""
    if _is_first(route, guard):
        yield from at_guard(
            guard,
            message=f"`{guard.name}` is stated here and read by nothing: `{guard.because}` has no base that asks for it, so "
            f"{called(route)} {_what_is_left(route)}.",
            fix="Derive the view from the class that reads it (`PermissionRequiredMixin`, a REST framework view).",
            confidence=Confidence.HIGH,
            anchor="unread",
        )


def _misspelt(route: Route, guard: Guard) -> Iterator[Alert]:
    """`permissions_classes = [IsOwner]` in a REST view."""
    if _is_first(route, guard):
        yield from at_guard(
            guard,
            message=f"`{guard.name}` is stated here and read by nothing: REST views read `{guard.because}`, so {called(route)} "
            f"{_what_is_left(route)}.",
            fix=f"Call it `{guard.because}`.",
            confidence=Confidence.HIGH,
            anchor="misspelt",
        )


def _unasked(route: Route, guard: Guard) -> Iterator[Alert]:
    """`@HasPermission("orders")` on a method that the guard which reads it does not stand before."""
    yield from at_guard(
        guard,
        message=f"`@{guard.name}` says what {called(route)} asks for, and `{guard.because}`, which reads that before other "
        f"routes, is not among its guards: it {_what_is_left(route)}.",
        fix=f"Add `{guard.because}` to `@UseGuards(…)` of this method or its class.",
        confidence=Confidence.HIGH,
        anchor=f"unasked {route.name}",
    )


def _shadowed(route: Route, guard: Guard) -> Iterator[Alert]:
    """`class Change(UpdateView, LoginRequiredMixin)`, or a `dispatch` without `super()`."""
    if _is_first(route, guard):
        own = "." in guard.because
        why = "calls no other" if own else "stands before it among the bases and calls no other"
        first = "Call `super().dispatch()` first, and return what it returns."
        yield from at_guard(
            guard,
            message=f"`{guard.name}` never runs for {called(route)}: `{guard.because}` {why}.",
            fix=first if own else f"Put `{guard.name}` before `{guard.because}`.",
            confidence=Confidence.HIGH,
            anchor="shadowed",
        )


def _is_first(route: Route, guard: Guard) -> bool:
    """Whether this is the first route that `guard` is not applied to: it is told once."""
    return next((one for one in route.table.routes if guard in one.unapplied), None) is route


def _is_first_open(route: Route, guard: Guard) -> bool:
    """As `_is_first`, among the routes that ask for no login besides."""
    return next((one for one in route.table.routes if guard in one.unapplied and one.auth is not Auth.REQUIRED), None) is route


def _what_is_left(route: Route) -> str:
    return "is asked for a login alone" if route.auth is Auth.REQUIRED else "can be called by anybody"


def _early(guard: Guard) -> Iterator[Alert]:
    """`Depends(require_admin())` where calling it gives nothing: FastAPI then calls the parameter's type instead."""
    yield from at_guard(
        guard,
        message=f"`{guard.name}()` runs once, when the module is loaded, and gives None: nothing is left to call for each "
        "request.",
        fix=f"Hand over the function itself: `Depends({guard.name})`.",
        confidence=Confidence.HIGH,
        anchor="early",
    )
