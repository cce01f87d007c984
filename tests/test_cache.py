"""The cache: what it gives back is what was put in, or nothing, whatever happens to its file and its writers."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from backend_audit.cache import Cache, default_directory, key_of
from backend_audit.cache.codec import pack, unpack
from backend_audit.cache.folder import DATABASE, Lock
from backend_audit.finding import ProblemKind
from cache_items import FINGERPRINT, dice, key, value

ITEMS = {key(number): value(number) for number in range(300)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    with Cache.open(folder, FINGERPRINT) as cache:
        cache.put_many(ITEMS)
    return folder


def read(folder: Path, fingerprint: str = FINGERPRINT) -> dict[bytes, bytes]:
    with Cache.open(folder, fingerprint) as cache:
        found = cache.get_many(ITEMS)
        assert cache.problems == ()
    return found


def assert_only_true_values(found: dict[bytes, bytes]) -> None:
    wrong = [number for number in range(300) if found.get(key(number), value(number)) != value(number)]
    assert wrong == [], "values that were never put in"


# -- in good health --------------------------------------------------------------------------------------------------


def test_what_is_put_in_comes_out(folder: Path) -> None:
    with Cache.open(folder, FINGERPRINT) as cache:
        assert cache.get_many(ITEMS) == {}
        cache.put_many(ITEMS)
        assert cache.get_many([key(1), key(2), key(1000)]) == {key(1): value(1), key(2): value(2)}
        cache.put_many({key(1): b"new"})
        assert cache.get_many([key(1)]) == {key(1): b"new"}
    assert read(folder) == ITEMS | {key(1): b"new"}


def test_another_fingerprint_sees_nothing(filled: Path) -> None:
    assert read(filled, "0.2.0 rules-1") == {}
    assert read(filled) == ITEMS


def test_keys_tell_all_their_parts_apart() -> None:
    keys = [key_of(b"ab"), key_of(b"a", "b"), key_of(b"b", "a"), key_of(b"", "ab"), key_of(b"", "a", "b"), key_of(b"", "b", "a")]
    assert len(set(keys)) == len(keys)
    assert key_of(b"x", "\udce9") == key_of(b"x", "\udce9")


def test_values_are_compressed_only_if_that_pays() -> None:
    repeated, noise = b"abc" * 10_000, dice(0).randbytes(30_000)
    assert len(pack(key(1), repeated)) < 1000
    assert len(pack(key(1), noise)) < 30_050
    assert unpack(key(1), pack(key(1), repeated)) == repeated
    assert unpack(key(1), pack(key(1), noise)) == noise
    assert unpack(key(1), pack(key(1), b"")) == b""
    assert unpack(key(2), pack(key(1), noise)) is None, "an entry counts for its own key only"


def test_the_folder_is_marked_and_private(folder: Path) -> None:
    Cache.open(folder, FINGERPRINT).close()
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (folder / ".gitignore").read_text() == "*\n"
    assert folder.stat().st_mode & 0o077 == 0


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_AUDIT_CACHE_DIR", "/elsewhere")
    assert default_directory() == Path("/elsewhere")
    monkeypatch.delenv("BACKEND_AUDIT_CACHE_DIR")
    assert "backend-audit" in str(default_directory())


def test_clear_forgets_everything(folder: Path) -> None:
    with Cache.open(folder, FINGERPRINT) as cache, Cache.open(folder, FINGERPRINT) as other:
        for clearing in (cache, other):
            cache.put_many(ITEMS)
            clearing.clear()
            assert cache.get_many(ITEMS) == other.get_many(ITEMS) == {}
    with Cache.open(folder, FINGERPRINT) as alone:
        alone.put_many(ITEMS)
        alone.clear()
        alone.put_many({key(1): b"x"})
    assert read(folder) == {key(1): b"x"}


def test_a_disabled_cache_holds_nothing() -> None:
    with Cache.disabled() as cache:
        cache.put_many(ITEMS)
        cache.clear()
        assert cache.get_many(ITEMS) == {}
        assert cache.problems == ()


def test_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    noise = {key(n): dice(n).randbytes(1000) for n in range(40)}
    generations = [dict(list(noise.items())[at : at + 10]) for at in range(0, 40, 10)]
    for generation in generations[:3]:
        with Cache.open(folder, FINGERPRINT, max_bytes=36_000) as cache:
            cache.get_many(generations[0])  # used in every scan
            cache.put_many(generation)
    with Cache.open(folder, FINGERPRINT, max_bytes=36_000) as cache:
        cache.get_many(generations[0])
        cache.put_many(generations[3])
        assert cache.get_many(generations[3]) == generations[3]
        assert cache.get_many(generations[0]) == generations[0], "entries in use were evicted"
        assert len(cache.get_many(generations[1])) < 5, "the oldest entries must go first"
        assert cache.problems == ()
    assert (folder / DATABASE).stat().st_size < 80_000


def test_a_value_that_would_fill_it_alone_is_not_kept(folder: Path) -> None:
    with Cache.open(folder, FINGERPRINT, max_bytes=40_000) as cache:
        cache.put_many({key(1): b"x" * 20_000, key(2): b"y" * 5_000})
        assert set(cache.get_many([key(1), key(2)])) == {key(2)}


# -- killed ----------------------------------------------------------------------------------------------------------

WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from cache_items import FINGERPRINT, key, value
    from backend_audit.cache import Cache
    start, stop, step, rounds = map(int, sys.argv[3:])
    cache = Cache.open(Path(sys.argv[2]), FINGERPRINT)
    print("ready", flush=True)
    for _ in range(rounds):
        for first in range(start, stop, step):
            cache.put_many({key(number): value(number) for number in range(first, first + step)})
    cache.close()
    print(*cache.problems, flush=True)
    """
)


