"""What `test_cache.py` puts into the cache: apart from it, so that the writers it kills need not import pytest."""

import random

from backend_audit.cache import key_of

FINGERPRINT = "0.1.0 rules-1"


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable on purpose


def key(number: int) -> bytes:
    return key_of(b"content %d" % number, FINGERPRINT)


def value(number: int) -> bytes:
    """Of any size up to some 20 KB; every second one does not compress."""
    size = (number * 7919) % 20_000
    return dice(number).randbytes(size) if number % 2 else b"%d," % number * (size // 4)
