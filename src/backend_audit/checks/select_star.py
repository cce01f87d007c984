"""All columns of a table are read, where a few are needed: `SELECT *`."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.checks._routes import called
from backend_audit.finding import MANY, Confidence
from backend_audit.frameworks.statements import StarSelected

RULE = "select-star"


@check(RULE)
def select_star(star: StarSelected) -> Iterator[Alert]:
    """`SELECT * FROM users`, whose rows go out as they are, or of which the table is wide."""
    many = f"all {star.columns} columns" if star.columns else "all columns"
    large = f" (`{'`, `'.join(star.large[:3])}` among them)" if star.large else ""
    if star.route is not None:
        effect = f"{called(star.route)} answers with its rows: a column that is added to the table goes out, too"
    else:
        effect = "the database, the network and this process carry what nobody asked for"
    practice = f" {len(star.practice)} more statements do the same." if star.practice else ""
    yield Alert(
        node=star.site.callee,
        message=f"`{named(star.site)}` reads {many} of `{star.table}`{large}, and {effect}.{practice}",
        fix="Name the columns that are needed.",
        confidence=Confidence.MEDIUM,
        steps=star.way,
        related=star.practice[:5],
        anchor=f"* of tables {MANY}" if star.practice else f"* of {star.table}",
    )
