"""What a body only assigns to, or opens itself: it looks at nobody by that."""

from backend_audit import ir
from backend_audit.flow.written import written


def stored_into(body: list[ir.Stmt]) -> set[int]:
    """The identities of the nodes that are only assigned to, and of sessions that are opened here: they are a database's."""
    nodes = list(ir.walk_scope(*body))
    targets = [one for node in nodes if isinstance(node, ir.Assign) for one in node.targets]
    opened = {written(one.target) for node in nodes if isinstance(node, ir.With) for one in node.items if one.target is not None}
    return {id(one) for one in (*ir.walk_scope(*targets), *(one for one in nodes if written(one) == "session" in opened))}