def writer(folder: Path, start: int, stop: int, step: int, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(Path(__file__).parent), str(folder), *map(str, (start, stop, step, rounds))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_killed_writers_leave_whole_entries(folder: Path) -> None:
    chance = dice(4)
    seen = 0
    for attempt in range(10):
        with writer(folder, 0, 300, 5, 1000) as process:
            time.sleep(chance.uniform(0.0, 0.12))
            process.kill()
        with Cache.open(folder, FINGERPRINT) as cache:
            found = cache.get_many(ITEMS)
            assert cache.problems == (), f"round {attempt}"
            assert len(found) % 5 == 0, f"round {attempt}: a transaction was torn"
            assert len(found) >= seen, f"round {attempt}: entries were lost"
            assert_only_true_values(found)
            seen = len(found)
            own = {key(1000 + attempt): b"own %d" % attempt}
            cache.put_many(own)
            assert cache.get_many(own) == own
    assert seen > 0


def test_writers_at_the_same_time_do_not_disturb_each_other(folder: Path) -> None:
    processes = [writer(folder, 0, 200, 10, 3), writer(folder, 100, 300, 10, 3)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert outputs == ["\n", "\n"], "a writer had problems"
    assert read(folder) == ITEMS


# -- damaged ---------------------------------------------------------------------------------------------------------


def scribble(file: Path, chance: random.Random) -> str:
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    match chance.randrange(5):
        case 0:
            what, data = f"truncated to {at}", data[:at]
        case 1:
            what, length = f"noise at {at}", chance.randrange(1, 5000)
            data[at : at + length] = chance.randbytes(length)
        case 2:
            page = at // 4096 * 4096
            what, data[page : page + 4096] = f"page at {page} zeroed", bytes(4096)
        case 3:
            what = f"bit flipped at {at}"
            data[at] ^= 1 << chance.randrange(8)
        case _:
            where = chance.randrange(200)
            what, data[where : where + 8] = f"header overwritten at {where}", chance.randbytes(8)
    file.write_bytes(data)
    return what


@pytest.mark.parametrize("seed", range(24))
def test_a_scribbled_file_never_gives_wrong_values(filled: Path, folder: Path, seed: int) -> None:
    shutil.copytree(filled, folder)
    chance = dice(seed)
    what = scribble(folder / DATABASE, chance)
    with Cache.open(folder, FINGERPRINT) as cache:
        assert_only_true_values(cache.get_many(ITEMS))
        cache.put_many(ITEMS)
        found = cache.get_many(ITEMS)
        assert_only_true_values(found)
        assert all(problem.kind is ProblemKind.CACHE and not problem.incomplete for problem in cache.problems), what
    with Cache.open(folder, FINGERPRINT) as cache:  # whatever was wrong is mended by now, or at the latest here
        assert_only_true_values(cache.get_many(ITEMS))
        cache.put_many(ITEMS)
    with Cache.open(folder, FINGERPRINT) as cache:
        assert cache.get_many(ITEMS) == ITEMS, what


def test_one_damaged_entry_costs_only_itself(filled: Path, folder: Path) -> None:
    shutil.copytree(filled, folder)
    with sqlite3.connect(folder / DATABASE) as connection:
        row, data = connection.execute("SELECT id, data FROM value WHERE length(data) > 1000").fetchone()
        connection.execute("UPDATE value SET data = ? WHERE id = ?", (data[:500] + b"?" + data[501:], row))
    connection.close()
    with Cache.open(folder, FINGERPRINT) as cache:
        found = cache.get_many(ITEMS)
        assert len(found) == len(ITEMS) - 1
        assert_only_true_values(found)
        [problem] = cache.problems
        assert problem.message == "cache: 1 damaged entry was dropped"
        assert not problem.incomplete
        cache.put_many({key: value for key, value in ITEMS.items() if key not in found})
    assert read(folder) == ITEMS, "the entry must be good again, and stay"


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 500, b"SQLite format 3\x00" + bytes(5000)])
def test_a_file_that_is_no_database_is_replaced(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / DATABASE).write_bytes(content)
    with Cache.open(folder, FINGERPRINT) as cache:
        cache.put_many(ITEMS)
        assert cache.get_many(ITEMS) == ITEMS
        assert len(cache.problems) == (1 if content else 0)
    assert read(folder) == ITEMS


