"""Pure functions over many items, in worker processes that may hang or die without harm to the rest.

Own scheduler, because `ProcessPoolExecutor` gives up as a whole when one worker dies, and cannot stop one that hangs.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

from backend_audit.pool.inline import run_inline
from backend_audit.pool.scheduler import Scheduler, WorkersUnavailable, server_started, start_server
from backend_audit.pool.worker import Failure, attempt

__all__ = ["Failure", "available_workers", "beside", "run", "start_server"]

# Starting two workers takes 0.4 s, or 0.01 s where their server runs; less code than this is lowered sooner right here.
_SMALL = 32 * 1024
_WORTH_A_PROCESS = 1024 * 1024  # what is less is done before a process has begun
_MOST_WORKERS = 16  # more only wait for the parent, which links alone


def run(
    function: Callable[[bytes], bytes],
    items: Sequence[bytes],
    *,
    workers: int,
    timeout: float,
    weights: Sequence[int] | None = None,
    preload: Sequence[str] = (),
) -> Iterator[tuple[bytes, bytes | Failure]]:
    """Each item with what `function` makes of it, in the order of `items` whatever the number of workers.

    `function` must be importable by its name, since workers find it by that; items and results are bytes, so nothing
    but that name is pickled. Where a server forks the workers, it loads the modules `preload` first. `weights` say how
    much work each item is, in bytes of source (default: the items' sizes).
    An item that takes longer than `timeout` seconds is a `Failure` of kind TIMEOUT; one that raises or kills its
    worker, of kind CRASH (TOO_DEEP for a RecursionError). With one worker, or little to do, the work is done in this
    process: there the timeout holds in the main thread only, and a crash of the interpreter is not survived.
    """
    sizes = [len(item) for item in items] if weights is None else list(weights)
    if workers <= 1 or len(items) <= (0 if server_started() else 1) or sum(sizes) <= _SMALL:
        yield from zip(items, run_inline(function, items, timeout), strict=True)
        return
    scheduler = Scheduler(function, items, sizes, min(workers, len(items)), timeout, preload)
    done = 0
    try:
        for result in scheduler.results():
            yield items[done], result
            done += 1
    except WorkersUnavailable:  # no process can be started here (a sandbox, a limit): slower, but no less complete
        rest = items[done:]
        yield from zip(rest, run_inline(function, rest, timeout), strict=True)


@contextlib.contextmanager
def beside(
    function: Callable[[bytes], bytes],
    items: Sequence[bytes],
    *,
    workers: int,
    timeout: float,
    preload: Sequence[str] = (),
    yields: bool = True,
) -> Iterator[Callable[[], list[bytes | Failure]]]:
    """What `function` makes of `items`, in worker processes, while this one goes on; what is given waits for the results.

    With one worker, or small items, the work is done here, when it is asked for. `yields`: the workers leave the processors to
    this process, where there are too few; their time-outs must allow for that. The rest as in `run`.
    """
    if workers <= 1 or sum(map(len, items)) <= _WORTH_A_PROCESS:
        yield cache(lambda: list(run_inline(function, items, timeout)))
        return

    def work() -> list[bytes | Failure]:
        found: list[bytes | Failure] = []
        scheduler = Scheduler(function, items, [len(item) for item in items], workers - 1, timeout, preload, yields=yields)
        try:
            found += scheduler.results()
        except WorkersUnavailable:
            found += map(partial(attempt, function), items[len(found) :])
        return found

    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(work).result


def available_workers() -> int:
    """How many workers this process may keep busy: its CPUs, or fewer where a container's quota says so."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        count = min(count, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no cgroup, or "max"
        pass
    return max(1, min(count, _MOST_WORKERS))
