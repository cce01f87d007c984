"""How a run without credentials ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend_audit.routes.missing import Missing

Env = dict[str, Missing]
Parts = dict[str, Missing]  # of something that holds several things: each by its position or name
Said = Mapping[str, str]  # texts that are known of this request, by how they are written: `request.method` → "GET"


class Outcome(StrEnum):
    DENIED = "denied"
    PASSES = "passes"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Run:
    """How a body ended: `denied`, and the values it passed with (`sure` when no open test lay on the way).

    `answered`: the values it came back with after it had answered the caller itself.
    """

    denied: bool = False
    passed: list[Missing] = field(default_factory=list)
    sure: bool = False
    answered: list[Missing] = field(default_factory=list)
    guessed: bool = False  # something was called of which nothing is known
    doubted: bool = False  # something was called that may turn callers away, and is not followed here
    gave: list[Missing] = field(default_factory=list)  # what a function that hands the request on comes back with besides
    parts: list[Parts] = field(default_factory=list)  # for each way back with a result, what that consists of
    both: bool = False  # it answered the caller, and let it through all the same

    def outcome(self) -> Outcome:
        """The outcome for the caller."""
        if self.sure or (self.passed and not self.denied and not self.doubted):
            return Outcome.PASSES
        return Outcome.DENIED if self.denied and not self.passed else Outcome.UNKNOWN
