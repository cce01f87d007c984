"""The cache's folder: marked as a cache for backups and git, and locked against being rebuilt while in use."""

import contextlib
import os
import sys
import time
from pathlib import Path

DATABASE = "results-1.sqlite"  # the number is that of the tables' form: versions that differ in it do not meet
_BESIDE = ("", "-journal", "-wal", "-shm")
_MARKS = {
    "CACHEDIR.TAG": (
        "Signature: 8a477f597d28d172789f06886806bc55\n"
        "# A cache of backend-audit; it may be deleted at any time. See https://bford.info/cachedir/\n"
    ),
    ".gitignore": "*\n",
}
_PATIENCE = 2.0  # seconds; a rebuild takes milliseconds


def prepare(directory: Path) -> None:
    """Make the folder, for its owner only, and mark it. OSError if that cannot be."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in _MARKS.items():
        with contextlib.suppress(FileExistsError), (directory / name).open("x", encoding="ascii") as file:
            file.write(text)


def remove_database(directory: Path) -> None:
    for suffix in _BESIDE:
        (directory / (DATABASE + suffix)).unlink(missing_ok=True)


class Lock:
    """Everyone who uses the database shares the lock; who deletes it has it alone. The system frees it at any death.

    Without it, deleting a damaged database could take the journal of one that another scan has just made anew.
    On Windows files that others have open cannot be deleted anyway, so there it does nothing.
    """

    def __init__(self, directory: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        self._handle = os.open(directory / "lock", flags, 0o600)

    def share(self) -> bool:
        """Wait for a rebuild by another scan to end; false if it does not."""
        deadline = time.monotonic() + _PATIENCE
        while not self._take(alone=False):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def alone(self) -> bool:
        """Have it for oneself, if nobody else uses the database now."""
        return self._take(alone=True)

    def close(self) -> None:
        os.close(self._handle)

    def _take(self, *, alone: bool) -> bool:
        if sys.platform == "win32":
            return True
        import fcntl  # noqa: PLC0415 - not there on Windows

        try:
            fcntl.flock(self._handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
