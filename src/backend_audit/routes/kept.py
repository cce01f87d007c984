"""What guards keep of the caller in the request, for handlers to ask for: `request.project = project_of(key)`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.model import Auth, Route, Verdict

_HOLDERS = frozenset(("request", "req", "self.request", "request.state", "req.state", "g", "flask.g"))
_DENYING = frozenset((401, 403))
_TAKEN = frozenset(
    "method path args form data json headers body files params GET POST META cookies session url query_params status".split()
)


def kept_by_guards(engine: Engine, behaviours: Behaviours) -> Iterator[str]:
    """The names under which functions that turn callers away keep what they have found."""
    for function in engine.project.functions():
        found = function.once(kept)
        if found and not behaviours.own(function).denies.isdisjoint(_DENYING):
            yield from found


def kept(function: FunctionSymbol) -> frozenset[str]:
    """The names under which a function keeps what it has found in the request."""
    nodes = (one for one in function.scope.of(ir.Assign) if isinstance(one.value, (ir.Name, ir.Call)))
    targets = (target for one in nodes for target in one.targets if isinstance(target, ir.Attribute))
    return frozenset(one.attr for one in targets if one.attr not in _TAKEN and written(one.value) in _HOLDERS)


def settle_unfilled(routes: list[Route], engine: Engine, behaviours: Behaviours) -> None:
    """Note of open routes what their handlers ask the request for although guards alone put it there, and none of these runs."""
    keepers = _sole_keepers(engine, behaviours) if any(one.verdict is Verdict.OPEN for one in routes) else {}
    for route in routes:
        if route.verdict is not Verdict.OPEN or route.auth is not Auth.NONE or route.handler is None or not keepers:
            continue
        for node in route.handler.scope:
            name = _name(node) if isinstance(node, ir.Attribute) else ""
            if name in keepers and not (name == "request.user" and route.framework == "django"):
                route.unfilled = (written(node), keepers[name])
                break


def _sole_keepers(engine: Engine, behaviours: Behaviours) -> dict[str, str]:
    """What functions that turn callers away put into the request and no others do, each with one of these functions."""
    found: dict[str, str] = {}
    others: set[str] = set()
    for function in engine.project.functions():
        nodes = function.scope.of(ir.Assign)
        names = {name for node in nodes for one in node.targets if isinstance(one, ir.Attribute) and (name := _name(one))}
        if names and behaviours.own(function).denies.isdisjoint(_DENYING):
            others |= names
        found |= dict.fromkeys(names, function.node.name)
    return {name: keeper for name, keeper in found.items() if name not in others}


def _name(node: ir.Attribute) -> str:
    """`g.user`, `request.project`; "" of what is no part of the request, or is the framework's own."""
    holder = written(node.value)
    return f"{holder.rpartition('.')[2]}.{node.attr}" if holder in _HOLDERS and node.attr not in _TAKEN else ""
