"""SQLite as the cache uses it: how it is opened, its two tables, what its errors ask for."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

_BUSY_SECONDS = 5.0
_TABLES = {
    "entry": "CREATE TABLE entry (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, size INTEGER NOT NULL)",
    "value": "CREATE TABLE value (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
}
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
UNUSABLE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOMEM,
    }
)


class StrangeFileError(Exception):
    """The file is a database, but not ours."""


TROUBLES = (sqlite3.Error, MemoryError, StrangeFileError)  # a damaged length can ask for any amount of memory


def connect(path: Path) -> sqlite3.Connection:
    """Open the file. It may come from elsewhere: nothing in it is run, no length in it believed."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    with contextlib.ExitStack() as unless_ready:
        unless_ready.callback(connection.close)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA journal_mode=TRUNCATE")
        unless_ready.pop_all()
    return connection


def ensure_tables(connection: sqlite3.Connection) -> tuple[int, int]:
    """Make the tables if there are none; the latest generation and the size of all entries."""
    if _schema(connection) != _TABLES:
        with transaction(connection):
            present = _schema(connection)  # another scan may just have made the tables
            if present and present != _TABLES:
                raise StrangeFileError("it holds foreign tables")
            for statement in _TABLES.values() if not present else ():
                connection.execute(statement)
    latest, size = connection.execute("SELECT max(generation), total(size) FROM entry").fetchone()
    if not isinstance(latest, int | None) or not isinstance(size, float):
        raise StrangeFileError("it holds foreign values")
    return min(latest or 0, 2**62), int(size)


def code_of(error: Exception) -> int:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF if isinstance(code, int) else sqlite3.SQLITE_ERROR


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, an interrupt included."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())


def delete(connection: sqlite3.Connection, row: int) -> None:
    connection.execute("DELETE FROM entry WHERE id = ?", (row,))
    connection.execute("DELETE FROM value WHERE id = ?", (row,))


def delete_all(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.execute("DELETE FROM entry")
        connection.execute("DELETE FROM value")
