"""Which items a worker gets together, and in which order."""

from collections import deque
from collections.abc import Sequence

_CHUNK_ITEMS = 32
_CHUNK_WEIGHT = 128 * 1024  # about half a second of parsing
_ROUNDS = 8  # chunks for each worker at least, so that they end together


def chunks(weights: Sequence[int], workers: int) -> deque[list[int]]:
    """Indexes in chunks: large items first and each alone, then the others in their order, which frees results early."""
    target = max(1, min(_CHUNK_WEIGHT, sum(weights) // (workers * _ROUNDS)))
    large = sorted((i for i, weight in enumerate(weights) if weight > target), key=lambda i: (-weights[i], i))
    planned = deque([i] for i in large)
    chunk: list[int] = []
    weight = 0
    for index, own in enumerate(weights):
        if own > target:
            continue
        if chunk and (weight + own > target or len(chunk) >= _CHUNK_ITEMS):
            planned.append(chunk)
            chunk, weight = [], 0
        chunk.append(index)
        weight += own
    if chunk:
        planned.append(chunk)
    return planned
