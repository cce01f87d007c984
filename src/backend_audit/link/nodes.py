"""The nodes of one body, in the order of a walk and by kind: walked once, however many ask."""

from collections.abc import Iterable, Iterator
from typing import TypeVar, cast

from backend_audit import ir

_Kind = TypeVar("_Kind", bound=ir.Node)


class Nodes:
    """What a walk through a body comes past. Kept for as long as the project is: a project's functions are asked by many."""

    __slots__ = ("_by_kind", "_every")

    def __init__(self, walked: Iterable[ir.Node]) -> None:
        self._every = tuple(walked)
        self._by_kind: dict[type[ir.Node], tuple[ir.Node, ...]] = {}

    def __iter__(self) -> Iterator[ir.Node]:
        return iter(self._every)

    def of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Those of one kind, in the same order."""
        if not self._by_kind:
            found: dict[type[ir.Node], list[ir.Node]] = {}
            for node in self._every:
                found.setdefault(type(node), []).append(node)
            self._by_kind = {one: tuple(nodes) for one, nodes in found.items()}
        return cast("tuple[_Kind, ...]", self._by_kind.get(kind, ()))
