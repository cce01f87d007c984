"""What a description tells of an operation besides its answer, as a route is told of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """Whether it tells what the operation does, which group it belongs to, and which errors it answers."""

    summary: bool
    tags: bool
    errors: bool
