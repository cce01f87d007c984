"""Addresses that are their own credential: `/shared/{token}`, where the handler or a guard asks for the token."""

import re

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.constant_answers import answers_with_constants
from backend_audit.routes.intent import CAPABILITY
from backend_audit.routes.model import Route

_PART = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)(?::\w+)?\}")
_AT_ONCE = frozenset("path_params view_args kwargs match_info matchdict path url".split())  # all parts, or the address


def unread(route: Route) -> str:
    """The credential in a route's address that neither its handler nor a guard reads, so that anything may stand there."""
    handler = route.handler
    if handler is None or route.owner is not None or answers_with_constants(handler):
        return ""
    named = [name for part in CAPABILITY.findall(route.path) for pair in _PART.findall(part) for name in pair if name]
    if not named:
        return ""
    for function in (handler, *(guard.function for guard in route.guards if guard.function is not None)):
        if _takes_all(function):
            return ""
        used = {one.id for one in ir.walk(*function.node.body) if isinstance(one, ir.Name)}
        named = [one for one in named if one not in used or all(param.name != one for param in function.node.params)]
    return named[0] if named else ""


def _takes_all(function: FunctionSymbol) -> bool:
    """Whether a function gets the parts of the address in another way than by their names."""
    if any(param.kind == "kwargs" for param in function.node.params):
        return True
    return any(isinstance(one, ir.Attribute) and one.attr in _AT_ONCE for one in ir.walk(*function.node.body))
