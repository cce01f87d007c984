"""Answers that do not end, as a route is told of them."""

from dataclasses import dataclass

from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class Unended:
    """An answer that turns a caller away, and what runs `after` it all the same; without that, a check that is not awaited.

    `dropped`: that check stands alone, and no test looks at it.
    """

    mark: Mark
    after: str
    caught: bool = False  # what fails where the caller is not who it says, and is caught
    dropped: bool = False
