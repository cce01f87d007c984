"""The arguments of a call, by the positions of the parameters that they fill."""

from collections.abc import Callable, Iterable

from backend_audit.flow.origins import MEMBER, Origin
from backend_audit.flow.values import Value, changed
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
            self.carried[at] = _computed(self[at])
        return self.carried[at]

    def part(self, at: int, path: Path, part_of: Callable[[Value, Path], Value]) -> frozenset[Origin]:
        """The data in the part of an argument that `part_of` finds at an access path."""
        if (at, path) not in self.parts:
            self.parts[at, path] = _told(part_of(self[at], path))
        return self.parts[at, path]


def _computed(value: Value) -> frozenset[Origin]:
    """The data in what is computed of a value, which is no object any more that somebody's name has found."""
    found = value.derived().origins
    return frozenset(one for one in found if one.label != MEMBER) if any(one.label == MEMBER for one in found) else found


def _told(value: Value) -> frozenset[Origin]:
    """The data in what is computed of a part: of an object with a secret in one of its fields, that is not the secret."""
    found = _computed(value)
    if value.kind or value.items is None or not any(one.label == "secret" for one in found):
        return found
    itself = {one.key for one in changed(value, items=None, elem=None).all_origins()}
    return frozenset(one for one in found if one.label != "secret" or one.key in itself)


class Stepped(Given):
    """Arguments of a call, one stop further on."""

    __slots__ = ()

    def __init__(self, bound: Bound, mark: Mark) -> None:
        super().__init__((at, value.stepped(mark)) for at, value in bound.items())


def cleared_alike(given: Origin, contexts: frozenset[str]) -> Origin:
    """The data of an argument, cleared as the function has cleared its parameter."""
    contained = "begins" in contexts and "dots" in given.cleared  # its beginning was tested, and it was normalised before
    return given.clear(contexts | {"path"} if contained else contexts)
