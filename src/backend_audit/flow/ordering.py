"""What sets hold, in an order that does not depend on hashes."""

from collections.abc import Iterable
from typing import TypeVar

from backend_audit.link.symbols import Symbol

_S = TypeVar("_S", bound=Symbol)


def in_order(texts: frozenset[str]) -> Iterable[str]:
    """The texts, sorted; most sets hold one or none."""
    return texts if len(texts) < 2 else sorted(texts)


def by_key(symbols: frozenset[Symbol]) -> Iterable[Symbol]:
    """The symbols, sorted."""
    return symbols if len(symbols) < 2 else sorted(symbols, key=lambda one: one.key)


def of_kind(symbols: frozenset[Symbol], kind: type[_S]) -> list[_S]:
    """Those of the symbols that are of `kind`, sorted."""
    return [one for one in by_key(symbols) if isinstance(one, kind)]
