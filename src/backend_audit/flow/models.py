"""Library models: the rows of `rules/models/{python,node}/*.toml` as look-up tables. The format is described in the code map."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import cast

from backend_audit.flow import concepts, object_concepts, web_concepts, work_concepts
from backend_audit.flow.concepts import Concept

_TRIGGERS = ("call", "read", "write", "store")
_ITSELF = "[self]"
_HEADER = {"package", "docs", "aliases", "types", "results", "methods"}
CONTEXTS = frozenset(
    (
        "sql html shell path url log ldap xpath regex header code template secret nosql predictable dots dn parsed "
        "segment relative part referer fields lookup size script all"
    ).split()
)


class ModelError(Exception):
    """A model file that breaks the format; the message names the file and the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that makes a concept: operand roles as argument specs, the rest as constants."""

    concept: type[Concept]
    roles: Mapping[str, str]
    constants: Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class Source:
    """`clears`: contexts in which the data is harmless from the start, or marks of it (`parsed`)."""

    kind: str
    what: str
    clears: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Transfer:
    """Result carries what `froms` carry; `clears` says in which contexts it has become harmless, `restores` where no longer."""

    froms: tuple[str, ...]
    clears: frozenset[str]
    restores: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()  # told of the data like a context, without making it harmless (`parsed`)


@dataclass(frozen=True, slots=True)
class Guard:
    """A test of an argument: when the call turns out as `holds` (or, with `returns`, comes back at all), its data is clear."""

    argument: str
    clears: frozenset[str]
    holds: bool
    returns: bool


@dataclass(frozen=True, slots=True)
class Invoker:
    """A function that calls the function it is given: `function` with the arguments from position `first` on.

    `each`: with each element of those. `result`: gives what the function gives. `elsewhere`:
    "thread" for another thread or process, "later" when the request is answered.
    """

    function: str
    first: int
    each: bool
    result: bool
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A function that calls those that it is given: `function` is their position (`1*`: all from there on, in lists too).

    `gives`: the types of what they are called with ("" for anything). `error_first`: one with more parameters than these gets an
    error before them.
    """

    function: str
    gives: tuple[str, ...]
    error_first: bool


