"""What guards keep of the caller in the request, for handlers to ask for: `request.project = project_of(key)`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours

_HOLDERS = frozenset(("request", "req", "self.request", "request.state", "req.state", "g", "flask.g"))
_DENYING = frozenset((401, 403))
_TAKEN = frozenset(
    "method path args form data json headers body files params GET POST META cookies session url query_params status".split()
)


def kept_by_guards(engine: Engine, behaviours: Behaviours) -> Iterator[str]:
    """The names under which functions that turn callers away keep what they have found."""
    for function in engine.project.functions():
        found = set(_kept(function))
        if found and not behaviours.own(function).denies.isdisjoint(_DENYING):
            yield from found


def _kept(function: FunctionSymbol) -> Iterator[str]:
    for node in ir.walk_scope(*function.node.body):
        for target in node.targets if isinstance(node, ir.Assign) and isinstance(node.value, (ir.Name, ir.Call)) else ():
            if isinstance(target, ir.Attribute) and written(target.value) in _HOLDERS and target.attr not in _TAKEN:
                yield target.attr
