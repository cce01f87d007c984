"""Whether what a call gives outlasts the function that makes the call: then it is made once, and not for each request."""

import re

from backend_audit import ir
from backend_audit.flow.moments import CallSite
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.source import SCRIPTS

_KEEPS = re.compile(r"cache|memo|singleton|once|fixture|cached", re.IGNORECASE)


def is_kept(call: ir.Node, function: FunctionSymbol) -> bool:
    """Whether what `call` gives is put where it stays: a variable outside of the function, a field, an entry of either."""
    if any(_KEEPS.search(decorator_name(one)) for one in function.node.decorators):
        return True
    body = list(function.scope)
    own = _own(function, body)
    held: set[str] = set()
    for node in body:
        targets = node.targets if isinstance(node, ir.Assign) else [node.target] if isinstance(node, ir.Walrus) else []
        value = node.value if isinstance(node, (ir.Assign, ir.Walrus)) else None
        if value is None or not (value.at <= call.at < value.end or (isinstance(value, ir.Name) and value.id in held)):
            continue
        if any(_stays(target, own) for target in targets):
            return True
        held.update(target.id for target in targets if isinstance(target, ir.Name))
    return False


def is_kept_on(steps: list[CallSite]) -> bool:
    """Whether one of the calls that lead to a place puts what comes of it where it stays."""
    return any(is_kept(one.node, one.caller) for one in steps)


def _own(function: FunctionSymbol, body: list[ir.Node]) -> set[str]:
    """The names that live as long as a call of the function."""
    params = function.node.params[1:] if function.binds_first else function.node.params
    own = {param.name for param in params if param.kind != "receiver"}
    declares = function.module.node.language in SCRIPTS
    for node in body:
        if isinstance(node, ir.Assign) and (node.declares or not declares):
            own.update(target.id for target in node.targets if isinstance(target, ir.Name))
    return own.difference(name for node in body if isinstance(node, ir.Scope) for name in node.names)


def _stays(target: ir.Expr, own: set[str]) -> bool:
    """Whether a target is a variable outside of the function, or a part of one."""
    while isinstance(target, (ir.Attribute, ir.Index)):
        target = target.value
    return isinstance(target, ir.Name) and target.id not in own
