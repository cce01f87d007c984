"""Routes that answer with everything: the list grows with the application's success."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.frameworks.whole_lists import WholeList

RULE = "missing-pagination"


@check(RULE)
def missing_pagination(whole: WholeList) -> Iterator[Alert]:
    """`return db.query(Order).all()`, a `ListAPIView` without pages."""
    route = whole.route
    if route is None:
        return
    if whole.how == "view":
        fix = "Set `pagination_class`, or `DEFAULT_PAGINATION_CLASS` and `PAGE_SIZE` in the settings."
    else:
        fix = "Take a limit with an upper bound, and a cursor or an offset, from the query; give them to the database."
    yield Alert(
        node=whole.site.node,
        message=f"{called(route)} answers with all {whole.model} objects at once: the answer grows with the table.",
        fix=fix,
        confidence=Confidence.LOW if whole.filtered or whole.few else Confidence.MEDIUM,
        anchor=f"{route.name}:{whole.model}",
    )
