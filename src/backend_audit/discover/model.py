"""What discover is asked for and what it answers."""

from pathlib import Path
from typing import Protocol

import msgspec

from backend_audit.finding import Problem, ProblemKind, Skipped
from backend_audit.source import SourceFile

EXAMPLES = 3  # paths named for each reason of passing over


def words(text: str) -> frozenset[str]:
    """A set of names, written as one text: tables of names stay legible."""
    return frozenset(text.split())


class DiscoverOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to look for files.

    `exclude` are gitignore patterns relative to the root. `tests` and `migrations` judge such code too.
    With `use_git` false git is not run, and with `respect_ignores` false no .gitignore counts (but `exclude` does).
    `ignores_from` is the folder whose `.backend-auditignore` files count, at the same places; None: the root's own.
    """

    exclude: tuple[str, ...] = ()
    tests: bool = False
    migrations: bool = False
    max_bytes: int = 1024 * 1024
    use_git: bool = True
    respect_ignores: bool = True
    ignores_from: Path | None = None


class Discovery(msgspec.Struct, frozen=True):
    """The files to judge (sorted by path), what was passed over and why, and what could not be read.

    `aside` are files that nobody judges and that tell how tables are made: migrations and SQL scripts.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]
    aside: tuple[SourceFile, ...] = ()


class Listing(msgspec.Struct):
    """Files below one folder that git would take, relative to it, with forward slashes; folders it could not open."""

    paths: set[str]
    unreadable: dict[str, str] = msgspec.field(default_factory=dict)  # folder → reason
    empty_submodules: set[str] = msgspec.field(default_factory=set)


class Lister(Protocol):
    """A way to list the files below a folder; None when it does not apply there."""

    def __call__(self, folder: Path) -> Listing | None: ...


class Tally:
    """Collects what was passed over and what went wrong."""

    def __init__(self) -> None:
        self._passed: dict[str, set[str]] = {}
        self._problems: set[Problem] = set()

    def skip(self, reason: str, path: str) -> None:
        self._passed.setdefault(reason, set()).add(path)

    def problem(self, path: str, kind: ProblemKind, message: str, *, incomplete: bool = True) -> None:
        self._problems.add(Problem(path, 0, kind, message, incomplete))

    def skipped(self, judged: set[str]) -> tuple[Skipped, ...]:
        """Counts by reason; a path that is judged all the same (it was named explicitly) is not counted."""
        left = {reason: sorted(paths - judged) for reason, paths in self._passed.items()}
        return tuple(Skipped(reason, len(paths), tuple(paths[:EXAMPLES])) for reason, paths in sorted(left.items()) if paths)

    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems))
