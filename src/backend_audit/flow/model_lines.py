"""What rows of a model say of further names: of those below an alias, and of methods that a subclass has rows of its own for."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TypeVar

from backend_audit.flow.models import Models, Row

_T = TypeVar("_T")
_LAST = "\U0010ffff"  # sorts behind all that names go on with


def aliases_below(aliases: Mapping[str, str]) -> dict[str, str]:
    """The aliases, and those of members whose module has another name.

    `cross-spawn.sync` is asked for as `child_process.spawn.sync`.
    """
    found = dict(aliases)
    for path, target in aliases.items():
        for cut in _dots(path):
            other = aliases.get(path[:cut])
            below = "" if other is None else other + path[cut:]
            if below and below != target:
                found.setdefault(below, target)
    return found


def _dots(path: str) -> Iterator[int]:
    return (at for at, sign in enumerate(path) if sign == ".")


def inherit(models: Models) -> None:
    """Let a method that a class has rows for keep what rows of its bases say beside them.

    A method is looked up in a class before its bases: a row of one concept would otherwise hide all others.
    """
    names = sorted(set(models.method_names()))  # none is added: rows are handed down to names that have some
    for name in sorted(models.bases):
        own = name + "."
        known = names[bisect_left(names, own) : bisect_left(names, own + _LAST)]
        for base in models.lineage(name)[1:] if known else ():
            _inherit(models, known, own, base + ".")


def _inherit(models: Models, known: list[str], own: str, base: str) -> None:
    _hand_down(models.results, known, own, base)
    _hand_down(models.transfers, known, own, base)
    _hand_down(models.callbacks, known, own, base)
    _hand_down(models.parts, known, own, base)
    _hand_down(models.keepers, known, own, base)
    for sources in models.sources.values():
        _hand_down(sources, known, own, base)
    for rows in models.rows.values():
        for path in known:
            rows_above = rows.get(base + path[len(own) :])
            if rows_above:
                rows[path] = _beside(rows.get(path, []), rows_above)


def _hand_down(table: dict[str, _T], known: list[str], own: str, base: str) -> None:
    for path in known:
        above = table.get(base + path[len(own) :])
        if above is not None:
            table.setdefault(path, above)


def _beside(own: list[Row], above: list[Row]) -> list[Row]:
    """The rows of a method with those of a base for concepts that it has none of."""
    concepts = {row.concept for row in own}
    return [*own, *(row for row in above if row.concept not in concepts)]
