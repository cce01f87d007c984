"""Hands items to worker processes, notices the ones that hang or die, and gives results in order."""

import contextlib
import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType

from backend_audit.finding import ProblemKind
from backend_audit.pool.inline import timed_out
from backend_audit.pool.plan import chunks
from backend_audit.pool.worker import READY, Failure, decode_result, encode_items, main, name_of

_START_SECONDS = 60.0
_FAILED_STARTS = 3  # in a row, until it is clear that workers do not start here
_TRIES = 2  # a worker may be killed from outside, by the system for want of memory: its item gets a second one


_one_at_a_time = threading.Lock()
_started = threading.Event()


class WorkersUnavailable(Exception):  # noqa: N818 - says what is the case, and run() copes with it
    """Worker processes cannot be started here."""


def context(*modules: str) -> BaseContext:
    """How workers are started; where a server forks them, it loads `modules` first.

    Measured (two workers that import LibCST): spawn 0.55 s and 0.45 s for each further worker; forkserver 0.47 s and
    0.37 s; forkserver with the module loaded beforehand 0.44 s and 0.008 s; fork 0.01 s and 0.003 s. Fork is out:
    the progress display runs threads, whose locks a forked child would inherit held.

    Python starts both with `-c`, which would import from the current directory first, and that is the scanned project's.
    https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH
    """
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    if "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "win32":
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload([main.__module__, *modules])
        return server
    return multiprocessing.get_context("spawn")


def start_server(*modules: str) -> None:
    """Start the server that forks workers, where there is one; meanwhile it loads `modules`."""
    if context(*modules).get_start_method() == "forkserver":
        from multiprocessing import forkserver  # noqa: PLC0415 - not there on Windows

        with _without_main(), contextlib.suppress(OSError):  # then workers start it, or cannot start
            forkserver.ensure_running()
            _started.set()


def server_started() -> bool:
    """Whether the server that forks workers was started ahead: then even one item is sooner done by a worker."""
    return _started.is_set()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Workers import the function's module, not the program: 0.1 s each, and a script without a guard would run again.

    multiprocessing looks at `__main__` while it starts a process and offers no other way to say so. One thread at a time, or
    the last to leave would put back what the first had put there.
    """
    with _one_at_a_time:
        main_module = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main_module


class _Worker:
    """A process, the pipe to it, and the items that it has not answered yet."""

    def __init__(self, start: BaseContext, name: str, timeout: float, *, yields: bool) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process: BaseProcess = start.Process(target=main, args=(theirs, name, timeout, yields), daemon=True)  # type: ignore[attr-defined]
        try:
            with _without_main():
                self._process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()
        self.ready = False
        self.since = time.monotonic()  # of the start, then of the current item
        self.items: deque[int] = deque()

    def stop(self) -> None:
        """End the process at once and reap it."""
        self.pipe.close()
        self._process.kill()
        self._process.join()
        self._process.close()


class Scheduler:
    """Hands out the items; `yields`: the workers leave the processors to whom they work for, where there are too few."""

    def __init__(
        self,
        function: Callable[[bytes], bytes],
        items: Sequence[bytes],
        weights: Sequence[int],
        workers: int,
        timeout: float,
        preload: Sequence[str],
        *,
        yields: bool = False,
    ) -> None:
        self._yields = yields
        self._name = name_of(function)
        self._start = context(function.__module__, *preload)
        self._items = items
        self._timeout = timeout
        self._chunks = chunks(weights, workers)
        self._wanted = min(workers, len(self._chunks))
        self._workers: dict[Connection, _Worker] = {}
        self._tries = [0] * len(items)
        self._results: dict[int, bytes | Failure] = {}
        self._failed_starts = 0

    def results(self) -> Iterator[bytes | Failure]:
        """Results by the items' order. Every worker is gone when this ends, whichever way it ends."""
        try:
            for index in range(len(self._items)):
                while index not in self._results:
                    self._advance()
                yield self._results.pop(index)
        finally:
            for worker in self._workers.values():
                worker.stop()
            self._workers.clear()

    def _advance(self) -> None:
        """One turn: enough workers, all answers that are there, then those that are overdue."""
        while self._chunks and len(self._workers) < self._wanted:
            self._hire()
        now = time.monotonic()
        overdue = min(worker.since + self._allowed(worker) for worker in self._workers.values())
        for pipe in wait(list(self._workers), max(0.0, overdue - now)):
            self._receive(self._workers[pipe])  # type: ignore[index]
        now = time.monotonic()
        # Only who has nothing to say is late: an answer may have waited here for a slow reader of the results.
        late = [worker for worker in self._workers.values() if now - worker.since >= self._allowed(worker)]
        for worker in late:
            if not worker.pipe.poll():
                self._give_up(worker, timed_out(self._timeout))

    def _allowed(self, worker: _Worker) -> float:
        if not worker.ready:
            return _START_SECONDS
        return self._timeout if worker.items else float("inf")

    def _hire(self) -> None:
        try:
            worker = _Worker(self._start, self._name, self._timeout, yields=self._yields)
        except OSError:
            self._start_failed()
            return
        self._workers[worker.pipe] = worker

    def _start_failed(self) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _FAILED_STARTS:
            raise WorkersUnavailable

    def _receive(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._give_up(worker, None)
            return
        if not worker.ready:
            if message != READY:
                self._give_up(worker, None)
                return
            worker.ready = True
            self._failed_starts = 0
        else:
            self._results[worker.items.popleft()] = decode_result(message)
        worker.since = time.monotonic()
        if not worker.items:
            self._feed(worker)

    def _feed(self, worker: _Worker) -> None:
        if not self._chunks:
            self._dismiss(worker)
            return
        worker.items.extend(self._chunks.popleft())
        try:
            worker.pipe.send_bytes(encode_items([self._items[index] for index in worker.items]))
        except OSError:  # it died while idle: nobody's fault
            self._chunks.appendleft(list(worker.items))
            self._dismiss(worker)

    def _give_up(self, worker: _Worker, failure: Failure | None) -> None:
        """Its current item hangs (`failure`) or killed it; what else it had goes back to the others."""
        self._dismiss(worker)
        if not worker.ready:
            self._start_failed()
            return
        if not worker.items:
            return
        guilty = worker.items.popleft()
        self._tries[guilty] += 1
        if worker.items:
            self._chunks.appendleft(list(worker.items))
        if failure is None and self._tries[guilty] < _TRIES:
            self._chunks.appendleft([guilty])
        else:
            self._results[guilty] = failure or Failure(ProblemKind.CRASH, "the process that analysed it died")

    def _dismiss(self, worker: _Worker) -> None:
        del self._workers[worker.pipe]
        worker.stop()
