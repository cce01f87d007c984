"""Room for deep trees, and no looking for garbage: what lowering and walks over its result need of the interpreter.

Apart from `positions`, since not everything that walks the IR should import LibCST, which takes half a second.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection while in the block: trees have no cycles, and looking for some costs a fifth of a parse."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def unlimited_depth(limit: int = 12_000) -> Iterator[None]:
    """Allow deep trees while in the block; what is deeper still raises RecursionError."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
