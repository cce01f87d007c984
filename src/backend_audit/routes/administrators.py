"""What only administrators of the whole service reach: it tells them of a machine that is theirs."""

from backend_audit import ir
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.handling import Handling
from backend_audit.routes.model import Auth, Does, Guard, Route, RouteTable

_TURNS_AWAY = (Does.AUTHENTICATES, Does.AUTHORIZES, Does.REJECTS)
ADMINISTRATORS = frozenset("admin admins administrator superadmin superuser sysadmin root".split())
_OTHERS = frozenset(  # who is let in besides, or an administrator of a part of it
    "or any member owner user editor manager workspace project team organization organisation org space tenant group household "
    "room channel company account customer domain site".split()
)


def for_administrators(table: RouteTable) -> Handling:
    """The places in handlers all of whose routes only administrators may call."""
    return Handling(table, lambda route: any(map(for_one, route.guards)) or _signed_in(table, route))


def asked_of_administrators(function: FunctionSymbol) -> tuple[str, ...]:
    """What a function asks of callers that few are: `return current_user.is_authenticated and current_user.is_admin`."""
    asked = function.scope.of(ir.Attribute)
    found = {word for one in asked if "user" in written(one.value) for word in words(one.attr)}
    return tuple(sorted(found & ADMINISTRATORS))


def _signed_in(table: RouteTable, route: Route) -> bool:
    return table.only_administrators and route.auth is Auth.REQUIRED


def for_one(guard: Guard) -> bool:
    """Whether a guard lets only administrators of the whole service through, by its name or by what it is told."""
    if not guard.has(*_TURNS_AWAY):
        return False
    told = words(guard.name)
    named = {one for before, one in zip(["", *told], told, strict=False) if one != "user" or before not in ADMINISTRATORS}
    if not named.isdisjoint(_OTHERS):
        return False
    asked = [set(words(scope)) for scope in guard.scopes]
    return not named.isdisjoint(ADMINISTRATORS) or (bool(asked) and all(one <= ADMINISTRATORS for one in asked))
