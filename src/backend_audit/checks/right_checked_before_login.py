"""Rights that are asked of a caller whom a later guard looks up only."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._routes import at_guard, called
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.guards import RIGHTS_OF_KNOWN
from backend_audit.routes.model import Does, Guard, Route

RULE = "right-checked-before-login"

_SET_BY_LIBRARIES = frozenset(("user", "auth", "session"))  # passport, express-jwt, express-session
_CALLER = frozenset("user account auth session identity principal member current_user currentUser viewer".split())


@check(RULE)
def right_checked_before_login(route: Route) -> Iterator[Alert]:
    """`app.delete("/x", requireRole("admin"), authenticate, …)`: nobody has a role yet, and nobody is turned away."""
    for at, guard in enumerate(route.guards):
        if guard.because != RIGHTS_OF_KNOWN:
            if guard.has(Does.AUTHENTICATES, Does.IDENTIFIES):
                return
            continue
        login = next((one for one in route.guards[at + 1 :] if one.has(Does.AUTHENTICATES)), None)
        if login is not None and any(_same(read, kept) for read in _reads(guard) for kept in _sets(login)):
            yield from at_guard(
                guard,
                message=f"`{guard.name}` runs before `{login.name}`, which looks up who calls {called(route)}: it sees nobody, "
                "lets everybody through, and whoever signs in gets past it.",
                fix=f"Put `{guard.name}` behind `{login.name}`, and let it turn away who has not said who it is.",
                confidence=Confidence.HIGH,
                anchor=f"{route.name} {route.path}",
            )
        return


def _reads(guard: Guard) -> frozenset[str]:
    """Where a guard looks for the caller: `user`, `session.user`."""
    found = (_place(one) for one in _nodes(guard.function) if isinstance(one, ir.Attribute) and one.attr in _CALLER)
    return frozenset(one for one in found if one)


def _sets(guard: Guard) -> frozenset[str]:
    """Where a guard leaves the caller for what comes after it."""
    if guard.function is None:
        return _SET_BY_LIBRARIES
    targets = (target for node in _nodes(guard.function) if isinstance(node, ir.Assign) for target in node.targets)
    found = (_place(target) for target in targets if isinstance(target, ir.Attribute))
    return frozenset(one for one in found if one)


def _place(node: ir.Attribute) -> str:
    """A part of the request, or of what stands for it, without the name of that: `session.user` of `req.session.user`."""
    return written(node).partition(".")[2]


def _same(read: str, kept: str) -> bool:
    """Whether what is left in one place is found in another: who fills `session` fills `session.user`."""
    return read == kept or read.startswith(f"{kept}.")


def _nodes(function: FunctionSymbol | None) -> Iterator[ir.Node]:
    return iter(()) if function is None else ir.walk(*function.node.body)
