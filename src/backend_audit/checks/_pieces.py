"""Texts that are put together, as they are written: their pieces in order, names followed to what they are given."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import last_name, scope
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import dotted

DEPTH = 4  # names that are followed one after the other
_JOINING = frozenset(("join", "resolve", "normalize", "dirname", "relative", "realpathSync"))


def pieces(node: ir.Expr, site: Site, depth: int = DEPTH) -> Iterator[str | ir.Expr]:
    """The texts and the expressions of which a text is put together, in order."""
    if isinstance(node, ir.Binary) and node.op == "+":
        yield from pieces(node.left, site, depth)
        yield from pieces(node.right, site, depth)
    elif isinstance(node, ir.Template):
        for part in node.parts:
            yield from pieces(part.value if isinstance(part, ir.Hole) else part, site, depth)
    elif isinstance(node, ir.Const):
        yield str(node.value)
    else:
        value = assigned(node.id, site) if isinstance(node, ir.Name) and depth > 0 else None
        yield from pieces(value, site, depth - 1) if isinstance(value, (ir.Binary, ir.Template, ir.Const)) else (node,)


def path_pieces(node: ir.Expr, site: Site, depth: int = DEPTH) -> Iterator[str | ir.Expr]:
    """As `pieces`, with those of `path.join(…)` and of what a name is given."""
    for piece in pieces(node, site, depth):
        value = assigned(piece.id, site) if isinstance(piece, ir.Name) and depth > 0 else piece
        if isinstance(value, ir.Call) and last_name(value.func) in _JOINING:
            for arg in value.args:
                yield from path_pieces(arg.value, site, depth - 1)
        elif value is not None and value is not piece and not isinstance(value, str):
            yield from path_pieces(value, site, depth - 1)
        else:
            yield piece


def called(node: ir.Expr) -> str | None:
    """The name of what is called or read: `os.tmpdir` of `os.tmpdir()`."""
    return dotted(node.func if isinstance(node, ir.Call) else node)


def begins_in(node: ir.Expr, site: Site, folders: frozenset[str]) -> bool:
    """Whether a path begins with one of `folders`, such as `__dirname` or `os.tmpdir()`."""
    first = next(path_pieces(node, site), "")
    return not isinstance(first, str) and called(first) in folders


def assigned(name: str, site: Site) -> ir.Expr | None:
    """What the name is given here or in the module, if that is one thing."""
    for body in (scope(site), site.module.body if site.module is not None else ()):
        found = [
            node.value
            for node in ir.walk_scope(*body)
            if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == name for one in node.targets)
        ]
        if found:
            return found[0] if len(found) == 1 else None
    return None
