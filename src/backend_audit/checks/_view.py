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


def required_names(module: ir.Module) -> dict[str, str]:
    """Local name → API path for what `require` loads in a script: whole, taken apart, or a part of what was loaded before."""
    found: dict[str, str] = {}
    for node in statements(module.body):
        if isinstance(node, ir.Assign) and node.declares and len(node.targets) == 1:
            path = _loaded(node.value, found)
            if path:
                found.update(_bound(node.targets[0], path))
    return found


def _loaded(node: ir.Expr | None, known: dict[str, str]) -> str:
    """What an expression takes from a package: `require("path")`, `require("fs").promises`, `path.join`."""
    if isinstance(node, ir.Attribute):
        base = _loaded(node.value, known)
        return f"{base}.{node.attr}" if base else ""
    if isinstance(node, ir.Name):
        return known.get(node.id, "")
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "require" and len(node.args) == 1:
        name = node.args[0].value
        return name.value.removeprefix("node:") if isinstance(name, ir.Const) and isinstance(name.value, str) else ""
    return ""


def _bound(target: ir.Expr, path: str) -> Iterator[tuple[str, str]]:
    """The names that a target gives what `path` means: `{ join, sep: slash }`."""
    if isinstance(target, ir.Name):
        yield target.id, path
    elif isinstance(target, ir.Container) and target.kind == "dict":
        for item in target.items:
            key, name = item.key, item.value
            if isinstance(key, ir.Const) and isinstance(name, ir.Name) and not item.star:
                yield name.id, f"{path}.{key.value}"
