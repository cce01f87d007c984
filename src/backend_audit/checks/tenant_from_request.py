"""Data of the tenant that a request names, for callers of whom nobody asks whether it is theirs."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, is_published, related
from backend_audit.finding import Confidence
from backend_audit.routes.model import Does, Route

RULE = "tenant-from-request"


@check(RULE)
def tenant_from_request(route: Route) -> Iterator[Alert]:
    """`select(Order).where(Order.tenant_id == data.tenant_id)` for a caller of whom only a login was asked."""
    if route.guarded(Does.AUTHORIZES) or is_published(route):
        return
    careful = [one for one in route.table.routes if one.consults]
    for lookup in route.lookups:
        python = lookup.mark.path.endswith(".py")
        if not lookup.tenant or (python and lookup.mark.path != route.mark.path):
            continue  # of a service of Node, it is known who calls it
        sure = (careful or route.caller_unused) and (python or lookup.owned)  # in Node: callers are known to belong to one
        yield Alert(
            path=lookup.mark.path,
            at=lookup.mark.at,
            end=lookup.mark.end,
            message=f"{called(route)} reads `{lookup.model}` of the tenant that the request names (`{lookup.key}`), and nothing "
            "asks whether the caller belongs to it: every user reaches every tenant's data.",
            fix="Take the tenant from the caller (`current_user.tenant_id`), or check that the caller is a member of it.",
            confidence=Confidence.MEDIUM if sure else Confidence.LOW,
            related=related([one for one in careful if one.group == route.group] or careful, "asks whose it is", 2),
            anchor=f"{route.name} {lookup.model} {lookup.key}",
        )
