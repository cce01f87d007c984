"""Finds and reads configuration files: from the scanned path upwards, `extend` followed, nearest first."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from backend_audit.config.errors import ConfigError
from backend_audit.config.schema import Settings, checked

OWN_NAME = "backend-audit.toml"
SHARED_NAME = "pyproject.toml"
_TABLE = "backend-audit"


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place: `values` holds only the keys that it sets. Relative paths in it start at `base`."""

    origin: str
    base: Path
    settings: Settings
    keys: frozenset[str]


def from_file(path: Path) -> list[Layer]:
    """The layers of the configuration file `path` and of those it extends, strongest first."""
    layers: list[Layer] = []
    seen: list[Path] = []
    current: Path | None = path.resolve()
    while current is not None:
        if current in seen:
            chain = " → ".join(_shown(one) for one in [*seen, current])
            raise ConfigError(f"{_shown(path)}: `extend` goes round in a circle: {chain}")
        seen.append(current)
        table = _table(current, wanted=True)
        layer = _layer(current, table or {})
        layers.append(layer)
        if not layer.settings.extend:
            break
        parent = (layer.base / layer.settings.extend).resolve()
        if not parent.is_file():
            raise ConfigError(f"{layer.origin}: `extend` names {_shown(parent)}, which is no file")
        current = parent
    return layers


def found_from(start: Path) -> list[Layer]:
    """The layers of all configuration files in `start` and above it, strongest first.

    The way up ends at `root = true`, and at the top of the repository.
    """
    layers: list[Layer] = []
    directory = start.resolve()
    for place in [directory, *directory.parents]:
        own, shared = place / OWN_NAME, place / SHARED_NAME
        here: list[Layer] = []
        if own.is_file():
            here = from_file(own)
        elif shared.is_file() and _table(shared, wanted=False) is not None:
            here = from_file(shared)
        layers.extend(here)
        if any(layer.settings.root for layer in here) or (place / ".git").exists():
            break
    return layers


def _layer(path: Path, table: dict[str, object]) -> Layer:
    origin = _shown(path)
    return Layer(origin, path.parent, checked(table, origin), frozenset(table))


def _table(path: Path, *, wanted: bool) -> dict[str, object] | None:
    """The keys for us in `path`; None if it has none. `wanted`: an unreadable file is an error in any case."""
    try:
        content = path.read_bytes()
    except OSError as error:
        if wanted:
            raise ConfigError(f"{_shown(path)}: cannot be read ({error.strerror})") from None
        return None
    ours = wanted or _TABLE.encode() in content
    try:
        document: dict[str, object] = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if ours:
            raise ConfigError(f"{_shown(path)}: is not valid TOML: {error}") from None
        return None  # a pyproject.toml that does not speak of us is not ours to judge
    if path.name != SHARED_NAME:
        return document
    tool = document.get("tool")
    table = tool.get(_TABLE) if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{_shown(path)}: `tool.{_TABLE}` must be a table")
    return table


def _shown(path: Path) -> str:
    """`path` relative to the working directory where that is shorter, with forward slashes."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    return Path(relative).as_posix() if not relative.startswith("..") else path.as_posix()
