"""Work whose size a client decides."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _counting, check
from backend_audit.checks._bounds import bounded
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Allocation, Operand
from backend_audit.flow.numbers import NUMERIC
from backend_audit.flow.script_loops import ARRAY
from backend_audit.flow.work_concepts import CountedLoop

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
    if (
        isinstance(operand.node, ir.Attribute)
        and operand.node.attr in ("length", "byteLength")
        and "parsed" not in origin.cleared
    ):
        return  # as long as the text that was sent
    if allocation.text is not None and bounded(allocation.site, operand.node):
        return
    server_bounds = (
        origin.label != NUMERIC and origin.what != "the request"
    )  # a part of the address, or of a query that has limits
    confidence = Confidence.LOW if server_bounds else Confidence.MEDIUM
    yield alert(allocation.site, operand, origin, does=_DOES[allocation.what], fix=_FIX, confidence=confidence)


@check(RULE)
def as_long_as_it_says(loop: CountedLoop) -> Iterator[Alert]:
    """`for (let i = 0; i < req.body.items.length; i++)`, where `items` may be `{"length": 1e9}`."""
    if loop.counted is None or loop.counted.value.kind or loop.counted.value.types or loop.counted.value.shapes:
        return
    told = loop.counted.value.carries("untrusted", ARRAY)  # one way may have tested it, and another not
    found = next((one for one in told if "parsed" in one.cleared and "size" not in one.cleared), None)
    if found is None or _counting.stops_itself(loop.site):
        return
    if bounded(loop.site, loop.counted.node):
        return
    yield alert(
        loop.site,
        Operand(loop.counted.value, loop.site.node if isinstance(loop.site.node, ir.Attribute) else None),
        found,
        does='says how often a loop runs, and need not be an array: `{"length": 1e9}` keeps it busy for all',
        fix="Refuse what is no array before (`Array.isArray`), or go over it with `for … of`, which other objects refuse.",
        confidence=Confidence.MEDIUM,
    )
