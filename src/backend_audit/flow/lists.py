"""Lists whose elements are known one by one."""

from collections.abc import Callable
from functools import reduce

from backend_audit.flow.arguments import Args
from backend_audit.flow.values import NUMBER, Value, constant, container, join_all

Iterated = Callable[[Value], Value]


def inserted(receiver: Value, at: Value, value: Value) -> Value:
    """A list after `insert(at, value)`: those behind it move up where all are known by position."""
    items = dict(receiver.items or {})
    one = at.constant()
    position = one.value if one is not None and isinstance(one.value, int) else None
    if position is not None and receiver.kind == "list" and receiver.elem is None:
        values = list(items.values())
        values.insert(position, value)
        return container("list", dict(enumerate(values)))
    first = items.pop(0, None) if position else None  # further behind, or counted from the end: the first one stays
    everything = join_all([*items.values(), value, *([] if receiver.elem is None else [receiver.elem])])
    return container(receiver.kind, None if first is None else {0: first}, everything)


def popped(receiver: Value, name: str, at: Value | None) -> int | None:
    """The position that `pop` takes out of a list whose elements are known one by one; None if that is open."""
    if name not in ("pop", "popleft") or receiver.kind != "list" or receiver.elem is not None or not receiver.items:
        return None
    last = len(receiver.items) - 1
    one = None if at is None else at.constant()
    index = 0 if name == "popleft" else last if at is None else one.value if one is not None else None
    if not isinstance(index, int):
        return None
    index = index + last + 1 if index < 0 else index
    return index if index in receiver.items else None


def reordered(receiver: Value, name: str, iterated: Iterated) -> Value:
    """A list after `reverse()`, whose elements are known one by one, or after `sort()`, when any may be anywhere."""
    if name == "reverse" and receiver.elem is None and receiver.items:
        return container("list", dict(enumerate(reversed(list(receiver.items.values())))))
    return container("list", None, iterated(receiver))


def length(of: Value) -> Value:
    """`len(text)`: a number, and the very one where the text is known."""
    one = of.constant()
    return NUMBER if one is None or not isinstance(one.value, str) else constant("int", len(one.value))


def between(values: Value, iterated: Iterated, before: int, behind: int) -> Value:
    """What `first, *rest = values` leaves for `rest`: all but those that other names take, `before` it and `behind` it."""
    items = values.items or {}
    if not values.kind or values.elem is not None or values.open or values.origins or any(isinstance(key, str) for key in items):
        return container("list", None, iterated(values))
    rest = list(items.values())[before : len(items) - behind]
    return container("list", dict(enumerate(rest)) or None)


def chained(path: str, args: Args, iterated: Iterated) -> Value | None:
    """`chain(a, b)`, `chain(*lists)`, `chain.from_iterable(lists)`: the elements of all of them."""
    deep = path.endswith(".from_iterable")
    if not deep and not path.endswith(".chain"):
        return None
    values = (iterated(one.value) if deep or key == "*" else one.value for key, one in args)
    return container("list", None, join_all(map(iterated, values)))


def together(held: Value, concatenated: Callable[[Value, Value], Value], iterated: Iterated) -> Value | None:
    """One list of the lists in `held`: `sum(lists, [])`, `reduce(operator.add, lists)`; None where no lists are in it."""
    lists = list((held.items or {}).values())
    if held.kind in ("list", "tuple") and held.elem is None and not held.open and lists and all(one.kind for one in lists):
        return reduce(concatenated, lists)
    one = iterated(held)
    return container(one.kind, None, iterated(one)) if one.kind in ("list", "tuple") else None
