"""Columns of a mapper's query that a client names."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching, reaching_value
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import OrmLookup
from backend_audit.flow.origins import NAMES, Origin
from backend_audit.flow.values import Value

RULE = "orm-lookup-injection"
_FIX = "Choose the name by a fixed table of the program: `FIELDS = {'name': 'name', 'newest': '-created'}`, `FIELDS[choice]`."
_ORDER = "orders the rows by the column that a client names: of a related table too, so that hidden values can be told from it"
_NAME = "names the column that {callee} reads: of a related table too (`owner__password`), so that hidden values come to light"


@check(RULE)
def lookup_from_outside(lookup: OrmLookup) -> Iterator[Alert]:
    """`F(request.GET["field"])`, `Model.objects.filter(**{request.GET["field"]: value})`."""
    origin = reaching(lookup.name, "lookup")
    if origin is not None:
        does, confidence = (_ORDER, Confidence.LOW) if lookup.order else (_NAME, Confidence.MEDIUM)
        yield alert(lookup.site, lookup.name, origin, does=does, fix=_FIX, confidence=confidence)
        return
    origin = None if lookup.names is None else _key(lookup.names.value)
    if origin is not None:
        does = "names the columns and operators of {callee}: `owner__password__startswith` finds out hidden values"
        yield alert(lookup.site, lookup.names, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)


def _key(mapping: Value) -> Origin | None:
    """The source of the keys: of one that the program puts in, or of a mapping that came in as a whole."""
    own = Value(open=True, origins=mapping.origins)
    return reaching_value(own, "lookup", NAMES) or reaching_value(own, "fields")
