"""What a check of IR nodes may ask about the file that the node stands in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from backend_audit import ir
from backend_audit.link.symbols import statements
from backend_audit.source import Role


@dataclass(slots=True)
class FileView:
    """One file while its nodes are visited. `ancestors` runs from the module's statement down to the node's parent."""

    module: ir.Module
    role: Role
    text: str
    ancestors: list[ir.Node] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)  # local name → dotted API path, from the file's own imports
    given: dict[int, dict[str, list[ir.Expr]]] = field(default_factory=dict)  # of bodies that were asked for, by their identity

    def source(self, node: ir.Node) -> str:
        """The text of `node` as written."""
        return self.text[node.at : node.end]

    def api(self, node: ir.Expr | None) -> str | None:
        """The dotted API path that `node` means by this file's imports; a bare name that is not imported stays as it is."""
        if isinstance(node, ir.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ir.Attribute):
            base = self.api(node.value)
            return None if base is None else f"{base}.{node.attr}"
        if isinstance(node, ir.Call):
            base = self.api(node.func)
            return None if base is None else f"{base}()"
        return None

    def enclosing(self, *kinds: type[ir.Node]) -> ir.Node | None:
        """The nearest ancestor of one of `kinds`."""
        return next((node for node in reversed(self.ancestors) if isinstance(node, kinds)), None)

    def function(self) -> ir.Function | None:
        """The function whose body the node stands in."""
        found = self.enclosing(ir.Function)
        return found if isinstance(found, ir.Function) else None

    def comments_between(self, at: int, end: int) -> Iterator[ir.Comment]:
        """The comments that begin in [at, end)."""
        return (comment for comment in self.module.comments if at <= comment.at < end)


@lru_cache(maxsize=128)  # checks of one file ask one after the other
def local_imports(module: ir.Module) -> dict[str, str]:
    """Local name → API path for every absolute import anywhere in the file; relative ones keep their dots."""
    found: dict[str, str] = {}
    for node in statements(module.body):
        if isinstance(node, ir.Import):
            base = "." * node.level + node.module
            for alias in node.names:
                if alias.name is None:
                    head = node.module.partition(".")[0]
                    found[alias.asname] = head if alias.asname == head else node.module
                elif alias.name != "*":
                    found[alias.asname] = f"{base}.{alias.name}" if base else alias.name
    return found