def test_a_foreign_database_is_replaced(folder: Path) -> None:
    folder.mkdir()
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, size INTEGER NOT NULL)")
        connection.execute("CREATE VIEW value AS SELECT id, 'x' AS data FROM entry")
    connection.close()
    with Cache.open(folder, FINGERPRINT) as cache:
        assert "foreign" in cache.problems[0].message
        cache.put_many(ITEMS)
        assert cache.get_many(ITEMS) == ITEMS


def test_a_damaged_file_that_others_use_is_left_alone(filled: Path, folder: Path) -> None:
    shutil.copytree(filled, folder)
    other = Lock(folder)
    assert other.share()
    (folder / DATABASE).write_bytes(b"scribbled" * 1000)
    with Cache.open(folder, FINGERPRINT) as cache:
        assert cache.get_many(ITEMS) == {}
        assert "damaged" in cache.problems[0].message
    assert (folder / DATABASE).read_bytes() == b"scribbled" * 1000
    other.close()
    with Cache.open(folder, FINGERPRINT) as cache:
        cache.put_many(ITEMS)
    assert read(folder) == ITEMS


# -- unusable --------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_disables_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Cache.open(tmp_path / "file" / "cache", FINGERPRINT) as cache:
        cache.put_many(ITEMS)
        assert cache.get_many(ITEMS) == {}
    [problem] = cache.problems
    assert (problem.kind, problem.incomplete) == (ProblemKind.CACHE, False)
    assert "not used" in problem.message


@pytest.mark.parametrize(("pragma", "text"), [("query_only=1", "readonly"), ("max_page_count=40", "full")])
def test_a_full_or_read_only_disk_disables_it(folder: Path, pragma: str, text: str) -> None:
    with Cache.open(folder, FINGERPRINT) as cache:
        cache.put_many({key(1): value(1)})
        assert cache._connection is not None
        cache._connection.execute(f"PRAGMA {pragma}")
        cache.put_many(ITEMS)
        assert cache.get_many(ITEMS) == {}
        [problem] = cache.problems
        assert text in problem.message
        assert not problem.incomplete
    assert read(folder) == {key(1): value(1)}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_disables_it(folder: Path) -> None:
    folder.mkdir(mode=0o500)
    with Cache.open(folder, FINGERPRINT) as cache:
        assert "not used" in cache.problems[0].message


def test_a_busy_file_is_not_waited_for_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend_audit.cache.database._BUSY_SECONDS", 0.1)
    with Cache.open(folder, FINGERPRINT) as cache:
        cache.put_many({key(1): value(1)})
        blocker = sqlite3.connect(folder / DATABASE, isolation_level=None)
        blocker.execute("BEGIN EXCLUSIVE")
        cache.put_many({key(2): value(2)})
        assert cache.get_many([key(1)]) == {}
        assert [problem.incomplete for problem in cache.problems] == [False]
        with Cache.open(folder, FINGERPRINT) as late:
            assert late.get_many([key(1)]) == {}
            assert len(late.problems) == 1
        blocker.execute("ROLLBACK")
        blocker.close()
        assert cache.get_many([key(1)]) == {key(1): value(1)}
