"""Which fields of its records a logger hides: the paths that it is told, and those by which it would hide a secret.

https://github.com/davidmarkclements/fast-redact#paths-array
"""

import re
from collections.abc import Iterator
from itertools import product

from backend_audit.flow.values import Value

_BRACKETS = re.compile(r"""\[\s*["']?([^\]"']+)["']?\s*\]""")
_DEEPEST = 4
_ANY = "*"


def hidden(path: str) -> str:
    """What is said of a path that a logger is told to hide: `req.headers["authorization"]`, `*.password`, `users[*].token`."""
    plain = _BRACKETS.sub(r".\1", path)
    return f"redact {plain.strip('.')}"


def hiding(record: Value, secret: str) -> tuple[str, ...]:
    """What `hidden` says of each path that would hide the data called `secret` in an object that is logged; none in a text."""
    ways = list(_ways(record, secret, ()))
    if len(ways) != 1:
        return ()
    way = ways[0]
    heads = (way[: length + 1] for length in range(len(way)))  # what holds it may be hidden as a whole
    spelled = (names for head in heads for names in product(*((one, _ANY) for one in head)))
    return tuple(f"redact {'.'.join(names)}" for names in spelled)


def _ways(value: Value, secret: str, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The names that lead to what carries the secret."""
    if value.kind != "dict" or not value.items or len(above) >= _DEEPEST:
        if above and any(one.label == "secret" and one.what == secret for one in value.all_origins()):
            yield above
        return
    for key, held in value.items.items():
        yield from _ways(held, secret, (*above, str(key)))
