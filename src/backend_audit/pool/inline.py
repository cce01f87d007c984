"""The same work in this process, for one worker or little to do."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from backend_audit.finding import ProblemKind
from backend_audit.pool.worker import Failure, attempt


class _TimeUp(BaseException):
    """Raised in the middle of an item; no `except Exception` on the way takes it for its own."""


def run_inline(function: Callable[[bytes], bytes], items: Sequence[bytes], timeout: float) -> Iterator[bytes | Failure]:
    """Results in order. The timeout interrupts Python code in the main thread; elsewhere there is none."""
    limited = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    for item in items:
        yield _within(function, item, timeout) if limited else attempt(function, item)


def _within(function: Callable[[bytes], bytes], item: bytes, timeout: float) -> bytes | Failure:
    late = timed_out(timeout)
    try:
        with _alarm(timeout):
            return attempt(function, item)
    except _TimeUp:
        return late


def timed_out(timeout: float) -> Failure:
    return Failure(ProblemKind.TIMEOUT, f"took longer than {timeout:g} s")


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
