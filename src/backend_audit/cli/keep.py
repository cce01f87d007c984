"""`scan --keep`: the process of a scan stays in the background, and answers the next scans of its folder from what it knows.

Here is the asking side, and the leaving behind of a process; `keeper.py` is the one that stays. They meet at a socket in the
cache's folder, which is the user's alone: what is kept is asked for by nobody else, and nothing goes over a network.
"""

import hashlib
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import click

from backend_audit import __version__

if TYPE_CHECKING:
    from backend_audit.audit import Living

SIZE = struct.Struct("<Q")  # of a request that follows, in bytes
CODE = struct.Struct("<4si")  # an exit code, after the word that one follows
ANSWER = b"code"
_LONGEST = 100  # bytes of a socket's address: https://man7.org/linux/man-pages/man7/unix.7.html


class Request(NamedTuple):
    """A scan that is asked for: its command line, and what it finds itself in. `minutes`: how long to stay after it."""

    arguments: list[str]
    directory: str
    environment: dict[str, str]
    minutes: float

    @classmethod
    def of_this_process(cls, minutes: float) -> Self:
        """For what this process was started."""
        return cls(sys.argv[1:], str(Path.cwd()), dict(os.environ), minutes)

    def stand_in(self) -> None:
        """Let this process find itself where the one that asks does. OSError if the folder has gone."""
        os.chdir(self.directory)
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()


KEEP = click.option(
    "--keep",
    type=click.FloatRange(0),
    envvar="BACKEND_AUDIT_KEEP",
    metavar="MINUTES",
    help="Stay in the background for so long after the last use: then the next `scan --keep` of this folder takes a fraction of "
    "the time. 0 ends what stays.",
)


class Meeting:
    """Where scans of the same folder by this very tool meet."""

    def __init__(self, paths: Sequence[Path], minutes: float) -> None:
        """`paths` are what this process scans, `minutes` how long one is to stay after it."""
        if not hasattr(os, "fork") or not hasattr(socket, "AF_UNIX"):
            raise click.UsageError("--keep needs a system on which processes can fork, and sockets that are files")
        self._minutes = minutes
        self.place = _place(paths)

    def answered(self) -> int | None:
        """The exit code of the scan, as a process that stays has done it with this one's streams; None if there is none."""
        content = json.dumps(Request.of_this_process(self._minutes)).encode()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self.place))
                socket.send_fds(connection, [SIZE.pack(len(content))], [0, 1, 2])
                connection.sendall(content)
                code = connection.recv(CODE.size, socket.MSG_WAITALL)
        except OSError:  # nobody is there, or no longer
            return None
        word, number = CODE.unpack(code) if len(code) == CODE.size else (b"", 0)
        return int(number) if word == ANSWER else None

    def leave_behind(self, living: "Living") -> None:
        """Let a process stay that knows what this one does, unless it is for no time."""
        from backend_audit.cli.keeper import Keeper  # noqa: PLC0415 - not needed for --help

        if not self._minutes:
            return
        try:
            keeper = Keeper(self.place, living, Request.of_this_process(self._minutes))
            sys.stdout.flush()
            sys.stderr.flush()
            child = os.fork()
        except OSError as error:
            click.echo(f"--keep: no process can stay ({error.strerror})", err=True)
            return
        if not child:
            try:
                keeper.stay()
            finally:
                os._exit(0)


def _place(paths: Sequence[Path]) -> Path:
    """The address of the socket."""
    from backend_audit.cache import default_directory  # noqa: PLC0415 - not needed for --help
    from backend_audit.cache.folder import prepare  # noqa: PLC0415 - as above

    known = [*sorted(str(path.resolve()) for path in paths), str(Path.cwd()), __version__, sys.version, str(max(_changes()))]
    name = hashlib.blake2b("\0".join(known).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    folder = default_directory()
    place = folder / f"kept-{name}"
    if len(os.fsencode(place)) > _LONGEST:
        raise click.UsageError(f"--keep: the path of the cache's folder is too long for a socket in it ({folder})")
    try:
        prepare(folder)
        status = folder.stat()
    except OSError as error:
        raise click.UsageError(f"--keep: {folder} cannot be made ({error.strerror})") from None
    if (
        status.st_uid != os.getuid() or status.st_mode & 0o022
    ):  # else somebody else might answer, and hear what is in the environment
        raise click.UsageError(f"--keep: others may write into the cache's folder ({folder})")
    return place


def _changes() -> Iterator[int]:
    """When the files of this tool were changed last, in nanoseconds."""
    for folder, _, names in os.walk(Path(__file__).parent.parent):
        for name in names:
            if not name.endswith(".pyc"):
                yield os.stat(os.path.join(folder, name)).st_mtime_ns  # noqa: PTH116, PTH118 - a thousand, while somebody waits
