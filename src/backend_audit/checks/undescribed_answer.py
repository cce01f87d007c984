"""Routes whose description does not say what they answer."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, related
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.undescribed import Undescribed

RULE = "undescribed-answer"


@check(RULE)
def undescribed_answer(found: Undescribed) -> Iterator[Alert]:
    """`@app.get("/items")` without a response model, in an application that serves its documentation."""
    first, *others = found.routes
    of = f"{len(found.routes)} of {found.total} routes{'' if found.whole else ' in this file'}"
    fix = "`response_model` or a return type for FastAPI, `@extend_schema` for REST framework, `schema.response` for Fastify"
    yield Alert(
        node=found.site.node,
        message=f"The served description does not say what {of} answer, {called(first)} first: clients are written by trial.",
        fix=f"Declare what they answer ({fix}); it also keeps fields in that nobody meant to send.",
        confidence=Confidence.LOW if found.whole else Confidence.MEDIUM,  # the description may tell of a part on purpose
        related=related(others, "does not say it either"),
        anchor=f"answers {MANY}" if found.whole else "answers",
    )
