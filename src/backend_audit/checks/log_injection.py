"""Text of a client in a log, line breaks and all."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow import strings
from backend_audit.flow.concepts import LogRecord, Operand

RULE = "log-injection"
_FIX = "Strip line breaks (`value.replace('\\r', '').replace('\\n', '')`), log its `repr()`, or log in a structured form (JSON)."
_FIX_NODE = "Strip line breaks (`value.replace(/[\\r\\n]/g, ' ')`), or log in a structured form (JSON): `logger.info({ value })`."


@check(RULE)
def client_text_in_log(record: LogRecord) -> Iterator[Alert]:
    """`logger.info("user: " + request.args["name"])`."""
    if record.sink not in ("log", "console") or "structlog" in record.site.api:
        return
    for operand in (record.message, *_formatted(record)):
        origin = reaching(operand, "log")
        if origin is not None:
            does = "is logged by {callee}: a line break in it writes log lines of the client's own"
            yield alert(
                record.site, operand, origin, does=does, fix=advice(record.site, _FIX, _FIX_NODE), confidence=Confidence.MEDIUM
            )
            return


def _formatted(record: LogRecord) -> list[Operand]:
    """The arguments but for those that the message writes in one line: `logger.info("user %r", name)`."""
    given = [one for key, one in record.site.args if key.isdigit()]
    texts = () if record.message is None else record.message.value.texts()
    at = next((at for at, one in enumerate(given) if record.message is not None and one.node is record.message.node), None)
    if at is None:
        return given
    kinds = strings.conversions(texts[0]) if len(texts) == 1 else []
    put = {} if record.values is None else record.values.value.items or {}
    after = [Operand(put.get(place, one.value), one.node) for place, one in enumerate(given[at + 1 :])]
    return given[:at] + [one for place, one in enumerate(after) if kinds[place : place + 1] not in (["r"], ["a"])]
