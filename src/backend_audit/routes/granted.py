"""Rights that a handler gives to who claims to come from somewhere: the test of a header in front of `isAdmin = true`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import WHERE, HeaderReads, is_privilege
from backend_audit.routes.model import Claim
from backend_audit.source import Mark


def granted_by(handler: FunctionSymbol | None) -> tuple[Claim, ...]:
    """What a handler, or a function in it, gives rights for."""
    bodies = () if handler is None else (handler, *handler.nested)
    return tuple(dict.fromkeys(one for body in bodies for one in granted(body, HeaderReads(body))))


def granted(function: FunctionSymbol, reads: HeaderReads) -> Iterator[Claim]:
    """`if (url.parse(req.get("Referer")).path === "/setup") isAdmin = true`."""
    if not reads.nodes:
        return
    for node in function.scope:
        if not isinstance(node, ir.If) or not any(_grants(one) for one in node.body):
            continue
        name = next((name for one in ir.walk_scope(node.test) if (name := reads.of(one)) in WHERE), "")
        if name:
            note = f"`{name}` decides who gets the right"
            yield Claim("right", name, Mark(function.module.path, node.test.at, node.test.end, note))


def _grants(node: ir.Stmt) -> bool:
    """`user.is_admin = True`: a privilege is switched on."""
    if isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Walrus):
        targets, given = [node.value.target], node.value.value
    elif isinstance(node, ir.Assign) and node.value is not None:
        targets, given = node.targets, node.value
    else:
        return False
    switched_on = isinstance(given, ir.Const) and given.value is True
    return switched_on and any(is_privilege(written(one).rpartition(".")[2]) for one in targets)
