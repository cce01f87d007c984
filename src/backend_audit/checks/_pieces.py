"""Texts that are put together, as they are written: their pieces in order, names followed to what they are given."""

from collections.abc import Iterator
from itertools import islice

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import dotted, last_word

DEPTH = 4  # names that are followed one after the other
_MOST = 500  # pieces of one text; names made of names made of names become more than anybody writes
_JOINING = frozenset(("join", "resolve", "normalize", "dirname", "relative", "realpathSync"))


def pieces(node: ir.Expr, site: Site, depth: int = DEPTH) -> Iterator[str | ir.Expr]:
    """The texts and the expressions of which a text is put together, in order; of very many the first."""
    return islice(_pieces(node, site, depth), _MOST)


def _pieces(node: ir.Expr, site: Site, depth: int) -> Iterator[str | ir.Expr]:
    if isinstance(node, ir.Binary) and node.op == "+":
        for one in _added(node):
            yield from _pieces(one, site, depth)
    elif isinstance(node, ir.Template):
        for part in node.parts:
            yield from _pieces(part.value if isinstance(part, ir.Hole) else part, site, depth)
    elif isinstance(node, ir.Const):
        yield str(node.value)
    else:
        value = assigned(node.id, site) if isinstance(node, ir.Name) and depth > 0 else None
        yield from _pieces(value, site, depth - 1) if isinstance(value, (ir.Binary, ir.Template, ir.Const)) else (node,)


def _added(node: ir.Expr) -> list[ir.Expr]:
    """`a + b + c` from left to right: long texts are sums of very many lines."""
    found: list[ir.Expr] = []
    while isinstance(node, ir.Binary) and node.op == "+":
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def path_pieces(node: ir.Expr, site: Site, depth: int = DEPTH) -> Iterator[str | ir.Expr]:
    """As `pieces`, with those of `path.join(…)` and of what a name is given."""
    return islice(_path_pieces(node, site, depth), _MOST)


def _path_pieces(node: ir.Expr, site: Site, depth: int) -> Iterator[str | ir.Expr]:
    for piece in pieces(node, site, depth):
        value = assigned(piece.id, site) if isinstance(piece, ir.Name) and depth > 0 else piece
        if isinstance(value, ir.Call) and last_word(value.func) in _JOINING:
            for arg in value.args:
                yield from _path_pieces(arg.value, site, depth - 1)
        elif value is not None and value is not piece and not isinstance(value, str):
            yield from _path_pieces(value, site, depth - 1)
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
