"""All files through the per-file stage: from the cache where they did not change, else in worker processes."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from backend_audit.analysis import PRELOADED
from backend_audit.analysis import file as file_stage
from backend_audit.analysis.file import ENCODER, FACTS, FileFacts, FileJob, decoded
from backend_audit.cache import Cache, key_of
from backend_audit.finding import Problem, ProblemKind
from backend_audit.link.script_modules import is_manifest
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.pool import Failure, run
from backend_audit.routes.openapi import is_description
from backend_audit.signs.manifests import lists_python
from backend_audit.source import Language, Role, SourceFile

_FACTS, _MODULE = "facts", "module"


@dataclass(slots=True)
class Files:
    """What the files say by themselves. `keys` identify their contents; modules stay encoded until somebody asks."""

    facts: dict[str, FileFacts] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    overlay: Mapping[str, bytes] = field(default_factory=dict)  # contents that stand for those on disk
    before: "Files | None" = None  # as they were when this process looked the last time
    _sources: dict[str, tuple[SourceFile, bytes]] = field(default_factory=dict)
    _modules: dict[str, bytes] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """The decoded text of a file that was read."""
        file, data = self._sources[path]
        return decode(data, file.language)

    def shown(self, path: str) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The text of a file and the ranges of it that no finding may show."""
        return self.text(path), self.facts[path].hidden if path in self.facts else ()

    def readable_text(self, path: str) -> str | None:
        """The text of a file; None if it was not read or is no text."""
        try:
            return self.text(path) if path in self._sources else None
        except DecodingError:  # said by the stage that reads the file
            return None

    def manifests(self) -> dict[str, str]:
        """The texts of the files that tell how JavaScript's imports are to be read, by path."""
        return self._texts(path for path in sorted(self._sources) if is_manifest(path))

    def requirements(self) -> dict[str, str]:
        """The texts of the files that say which releases of Python's libraries are wanted, by path."""
        return self._texts(path for path in sorted(self.facts) if lists_python(path))

    def descriptions(self) -> dict[str, str]:
        """The texts of the files that may describe the API, by path."""
        return self._texts(path for path in sorted(self._sources) if is_description(path))

    def schema_paths(self, *, migrations: bool) -> list[str]:
        """The files that tell how tables are made beside the code: Prisma's schemas and, if asked for, the migrations."""
        made = ((path, file) for path, (file, _) in sorted(self._sources.items()) if _makes_tables(file))
        return [path for path, file in made if migrations or file.path.endswith(".prisma")]

    def table_texts(self, *, migrations: bool) -> dict[str, str]:
        """The texts of those files that may speak of tables and indexes, by path."""
        paths = self.schema_paths(migrations=migrations)
        return self._texts(path for path in paths if path.endswith(".prisma") or _INDEX.search(self.data(path)))

    def _texts(self, paths: Iterable[str]) -> dict[str, str]:
        return {path: text for path in paths if (text := self.readable_text(path)) is not None}

    def data(self, path: str) -> bytes:
        """The bytes of a file that was read."""
        return self._sources[path][1]

    def modules(self, cache: Cache, only: Collection[str] | None = None) -> dict[str, bytes]:
        """The lowered files (default: all), encoded, by path and in path order."""
        wanted = self.keys if only is None else only
        lowered = {path: self.keys[path] for path in wanted if path in self.facts and self.facts[path].lowered}
        missing = {path: _key(key, _MODULE) for path, key in lowered.items() if path not in self._modules}
        known = cache.get_many(missing.values())
        for path, key in missing.items():
            self._modules[path] = known[key] if key in known else self._again(path)
        return {path: self._modules[path] for path in sorted(lowered)}

    def modules_before(self, cache: Cache, keys: Mapping[str, bytes]) -> dict[str, bytes]:
        """Those of the files with these keys, as an earlier scan left them in the cache, encoded."""
        rows = {path: _key(key, _MODULE) for path, key in keys.items()}
        known = cache.get_many(rows.values())
        return {path: known[row] for path, row in rows.items() if row in known}

    def _again(self, path: str) -> bytes:
        """The module of a file whose facts were cached and whose module was evicted."""
        return file_stage.facts_of(*self._sources[path]).module

    def read(self, files: Sequence[SourceFile]) -> list[SourceFile]:
        """Read the bytes of `files`; what cannot be read is a problem."""
        readable = []
        for file in files:
            try:
                data = self.overlay[file.path] if file.path in self.overlay else Path(file.absolute).read_bytes()
            except OSError as error:
                text = error.strerror or type(error).__name__
                self.problems.append(Problem(file.path, 0, ProblemKind.UNREADABLE, text))
                continue
            self._sources[file.path] = file, data
            self.keys[file.path] = key_of(data, file.path, file.language, file.role)
            readable.append(file)
        return readable

    def analyse(
        self,
        files: Sequence[SourceFile],
        cache: Cache,
        workers: int,
        timeout: float,
        tell: Callable[[int, int], None],
        meanwhile: Callable[[int], None],
    ) -> None:
        """Fill in the facts of `files`, which were read; `tell` hears how many of how many are done.

        `meanwhile` runs beside it, in a thread, if the cache does not know them all; it is told how many those are.
        """
        seen = {file.path: facts for file in files if (facts := self._seen_before(file.path)) is not None}
        self.before = None  # which has one before it
        known = cache.get_many(_key(self.keys[file.path], _FACTS) for file in files if file.path not in seen)
        rest: list[SourceFile] = []
        for file in files:
            facts = seen.get(file.path) or decoded(known.get(_key(self.keys[file.path], _FACTS)), FACTS)
            if facts is None:
                rest.append(file)
            else:
                self._keep(file.path, facts)
        done = len(files) - len(rest)
        tell(done, len(files))
        with ThreadPoolExecutor(1) as beside:
            if rest:
                beside.submit(meanwhile, len(rest))
            self._lower(rest, cache, workers, timeout, lambda number: tell(done + number, len(files)))

    def _seen_before(self, path: str) -> FileFacts | None:
        """The facts of a file that has not changed since this process looked the last time."""
        before = self.before
        return before.facts.get(path) if before is not None and before.keys.get(path) == self.keys[path] else None

    def _lower(self, rest: Sequence[SourceFile], cache: Cache, workers: int, timeout: float, tell: Callable[[int], None]) -> None:
        """The facts of files that the cache does not know."""
        jobs = [ENCODER.encode(FileJob(*self._sources[file.path])) for file in rest]
        weights = [_weight(file) for file in rest]
        results = run(file_stage.analyse, jobs, workers=workers, timeout=timeout, weights=weights, preload=(PRELOADED,))
        fresh: dict[bytes, bytes] = {}
        for number, (file, (_, answer)) in enumerate(zip(rest, results, strict=True), 1):
            if isinstance(answer, Failure):
                self.problems.append(Problem(file.path, 0, answer.kind, answer.message))
            else:
                fresh |= self._taken(file.path, FACTS.decode(answer))
                if len(fresh) >= _BATCH:
                    cache.put_many(fresh)
                    fresh = {}
            tell(number)
        cache.put_many(fresh)

    def _taken(self, path: str, facts: FileFacts) -> dict[bytes, bytes]:
        """Keep new facts, and what of them the cache should keep: module and the rest apart."""
        slim = msgspec.structs.replace(facts, module=b"")
        self._keep(path, slim)
        entries = {_key(self.keys[path], _FACTS): ENCODER.encode(slim)}
        if facts.module:
            self._modules[path] = facts.module
            entries[_key(self.keys[path], _MODULE)] = facts.module
        return entries

    def _keep(self, path: str, facts: FileFacts) -> None:
        self.facts[path] = facts
        self.problems.extend(facts.problems)


_BATCH = 200  # entries written at once: what a killed scan has done so far is not lost


_INDEX = re.compile(rb"(?i)index|unique|rename|@relation|references|(?:create|drop)\s[\s\w]{0,40}table")


def _makes_tables(file: SourceFile) -> bool:
    return file.role is Role.MIGRATION or file.path.endswith(".prisma")


def _key(content: bytes, what: str) -> bytes:
    return key_of(content, what)


def _weight(file: SourceFile) -> int:
    """Relative cost of a file."""
    return file.size * (3 if file.language is Language.PYTHON else 1)
