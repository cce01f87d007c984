"""What addresses name by their variable parts, and who looks at it: `/workspaces/:slug`, `validWorkspace`."""

import re
from collections.abc import Set as AbstractSet

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import keyed
from backend_audit.routes.model import KNOWN, Does, Guard, Route, RouteTable

_NAME = re.compile(r"[A-Za-z_]\w*")
_PARAMETERS = re.compile(r"(^|\.)(params|path_params|match_info|kwargs|view_args|url_kwargs)$")
_TURNS_AWAY = (Does.AUTHENTICATES, Does.AUTHORIZES, Does.REJECTS, Does.DEPENDS, Does.VALIDATES)


def parameter(route: Route, place: str) -> str:
    """The name of the last variable part in the beginning `place` (`/workspaces/<>`) of the route's path; "" if there is none."""
    parts = [part for part in route.path.split("/") if part][: place.count("/")]
    variable = [part for part in parts if is_variable(part)]
    return named_by(variable[-1]) if variable else ""


def named_by(part: str) -> str:
    """The name of a variable part of an address: `<int:pk>`, `{id:int}`, `:id([0-9]+)`; "" for one without."""
    found = _NAME.findall(part.partition("(")[0])
    return (found[-1] if part[:1] == "<" else found[0]) if found else ""


def holding(route: Route, place: str, known: AbstractSet[str]) -> list[Guard]:
    """The guards of the route, but for those `known`, that look at its variable part in `place`, as far as they can be read."""
    own = [one for one in route.guards if one.name not in known and one.has(*_TURNS_AWAY) and not _only_knows_callers(one)]
    name = parameter(route, place) if own else ""
    return [one for one in own if one.function is None or reads(route.table, one.function, name)]


def _only_knows_callers(guard: Guard) -> bool:
    """Whether a library's guard asks for a login and for nothing else, or only how something is written (a schema)."""
    return (guard.because == KNOWN and guard.does == {Does.AUTHENTICATES}) or (
        guard.function is None and guard.does == {Does.VALIDATES}
    )


def reads(table: RouteTable, function: FunctionSymbol | None, name: str) -> bool:
    """Whether a function reads the variable part `name` of the address: `req.params.slug`, a parameter called like it."""
    if function is None:
        return False
    known = table.read.get((function.key, name))
    if known is None:
        takes = any(param.name == name for param in function.node.params)
        known = table.read[function.key, name] = any(
            _reads(node, name) or (takes and isinstance(node, ir.Name) and node.id == name)
            for node in ir.walk(*function.node.body)
        )
    return known


def _reads(node: ir.Node, name: str) -> bool:
    if isinstance(node, ir.Attribute):
        return node.attr == name and _is_parameters(node.value)
    if isinstance(node, (ir.Index, ir.Call)):  # `kwargs["slug"]`, `kwargs.get("slug")`
        base, key = keyed(node, ("get", "pop"))
        return base is not None and key == name and _is_parameters(base)
    if isinstance(node, ir.Assign) and node.value is not None and _is_parameters(node.value):  # `const { slug } = req.params`
        patterns = [one for one in node.targets if isinstance(one, ir.Container)]
        return any(isinstance(item.key, ir.Const) and item.key.value == name for one in patterns for item in one.items)
    return isinstance(node, ir.Function) and any(param.name == name for param in node.params)


def _is_parameters(node: ir.Expr) -> bool:
    return bool(_PARAMETERS.search(written(node)))
