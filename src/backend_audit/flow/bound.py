"""The arguments of a call, by the positions of the parameters that they fill."""

from collections.abc import Callable, Iterable

from backend_audit.flow.values import Origin, Value
from backend_audit.source import Mark

Bound = dict[int, Value]
Path = tuple[str | int, ...]


class Given(dict[int, Value]):
    """Arguments of a call; `carried` keeps the data in each, which is asked for again and again."""

    __slots__ = ("carried", "parts")

    def __init__(self, bound: Iterable[tuple[int, Value]]) -> None:
        super().__init__(bound)
        self.carried: dict[int, frozenset[Origin]] = {}
        self.parts: dict[tuple[int, Path], frozenset[Origin]] = {}

    def data(self, at: int) -> frozenset[Origin]:
        """The data in an argument, as that of something computed from it."""
        if at not in self.carried:
            self.carried[at] = self[at].derived().origins
        return self.carried[at]

    def part(self, at: int, path: Path, part_of: Callable[[Value, Path], Value]) -> frozenset[Origin]:
        """The data in the part of an argument that `part_of` finds at an access path."""
        if (at, path) not in self.parts:
            self.parts[at, path] = part_of(self[at], path).derived().origins
        return self.parts[at, path]


class Stepped(Given):
    """Arguments of a call, one stop further on."""

    __slots__ = ()

    def __init__(self, bound: Bound, mark: Mark) -> None:
        super().__init__((at, value.stepped(mark)) for at, value in bound.items())


def cleared_alike(given: Origin, contexts: frozenset[str]) -> Origin:
    """The data of an argument, cleared as the function has cleared its parameter."""
    contained = "begins" in contexts and "dots" in given.cleared  # its beginning was tested, and it was normalised before
    return given.clear(contexts | {"path"} if contained else contexts)
