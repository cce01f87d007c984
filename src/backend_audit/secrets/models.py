"""The rows of `rules/models/secrets/*.toml`: formats of providers' keys, and functions that take secrets."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A format of key; the fields are described in `providers.toml`."""

    id: str
    name: str
    prefixes: tuple[str, ...]
    pattern: str
    docs: str
    near: tuple[str, ...] = ()
    entropy: float = 3.0
    checksum: str = ""
    shows: int | None = None
    live: bool = True
    open_beside: tuple[str, ...] = ()

    def compiled(self) -> re.Pattern[str]:
        """The pattern, with nothing adjoining that would make the key longer."""
        return _compile(self.pattern)


class Taker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A function that takes a secret at a position; the fields are described in `takers.toml`."""

    call: tuple[str, ...]
    argument: int
    reading: str
    option: str = ""


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{pattern})(?![A-Za-z0-9_])")


def _folder() -> Path:
    package = Path(__file__).parent.parent
    installed = package / "_rules"
    return (installed if installed.is_dir() else package.parent.parent / "rules") / "models" / "secrets"


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    content = tomllib.loads((_folder() / file).read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = content[table]
    return rows


@cache
def providers() -> tuple[Provider, ...]:
    """All formats, in the order of the file."""
    return tuple(msgspec.convert(row, Provider) for row in _rows("providers.toml", "provider"))


@cache
def takers() -> dict[str, tuple[Taker, ...]]:
    """Functions that take secrets, by the last part of their name."""
    found: dict[str, tuple[Taker, ...]] = {}
    for row in _rows("takers.toml", "taker"):
        taker = msgspec.convert(row, Taker)
        for call in taker.call:
            tail = call.rpartition(".")[2]
            found[tail] = (*found.get(tail, ()), taker)
    return found


def taken(callee: str, position: int, option: str = "") -> str:
    """What kind of secret the function `callee` (as written or as API path) takes at `position`; "" when none.

    `option`: the key, where it is an entry of the object that stands at that position.
    """
    for taker in takers().get(callee.rpartition(".")[2], ()):
        if (taker.argument, taker.option) == (position, option) and any(_fits(callee, call) for call in taker.call):
            return taker.reading
    return ""


def _fits(callee: str, call: str) -> bool:
    return callee == call or callee.endswith("." + call)
