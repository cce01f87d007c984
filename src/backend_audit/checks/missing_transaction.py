"""Several writes of one request that no transaction holds together."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.routes.transactions import SplitWrite

RULE = "missing-transaction"


@check(RULE)
def missing_transaction(split: SplitWrite) -> Iterator[Alert]:
    """`await prisma.order.create(…); await prisma.stock.update(…)` one after the other."""
    site = split.site
    if site.written == split.first_written:  # of one session
        stored = f"Each `{site.written}` stores a part for itself"
        fix = "Commit once, at the end: `flush()` gives new objects their ids before that."
    else:
        stored = f"`{site.written}` and `{split.first_written}` before it are stored each for itself"
        how = advice(site, "`with transaction.atomic():`", "`$transaction`, `sequelize.transaction`, `dataSource.transaction`")
        fix = f"Put both into one transaction ({how})."
    yield Alert(
        node=site.callee,
        message=f"{stored}: when this one fails, the other stays, and the data no longer agree.",
        fix=fix,
        confidence=Confidence.MEDIUM if split.sure else Confidence.LOW,
        steps=split.way,
        related=() if split.first is None else (split.first,),
    )
