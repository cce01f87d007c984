"""Routes of which the description tells less than of the others: no summary, no tags, no errors."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, related
from backend_audit.finding import Confidence
from backend_audit.routes.untold import ERRORS, SUMMARY, TAGS, Untold

RULE = "incomplete-operation"

_WORDS = {
    SUMMARY: "what {} for (no summary, description or docstring)",
    TAGS: "which group {} to (no tags)",
    ERRORS: "which errors {}",
}
_ONE = {SUMMARY: "it is", TAGS: "it belongs", ERRORS: "it answers, although it does"}
_MANY = {SUMMARY: "they are", TAGS: "they belong", ERRORS: "they answer, although they do"}


@check(RULE)
def incomplete_operation(found: Untold) -> Iterator[Alert]:
    """`@router.get("/items")` without tags, in an application whose other routes have some."""
    parts = []
    for what, routes, total in found.lacks:
        words = _WORDS[what].format((_ONE if len(routes) == 1 else _MANY)[what])
        parts.append(f"for {len(routes)} of {total} routes {words}, {called(routes[0])} first")
    others = [one for _, routes, _ in found.lacks for one in routes if one.mark.at != found.site.node.at]
    yield Alert(
        node=found.site.node,
        message=f"The served description tells less in this file than elsewhere: it does not say {'; '.join(parts)}.",
        fix="Give each operation a summary (for FastAPI a docstring), tags on its router or route, and its errors: "
        "`responses` for FastAPI, `schema.response` by status for Fastify.",
        confidence=Confidence.MEDIUM,
        related=related(others, "lacks some of it, too"),
        anchor=f"{found.site.symbol} {found.site.path}",
    )
