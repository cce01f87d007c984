"""Handlers of Express that give a promise nobody takes: a request hangs, and the process ends, when it is rejected."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.lost_promises import UnhandledHandlers
from backend_audit.source import SCRIPTS, Mark

RULE = "unhandled-rejection-in-handler"
_SHOWN = 6


@check(RULE, *SCRIPTS)
def unhandled_rejection_in_handler(found: UnhandledHandlers) -> Iterator[Alert]:
    """`app.get("/users", async (req, res) => res.json(await users.all()))` in Express 4; told once a file."""
    first, rejected = found.handlers[0]
    others = [function for function, _ in found.handlers[1:]]
    rest = f" (so do {len(others)} more in this file)" if len(others) > 1 else " (so does one more here)" if others else ""
    name = first.node.name
    called = "This handler" if name.startswith("<") else f"`{name}`"
    yield Alert(
        at=first.node.at,
        end=first.node.name_end,
        message=f"{called} gives Express {found.version} a promise{rest}, and that version looks at none: when what it awaits "
        "fails, the request gets no answer, and Node ends the process for a rejection that nobody handled.",
        fix="Put a wrapper around it that hands rejections on (`express-async-handler`, or `(req, res, next) => "
        "Promise.resolve(handler(req, res, next)).catch(next)`), take Express 5, or catch and call `next(error)`.",
        confidence=Confidence.MEDIUM,
        related=(rejected, *(_mark(one.module.path, one.node.at, one.node.name_end) for one in others[:_SHOWN])),
    )


def _mark(path: str, at: int, end: int) -> Mark:
    return Mark(path, at, end, "gives a promise, too")
