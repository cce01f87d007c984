"""Guards that let a request through for a piece of its address, which the client can write into any address."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Route

RULE = "guard-skipped-by-address-piece"


@check(RULE)
def guard_skipped_by_address_piece(route: Route) -> Iterator[Alert]:
    """`if (req.url.includes("/public")) return next();` of a guard, told at the first route that it covers."""
    for skip in route.skips:
        how = (
            "and the query, which any client may add to any address, belongs to it"
            if skip.query
            else "and what stands for a variable part of an address may hold that piece"
        )
        yield Alert(
            path=skip.mark.path,
            at=skip.mark.at,
            end=skip.mark.end,
            message=f"`{skip.guard}`, which guards {called(route)} and others, lets a request through wherever "
            f"{skip.mark.note}: a piece of the address is enough, {how}.",
            fix='Compare the whole path, or its beginning (`req.path.startsWith("/public/")`); better, put the guard on the '
            "routes that need it.",
            confidence=Confidence.MEDIUM if skip.query else Confidence.LOW,
            anchor=f"{skip.guard} {skip.mark.note}",
        )
