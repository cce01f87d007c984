"""The committed OpenAPI file and the routes say different things."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.drift import Drift

RULE = "api-description-drift"


@check(RULE)
def api_description_drift(drift: Drift) -> Iterator[Alert]:
    """A described operation without a route, a route without a description, promised security that is not there."""
    operation, route = drift.operation, drift.route
    if drift.kind == "vanished" and operation is not None:
        yield Alert(
            node=drift.site.node,
            message=f"`{operation.method} {operation.shown}` is described here, and no route answers it.",
            fix="Remove it from the description, or mount its route.",
            confidence=Confidence.MEDIUM,
            anchor=f"{operation.method} {operation.shown}",
        )
    elif drift.kind == "unguarded" and route is not None and operation is not None:
        yield Alert(
            node=drift.site.node,
            message=f"`{drift.description}` promises that {called(route)} demands a credential, and it asks nobody: {route.why}.",
            fix="Put the guard on the route, or say `security: []` in the description if it is meant to be open.",
            confidence=Confidence.MEDIUM,
            related=(operation.mark,),
            anchor=f"unguarded {called(route)}",
        )
    elif drift.kind == "open" and operation is not None:
        yield Alert(
            node=drift.site.node,
            message=f"This file promises of {drift.described} operations that callers are asked who they are, and "
            f"{len(drift.missing)} of their routes ask nobody: {', '.join(called(one) for one in drift.missing[:3])}, ….",
            fix="Put a guard in front of the routes, or say `security: []` in the description where they are meant to be open.",
            confidence=Confidence.MEDIUM,
            related=tuple(one.mark for one in drift.missing[:5]),
            anchor="open",
        )
    elif drift.kind == "partial":
        yield Alert(
            node=drift.site.node,
            message=f"This file describes {drift.described} of the {drift.described + len(drift.missing)} routes there; "
            f"{', '.join(called(one) for one in drift.missing[:3])} and {len(drift.missing) - 3} more are missing.",
            fix="Describe them, or generate the description from the code.",
            confidence=Confidence.MEDIUM,
            related=tuple(one.mark for one in drift.missing[:5]),
            anchor="partial",
        )
    elif drift.kind == "undocumented" and route is not None:
        yield Alert(
            node=drift.site.node,
            message=f"{called(route)} is missing from `{drift.description}`, which describes the routes beside it.",
            fix="Describe it there, or generate the description from the code.",
            confidence=Confidence.MEDIUM,
            anchor=f"undocumented {called(route)}",
        )
