"""Puts the layers of a configuration together: each key comes from the strongest layer that sets it."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend_audit.config.errors import ConfigError
from backend_audit.config.files import Layer, found_from, from_file
from backend_audit.config.schema import KEYS, GuardsTable, Settings, checked, size_in_bytes
from backend_audit.finding import Confidence, Mode, Severity
from backend_audit.inventory import Declared
from backend_audit.suggest import did_you_mean

PREFIX = "BACKEND_AUDIT_"
BUILT_IN = "built-in"
COMMAND_LINE = "command line"

_LISTS = frozenset({"select", "ignore", "exclude", "rules"})
_SWITCHES = frozenset({"tests", "cache", "semgrep"})
_ONLY_IN_FILES = frozenset({"per-path", "guards", "extend", "root"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class PerPath:
    """Another choice of rules for the files under `base` that `glob` (as in .gitignore) matches."""

    base: Path
    glob: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a scan is told to do. `origins` says for each key where its value comes from."""

    mode: Mode = Mode.DEFAULT
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.LOW  # None: never
    min_confidence: Confidence = Confidence.MEDIUM
    exclude: tuple[str, ...] = ()
    exclude_base: Path = Path()
    tests: bool = False
    max_file_size: int = 1024 * 1024
    workers: int = 0  # 0: one a processor
    cache: bool = True
    cache_dir: Path | None = None  # None: the user's cache directory
    timeout: float = 60
    rules: tuple[Path, ...] = ()
    semgrep: bool = True
    ignores: bool = True  # honour ignore comments
    baseline: Path | None = None  # known findings that are put up with
    suppression_budget: int = -1  # findings that ignore comments may cover; -1: any number
    today: dt.date | None = None  # which `until=` of ignore comments have passed; None: none has
    per_path: tuple[PerPath, ...] = ()
    guards: Declared = field(default_factory=Declared)  # the team's own guards and public routes
    origins: Mapping[str, str]


def load(
    start: Path,
    overrides: Mapping[str, object],
    environment: Mapping[str, str],
    *,
    file: Path | None = None,
    isolated: bool = False,
    ignores: bool = True,
    today: dt.date | None = None,
) -> Config:
    """The effective configuration for a scan of `start`; `ConfigError` when a layer is wrong.

    `overrides` are the keys given on the command line (kebab-case), `file` replaces the files found from `start` upwards,
    and `isolated` reads none. `today` is the day on which it is looked at: nothing but the command line reads a clock.
    """
    layers = [_command_line(overrides), _environment(environment)]
    if file is not None:
        layers.extend(from_file(file))
    elif not isolated:
        layers.extend(found_from(start if start.is_dir() else start.parent))
    return replace(_resolved(layers, ignores=ignores), today=today)


def moved_config(config: Config, old: Path, new: Path) -> Config:
    """The same configuration for a copy of the project: what held below `old` holds below `new`."""

    def moved(path: Path) -> Path:
        return new / path.relative_to(old) if path.is_relative_to(old) else path

    def base(path: Path) -> Path:
        """A file above the project speaks of paths from there on: it is as far above the copy."""
        path = path.resolve()
        if old.resolve().is_relative_to(path):
            depth = len(old.resolve().relative_to(path).parts)
            return new if depth == 0 else new.parents[depth - 1]
        return moved(path)

    return replace(
        config,
        exclude_base=base(config.exclude_base),
        rules=config.rules,
        per_path=tuple(replace(one, base=base(one.base)) for one in config.per_path),
    )


