"""What the statements of a function bind to names, read once a function: assignments, loops, `:=`."""

from typing import NamedTuple

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol


class Binding(NamedTuple):
    """`names` are bound to what is made of `used`; `name` is the one that gets `value` itself (each of it, in a loop)."""

    at: int
    name: str
    value: ir.Expr
    names: frozenset[str]
    used: frozenset[str]
    loop: ir.For | None = None


class Bindings:
    """The bindings of functions, kept."""

    def of(self, function: FunctionSymbol) -> tuple[Binding, ...]:
        """All bindings of a function, in source order."""
        return function.once(_bindings)

    def values(self, function: FunctionSymbol, name: str, before: int) -> list[ir.Expr]:
        """What is bound to a name before an offset, in source order."""
        return [one.value for one in self.of(function) if one.name == name and one.at < before]

    def derived(self, function: FunctionSymbol, names: set[str], inside: ir.Node | None = None) -> set[str]:
        """`names` and those that are made of them, in the function or in one of its statements."""
        found = set(names)
        for one in self.of(function):
            if (inside is None or inside.at <= one.at < inside.end) and not one.used.isdisjoint(found):
                found |= one.names
        return found


def names_in(node: ir.Node) -> frozenset[str]:
    """The names that an expression mentions."""
    return frozenset(one.id for one in ir.walk_scope(node) if isinstance(one, ir.Name))


def _bindings(function: FunctionSymbol) -> tuple[Binding, ...]:
    return tuple(found for node in function.scope if (found := _binding(node)) is not None)


def _binding(node: ir.Node) -> Binding | None:
    if isinstance(node, ir.Assign) and node.value is not None:
        names = frozenset(name for target in node.targets for name in names_in(target))
        single = next((one.id for one in node.targets if isinstance(one, ir.Name)), "")
        return Binding(node.at, single, node.value, names, names_in(node.value))
    if isinstance(node, ir.For):
        single = node.target.id if isinstance(node.target, ir.Name) else ""
        return Binding(node.at, single, node.iter, names_in(node.target), names_in(node.iter), node)
    if isinstance(node, ir.Walrus) and isinstance(node.target, ir.Name):
        return Binding(node.at, node.target.id, node.value, frozenset((node.target.id,)), names_in(node.value))
    return None
