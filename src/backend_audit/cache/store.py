"""The store: one SQLite file that may be killed, shared, filled up or scribbled over.

Journal: rollback (TRUNCATE) with `synchronous=OFF`. A killed process leaves a journal that the next one rolls back; only
a power cut can damage the file, and then checksums and the rebuild answer for it. WAL would let readers go on while
another scan writes, but needs shared memory (none on network homes) and two more files that must stay together when a
CI service saves and restores the folder; transactions here take milliseconds, so a short wait does instead.
"""

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self, TypeVar

from backend_audit.cache.codec import MAX_VALUE, pack, unpack
from backend_audit.cache.database import (
    BUSY,
    TROUBLES,
    UNUSABLE,
    code_of,
    connect,
    delete,
    delete_all,
    ensure_tables,
    transaction,
)
from backend_audit.cache.folder import DATABASE, Lock, prepare, remove_database
from backend_audit.finding import Problem, ProblemKind

_T = TypeVar("_T")
_MAX_BYTES = 512 * 1024 * 1024
_AFTER_EVICTION = 0.8  # of the limit, so that not every scan evicts
_AT_ONCE = 500  # variables in a statement; old SQLite takes 999


class Cache:
    """Values by key. Nothing here raises for the store's own troubles: they become `problems`, and misses.

    Entries that were used or written in the latest scans survive when `max_bytes` are exceeded.
    """

    def __init__(self, directory: Path | None, fingerprint: str, max_bytes: int) -> None:
        self._directory = directory
        self._fingerprint = hashlib.blake2b(fingerprint.encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._max_bytes = max_bytes
        self._connection: sqlite3.Connection | None = None
        self._lock: Lock | None = None
        self._mutex = threading.RLock()
        self._problems: list[str] = []
        self._generation = 1
        self._size = 0
        self._used: set[int] = set()
        self._damaged: set[int] = set()  # rows still to delete
        self._dropped = 0

    @classmethod
    def open(cls, directory: Path, fingerprint: str, *, max_bytes: int = _MAX_BYTES) -> Self:
        """The cache in `directory`, which is made if need be. Values put under another fingerprint are not seen."""
        cache = cls(directory, fingerprint, max_bytes)
        cache._enter()
        return cache

    @classmethod
    def disabled(cls) -> Self:
        """A cache that holds nothing (`--no-cache`)."""
        return cls(None, "", 0)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong so far; no reason to call a scan incomplete."""
        texts = list(self._problems)
        if self._dropped:
            texts.append(f"{self._dropped} damaged {'entry was' if self._dropped == 1 else 'entries were'} dropped")
        return tuple(Problem("", 0, ProblemKind.CACHE, f"cache: {text}", incomplete=False) for text in texts)

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there and whole."""
        wanted = {self._row(key): key for key in keys}
        return self._try(lambda connection: self._read(connection, wanted), {})

    def put_many(self, items: Mapping[bytes, bytes]) -> None:
        """Keep these values; all of them or, should the process die meanwhile, none."""
        rows = []
        for key, value in items.items():
            if len(value) <= min(MAX_VALUE, self._max_bytes // 4):
                rows.append((self._row(key), pack(self._full(key), value)))
        if rows:
            rows.sort()
            self._try(lambda connection: self._write(connection, rows), None)

    def clear(self) -> None:
        """Forget everything."""
        with self._mutex:
            self._used.clear()
            if self._connection is not None and not self._replace_file():
                self._leave()
                self._enter()
                self._try(delete_all, None)

    def close(self) -> None:
        """Note what was used, and let go of the file. Without it only the order of eviction suffers."""
        with self._mutex:
            if self._connection is not None and (self._used or self._damaged):
                self._try(self._note_use, None)
            self._leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- rows --------------------------------------------------------------------------------------------------------

    def _full(self, key: bytes) -> bytes:
        return hashlib.blake2b(key, key=self._fingerprint, digest_size=32).digest()

    def _row(self, key: bytes) -> int:
        """63 bits of the key: enough not to meet another, and the checksum covers the whole key should it happen."""
        return int.from_bytes(self._full(key)[:8], "little") >> 1

    def _read(self, connection: sqlite3.Connection, wanted: dict[int, bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        rows = sorted(wanted)
        for at in range(0, len(rows), _AT_ONCE):
            some = rows[at : at + _AT_ONCE]
            marks = ",".join("?" * len(some))
            for row, data in connection.execute(f"SELECT id, data FROM value WHERE id IN ({marks})", some):  # noqa: S608
                key = wanted.get(row)
                value = unpack(self._full(key), data) if key is not None else None
                if key is None or value is None:
                    self._dropped += row not in self._damaged
                    self._damaged.add(row)
                else:
                    found[key] = value
                    self._used.add(row)
        return found

    def _write(self, connection: sqlite3.Connection, rows: list[tuple[int, bytes]]) -> None:
        with transaction(connection):
            entries = ((row, self._generation, len(data)) for row, data in rows)
            connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", entries)
            connection.executemany("INSERT OR REPLACE INTO value VALUES (?, ?)", rows)
            self._size += sum(len(data) for _, data in rows)
            if self._size > self._max_bytes:
                self._evict(connection)
        self._damaged.difference_update(row for row, _ in rows)

    def _note_use(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            for row in sorted(self._damaged):
                delete(connection, row)
            self._damaged.clear()
            used = [(self._generation, row) for row in sorted(self._used)]
            connection.executemany("UPDATE entry SET generation = ? WHERE id = ?", used)
        self._used.clear()

    def _evict(self, connection: sqlite3.Connection) -> None:
        """Drop what was not used for the longest number of scans."""
        used = [(self._generation, row) for row in sorted(self._used)]
        connection.executemany("UPDATE entry SET generation = ? WHERE id = ?", used)
        sizes = connection.execute("SELECT id, size FROM entry ORDER BY generation, id").fetchall()
        self._size = sum(size for _, size in sizes)
        for row, size in sizes:
            if self._size <= self._max_bytes * _AFTER_EVICTION:
                break
            delete(connection, row)
            self._size -= size
        connection.execute("DELETE FROM value WHERE id NOT IN (SELECT id FROM entry)")

    # -- the file ----------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        """Open the file, or say why there is no cache."""
        if self._directory is None:
            return
        try:
            prepare(self._directory)
            self._lock = Lock(self._directory)
            if not self._lock.share():
                self._disable("another scan is rebuilding it")
                return
            self._connect(self._directory)
        except OSError as error:
            self._disable(error.strerror or type(error).__name__)
        except TROUBLES as error:
            self._failed(error)
            if code_of(error) in BUSY:  # its tables were not looked at
                self._leave()

    def _connect(self, directory: Path) -> None:
        self._connection = connect(directory / DATABASE)
        latest, size = ensure_tables(self._connection)
        self._generation = latest + 1
        self._size = size

    def _try(self, operation: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        with self._mutex:
            if self._connection is None:
                return otherwise
            try:
                return operation(self._connection)
            except TROUBLES as error:
                self._failed(error)
                return otherwise

    def _failed(self, error: Exception) -> None:
        """Wait no longer, do without, or begin anew: what the error asks for."""
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        code = code_of(error)
        if code in BUSY:
            self._say("another scan kept it busy; some entries were not used or kept")
        elif code in UNUSABLE:
            self._disable(str(error))
        elif self._replace_file():
            self._say(f"it was damaged ({error}) and is made anew")
        else:
            self._disable(f"it is damaged ({error})")

    def _replace_file(self) -> bool:
        """Begin with an empty file; false if another scan uses the present one, or it cannot be done."""
        self._close_connection()
        if self._directory is None or self._lock is None:
            return False
        try:
            if not self._lock.alone():
                self._lock.share()
                return False
            remove_database(self._directory)
            self._connect(self._directory)
            self._lock.share()
        except (OSError, *TROUBLES):
            self._leave()
            return False
        self._damaged.clear()
        self._used.clear()
        return True

    def _disable(self, reason: str) -> None:
        self._say(f"not used: {reason}")
        self._leave()

    def _say(self, text: str) -> None:
        if text not in self._problems:
            self._problems.append(text)

    def _leave(self) -> None:
        self._close_connection()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _close_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