def _resolved(layers: list[Layer], *, ignores: bool) -> Config:
    built_in = Layer(BUILT_IN, Path.cwd(), Settings(), frozenset())
    holder = {key: next((one for one in layers if key in one.keys), built_in) for key in KEYS}
    origins = {key: holder[key].origin for key in KEYS if key not in {"extend", "root"}}
    chooser, ignorer = holder["select"], holder["ignore"]
    if chooser is built_in:
        origins["select"] = "mode"
    elif ignorer is not built_in and layers.index(chooser) < layers.index(ignorer):
        holder["ignore"] = built_in  # who chooses rules on the command line gets them, whatever a file ignores
        origins["ignore"] = chooser.origin
    cache_dir = holder["cache-dir"].settings.cache_dir
    fail_on = holder["fail-on"].settings.fail_on
    rules = holder["rules"]
    return Config(
        mode=Mode(holder["mode"].settings.mode),
        select=tuple(holder["select"].settings.select),
        ignore=tuple(holder["ignore"].settings.ignore),
        fail_on=None if fail_on == "never" else Severity(fail_on),
        min_confidence=Confidence(holder["min-confidence"].settings.min_confidence),
        exclude=tuple(holder["exclude"].settings.exclude),
        exclude_base=holder["exclude"].base,
        tests=holder["tests"].settings.tests,
        max_file_size=size_in_bytes(holder["max-file-size"].settings.max_file_size),
        workers=holder["workers"].settings.workers,
        cache=holder["cache"].settings.cache,
        cache_dir=(holder["cache-dir"].base / cache_dir).absolute() if cache_dir else None,
        timeout=holder["timeout"].settings.timeout,
        rules=tuple(_existing(rules, name) for name in rules.settings.rules),
        semgrep=holder["semgrep"].settings.semgrep,
        ignores=ignores,
        baseline=_existing_file(holder["baseline"]),
        suppression_budget=holder["suppression-budget"].settings.suppression_budget,
        per_path=tuple(_per_path(layers)),
        guards=_declared(holder["guards"].settings.guards),
        origins=origins,
    )


def _existing_file(layer: Layer) -> Path | None:
    name = layer.settings.baseline
    if not name:
        return None
    path = (layer.base / name).resolve()
    if not path.is_file():
        raise ConfigError(f"{layer.origin}: `baseline` names {name}, which is no file")
    return path


def _existing(layer: Layer, name: str) -> Path:
    path = (layer.base / name).resolve()
    if not path.exists():
        raise ConfigError(f"{layer.origin}: `rules` names {name}, which does not exist")
    return path


def _declared(table: GuardsTable) -> Declared:
    return Declared(**{name: tuple(words) for name, words in table.model_dump().items()})


def _per_path(layers: list[Layer]) -> Iterator[PerPath]:
    """The tables of all layers, weakest first: the last one that matches a file has the last word."""
    for layer in reversed(layers):
        for glob, table in layer.settings.per_path.items():
            yield PerPath(layer.base, glob, tuple(table.select), tuple(table.ignore), layer.origin)


def _command_line(overrides: Mapping[str, object]) -> Layer:
    return Layer(COMMAND_LINE, Path.cwd(), checked(overrides, COMMAND_LINE), frozenset(overrides))


def _environment(environment: Mapping[str, str]) -> Layer:
    """The keys that `BACKEND_AUDIT_*` variables set; an empty variable sets none."""
    values: dict[str, object] = {}
    origin = "environment"
    known = {PREFIX + key.upper().replace("-", "_"): key for key in KEYS if key not in _ONLY_IN_FILES}
    for name, text in sorted(environment.items()):
        if not name.startswith(PREFIX) or not text.strip():
            continue
        key = known.get(name)
        if key is not None:
            value = _from_text(name, key, text.strip())
            if value is not None:
                values[key] = value
        elif near := did_you_mean(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known]):
            raise ConfigError(f"environment: unknown variable {name}{near}")
    return Layer(origin, Path.cwd(), checked(values, origin), frozenset(values))


def _from_text(name: str, key: str, text: str) -> object:
    if key in _LISTS:
        return [part.strip() for part in text.split(os.pathsep if key == "rules" else ",") if part.strip()]
    if key in _SWITCHES:
        word = text.lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        if key == "semgrep":  # the path of its executable: semgrep/run.py reads it
            return None
        raise ConfigError(f'environment: {name} must be true or false, not "{text}"')
    if key in {"workers", "timeout", "suppression-budget"}:
        try:
            return float(text) if key == "timeout" else int(text)
        except ValueError:
            raise ConfigError(f'environment: {name} must be a number, not "{text}"') from None
    return text
