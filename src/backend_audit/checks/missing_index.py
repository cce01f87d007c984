"""Rows are looked up by a column that no index covers: the database reads the whole table each time."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.frameworks.indexes import UnindexedColumn

RULE = "missing-index"


@check(RULE)
def missing_index(column: UnindexedColumn) -> Iterator[Alert]:
    """A foreign key by which rows are read, or a text by which they are found, without an index."""
    name = f"{column.table}.{column.column}"
    if column.kind == "reference":
        read = f"`{name}` refers to `{column.target}`, rows are read by it, and it"
    else:
        read = f"Rows are found by `{name}` alone, and it"
    more = f" The same is true of {', '.join(f'`{one}`' for one in column.others)}." if column.others else ""
    yield Alert(
        node=column.site.node,
        message=f"{read} has no index: the whole table is read each time.{more}",
        fix="Add an index in the model (`index=True`, `db_index=True`, `@@index([…])`), and the migration that makes it.",
        confidence=Confidence.LOW if column.few else Confidence.MEDIUM,
        anchor=name,
    )
