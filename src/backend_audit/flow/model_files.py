"""Reads the files of library models into the tables of `models.Models`. The format is described in the code map."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias, cast

from backend_audit.flow import concepts, machine_concepts, object_concepts, web_concepts, work_concepts
from backend_audit.flow.concepts import Concept
from backend_audit.flow.model_lines import aliases_below, inherit
from backend_audit.flow.models import (
    CONTEXTS,
    TRIGGERS,
    Access,
    Attribution,
    Callback,
    Guard,
    Invoker,
    Keeper,
    Models,
    Row,
    Source,
    Transfer,
)
from backend_audit.toml_files import tables

_HEADER = {"package", "docs", "aliases", "types", "results", "methods"}
_NAMED = "with"  # the key of a row's arguments of which one must be named
_Entry: TypeAlias = Mapping[str, object]
_Paths: TypeAlias = list[tuple[str, str]]  # trigger and API path


class ModelError(Exception):
    """A model file that breaks the format; the message names the file and the row."""


def _words(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ModelError(f"{where}: expected a list of strings")
    return tuple(cast("list[str]", value))


def _contexts(entry: Mapping[str, object], key: str, where: str) -> frozenset[str]:
    found = frozenset(_words(entry.get(key, []), where))
    if found - CONTEXTS:
        raise ModelError(f"{where}: unknown context {sorted(found - CONTEXTS)}")
    return found


def _concept_names() -> dict[str, type[Concept]]:
    found = {}
    modules = (concepts, web_concepts, object_concepts, work_concepts, machine_concepts)
    for name, one in ((name, one) for module in modules for name, one in vars(module).items()):
        if isinstance(one, type) and issubclass(one, Concept) and one is not Concept:
            found["".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")] = one
    return found


def _row(name: str, entry: Mapping[str, object], known: dict[str, type[Concept]], where: str) -> Row:
    concept = known.get(name)
    if concept is None:
        raise ModelError(f"{where}: unknown concept {name!r}")
    kinds = {one.name: str(one.type) for one in fields(concept) if one.name != "site"}
    roles: dict[str, str] = {}
    constants: dict[str, str | bool] = {}
    for key, value in entry.items():
        if key in TRIGGERS or key == _NAMED:
            continue
        if key not in kinds:
            raise ModelError(f"{where}: {name} has no role {key!r}")
        if "Operand" in kinds[key]:
            roles[key] = str(value)
        elif isinstance(value, (str, bool)):
            constants[key] = value
        else:
            raise ModelError(f"{where}: {key} must be a string or a boolean")
    return Row(concept, roles, constants, frozenset(_words(entry.get(_NAMED, []), where)))


class _Loader:
    """Fills the tables of `Models`, row by row."""

    def __init__(self) -> None:
        self.models = Models()
        self.concepts = _concept_names()

    def header(self, data: Mapping[str, object], where: str) -> None:
        models = self.models
        for name, target in cast("dict[str, str]", data.get("aliases", {})).items():
            models.aliases[name] = target
        for name, entry in cast("dict[str, dict[str, object]]", data.get("types", {})).items():
            if set(entry) - {"bases"}:
                raise ModelError(f"{where}: unknown key in types.{name}")
            models.bases[name] = (*models.bases.get(name, ()), *_words(entry.get("bases", []), where))
        for name, target in cast("dict[str, str]", data.get("results", {})).items():
            models.results[name] = target
        for name, target in cast("dict[str, str]", data.get("methods", {})).items():
            models.methods[name] = tuple(target.split())

    def rows(self, data: Mapping[str, object], where: str) -> None:
        for name, entries in data.items():
            if name in _HEADER:
                continue
            if not isinstance(entries, list):
                raise ModelError(f"{where}: {name} must be an array of tables")
            for number, entry in enumerate(cast("list[dict[str, object]]", entries), 1):
                self.row(name, entry, f"{where}: [[{name}]] {number}")

    def row(self, name: str, entry: _Entry, where: str) -> None:
        triggers = [(trigger, path) for trigger in TRIGGERS for path in _words(entry.get(trigger, []), where)]
        if not triggers:
            raise ModelError(f"{where}: no call, read, write or store")
        paths = list(dict.fromkeys((trigger, self.models.canonical(path)) for trigger, path in triggers))  # aliases meet
        table = _TABLES.get(name)
        if table is not None:
            table(self, entry, paths, where)
            return
        row = _row(name, entry, self.concepts, where)
        for trigger, path in paths:
            self.models.rows[trigger].setdefault(path, []).append(row)

    def source(self, entry: _Entry, paths: _Paths, where: str) -> None:
        told = str(entry["kind"]), str(entry.get("what", ""))
        source = Source(*told, _contexts(entry, "clears", where), str(entry.get("unless", "")))
        for trigger, path in paths:
            self.models.sources[trigger][path] = source
        self.models.bringing.update(path.rpartition(".")[0] for trigger, path in paths if trigger == "read")

    def forward(self, entry: _Entry, paths: _Paths, where: str) -> None:  # noqa: ARG002 - as the others
        self.models.forwards.update((path, str(entry["callee"])) for _, path in paths)

    def guard(self, entry: _Entry, paths: _Paths, where: str) -> None:
        clears, holds = _contexts(entry, "clears", where), bool(entry.get("holds", True))
        guard = Guard(str(entry.get("argument", "0")), clears, holds, bool(entry.get("returns")))
        self.models.guards.update((path, guard) for _, path in paths)

    def access(self, entry: _Entry, paths: _Paths, where: str) -> None:
        does = frozenset(_words(entry.get("does", []), where))
        optional, carrier, rights = (str(entry.get(key, "")) for key in ("optional", "carrier", "rights"))
        access = Access(does, optional, entry.get("reading") == "open", carrier, rights)
        self.models.access.update((path, access) for _, path in paths)

    def callback(self, entry: _Entry, paths: _Paths, where: str) -> None:
        gives = _words(entry.get("gives", []), where)
        function, returns = str(entry.get("function", "0")), str(entry.get("returns", ""))
        first, result, me = bool(entry.get("error-first")), bool(entry.get("result")), str(entry.get("me", ""))
        callback = Callback(function, gives, first, returns, me, result)
        for _, path in paths:
            if self.models.callbacks.get(path, callback) != callback and self.models.callbacks[path].gives:
                raise ModelError(f"{where}: {path} has another callback (`function` takes several: `0.a|0.b`)")
            self.models.callbacks[path] = callback
            if path.endswith("')"):  # of one event; the method that all of them share
                self.models.callbacks.setdefault(path.partition("(")[0], Callback(callback.function, (), False))

    def shared(self, entry: _Entry, paths: _Paths, where: str) -> None:  # noqa: ARG002 - as the others
        self.models.shared.update(path for _, path in paths)

    def attribution(self, entry: _Entry, paths: _Paths, where: str) -> None:  # noqa: ARG002 - as the others
        found = Attribution(self.models.canonical(str(entry["of"])), str(entry.get("name", "0")), str(entry.get("value", "1")))
        self.models.attributions.update((path, found) for _, path in paths)

    def keeper(self, entry: _Entry, paths: _Paths, where: str) -> None:
        keeper = Keeper(_words(entry.get("keys", []), where), str(entry.get("value", "")), bool(entry.get("append")))
        self.models.keepers.update((path, keeper) for _, path in paths)
        self.models.keeping.update(path.rpartition(".")[0] for _, path in paths)

    def invoker(self, entry: _Entry, paths: _Paths, where: str) -> None:  # noqa: ARG002 - as the others
        function, first = str(entry.get("function", "0")), int(str(entry.get("first", 1)))
        each, result, elsewhere = bool(entry.get("each")), bool(entry.get("result")), str(entry.get("elsewhere", ""))
        arguments, named = str(entry.get("arguments", ":args")), str(entry.get("named", ":kwargs"))
        invoker = Invoker(function, first, each, result, elsewhere, arguments, named, bool(entry.get("later")))
        self.models.invokers.update((path, invoker) for _, path in paths)

    def variant(self, entry: _Entry, paths: _Paths, where: str) -> None:  # noqa: ARG002 - as the others
        wanted = entry.get("value", True)
        variant = (str(entry["when"]), wanted if isinstance(wanted, bool) else str(wanted), str(entry["gives"]))
        for _, path in paths:
            self.models.variants.setdefault(path, []).append(variant)

    def transfer(self, entry: _Entry, paths: _Paths, where: str) -> None:
        clears = _contexts(entry, "clears", where)
        restores, marks = _contexts(entry, "restores", where), _contexts(entry, "marks", where)
        base, into = str(entry.get("base", "")), str(entry.get("into", ""))
        transfer = Transfer(_words(entry.get("from", ["0"]), where), clears, restores, marks, base, into)
        for trigger, path in paths:
            if trigger == "read":
                self.models.parts[path] = clears
            else:
                self.models.transfers[path] = transfer.added_to(self.models.transfers.get(path))


_TABLES: dict[str, Callable[[_Loader, _Entry, _Paths, str], None]] = {
    "source": _Loader.source,
    "forward": _Loader.forward,
    "guard": _Loader.guard,
    "access": _Loader.access,
    "callback": _Loader.callback,
    "shared": _Loader.shared,
    "keeper": _Loader.keeper,
    "attribution": _Loader.attribution,
    "invoker": _Loader.invoker,
    "variant": _Loader.variant,
    "sanitizer": _Loader.transfer,
    "propagator": _Loader.transfer,
}


def load_models(files: Iterable[tuple[str, str]]) -> Models:
    """The tables of model files given as (name, text).

    Raises:
        ModelError: a file is no TOML or breaks the format.
    """
    loader = _Loader()
    parsed = tables(files, ModelError)
    for where, data in parsed:
        loader.header(data, where)
    models = loader.models
    models.aliases = aliases_below(models.aliases)
    unsettled = models.unsettled()
    if unsettled:
        raise ModelError(f"aliases that lead in a circle: {', '.join(unsettled)}")
    for where, data in parsed:
        loader.rows(data, where)
    models.results = {models.canonical(path): models.canonical(target) for path, target in models.results.items()}
    models.methods = {models.canonical(name): words for name, words in models.methods.items()}
    models.bases = {
        models.canonical(name): tuple(models.canonical(base) for base in bases) for name, bases in models.bases.items()
    }
    inherit(models)
    return models


def model_files(root: Path, folder: str = "python") -> Iterator[tuple[str, str]]:
    """The model files of a language (`python`, `node`) below the rules folder `root`, by name."""
    for path in sorted((root / "models" / folder).glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def models_of(root: Path, folder: str = "python") -> Models:
    """The models of a language shipped in the rules folder `root`, read once."""
    return load_models(model_files(root, folder))
