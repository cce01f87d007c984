"""Handlers of Express that give a promise nobody takes: a request hangs, and the process ends, when it is rejected."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import MANY, Confidence
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.lost_promises import UnhandledHandlers
from backend_audit.source import SCRIPTS, Mark

RULE = "unhandled-rejection-in-handler"
_SHOWN = 6


@check(RULE, *SCRIPTS)
def unhandled_rejection_in_handler(found: UnhandledHandlers) -> Iterator[Alert]:
    """`app.get("/users", async (req, res) => res.json(await users.all()))` in Express 4; told once a file, or once in all."""
    first, *others = found.handlers
    files = len({one.module.path for one in found.handlers})
    more = f"{len(others)} more" if len(others) > 1 else "one more"
    where = "in this file" if files == 1 else f"in {files} files"
    rest = f" (so do {more} {where})" if len(others) > 1 else f" (so does {more} {where})" if others else ""
    called = "This handler" if first.node.name.startswith("<") else f"`{first.node.name}`"
    ends = "" if found.observed else ", and Node ends the process for a rejection that nobody handled"
    yield Alert(
        at=first.node.at,
        end=first.node.name_end,
        message=f"{called} gives Express {found.version} a promise{rest}, and that version looks at none: when what it awaits "
        f"fails, the request gets no answer{ends}.",
        fix="Put a wrapper around it that hands rejections on (`express-async-handler`, or `(req, res, next) => "
        "Promise.resolve(handler(req, res, next)).catch(next)`), take Express 5, or catch and call `next(error)`.",
        confidence=Confidence.MEDIUM,
        related=(*([] if found.rejected is None else [found.rejected]), *map(_mark, others[:_SHOWN])),
        anchor="handlers" if files == 1 else f"handlers {MANY}",
    )


def _mark(one: FunctionSymbol) -> Mark:
    return Mark(one.module.path, one.node.at, one.node.name_end, "gives a promise, too")
