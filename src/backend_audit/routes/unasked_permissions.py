"""Permissions that are to be asked of an object, on REST views that look it up themselves, so that nothing ever asks them.

`@permission_classes([MayRead])` above a function: only `get_object` of a generic view calls `has_object_permission`.
https://www.django-rest-framework.org/api-guide/permissions/#object-level-permissions
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Lookup, Route
from backend_audit.routes.reach import reached
from backend_audit.routes.readings import Reading
from backend_audit.routes.whole_querysets import asked_of_objects, lets_library, object_permissions

if TYPE_CHECKING:
    from backend_audit.routes.scoping import Scoping

_ASK = frozenset("has_object_permission check_object_permissions get_object".split())
_VIEW, _PERMITTED = "rest_framework.decorators.api_view", "rest_framework.decorators.permission_classes"
_DEPTH = 3


def unasked(scoping: "Scoping", route: Route, handler: FunctionSymbol) -> Iterator[Lookup]:
    """The first look-up by an id of the request in a handler whose permission for objects nothing asks."""
    permissions = _permissions(scoping, route, handler)
    if not permissions or any(_tells(scoping, one) for one in permissions):
        return
    every = (one for level in reached(scoping.engine, handler, _DEPTH) for one in level)
    if any(last_word(call.func) in _ASK or lets_library(call) for one in every for call in one.scope.of(ir.Call)):
        return
    reading, frame = scoping.reading(handler), scoping.engine.frame(handler.module, handler)
    callers = reading.callers(scoping.known_callers(handler))
    if any(reading.mentions.caller(one.test, callers) for one in handler.scope.of(ir.If)):
        return
    known = reading.ids(frozenset(scoping.ids_of(route, handler)))
    for node in reading.calls:
        found = scoping.lookup(frame, reading, node, known)
        if found is not None and found.model and not found.tenant and not _with_caller(handler, reading, node, callers):
            name = permissions[0].node.name
            yield replace(found, owned="", odd=f"`{name}.has_object_permission`, which says who may, is never asked here")
            return


def _with_caller(handler: FunctionSymbol, reading: Reading, lookup: ir.Call, callers: frozenset[str]) -> bool:
    """Whether a look-up asks for the caller too, or what it gives goes into a call together with the caller."""
    assigns = [one for one in handler.scope.of(ir.Assign) if one.value is not None]
    kept = {target.id for one in assigns if _holds(one.value, lookup) for target in one.targets if isinstance(target, ir.Name)}
    for call in (one for one in reading.calls if reading.mentions.caller(one, callers)):
        if any(one is lookup or (isinstance(one, ir.Name) and one.id in kept) for one in ir.walk_scope(call)):
            return True
    return False


def _holds(node: ir.Expr | None, lookup: ir.Call) -> bool:
    return node is not None and any(one is lookup for one in ir.walk_scope(node))


def _permissions(scoping: "Scoping", route: Route, handler: FunctionSymbol) -> list[ClassSymbol]:
    """Those of its class, or of the decorator of a function that `@api_view` makes a view."""
    if route.owner is not None:
        return asked_of_objects(scoping.engine, route.owner) or []
    frame = scoping.engine.frame(handler.module)
    calls = [(one, frame.eval(one.func).apis) for one in handler.node.decorators if isinstance(one, ir.Call)]
    if not any(_VIEW in apis for _, apis in calls):
        return []
    told = (arg.value for one, apis in calls if _PERMITTED in apis for arg in one.args)
    return [each for one in told for each in object_permissions(frame, scoping.engine, one)]


def _tells(scoping: "Scoping", permission: ClassSymbol) -> bool:
    """Whether a permission looks the object up itself before the view runs, by what the address names: `view.kwargs["pk"]`."""
    method = scoping.engine.find_method(permission, "has_permission")
    return method is not None and any(map(_reads_address, method.scope))


def _reads_address(node: ir.Node) -> bool:
    """`view.kwargs["pk"]`, `view.kwargs.get("pk")`; `"pk" in view.kwargs` only asks whether there is one."""
    if isinstance(node, ir.Index):
        return last_word(node.value) == "kwargs"
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and last_word(node.func.value) == "kwargs"
