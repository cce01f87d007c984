"""The process that stays after `scan --keep`.

For each scan that is asked of it, it forks a child, which has the streams, the folder and the environment of who asks: whatever
happens there, what is kept stays as it is. Then it judges the folder as it is by now, until the next scan is asked for.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import cast

import click

from backend_audit.audit import Interrupted, Living, scan
from backend_audit.cli.keep import ANSWER, CODE, SIZE, Request
from backend_audit.cli.options import Given, effective
from backend_audit.cli.terminal import harden_streams
from backend_audit.config import ConfigError

_STREAMS = 3
_MOST = 64 * 1024 * 1024  # bytes of a request
_PATIENCE = 5.0  # seconds for a request to come whole
_TURN = 0.01  # seconds between two looks at a child
_QUIET = 2.0  # seconds after which the folder is judged, if nobody asks: edits come in rows
_GRAIN = 0.05  # seconds between two looks for who asks, while the folder is judged


class Keeper:
    """What stays: `living` is what it knows, `last` the scan that it was asked last, which says how to judge."""

    def __init__(self, place: Path, living: Living, last: Request) -> None:
        """Listen at `place`. OSError if that cannot be; one that stayed there hears of nobody from then on, and ends."""
        self._place = place
        self._living = living
        self._last = last
        self._next_look = 0.0
        self._listener = socket.socket(socket.AF_UNIX)
        temporary = place.with_name(f"{place.name}.{os.getpid()}")
        mask = os.umask(0o077)
        try:
            self._listener.bind(str(temporary))
        finally:
            os.umask(mask)
        self._listener.listen()
        self._own = temporary.stat().st_ino
        temporary.replace(place)

    def stay(self) -> None:
        """Leave the terminal, and answer until nobody asks any more."""
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with Path(os.devnull).open("r+b", buffering=0) as nowhere:  # whatever is open elsewhere: others may wait for its end
            for number in {int(one.name) for one in Path("/dev/fd").iterdir()} - {nowhere.fileno(), self._listener.fileno()}:
                with contextlib.suppress(OSError):  # the folder's own is closed already
                    os.fstat(number)
                    os.dup2(nowhere.fileno(), number)
        try:
            self._answer_all()
        finally:
            if self._is_found:
                self._place.unlink()

    @property
    def _is_found(self) -> bool:
        """Whether this is who is found at the place."""
        try:
            return self._place.stat().st_ino == self._own
        except OSError:
            return False

    def _answer_all(self) -> None:
        self._judge()
        while self._last.minutes and select.select([self._listener], [], [], self._last.minutes * 60)[0]:
            connection, _ = self._listener.accept()
            with connection:
                connection.settimeout(_PATIENCE)
                with contextlib.suppress(OSError, ValueError, struct.error):
                    self._answer(connection)
            if not self._is_found:
                return
            if self._last.minutes and not select.select([self._listener], [], [], _QUIET)[0]:
                self._judge()

    def _answer(self, connection: socket.socket) -> None:
        """One scan."""
        head, streams, _, _ = socket.recv_fds(connection, SIZE.size, _STREAMS)
        try:
            self._last = Request(*json.loads(_whole(connection, *SIZE.unpack(head))))
            child = os.fork()
            if not child:
                _run(self._last, streams, self._living)
        finally:
            for stream in streams:
                os.close(stream)
        code = _ended(child, connection)
        if code >= 0:  # else it was killed: who asks does the work
            connection.sendall(CODE.pack(ANSWER, code))

    def _judge(self) -> None:
        """Judge the folder as it is by now, so that the next scan is told from there."""
        with contextlib.suppress(Interrupted, OSError, click.ClickException, ConfigError):  # who asks next is told what is wrong
            self._last.stand_in()
            paths, given = options_of(self._last)
            with self._living.judge_afresh(self._is_asked):
                scan(effective(paths, given), paths, living=self._living)
        self._living.rest()

    def _is_asked(self) -> bool:
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + _GRAIN
        return bool(select.select([self._listener], [], [], 0)[0])


def _whole(connection: socket.socket, size: int) -> bytes:
    """So many bytes that follow, or those that come."""
    found = bytearray()
    while len(found) < min(size, _MOST) and (part := connection.recv(_MOST)):
        found += part
    return bytes(found)


def options_of(request: Request) -> tuple[tuple[Path, ...], Given]:
    """The paths and the configuration that a command line asks for."""
    from backend_audit.cli.scan import scan_command  # noqa: PLC0415 - which needs this module

    arguments = request.arguments[request.arguments.index("scan") + 1 :]
    params = scan_command.make_context("scan", arguments).params
    given = cast("Given", {**{name: params[name] for name in Given.__annotations__}, "workers": 1})
    return params["paths"] or (Path(),), given


def _run(request: Request, streams: list[int], living: Living) -> None:
    """Be the scan that is asked for, and end with it."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        request.stand_in()
        sys.argv[1:] = request.arguments
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - until the end
        harden_streams()
        from backend_audit.cli import run  # noqa: PLC0415 - which needs this module

        gc.disable()
        code = run(request.arguments, living)
    finally:
        if (error := sys.exception()) is not None:
            traceback.print_exception(error)
        for out in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                out.flush()
        os._exit(code)


def _ended(child: int, connection: socket.socket) -> int:
    """The exit code of a child; it is interrupted when who asks has gone."""
    gone = False
    while True:
        done, status = os.waitpid(child, 0 if gone else os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if select.select([connection], [], [], _TURN)[0]:
            gone = True
            os.kill(child, signal.SIGINT)
