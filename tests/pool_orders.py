"""What workers do in `test_pool.py`: apart from it, so that they need not import pytest."""

import ctypes
import os
import signal
import time
from pathlib import Path


def behave(item: bytes) -> bytes:
    """What a worker does: the item is an order."""
    order, _, rest = item.partition(b":")
    match order:
        case b"sleep":
            time.sleep(float(rest))
        case b"exit":
            os._exit(3)
        case b"segfault":
            ctypes.string_at(0)
        case b"kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"recurse":
            return behave(item)
        case b"memory":
            raise MemoryError
        case b"raise":
            raise ValueError("password=hunter2")
        case b"once":  # dies the first time, as if the system had killed it
            marker = Path(os.fsdecode(rest))
            if not marker.exists():
                marker.touch()
                os._exit(1)
        case b"spin":
            while True:
                pass
        case b"hold":  # a loop in C, which no Python signal handler interrupts
            sum(range(10**12))
        case b"big":
            return b"x" * int(rest)
        case b"pid":
            return str(os.getpid()).encode()
    return b"done " + item
