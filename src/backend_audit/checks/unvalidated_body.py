"""Bodies of requests that are read as they came, and whose values are stored or computed with unseen."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.checks._wording import advice_at
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route

RULE = "unvalidated-body"
_FIX = "Declare the body as a model with typed and bounded fields, or hold it to a schema before it is used."
_FIX_NODE = (
    "Hold the body to a schema with types and bounds before it is used, and take only what that gives: `schema.parse(req.body)`."
)


@check(RULE)
def values_unseen(route: Route) -> Iterator[Alert]:
    """`data = await request.json()`, then `Order(amount=data["amount"])`: one alert for a handler."""
    body = route.body
    if not is_first(route) or body.validated is not False or not body.uses:
        return
    use = body.uses[0]
    keys = ", ".join(f"`{one.key}`" for one in body.uses[:4])
    are = "is" if len(body.uses) == 1 else "are"
    validates = any((one.body.validated and one.body.schema) or one.body.looked for one in route.table.routes)
    yield Alert(
        path=use.mark.path,
        at=use.mark.at,
        end=use.mark.end,
        message=f"{called(route)} reads its body raw (`{body.read}`), and {keys} {are} {use.how} as a client sent it: "
        "any type, any size, or missing.",
        fix=advice_at(route, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM if validates and not body.looked else Confidence.LOW,
        steps=tuple(one.mark for one in body.uses[:6]),
        anchor=f"{route.name}:{use.key}",
    )
