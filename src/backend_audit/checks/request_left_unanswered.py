"""Handlers of Express that catch an error and send nothing: the client waits until it gives up."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.unanswered import LeftUnanswered
from backend_audit.source import SCRIPTS

RULE = "request-left-unanswered"


@check(RULE, *SCRIPTS)
def request_left_unanswered(found: LeftUnanswered) -> Iterator[Alert]:
    """`try { res.json(await orders.all()) } catch (error) { console.error(error) }`."""
    what = f"`{found.failed}()`" if found.failed else "this"
    yield Alert(
        node=found.site.node,
        message=f"When {what} fails, this is all that `{found.route}` does: nothing is sent or handed on, so the client "
        "waits until it gives up, and the connection stays open.",
        fix="Answer with a 4xx or 5xx status (`res.status(500).json(…)`), or hand the error on (`next(error)`).",
        confidence=Confidence.MEDIUM,
    )
