"""Applications that leave it to their framework what a client sees when a handler fails."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.unhandled import UnhandledErrors

RULE = "no-error-handler"

_AS_IT_COMES = {
    "Express": "Express answers with a page of HTML, and with the stack trace unless NODE_ENV is `production`",
    "Fastify": "Fastify answers with the text of the error, whatever that tells",
    "FastAPI": "FastAPI answers with the bare text `Internal Server Error`, which no client of a JSON API can read",
    "Flask": "Flask answers with a page of HTML, which no client of a JSON API can read",
    "Koa": "Koa answers with a bare text, and writes the error to stderr",
}
_HOW = {
    "Express": "`app.use((err, req, res, next) => …)` after all routes",
    "Fastify": "`fastify.setErrorHandler((error, request, reply) => …)`",
    "FastAPI": "`@app.exception_handler(Exception)`",
    "Flask": "`@app.errorhandler(Exception)`, which lets `HTTPException` through",
    "Koa": "a first `app.use(async (ctx, next) => { try { await next() } catch (error) { … } })`",
}


@check(RULE)
def no_error_handler(found: UnhandledErrors) -> Iterator[Alert]:
    """`app = FastAPI()` without `@app.exception_handler(Exception)`."""
    some = ", only particular ones" if found.some else ""
    yield Alert(
        node=found.site.node,
        message=f"Nothing handles the errors that {found.routes} routes let through{some}: {_AS_IT_COMES[found.framework]}.",
        fix=f"Register one handler for all errors, which logs them and answers 500 with the body that other errors have: "
        f"{_HOW[found.framework]}.",
        confidence=Confidence.MEDIUM,
        anchor=found.framework,
    )
