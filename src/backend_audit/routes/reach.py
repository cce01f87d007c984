"""What a function reaches by its calls, level by level."""

from collections.abc import Iterator

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol


def reached(engine: Engine, function: FunctionSymbol, levels: int, *, within: bool = False) -> Iterator[list[FunctionSymbol]]:
    """The function, then what it calls, and what that calls: each once, on the first level where it is met, in order of keys.

    `levels`: how many, the first one being the function alone. `within`: functions in another count as called by it.
    """
    level, seen = [function], {function.key}
    for _ in range(levels):
        yield level
        following: dict[str, FunctionSymbol] = {}
        for one in level:
            following |= engine.calls.get(one.key, {})
            following |= {inner.key: inner for inner in one.nested} if within else {}
        level = [following[key] for key in sorted(following) if key not in seen]
        seen |= following.keys()
