"""Express applications without an error handler of their own: what fails is answered by the framework's."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route

RULE = "missing-error-handler"


@check(RULE)
def missing_error_handler(route: Route) -> Iterator[Alert]:
    """`app.get(…); app.listen(80)` and no `app.use((error, req, res, next) => …)`; told once, at the first route."""
    served = [one for one in route.table.routes if one.framework == "express"]
    if not served or served[0] is not route or "error-handler" in route.table.signs or "application" not in route.table.signs:
        return
    yield Alert(
        path=route.registered.path,
        at=route.registered.at,
        end=route.registered.end,
        message="No error handler is in this application (a middleware with the parameters `error, req, res, next`): Express "
        "answers what fails itself, with the stack trace unless NODE_ENV is `production`, and nobody logs it in your own form.",
        fix="End the middleware with `app.use((error, req, res, next) => { log(error); res.sendStatus(500); })`.",
        confidence=Confidence.MEDIUM,
        anchor="error handler",
    )
