"""What a summary keeps of a large value: the outer levels, and below them only whose data is in it.

Fields within fields within fields (a context with all that an application has) multiply with every call that hands them on; who
reads that far in is rare. Without a bound, time and memory grow with the product of what a project's objects hold.
"""

from backend_audit.flow.concepts import Concept
from backend_audit.flow.origins import DATA, ordered, united
from backend_audit.flow.roles import with_values
from backend_audit.flow.values import Value, changed, names_addresses, within

MAX_NODES = 400  # of values within one value
_WEIGHT = 4  # origins that count as a value: a call replaces each of them
_MAX_OF_TABLE = 4000  # within a table of routes, whose names are addresses: each row says what guards a route of its own


def bounded(value: Value) -> Value:
    """`value` with at most `MAX_NODES` values in it."""
    if value.items is None and value.elem is None and not value.shapes:
        return value
    depth = _affordable(value, _MAX_OF_TABLE if value.kind == "dict" and names_addresses(value.items) else MAX_NODES)
    return value if depth is None else _cut(value, depth)


def _parts(value: Value) -> list[Value]:
    return [*value.inside(), *(gap.value for shape in value.shapes for gap in shape.gaps)]


def _affordable(value: Value, most: int) -> int | None:
    """How many levels within `value` can be kept; None: all of them."""
    level, count, depth = _parts(value), 1, 0
    while level:
        count += sum(1 + len(one.origins) // _WEIGHT for one in level)
        if count > most:
            return depth
        level = [part for one in level for part in _parts(one)]
        depth += 1
    return None


def _cut(value: Value, depth: int) -> Value:
    """`value` with `depth` levels of contents; what lies deeper is something unknown with the data that is in it."""
    if value.items is None and value.elem is None and not value.shapes:
        return value
    if depth == 0:
        return _flat(value)
    return within(value, lambda inner: _cut(inner, depth - 1))


def _flat(value: Value) -> Value:
    """An object with a secret in one of its fields is not the secret: what comes from outside alone is told of the whole."""
    inner = united(one.derived() for one in ordered(value.all_origins() - value.origins) if one.label in DATA)
    return changed(value, open=True, shapes=(), items=None, elem=None, kind="", made=False).with_origins(inner)


def bounded_concept(concept: Concept) -> Concept:
    """`concept` with each of its arguments bounded."""
    return with_values(concept, bounded)
