"""The rows of `rules/evidence/*.toml` as look-up tables. The format is described in the code map."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import cast

from backend_audit.link.script_modules import api_path
from backend_audit.signs.manifests import normal
from backend_audit.signs.pattern import Pattern
from backend_audit.toml_files import tables

_OF_PYTHON = frozenset("hashlib html importlib io logging os pathlib pickle re shlex shutil socket subprocess".split())
_LISTS = ("python", "node", "settings", "texts", "files", "dependencies", "with")
_PATTERNS = ("calls", "classes", "fields", "relations", "compared", "keys", "strings", "line", "only", "routes")
_KEYS = frozenset({*_LISTS, *_PATTERNS, "kind", "what", "shape", "language"})
SHAPES = frozenset(
    "answered-error error-middleware server-error-view retry-loop backoff-loop jitter-loop endless-loop api-description "
    "kept-answer any-origin own-token ack-first jittered-delay".split()
)


class EvidenceError(Exception):
    """An evidence file that breaks the format; the message names the file and the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what shows that a project does `kind`.

    `python` and `node` are API paths (`redis.Redis.setex`; `sentry_sdk.*` for all below it; `?.setex` for a method of something
    unknown), and `options` are asked of a call's keywords (`ttl`, `openapi_url=None`, `a!=1`): one of them must be there.
    `calls`, `classes`, `fields` are patterns of the project's own names, `relations` of fields that name another table,
    `compared` of columns in a query's conditions, `keys` of keys in objects and dicts, `strings` of texts in the code.
    `settings` are names of settings, dotted for a key in one, `texts` strings in settings. `files` and `line` find lines of files
    without code (`@nginx`: a group of `[groups]`), where a line of the file fits `only`; a setting that holds texts must hold
    one that does.
    `routes` is a pattern of method and path. `dependencies` are packages that
    bring it, whose mention alone proves nothing.
    """

    kind: str
    what: str
    python: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    calls: Pattern | None = None
    classes: Pattern | None = None
    fields: Pattern | None = None
    relations: Pattern | None = None
    compared: Pattern | None = None
    keys: Pattern | None = None
    strings: Pattern | None = None
    line: Pattern | None = None
    only: Pattern | None = None
    routes: Pattern | None = None
    shape: str = ""
    language: str = ""  # "python" or "node": that code alone is asked for names and shapes
    number: int = field(default=-1, compare=False)  # its place among all rows


@dataclass(slots=True)
class Paths:
    """API paths of one language: whole ones, and beginnings."""

    whole: dict[str, list[Row]] = field(default_factory=dict)
    beginnings: dict[str, list[Row]] = field(default_factory=dict)
    _known: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    _as_known: "tuple[Mapping[str, str], Paths] | None" = None  # the aliases that were asked for last, and what came of it

    def add(self, pattern: str, row: Row) -> None:
        """Take in one pattern of a row."""
        table = self.beginnings if pattern.endswith(".*") else self.whole
        table.setdefault(pattern.removesuffix(".*"), []).append(row)

    def as_known_to(self, aliases: Mapping[str, str], canonical: Callable[[str], str]) -> "Paths":
        """These with the names that models have for the same things: `@prisma/client.PrismaClient` is their `prisma.Client`.

        A name that models have for things of several libraries (`fetch`) does not tell which one is used, nor does one that
        Python itself has (`logging.getLogger` for Celery's).
        """
        if self._as_known is not None and self._as_known[0] is aliases:
            return self._as_known[1]
        made = Paths({key: [*rows] for key, rows in self.whole.items()}, {key: [*rows] for key, rows in self.beginnings.items()})
        libraries: dict[str, set[str]] = {}
        for source, target in aliases.items():
            libraries.setdefault(target, {target.partition(".")[0]}).add(source.partition(".")[0])
        for source, target in aliases.items():
            if len(libraries[target]) > 2 or target.partition(".")[0] in _OF_PYTHON:  # the library and the models' word for it
                continue
            known = canonical(source)
            made.whole.setdefault(known, []).extend(self.whole.get(source, ()))
            head = source
            while head:
                made.beginnings.setdefault(known, []).extend(self.beginnings.get(head, ()))
                head = head.rpartition(".")[0]
        self._as_known = aliases, made
        return made

    def matching(self, path: str) -> tuple[Row, ...]:
        """The rows that an API path fits; what calls give counts as what is called: `a.B().c` is `a.B.c`."""
        known = self._known.get(path)
        if known is None:
            plain = path.replace("()", "").replace(".Module", "")  # as models call a module that is a function itself
            plain = plain.removesuffix(".default").replace(".default.", ".")
            found = list(dict.fromkeys(self.whole.get(plain, ())))
            head = plain
            while head:
                found += [row for row in self.beginnings.get(head, ()) if row not in found]
                head = head.rpartition(".")[0]
            known = self._known[path] = tuple(found)
        return known


class Fitting:
    """The rows of one trigger by the texts that their patterns fit, remembered: names of a project come again and again."""

    def __init__(self, pairs: list[tuple[Pattern, Row]]) -> None:
        self._pairs = pairs
        words = [pattern.words for pattern, _ in pairs]
        self._words = [(number, word) for number, some in enumerate(words) for word in sorted(some)]
        self._always = [number for number, some in enumerate(words) if not some]
        self._known: dict[str, tuple[Row, ...]] = {}

    def of(self, text: str) -> tuple[Row, ...]:
        """The rows that `text` fits, in order."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = tuple(self._searched(text))
        return known

    def _searched(self, text: str) -> Iterator[Row]:
        """Few texts hold a word that some pattern needs: a search for words is six times as fast as one for patterns."""
        lower = text.lower()
        worth = [number for number, word in self._words if word in lower]
        for number in sorted({*worth, *self._always}) if worth or self._always else ():
            pattern, row = self._pairs[number]
            if pattern.search(text):
                yield row


@dataclass(slots=True)
class Rows:
    """All rows, and those of each trigger."""

    every: list[Row] = field(default_factory=list)
    python: Paths = field(default_factory=Paths)
    node: Paths = field(default_factory=Paths)
    kinds: dict[str, str] = field(default_factory=dict)  # each kind in words
    _fitting: dict[str, Fitting] = field(default_factory=dict)

    def fitting(self, trigger: str) -> Fitting:
        """The rows with a pattern as that trigger, to be asked by text."""
        if trigger not in self._fitting:
            self._fitting[trigger] = Fitting([(getattr(row, trigger), row) for row in self.having(trigger)])
        return self._fitting[trigger]

    def brings(self) -> dict[str, frozenset[str]]:
        """For each kind the packages that could bring it, as `manifests.normal` writes them."""
        found: dict[str, set[str]] = {}
        for row in self.every:
            found.setdefault(row.kind, set()).update(normal(name) for name in row.dependencies)
        return {kind: frozenset(names) for kind, names in found.items()}

    def having(self, trigger: str) -> list[Row]:
        """The rows with a trigger, in order."""
        return [row for row in self.every if getattr(row, trigger)]


def _words(entry: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise EvidenceError(f"{where}: {key} must be a list of strings")
    return tuple(cast("list[str]", value))


def _pattern(entry: Mapping[str, object], key: str, where: str, *, checked: bool) -> Pattern | None:
    value = entry.get(key)
    if value is None:
        return None
    pattern = Pattern(str(value))
    if checked:
        try:
            _ = pattern.compiled
        except re.error as error:
            raise EvidenceError(f"{where}: {key} is no regular expression ({error})") from error
    return pattern


def _files(named: tuple[str, ...], groups: Mapping[str, list[str]], where: str) -> tuple[str, ...]:
    """The patterns of files that a row names, those of groups written out: `@nginx`."""
    found: list[str] = []
    for one in named:
        if one.startswith("@") and one[1:] not in groups:
            raise EvidenceError(f"{where}: unknown group {one!r}")
        found += groups[one[1:]] if one.startswith("@") else [one]
    return tuple(found)


def _row(
    entry: Mapping[str, object], kinds: Mapping[str, str], groups: Mapping[str, list[str]], where: str, *, checked: bool
) -> Row:
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        raise EvidenceError(f"{where}: unknown key {unknown[0]!r}")
    if entry.get("kind") not in kinds:
        raise EvidenceError(f"{where}: unknown kind {entry.get('kind')!r}")
    lists = {key if key != "with" else "options": _words(entry, key, where) for key in _LISTS}
    lists["files"] = _files(lists["files"], groups, where)
    patterns = {key: _pattern(entry, key, where, checked=checked) for key in _PATTERNS}
    shape = str(entry.get("shape", ""))
    if shape and shape not in SHAPES:
        raise EvidenceError(f"{where}: unknown shape {shape!r}")
    language = str(entry.get("language", ""))
    if language not in {"", "python", "node"}:
        raise EvidenceError(f"{where}: unknown language {language!r}")
    if bool(lists["files"]) != (patterns["line"] is not None):
        raise EvidenceError(f"{where}: files and line belong together")
    what = str(entry.get("what", ""))
    row = Row(str(entry["kind"]), what, shape=shape, language=language, **lists, **patterns)  # type: ignore[arg-type]
    if row == Row(row.kind, row.what, options=row.options, language=language):
        raise EvidenceError(f"{where}: nothing finds it")
    return row


def load_rows(files: Iterable[tuple[str, str]], *, checked: bool = True) -> Rows:
    """The tables of evidence files given as (name, text). `checked`: patterns are compiled to see whether they can be.

    Raises:
        EvidenceError: a file is no TOML or breaks the format.
    """
    rows = Rows()
    parsed = tables(files, EvidenceError)
    groups: dict[str, list[str]] = {}
    for where, data in parsed:
        if unknown := sorted(data.keys() - {"kinds", "groups", "evidence"}):
            raise EvidenceError(f"{where}: unknown table {unknown[0]!r}")
        for kind, words in cast("dict[str, str]", data.get("kinds", {})).items():
            if kind in rows.kinds:
                raise EvidenceError(f"{where}: {kind} is described twice")
            rows.kinds[kind] = words
        groups |= cast("dict[str, list[str]]", data.get("groups", {}))
    for where, data in parsed:
        for number, entry in enumerate(cast("list[dict[str, object]]", data.get("evidence", [])), 1):
            row = _row(entry, rows.kinds, groups, f"{where}: [[evidence]] {number}", checked=checked)
            row = replace(row, number=len(rows.every))
            rows.every.append(row)
            for pattern in row.python:
                rows.python.add(pattern, row)
            for pattern in row.node:
                rows.node.add(api_path(pattern), row)
    return rows


def evidence_files(root: Path) -> Iterator[tuple[str, str]]:
    """The evidence files below the rules folder `root`, by name."""
    for path in sorted((root / "evidence").glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def rows_of(root: Path) -> Rows:
    """The evidence rows shipped in the rules folder `root`, read once; the tests have checked them."""
    return load_rows(evidence_files(root), checked=False)
