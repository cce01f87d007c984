"""What runs in a worker process: receive items, answer each at once."""

import contextlib
import importlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

import msgspec

from backend_audit.finding import ProblemKind

READY = b"ready"
_OK, _FAILED = b"\0", b"\1"
_NICE = 10  # a tenth of the time of a process that does not yield
_GRACE = 5  # seconds after which the system ends a worker whose parent no longer can


class Failure(msgspec.Struct, frozen=True):
    """Why an item has no result. The message names the place in our code, never text of the item."""

    kind: ProblemKind
    message: str


_decode_failure = msgspec.msgpack.Decoder(Failure).decode
_decode_items = msgspec.msgpack.Decoder(list[bytes]).decode


def encode_items(items: list[bytes]) -> bytes:
    return msgspec.msgpack.encode(items)


def decode_result(message: bytes) -> bytes | Failure:
    return message[1:] if message[:1] == _OK else _decode_failure(message[1:])


def name_of(function: Callable[[bytes], bytes]) -> str:
    """`module:name`, by which another process finds the function. ValueError if it cannot."""
    name = f"{function.__module__}:{function.__qualname__}"
    if "<" in name or function.__module__ == "__main__":
        raise ValueError(f"{name} cannot be imported by a worker process")
    return name


def attempt(function: Callable[[bytes], bytes], item: bytes) -> bytes | Failure:
    """The function's result; whatever it raises stays with the item. The edge of one file's analysis."""
    try:
        return function(item)
    except RecursionError:
        return Failure(ProblemKind.TOO_DEEP, "nests too deeply")
    except MemoryError:
        return Failure(ProblemKind.CRASH, "not enough memory")
    except Exception as error:  # noqa: BLE001 - the edge of one file's analysis
        return Failure(ProblemKind.CRASH, f"{type(error).__name__} at {_origin(error)}")


def _origin(error: Exception) -> str:
    """Where it was raised, as `file.py:12`; an exception's text may quote the scanned code, so it is left out."""
    trace = error.__traceback__
    if trace is None:
        return "an unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    path = trace.tb_frame.f_code.co_filename.replace("\\", "/")
    return f"{'/'.join(path.split('/')[-2:])}:{trace.tb_lineno}"


def main(connection: Connection, name: str, timeout: float, yields: bool) -> None:
    """The life of a worker: it ends when its parent hangs up, however that comes about. `yields`: as in `Scheduler`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers
    with contextlib.suppress(ImportError, OSError, ValueError):
        _forbid_core_dumps()
    if yields and hasattr(os, "nice"):
        os.nice(_NICE)
    module, _, qualified = name.partition(":")
    function: object = importlib.import_module(module)
    for part in qualified.split("."):
        function = getattr(function, part)
    if not callable(function):
        raise TypeError(name)
    try:
        connection.send_bytes(READY)
        while True:
            for item in _decode_items(connection.recv_bytes()):
                _limit(timeout + _GRACE)
                result = attempt(function, item)
                _limit(0)
                failed = isinstance(result, Failure)
                connection.send_bytes(_FAILED + msgspec.msgpack.encode(result) if failed else _OK + result)  # type: ignore[operator]
    except (EOFError, OSError):
        return


def _forbid_core_dumps() -> None:
    """A crash is reported by the parent; a memory image in the user's folder helps nobody."""
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _limit(seconds: float) -> None:
    """Should the parent be killed meanwhile, nobody else would stop a hanging worker: SIGALRM's default is to end it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
