"""Arrays that are known whole, the arguments of a function among them: which elements their methods give.

A tuple is what a function was given (`...args`): nothing but the function itself changes it, so its length is known as well.
"""

from collections.abc import Callable

from backend_audit.flow.strings import Piece
from backend_audit.flow.values import MAX_ADDRESSES, MAX_ITEMS, PLACELESS, Value, constant, container, join_all

_MAX_PARTS = 64


def length(value: Value, *, counted: bool) -> Value | None:
    """How many arguments there are, if they are known; of a table that routes are made of, how many rows."""
    items = _whole(value) if value.kind == "tuple" or counted else None
    return None if items is None else constant("int", len(items))


def method(receiver: Value, name: str, args: list[Piece]) -> Value | None:
    """What a method gives that takes elements out by their position; None where that is not known."""
    items = _whole(receiver)
    if items is None or not items:
        return None
    given = [one.constant() for one, _ in args]
    bounds = [one.value for one in given if one is not None and isinstance(one.value, int)]
    if name == "slice" and args and len(bounds) == len(args):
        return container(receiver.kind, dict(enumerate(items[slice(bounds[0], *bounds[1:2])])))
    if name == "at" and len(bounds) == 1 and -len(items) <= bounds[0] < len(items):
        return items[bounds[0]]
    if name in ("pop", "shift") and receiver.kind == "tuple":
        return items[-1] if name == "pop" else items[0]
    return None


def concatenated(lists: list[Value], any_of: Callable[[Value], Value]) -> Value:
    """`first.concat(second)`: what stands in lists that are known whole is told apart, though its place may not be known."""
    known: dict[str | int, Value] = {}
    others: list[Value] = []
    for one in lists:
        items = _whole(one)
        for value in items or ():
            known[f"{PLACELESS}{len(known)}" if others else len(known)] = value
        if items is None:
            others.append(any_of(one) if one.kind else one)
    if len(known) > MAX_ITEMS:
        return container("list", None, join_all([*known.values(), *others]))
    return container("list", known or None, join_all(others) if others else None)


def listed(value: Value, what: str) -> Value | None:
    """The `keys`, `values` or `entries` of an object whose names are known, in their order; None of any other.

    Where it holds more than these, none of them has a known place.
    """
    items = [(key, held) for key, held in (value.items or {}).items() if isinstance(key, str)]
    if value.kind != "dict" or not items or len(items) > MAX_ADDRESSES:
        return None
    made: list[Value] = []
    for key, held in items:
        name = constant("str", key)
        made.append(name if what == "keys" else held if what == "values" else container("list", {0: name, 1: held}))
    placed: dict[str | int, Value] = {f"{PLACELESS}{at}": one for at, one in enumerate(made)}
    if value.elem is None and not value.open:
        whole: dict[str | int, Value] = {**dict(enumerate(made))}
        return container("list", placed if len(made) > MAX_ITEMS else whole)
    data = value.derived()
    rest = data if what == "keys" else value.elem or data
    return container("list", placed, rest if what != "entries" else container("list", {0: data, 1: rest}))


def parts(value: Value, given: list[Value]) -> Value | None:
    """`"get /users".split(" ")` of constants."""
    whole, mark = value.constant(), given[0].constant() if len(given) == 1 else None
    if whole is None or mark is None or whole.kind != "str" or mark.kind != "str" or not mark.value:
        return None
    found = str(whole.value).split(str(mark.value))
    return container("list", {at: constant("str", one) for at, one in enumerate(found)}) if len(found) <= _MAX_PARTS else None


def mutated(receiver: Value, name: str) -> Value | None:
    """The arguments after one was taken away at an end."""
    items = _whole(receiver) if receiver.kind == "tuple" and name in ("pop", "shift") else None
    return None if items is None else container("tuple", dict(enumerate(items[:-1] if name == "pop" else items[1:])))


def _whole(value: Value) -> list[Value] | None:
    if value.kind not in ("list", "tuple") or value.elem is not None or value.open:
        return None
    items = value.items or {}
    return list(items.values()) if list(items) == list(range(len(items))) else None
