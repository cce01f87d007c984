"""What a process that scans one project again and again keeps, so that it can answer an edit at once."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend_audit.analysis.files import Files

if TYPE_CHECKING:
    from backend_audit.analysis.project import Judged


@dataclass(slots=True)
class Kept:
    """The last judgement that was made, in how many `seconds`, with the files as they were and their keys (`read`).

    `renewed` are the keys of those whose later code its engines have run since, `runs` the runs that were made again by that.
    """

    judged: "Judged"
    files: Files
    read: dict[str, bytes]
    seconds: float
    renewed: dict[str, bytes] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Living:
    """`kept` is what the next scan may answer from; `interrupted` says that nobody waits for the present one any more.

    A judgement that took longer than `patience` (seconds) the last time is provisional the next time (see
    `analysis/provisional.py`), unless it is to `settle`.
    """

    patience: float = 0.7
    kept: Kept | None = None
    interrupted: Callable[[], bool] | None = None
    _settles: bool = False
    _spared: Kept | None = None

    @property
    def ready(self) -> Kept | None:
        """What a provisional judgement is to be made of; None if there is to be none."""
        return None if self.kept is None or self._settles or self.kept.seconds <= self.patience else self.kept

    @property
    def anew(self) -> bool:
        """Whether an answer from the cache will not do: there is nothing yet that the next one could be made of."""
        return self._settles and self.kept is None

    @contextmanager
    def settle(self, interrupted: Callable[[], bool]) -> Iterator[None]:
        """While in the block, the project is judged as a whole; a scan ends with `Interrupted` once `interrupted` says so."""
        self._settles, self.interrupted = True, interrupted
        try:
            yield
        finally:
            self._settles, self.interrupted = False, None

    def rest(self) -> None:
        """When nobody waits: free what is kept no longer, and keep the collector from looking through what is."""
        if self.kept is not self._spared:
            self._spared = self.kept
            gc.unfreeze()
            gc.collect()
            gc.freeze()
