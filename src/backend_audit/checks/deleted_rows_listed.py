"""Rows that are marked as deleted and listed all the same: the one query that forgets to leave them out."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.frameworks.deleted_rows import KeptDeleted

RULE = "deleted-rows-listed"


@check(RULE)
def deleted_rows_listed(kept: KeptDeleted) -> Iterator[Alert]:
    """`Order.objects.filter(user=user)`, while the others say `deleted_at__isnull=True`."""
    whose = f" for {called(kept.route)}" if kept.route is not None else ""
    yield Alert(
        node=kept.site.callee,
        message=f"`{named(kept.site)}` lists `{kept.entity}` rows{whose} and says nothing of `{kept.column}`, while "
        f"{kept.careful} of the {kept.others} other queries for them leave out what is deleted.",
        fix=f"Leave out rows that have `{kept.column}`, best in one place: a default manager, a scope, a policy of the database.",
        confidence=Confidence.MEDIUM,
    )
