"""Data from a client that enters the session unchecked."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import path_to
from backend_audit.checks._operands import names
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import SessionWrite
from backend_audit.flow.written import last_word

RULE = "trust-boundary-violation"
_CHECKED = frozenset({"url", "fields"})  # a check of an address, or a form, has looked at the data
# Entries by which programs decide who calls, and what the caller may do or owes.
_DECIDES = re.compile(
    r"user(?!_?agent)|uid\b|account|identity|principal|login|logged|auth(?!or)|role|admin|staff|super|perm|scope|group|tenant|org|"
    r"company|customer|owner|member|price|total|amount|balance|credit|plan\b|level|verified|allowed|secret|token|key",
    re.IGNORECASE,
)
# What somebody orders, and where to: nothing is decided by that.
_DETAIL = re.compile(
    r"^(?:customer|billing|bill|shipping|ship|contact|guest|buyer|order|delivery)_?"
    r"(?:(?:first|last|full)?_?name|e?mail|phone|address|street|city|country|state|post_?code|zip|company|comment|note)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:token|key|secret)_?(?:name|label|title|description|note|hint)$", re.IGNORECASE
)  # what its owner calls it
_NEXT = re.compile(r"(?:next|return|redirect|continue|referr?er|back)_?(?:to|url|uri|path|page)?$", re.IGNORECASE)
_GRANTS = re.compile(r"role|admin|staff|super|perm|scope|price|total|amount|balance|credit|plan\b|level|allowed", re.IGNORECASE)
_PROOF = re.compile(r"passw|bcrypt|argon|compare|authenticate|otp$|log_?in|sign_?in", re.IGNORECASE)
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
            sure = Confidence.LOW if _proved(write) else _confidence(write, named=operand is write.key)
            yield alert(write.site, operand, origin, does=does, fix=_FIX, confidence=sure)
            return


def _proved(write: SessionWrite) -> bool:
    """Whether a handler of Node that looks at a password writes down who signs in: it has been held against the record."""
    site = write.site
    if in_python(site) or site.function is None or any(_GRANTS.search(one) for one in names(write.key)):
        return False
    around = [one for one in path_to(site) if isinstance(one, ir.Function)] or [site.function]  # `compare(…).then((same) => …)`
    return any(_PROOF.search(last_word(one)) for one in ir.walk(*around[0].body) if isinstance(one, (ir.Name, ir.Attribute)))


def _begins(write: SessionWrite) -> frozenset[str]:
    """What a name begins with that is put together: `f"message_{uuid4()}"`."""
    first = [shape.parts[0] for shape in write.key.value.shapes] if write.key is not None else []
    texts = frozenset(one for one in first if isinstance(one, str))
    return texts if len(texts) == len(first) else frozenset()


def _confidence(write: SessionWrite, *, named: bool) -> Confidence:
    """Low where the client's text stands under a name by which nothing is decided: a language, the next page."""
    said = names(write.key) or _begins(write)
    entries = [one for one in said if not _CALLED.search(one) and not _NEXT.search(one)] or [""] * bool(said)
    decides = any(_DECIDES.search(one) and not _DETAIL.search(one) for one in entries)
    return Confidence.MEDIUM if named or not entries or decides else Confidence.LOW