@dataclass(frozen=True, slots=True)
class Keeper:
    """A method that puts `value` into its object under `keys` (constants), or (`value` empty) takes it out again.

    With `append` what is put comes after what is there, as in a text buffer.
    """

    keys: tuple[str, ...]
    value: str
    append: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What a decorator, dependency, permission or hook of a library does to a route's callers; see `routes.model.Does`.

    `optional`: the switch that lets callers through without credentials; `open_reading`: who only reads is let through.
    `carrier`: what it knows callers by ("cookie", "header").
    """

    does: frozenset[str]
    optional: str
    open_reading: bool = False
    carrier: str = ""


@dataclass(slots=True)
class Models:
    """The tables. Paths are canonical (aliases resolved)."""

    aliases: dict[str, str] = field(default_factory=dict)
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    methods: dict[str, tuple[str, ...]] = field(default_factory=dict)  # what a class of a library answers by itself
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: {trigger: {} for trigger in _TRIGGERS})
    sources: dict[str, dict[str, Source]] = field(default_factory=lambda: {"call": {}, "read": {}})
    transfers: dict[str, Transfer] = field(default_factory=dict)
    parts: dict[str, frozenset[str]] = field(default_factory=dict)  # attributes in which the object's data is harmless
    guards: dict[str, Guard] = field(default_factory=dict)
    invokers: dict[str, Invoker] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    keepers: dict[str, Keeper] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)  # objects and types whose attributes one function sets and others read
    access: dict[str, Access] = field(default_factory=dict)  # guards of routes that libraries bring
    forwards: dict[str, str] = field(default_factory=dict)  # calls its argument with its other arguments
    _canonical: dict[str, str] = field(default_factory=dict)

    def canonical(self, path: str) -> str:
        """`path` with re-exported names replaced by those that the models use."""
        known = self._canonical.get(path)
        if known is None:
            known = path
            for _ in range(4):
                changed = self._replaced(known)
                if changed == known:
                    break
                known = changed
            self._canonical[path] = known
        return known

    def _replaced(self, path: str) -> str:
        head, rest = path, ""
        while True:
            target = self.aliases.get(head)
            if target is not None and target != head:
                return target + rest
            cut = head.rfind(".")
            if cut < 0:
                return path
            head, rest = path[:cut], path[cut:]

    def lineage(self, type_name: str) -> tuple[str, ...]:
        """The type and its bases as far as models know them, nearest first."""
        found = [type_name]
        for one in found:
            found.extend(base for base in self.bases.get(one, ()) if base not in found)
        return tuple(found)

    def method_names(self) -> Iterator[str]:
        """Every API path that a row, result, source or transfer stands for."""
        for rows in self.rows.values():
            yield from rows
        for sources in self.sources.values():
            yield from sources
        yield from (*self.results, *self.transfers, *self.guards)

    def result(self, path: str) -> str | None:
        """The type of what calling (or reading) `path` gives."""
        return self.results.get(path)

    def lists_itself(self, paths: frozenset[str]) -> bool:
        """Whether an attribute is a list that stands for its object: `router.urls`."""
        return any(self.results.get(path) == _ITSELF for path in paths)


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
    for name, one in (vars(concepts) | vars(web_concepts) | vars(object_concepts) | vars(work_concepts)).items():
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
        if key in _TRIGGERS:
            continue
        if key not in kinds:
            raise ModelError(f"{where}: {name} has no role {key!r}")
        if "Operand" in kinds[key]:
            roles[key] = str(value)
        elif isinstance(value, (str, bool)):
            constants[key] = value
        else:
            raise ModelError(f"{where}: {key} must be a string or a boolean")
    return Row(concept, roles, constants)


class _Loader:
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

    def row(self, name: str, entry: dict[str, object], where: str) -> None:
        triggers = [(trigger, path) for trigger in _TRIGGERS for path in _words(entry.get(trigger, []), where)]
        if not triggers:
            raise ModelError(f"{where}: no call, read, write or store")
        paths = [(trigger, self.models.canonical(path)) for trigger, path in triggers]
        if name == "source":
            source = Source(str(entry["kind"]), str(entry.get("what", "")), _contexts(entry, "clears", where))
            for trigger, path in paths:
                self.models.sources[trigger][path] = source
        elif name == "forward":
            for _, path in paths:
                self.models.forwards[path] = str(entry["callee"])
        elif name == "guard":
            guard = Guard(
                str(entry.get("argument", "0")),
                _contexts(entry, "clears", where),
                bool(entry.get("holds", True)),
                bool(entry.get("returns")),
            )
            for _, path in paths:
                self.models.guards[path] = guard
        elif name == "access":
            does = frozenset(_words(entry.get("does", []), where))
            access = Access(does, str(entry.get("optional", "")), entry.get("reading") == "open", str(entry.get("carrier", "")))
            for _, path in paths:
                self.models.access[path] = access
        elif name == "callback":
            gives = _words(entry.get("gives", []), where)
            callback = Callback(str(entry.get("function", "0")), gives, bool(entry.get("error-first")))
            for _, path in paths:
                self.models.callbacks[path] = callback
                if path.endswith("')"):  # of one event; the method that all of them share
                    self.models.callbacks.setdefault(path.partition("(")[0], Callback(callback.function, (), False))
        elif name == "shared":
            self.models.shared.update(path for _, path in paths)
        elif name == "keeper":
            keeper = Keeper(_words(entry.get("keys", []), where), str(entry.get("value", "")), bool(entry.get("append")))
            for _, path in paths:
                self.models.keepers[path] = keeper
        elif name == "invoker":
            function, first = str(entry.get("function", "0")), int(str(entry.get("first", 1)))
            elsewhere = str(entry.get("elsewhere", ""))
            invoker = Invoker(function, first, bool(entry.get("each")), bool(entry.get("result")), elsewhere)
            for _, path in paths:
                self.models.invokers[path] = invoker
        elif name in {"sanitizer", "propagator"}:
            clears = _contexts(entry, "clears", where)
            transfer = Transfer(
                _words(entry.get("from", ["0"]), where),
                clears,
                _contexts(entry, "restores", where),
                _contexts(entry, "marks", where),
            )
            for trigger, path in paths:
                if trigger == "read":
                    self.models.parts[path] = clears
                else:
                    self.models.transfers[path] = transfer
        else:
            row = _row(name, entry, self.concepts, where)
            for trigger, path in paths:
                self.models.rows[trigger].setdefault(path, []).append(row)


def load_models(files: Iterable[tuple[str, str]]) -> Models:
    """The tables of model files given as (name, text).

    Raises:
        ModelError: a file is no TOML or breaks the format.
    """
    loader = _Loader()
    parsed = []
    for where, content in files:
        try:
            parsed.append((where, cast("dict[str, object]", tomllib.loads(content))))
        except tomllib.TOMLDecodeError as error:
            raise ModelError(f"{where}: {error}") from error
    for where, data in parsed:
        loader.header(data, where)
    for where, data in parsed:
        loader.rows(data, where)
    models = loader.models
    models.results = {models.canonical(path): models.canonical(target) for path, target in models.results.items()}
    models.methods = {models.canonical(name): words for name, words in models.methods.items()}
    models.bases = {
        models.canonical(name): tuple(models.canonical(base) for base in bases) for name, bases in models.bases.items()
    }
    return models


def model_files(root: Path, folder: str = "python") -> Iterator[tuple[str, str]]:
    """The model files of a language (`python`, `node`) below the rules folder `root`, by name."""
    for path in sorted((root / "models" / folder).glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def models_of(root: Path, folder: str = "python") -> Models:
    """The models of a language shipped in the rules folder `root`, read once."""
    return load_models(model_files(root, folder))
