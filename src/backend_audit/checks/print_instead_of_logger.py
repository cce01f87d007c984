"""What requests print, although the project logs by structure: no level, no time, no request's id, and no JSON."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.printed import PrintedInRequest

RULE = "print-instead-of-logger"


@check(RULE)
def print_instead_of_logger(printed: PrintedInRequest) -> Iterator[Alert]:
    """`print(order)` in a handler, beside structlog."""
    more = f", and {printed.others} more in this file" if printed.others else ""
    logger = printed.logger.note if printed.logger is not None else ""
    yield Alert(
        node=printed.site.callee,
        message=f"A request prints by `{printed.site.written}`{more}, past the project's logger ({logger}): "
        "the line has no level, no time and nothing that tells whose request it was.",
        fix="Write it with the project's logger, at a level, with the values as fields; or leave it out.",
        confidence=Confidence.MEDIUM,
        steps=printed.way,
        related=() if printed.logger is None else (printed.logger._replace(note="the project's logger"),),
    )
