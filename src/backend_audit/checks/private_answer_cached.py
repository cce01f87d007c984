"""Answers for one caller that a cache gives to others."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.shared_answers import SharedAnswer

RULE = "private-answer-cached"

_FIX = "Keep it by caller: `vary_on_cookie`, `vary_on_headers('Authorization')`, a key with the user's id; or send `private`."


@check(RULE)
def private_answer_cached(answer: SharedAnswer) -> Iterator[Alert]:
    """`@cache_page(600)` above `@login_required`."""
    route = answer.route
    if route is None:
        return
    by = f"`{answer.site.written}`"
    related = () if answer.guard is None or answer.guard.mark is None else (answer.guard.mark,)
    if answer.kind == "before" and answer.guard is not None:
        message = (
            f"{by} answers {called(route)} from its cache before `{answer.guard.name}` asks who calls: "
            "what one caller was given, anybody gets."
        )
        fix = f"Put it behind `{answer.guard.name}`, and keep answers by caller where they differ."
    elif answer.kind == "kept":
        message = (
            f"{by} keeps the answer of {called(route)} by its address alone, and the handler makes it for its caller "
            f"(`{answer.caller}`): the next one gets it."
        )
        fix = _FIX
    elif answer.kind == "keyed":
        message = (
            f"{by} keeps what {called(route)} makes for its caller (`{answer.caller}`) under one name for all: "
            "the next one gets it."
        )
        fix = "Put the caller into the key: the user's id, or the tenant's."
    else:
        message = (
            f"{by} lets shared caches keep the answer of {called(route)}, which the handler makes for its "
            f"caller (`{answer.caller}`): a proxy may give it to others."
        )
        fix = "Send `Cache-Control: private` (or `no-store`); `public` is for answers that are the same for everybody."
    yield Alert(
        node=answer.site.node,
        path=answer.site.path,
        message=message,
        fix=fix,
        confidence=Confidence.MEDIUM,
        related=related,
        anchor=f"{route.name} {route.path}",
    )
