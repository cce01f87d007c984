"""What a process that scans one project again and again keeps, so that it can answer an edit at once."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from backend_audit.analysis.files import Files

if TYPE_CHECKING:
    from backend_audit.analysis.project import Judged


@dataclass(slots=True)
class Kept:
    """The last judgement that was made, in how many `seconds`, with the files as they were and their keys (`read`).

    `asked` is what it was asked besides: the name of the project, what is declared.
    `renewed` are the keys of those whose later code its engines have run since, `runs` the runs that were made again by that;
    `whole_seconds` is how long it took the last time to tell what shows only in the whole, too.
    """

    judged: "Judged"
    files: Files
    read: dict[str, bytes]
    asked: tuple[str, ...]
    seconds: float
    whole_seconds: float
    renewed: dict[str, bytes] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)


class _Depth(Enum):
    """How much is judged anew after an edit."""

    RUNS = "what runs again by it"
    WHOLE = "that, and what shows only in the whole of the project"
    ALL = "everything"
    AFRESH = "everything, whatever is in the cache"


@dataclass(slots=True)
class Living:
    """`kept` is what the next scan may answer from; `interrupted` says that nobody waits for the present one any more.

    A judgement that took longer than `patience` (seconds) the last time is provisional the next time (see
    `analysis/provisional.py`), unless it is to `settle`.
    """

    patience: float = 0.7
    kept: Kept | None = None
    interrupted: Callable[[], bool] | None = None
    _depth: _Depth = _Depth.RUNS
    _spared: Kept | None = None

    @property
    def ready(self) -> Kept | None:
        """What a provisional judgement is to be made of; None if there is to be none."""
        if self.kept is None or self._depth in (_Depth.ALL, _Depth.AFRESH) or self.kept.seconds <= self.patience:
            return None
        return self.kept

    @property
    def afresh(self) -> bool:
        """Whether what is kept is to be of the present state."""
        return self._depth is _Depth.AFRESH

    @property
    def anew(self) -> bool:
        """Whether an answer from the cache will not do: there is nothing yet that the next one could be made of."""
        return self.afresh or (self._depth is _Depth.ALL and self.kept is None)

    @property
    def wholly(self) -> bool:
        """Whether what shows only in the whole must be told, too, if only by judging everything."""
        return self._depth is _Depth.WHOLE

    @property
    def whole(self) -> bool:
        """Whether a provisional judgement is to tell what shows only in the whole, too: it may be a matter of a moment."""
        return self.wholly or (self.kept is not None and self.kept.whole_seconds <= self.patience)

    @contextmanager
    def settle(self, interrupted: Callable[[], bool]) -> Iterator[None]:
        """While in the block, everything is judged anew; a scan ends with `Interrupted` once `interrupted` says so."""
        with self._at(_Depth.ALL, interrupted):
            yield

    @contextmanager
    def judge_afresh(self, interrupted: Callable[[], bool]) -> Iterator[None]:
        """As `settle`, so that what is kept is of the present state, whatever the cache knows of it already."""
        with self._at(_Depth.AFRESH, interrupted):
            yield

    @contextmanager
    def tell_whole(self, interrupted: Callable[[], bool]) -> Iterator[None]:
        """While in the block, a provisional judgement tells what shows only in the whole, too; else as `settle`."""
        with self._at(_Depth.WHOLE, interrupted):
            yield

    @contextmanager
    def _at(self, depth: _Depth, interrupted: Callable[[], bool]) -> Iterator[None]:
        self._depth, self.interrupted = depth, interrupted
        try:
            yield
        finally:
            self._depth, self.interrupted = _Depth.RUNS, None

    def rest(self) -> None:
        """When nobody waits: free what is kept no longer, and keep the collector from looking through what is."""
        if self.kept is not self._spared:
            self._spared = self.kept
            gc.unfreeze()
            gc.collect()
            gc.freeze()
