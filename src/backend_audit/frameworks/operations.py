"""What the description tells of an operation of FastAPI besides its answer, read off the registration and the routers above it.

https://fastapi.tiangolo.com/tutorial/path-operation-configuration/, https://fastapi.tiangolo.com/advanced/additional-responses/
"""

from backend_audit import ir
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.operation import Operation
from backend_audit.routes.tree import Placed


def operation_of(placed: Placed, handler: FunctionSymbol, framework: str) -> Operation | None:
    """What is told of a route; None where that cannot be read, or nothing is described so."""
    own = placed.registration.site
    made = [one.site for router in placed.routers for one in router.creations[:1]]
    sites = [own, *made, *(one.site for one in placed.mounts)]
    if framework != "fastapi" or len(made) < len(placed.routers) or any(one.arg("**") is not None for one in sites):
        return None
    return Operation(
        summary=_given(own, "summary") is not None or _given(own, "description") is not None or _has_docstring(handler),
        tags=any(_given(one, "tags") is not None for one in sites),
        errors=any(tells_errors(one.value) for one in (_given(site, "responses") for site in sites) if one is not None),
    )


def operation_by(schema: Value | None, call: ir.Call | None) -> Operation | None:
    """What a schema object tells of a route (`{summary, tags, response}`); None where it, or the call's, cannot be read whole."""
    if schema is None or schema.items is None or schema.open or (call is not None and any(map(_spreads, ir.walk_scope(call)))):
        return None
    held = schema.items
    return Operation(
        summary="summary" in held or "description" in held,
        tags="tags" in held,
        errors=tells_errors(held.get("response", Value(kind="dict", items={}))),
    )


def tells_errors(answers: Value) -> bool:
    """Whether a table of answers by status holds one of an error, or cannot be read whole."""
    return (
        answers is UNKNOWN
        or answers.items is None
        or answers.open
        or answers.elem is not None
        or any(str(key)[:1] in "45d" for key in answers.items)
    )


def _spreads(node: ir.Node) -> bool:
    """Whether it takes entries from elsewhere: `{...common, querystring: {}}`."""
    return isinstance(node, ir.Container) and node.kind == "dict" and any(one.key is None for one in node.items)


def _given(site: Site, name: str) -> Operand | None:
    found = site.arg(name)
    return None if found is not None and found.value.is_just(value=None) else found


def _has_docstring(handler: FunctionSymbol) -> bool:
    first = next(iter(handler.node.body), None)
    said = first.value if isinstance(first, ir.ExprStmt) else None
    return isinstance(said, ir.Const) and isinstance(said.value, str)
