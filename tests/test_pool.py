"""The pool: order, isolation of items that hang, crash or raise, and no process left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend_audit.finding import ProblemKind
from backend_audit.pool import Failure, available_workers, run
from backend_audit.pool import scheduler as scheduler_module
from backend_audit.pool.plan import chunks
from pool_orders import behave

MARK = "TEST_PROCESS_OF_BACKEND_AUDIT"  # set by conftest.py: other test processes have workers of their own
HEAVY = 64 * 1024  # a weight that makes the pool use processes, and puts the item into a chunk of its own
Answers = list[bytes | Failure]


def pool(items: list[bytes], *, workers: int = 2, timeout: float = 30, weight: int = HEAVY) -> Answers:
    pairs = list(run(behave, items, workers=workers, timeout=timeout, weights=[weight] * len(items)))
    assert [item for item, _ in pairs] == items
    return [answer for _, answer in pairs]


def done(item: bytes) -> bytes:
    return b"done " + item


def children() -> set[int]:
    """Live and dead descendants, the fork server and its kin apart, which stay until the end."""
    found: set[int] = set()
    ours = f"{MARK}={os.environ[MARK]}".encode()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            command, rest = entry.read_text().rsplit(")", 1)
            arguments = entry.with_name("cmdline").read_bytes()
            inherited = entry.with_name("environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"forkserver" in arguments and ours in inherited and int(rest.split()[1]) != os.getpid():
            found.add(int(command.split()[0]))  # a forked worker has the command line of the server
        elif rest.split()[0] == "Z" and int(rest.split()[1]) == os.getpid():
            found.add(int(command.split()[0]))
    return found


@pytest.fixture(autouse=True)
def _no_process_stays() -> Iterator[None]:
    before = children()
    yield
    deadline = time.monotonic() + 5
    while children() - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert children() <= before, "processes were left behind"


@pytest.mark.parametrize("workers", [0, 1, 2, 5])
@pytest.mark.parametrize("weight", [1, 1500, HEAVY])
def test_results_come_in_the_order_of_the_items(workers: int, weight: int) -> None:
    items = [b"item %d" % n for n in range(40)]
    assert pool(items, workers=workers, weight=weight) == [done(item) for item in items]


def test_nothing_to_do() -> None:
    assert pool([]) == []


def test_little_work_is_done_here_and_much_elsewhere() -> None:
    here = str(os.getpid()).encode()
    assert set(pool([b"pid"] * 5, weight=1)) == {here}
    assert set(pool([b"pid"] * 5, workers=1)) == {here}
    assert here not in pool([b"pid"] * 5)


def test_a_large_item_does_not_hold_up_the_small_ones() -> None:
    weights = [10, 10, 100_000, 10, 50_000, 10]
    planned = list(chunks(weights, 2))
    assert planned[:2] == [[2], [4]], "large items must start first, each alone"
    assert sorted(index for chunk in planned for index in chunk) == list(range(6))
    assert len(chunks([100] * 1000, 2)) >= 16, "chunks must be small enough to share out"


@pytest.mark.parametrize("order", [b"exit", b"segfault", b"kill"])
@pytest.mark.parametrize("weight", [1500, HEAVY])
def test_a_dying_worker_costs_one_item(order: bytes, weight: int) -> None:
    items = [b"a%d" % n for n in range(15)] + [order] + [b"b%d" % n for n in range(15)]
    answers = pool(items, weight=weight)
    failure = answers[15]
    assert isinstance(failure, Failure)
    assert failure.kind is ProblemKind.CRASH
    assert answers[:15] + answers[16:] == [done(item) for item in items if item != order]


def test_every_worker_dying_again_and_again_ends() -> None:
    items = [b"exit" if n % 2 else b"ok %d" % n for n in range(20)]
    answers = pool(items)
    assert [isinstance(answer, Failure) for answer in answers] == [bool(n % 2) for n in range(20)]


def test_a_worker_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    order = b"once:" + os.fsencode(tmp_path / "marker")
    assert pool([b"a", order, b"b"]) == [done(b"a"), done(order), done(b"b")]


@pytest.mark.parametrize("order", [b"spin", b"hold"])
def test_a_hanging_item_is_stopped_alone(order: bytes) -> None:
    items = [b"a%d" % n for n in range(10)] + [order] + [b"b%d" % n for n in range(10)]
    started = time.monotonic()
    answers = pool(items, timeout=0.5, weight=3500)
    assert answers[10] == Failure(ProblemKind.TIMEOUT, "took longer than 0.5 s")
    assert answers[:10] + answers[11:] == [done(item) for item in items if item != order]
    assert time.monotonic() - started < 20


def test_slow_readers_of_results_cause_no_timeout() -> None:
    answers: Answers = []
    for _, answer in run(behave, [b"big:200000"] * 6, workers=2, timeout=1.0, weights=[65536] * 6):
        answers.append(answer)
        time.sleep(0.5)
    assert answers == [b"x" * 200000] * 6


@pytest.mark.parametrize("workers", [1, 2])
def test_what_an_item_raises_stays_with_it(workers: int) -> None:
    answers = pool([b"a", b"recurse", b"memory", b"raise", b"b"], workers=workers)
    assert [answers[0], answers[4]] == [done(b"a"), done(b"b")]
    failures = [answer for answer in answers if isinstance(answer, Failure)]
    assert [failure.kind for failure in failures] == [ProblemKind.TOO_DEEP, ProblemKind.CRASH, ProblemKind.CRASH]
    assert failures[2].message.startswith("ValueError at ")
    assert "hunter2" not in repr(failures), "an exception's text may quote the scanned code"


def test_the_timeout_holds_in_this_process_too() -> None:
    assert pool([b"a", b"spin", b"b"], workers=1, timeout=0.2) == [
        done(b"a"),
        Failure(ProblemKind.TIMEOUT, "took longer than 0.2 s"),
        done(b"b"),
    ]
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_other_threads_may_run_it() -> None:
    answers: Answers = []
    thread = threading.Thread(target=lambda: answers.extend(pool([b"a", b"b"], workers=1) + pool([b"c", b"d"])))
    thread.start()
    thread.join()
    assert answers == [done(b"a"), done(b"b"), done(b"c"), done(b"d")]


def test_large_results_pass_the_pipe() -> None:
    assert pool([b"big:5000000", b"big:3000000"]) == [b"x" * 5_000_000, b"x" * 3_000_000]


def test_a_reader_that_stops_early_leaves_nothing() -> None:
    results = run(behave, [b"sleep:0.01"] * 50 + [b"spin"], workers=3, timeout=60, weights=[HEAVY] * 51)
    next(results)
    results.close()  # type: ignore[attr-defined]


def test_where_no_worker_starts_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(scheduler_module, "_Worker", refuse)
    assert pool([b"pid"] * 3) == [str(os.getpid()).encode()] * 3


def test_a_function_without_a_name_is_refused() -> None:
    function: Callable[[bytes], bytes] = lambda item: item  # noqa: E731
    with pytest.raises(ValueError, match="cannot be imported"):
        list(run(function, [b"a", b"b"], workers=2, timeout=1, weights=[HEAVY, HEAVY]))


def _gone(group: int) -> bool:
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


SCRIPT = textwrap.dedent(
    """
    import os, sys, time
    sys.path.insert(0, sys.argv[1])
    from pool_orders import behave
    from backend_audit.pool import run
    order = sys.argv[2].encode()  # no guard: workers must not run the program again
    for item, answer in run(behave, [b"pid", b"pid"] + [order] * 4, workers=2, timeout=100, weights=[65536] * 6):
        print(answer.decode(), flush=True)
    """
)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path: Path, sent: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    order = "spin" if sent is signal.SIGINT else "sleep:1"
    command = [sys.executable, str(script), str(Path(__file__).parent), order]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        [process.stdout.readline() for _ in range(2)]
        time.sleep(0.2)
        if sent is signal.SIGINT:
            os.killpg(process.pid, sent)  # as a terminal does
        else:
            process.kill()
        process.wait(60)
        errors = process.stderr.read()  # ends when no process holds it any more
        assert process.returncode != 0
    assert errors.count("Traceback") == (1 if sent is signal.SIGINT else 0), errors
    assert _gone(process.pid), "workers outlive their parent"


def test_the_number_of_workers_is_sensible() -> None:
    assert 1 <= available_workers() <= 16
