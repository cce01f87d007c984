"""Guards and handlers that believe what a client says of itself: who it is, what it may, where it comes from."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, related
from backend_audit.finding import Confidence
from backend_audit.routes.model import Claim, Route

RULE = "client-controlled-authorization"

_SAYS = {
    "who": "who calls it",
    "what": "what its caller may do",
    "right": "which rights are given",
    "where": "whether its caller is let in",
    "skip": "whether the check of its callers is made at all",
    "act": "whether that is done",
}


@check(RULE)
def believed(route: Route) -> Iterator[Alert]:
    """`User.query.get(request.headers["X-User-Id"])`; told once for each place."""
    for claim in route.claims:
        if next(one for one in route.table.routes if claim in one.claims) is not route:
            continue
        others = [one for one in route.table.routes if claim in one.claims]
        rest = f" and {len(others) - 1} more routes" if len(others) > 1 else ""
        yield Alert(
            path=claim.mark.path,
            at=claim.mark.at,
            end=claim.mark.end,
            message=_told(claim, f"{called(route)}{rest}"),
            fix="Let a credential decide that the client cannot make itself (a session, a signed token, a secret of the proxy "
            "that sets the header), and take rights from what is stored of the user.",
            confidence=Confidence.MEDIUM,
            related=related(others[1:], "relies on it too"),
            anchor=f"{claim.kind} {claim.name} {route.name}",
        )


def _told(claim: Claim, routes: str) -> str:
    if claim.kind == "same":
        return f"`{claim.name}` are compared for {routes}, and the client writes both: whoever sends the same twice passes."
    said = f"{_named(claim)} decides {_SAYS[claim.kind]} for {routes}, and a client writes there what it likes: "
    return said + ("anybody can do that." if claim.kind in ("act", "skip") else "anybody can pass for anybody.")


def _named(claim: Claim) -> str:
    of_header = "." not in claim.name and (claim.kind != "what" or "-" in claim.name)
    return f"The header `{claim.name}`" if of_header else f"`{claim.name}` of the request"
