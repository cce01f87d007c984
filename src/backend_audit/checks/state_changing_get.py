"""Routes that change something when they are merely asked for: a link or an image on any site is enough to call them."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called, span
from backend_audit.finding import Confidence
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Route

RULE = "state-changing-get"

_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_CHANGES = frozenset(
    """
    delete remove destroy clear purge wipe drop revoke disable enable activate deactivate toggle approve disapprove reject cancel
    accept decline ban unban block unblock promote demote follow unfollow like unlike vote upvote downvote archive unarchive
    publish unpublish assign unassign grant leave transfer pay buy checkout lock unlock hide unhide kick mute unmute
    """.split()
)


@check(RULE)
def state_changing_get(route: Route) -> Iterator[Alert]:
    """`@app.get("/orders/{id}/delete")` of callers known by a cookie."""
    if not route.writes or route.kind == "graphql" or route.auth is not Auth.REQUIRED or not route.by_cookie():
        return
    if not is_first(route):
        return
    verbs = [word for word in [*words_of(route.name), *words_of(route.path)] if word in _CHANGES]
    if not verbs and not (route.methods and set(route.methods) <= _READING):
        return  # a view of other methods too, of which nothing says that a mere request is to change anything
    at, end = span(route)
    write = route.writes[0]
    how = write.note.rpartition("` ")[2]  # "writes to the database", "deletes a file"
    yield Alert(
        at=at,
        end=end,
        message=f"{called(route)} {how} when it is asked for, and knows callers by a cookie: a link or an image "
        "on any site makes a user's browser call it, and GET is never protected against forged requests.",
        fix="Answer POST or DELETE only, and let the page send a form or a script's request.",
        confidence=Confidence.MEDIUM if verbs else Confidence.LOW,
        steps=(write,),
        anchor=f"{route.name} {route.path}",
    )
