"""Numbers of a request: harmless wherever text can do harm, but they decide how much is done.

`int(text)` keeps the origins of its text under a label of their own. A bound ends them: `min(n, 100)`, `n % 10`, `if n > 100: …`.
"""

from collections.abc import Iterable

import msgspec

from backend_audit.flow.origins import Origin, ordered
from backend_audit.flow.values import Value, instance

NUMERIC = "number"  # the label
SIZE = frozenset(("size",))  # the context in which a bounded number is harmless
_FROM = frozenset(("untrusted", NUMERIC))


def number(kind: str, *made_of: Value) -> Value:
    """A number computed from values, with what of a request is in them."""
    return instance(kind).with_origins(one for value in made_of for one in origins(value))


def origins(value: Value) -> Iterable[Origin]:
    """The data of a request in `value`, as a number."""
    if not value.origins and not value.shapes:
        return ()
    found = [one for one in ordered(value.all_origins()) if one.label in _FROM]
    return [one if one.label == NUMERIC else msgspec.structs.replace(one, label=NUMERIC) for one in found]


def bounded(value: Value) -> Value:
    """The number after something has set a limit to it."""
    return value.cleared(SIZE) if value.origins else value


def is_free(value: Value) -> bool:
    """Whether a client may have chosen the number."""
    return any(one.label == NUMERIC and not one.cleared & {"size", "all"} for one in value.origins)
