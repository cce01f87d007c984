"""The arguments of a call, by the positions of the parameters that they fill."""

from collections.abc import Iterable

from backend_audit.flow.values import Origin, Value
from backend_audit.source import Mark

Bound = dict[int, Value]


class Given(dict[int, Value]):
    """Arguments of a call; `carried` keeps the data in each, which is asked for again and again."""

    __slots__ = ("carried",)

    def __init__(self, bound: Iterable[tuple[int, Value]]) -> None:
        super().__init__(bound)
        self.carried: dict[int, frozenset[Origin]] = {}

    def data(self, at: int) -> frozenset[Origin]:
        """The data in an argument, as that of something computed from it."""
        if at not in self.carried:
            self.carried[at] = self[at].derived().origins
        return self.carried[at]


class Stepped(Given):
    """Arguments of a call, one stop further on."""

    __slots__ = ()

    def __init__(self, bound: Bound, mark: Mark) -> None:
        super().__init__((at, value.stepped(mark)) for at, value in bound.items())
