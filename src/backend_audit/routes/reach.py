"""What a function reaches by its calls, level by level."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol

_Known = TypeVar("_Known")


def forget(known: dict[str, _Known], keys: Collection[str]) -> None:
    """Drop what is known of the functions with these keys."""
    for key in known.keys() & keys:
        del known[key]


def leading_to(engine: Engine, keys: Iterable[str]) -> set[str]:
    """The keys of the functions that lead to any of these, by their calls or those of functions within them; these included."""
    above: dict[str, list[str]] = {}
    for caller, callees in engine.calls.items():
        for callee in callees:
            above.setdefault(callee, []).append(caller)
    for function in engine.project.functions():
        if function.parent is not None:
            above.setdefault(function.key, []).append(function.parent.key)
    found = set(keys)
    waiting = list(found)
    while waiting:
        new = [one for one in above.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return found


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
