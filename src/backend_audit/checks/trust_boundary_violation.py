"""Data from a client that enters the session unchecked."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import SessionWrite

RULE = "trust-boundary-violation"
_CHECKED = frozenset({"url", "fields"})  # a check of an address, or a form, has looked at the data
_FIX = "Check it against what the program knows (a fixed list, the database) before the session holds it, and use fixed keys."


@check(RULE)
def session_from_outside(write: SessionWrite) -> Iterator[Alert]:
    """`session["user_id"] = request.form["user_id"]`."""
    for operand, what in (
        (write.key, "names the entry of the session that is written"),
        (write.value, "is put into the session"),
    ):
        origin = reaching(operand, "session")
        if origin is not None and not origin.cleared & _CHECKED:
            does = f"{what}: the rest of the application trusts what it finds there"
            yield alert(write.site, operand, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)
            return
