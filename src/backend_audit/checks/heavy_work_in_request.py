"""Work of seconds on the way to an answer: whoever asked waits, and a few such requests keep all workers busy."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.busy import HeavyRequest

RULE = "heavy-work-in-request"

_DOES = {
    "picture": "works on the pixels of a picture",
    "table": "reads or writes a whole table",
    "workbook": "writes a workbook",
    "document": "lays out a document",
    "reading": "reads the pages of a document",
    "archive": "packs or unpacks an archive",
    "model": "runs a model",
}


@check(RULE)
def heavy_work_in_request(heavy: HeavyRequest) -> Iterator[Alert]:
    """`HTML(string=page).write_pdf()` in a handler, or in a function that one calls."""
    site = heavy.site
    also = f" ({heavy.others} more in this function)" if heavy.others else ""
    practice = f" {len(heavy.practice)} more functions of the project do the same." if heavy.practice else ""
    result = "the event loop stands still" if heavy.on_loop else "a worker is busy for as long"
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` {_DOES[heavy.kind]}{also} while `{heavy.root}` is answered: {result}, and a few such requests "
        f"at once hold up all others.{practice}",
        fix="Give it to a job queue (Celery, RQ, arq) and answer with the job's address"
        + (f"; or at least to a thread: `await asyncio.to_thread({named(site)}, …)`." if heavy.on_loop else "."),
        confidence=Confidence.MEDIUM,
        steps=heavy.way,
        related=heavy.practice[:5],
        anchor=f"{heavy.kind} {MANY}" if heavy.practice else None,
    )
