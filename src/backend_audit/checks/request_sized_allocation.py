"""Work whose size a client decides."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._bounds import bounded
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Allocation
from backend_audit.flow.numbers import NUMERIC

RULE = "request-sized-allocation"
_FIX = "Bound it before: `if len(text) > LIMIT: …` (or `min(size, LIMIT)`), by what the application needs."
_DOES = {
    "memory": "decides how much memory {callee} takes",
    "time": "decides how long {callee} waits",
    "normalization": "is normalised by {callee} whatever its length, which takes many times the work of reading it",
}


@check(RULE)
def size_from_outside(allocation: Allocation) -> Iterator[Alert]:
    """`unicodedata.normalize("NFKC", request.args["q"])`, `bytes(request.args.get("n", type=int))`."""
    operand = allocation.text or allocation.size
    origin = reaching(operand, "size", NUMERIC) or (None if allocation.number else reaching(operand, "size"))
    if operand is None or origin is None:
        return
    if allocation.text is not None and bounded(allocation.site, operand.node):
        return
    server_bounds = (
        origin.label != NUMERIC and origin.what != "the request"
    )  # a part of the address, or of a query that has limits
    confidence = Confidence.LOW if server_bounds else Confidence.MEDIUM
    yield alert(allocation.site, operand, origin, does=_DOES[allocation.what], fix=_FIX, confidence=confidence)
