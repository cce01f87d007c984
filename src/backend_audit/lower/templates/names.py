"""The names that a template takes from outside."""

from collections.abc import Iterator, Sequence

from backend_audit import ir

_BUILTIN = frozenset(
    "loop self super varargs kwargs caller forloop block range dict lipsum cycler joiner namespace _ gettext ngettext True False "
    "None".split()
)


def free_names(body: Sequence[ir.Stmt]) -> list[tuple[str, int]]:
    """Each name that is read before anything here binds it, with the offset of its first use, in source order."""
    found: dict[str, int] = {}
    _Walk(found).block(body, set(_BUILTIN))
    return sorted(found.items(), key=lambda one: one[1])


class _Walk:
    def __init__(self, found: dict[str, int]) -> None:
        self.found = found

    def block(self, body: Sequence[ir.Stmt], bound: set[str]) -> None:
        for node in body:
            self.statement(node, bound)

    def statement(self, node: ir.Stmt, bound: set[str]) -> None:
        if isinstance(node, ir.Assign):
            if node.value is not None:
                self.read(node.value, bound)
            for target in node.targets:
                bound.update(_targets(target))
        elif isinstance(node, ir.For):
            self.read(node.iter, bound)
            inner = bound | set(_targets(node.target))
            self.block(node.body, inner)
            self.block(node.orelse, bound)
        elif isinstance(node, ir.If):
            self.read(node.test, bound)
            one, other = set(bound), set(bound)
            self.block(node.body, one)
            self.block(node.orelse, other)
            bound |= one & other
        elif isinstance(node, ir.Function):
            bound.add(node.name)
            for param in node.params:
                if param.default is not None:
                    self.read(param.default, bound)
            self.block(node.body, bound | {param.name for param in node.params})
        elif isinstance(node, ir.Include):
            self.read(node.template, bound)
            for arg in node.args:
                self.read(arg.value, bound)
            bound.update(alias.asname for alias in node.names)
        else:
            for child in ir.children(node):
                self.read(child, bound)

    def read(self, node: ir.Node, bound: set[str]) -> None:
        for one in ir.walk(node):
            if isinstance(one, ir.Name) and one.id not in bound and one.id.isidentifier():
                self.found[one.id] = min(one.at, self.found.get(one.id, one.at))


def _targets(node: ir.Expr) -> Iterator[str]:
    if isinstance(node, ir.Name):
        yield node.id
    elif isinstance(node, ir.Container):
        for item in node.items:
            yield from _targets(item.value)
