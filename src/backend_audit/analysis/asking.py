"""Asking checks and stages of the judgement: what breaks in one of them becomes a problem, and the others are not lost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from backend_audit.checks import Alert, Check
from backend_audit.finding import Problem, ProblemKind

_T = TypeVar("_T")


@dataclass(slots=True)
class Asking:
    """Gathers in `problems` what broke; a check that did is not asked again where it broke."""

    problems: list[Problem]
    _broken: set[tuple[str, str]] = field(default_factory=set)

    def alerts(self, checks: Iterable[Check], path: str, *subject: object, within: str = "") -> Iterator[tuple[str, Alert]]:
        """Rule and alert of all that `checks` say of `subject`, which lies in the file `path`.

        `within` is where a check that breaks is not asked again: a file; "" is everywhere that this object asks.
        """
        for check in checks:
            if (check.rule, within) in self._broken:
                continue
            try:
                for alert in check.function(*subject):
                    yield check.rule, alert
            except Exception as error:  # noqa: BLE001 - the edge of one check
                self._broken.add((check.rule, within))
                self.problems.append(crash(path, check.rule, error))

    def each(self, what: str, found: Iterable[_T]) -> Iterator[_T]:
        """What `found` gives, until it breaks."""
        try:
            yield from found
        except Exception as error:  # noqa: BLE001 - the edge of one stage
            self.problems.append(crash("", what, error))

    def attempt(self, path: str, what: str, work: Callable[[], _T], otherwise: _T) -> _T:
        """What `work` gives; `otherwise`, and a problem of the file `path` ("": of all), if it breaks."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the edge of one stage
            self.problems.append(crash(path, what, error))
            return otherwise


def crash(path: str, what: str, error: Exception) -> Problem:
    """The problem that `what` broke; an exception's text may quote the scanned code, so it is left out."""
    return Problem(path, 0, ProblemKind.CRASH, f"{what} failed with {type(error).__name__}")
