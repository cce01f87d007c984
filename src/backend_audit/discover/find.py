"""`discover`: from the paths that a user names to the files that are judged."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from backend_audit.discover.git import list_by_git
from backend_audit.discover.header import read_head, role_of_generated, written_by_a_build
from backend_audit.discover.ignore import Layer, ignored, read_patterns
from backend_audit.discover.language import language_by_head, language_of, may_say_itself, placed_language
from backend_audit.discover.model import DiscoverOptions, Discovery, Listing, Tally
from backend_audit.discover.patterns import Patterns
from backend_audit.discover.roles import Surroundings, package_folder, role_of, role_of_file
from backend_audit.discover.walk import PRUNED, list_by_walk
from backend_audit.finding import ProblemKind
from backend_audit.source import SCRIPTS, Language, Role, SourceFile

IGNORE_FILE = ".backend-auditignore"
_REASONS = {
    Role.TEST: "tests",
    Role.MIGRATION: "migrations",
    Role.GENERATED: "generated code",
    Role.VENDORED: "vendored code",
}
_SQL = ".sql"
_LARGEST_ASIDE = 256 * 1024  # larger ones are dumps of data
_CODE = frozenset({Language.PYTHON, *SCRIPTS})


def discover(paths: Sequence[Path], *, root: Path, options: DiscoverOptions) -> Discovery:
    """Find the files to judge among `paths` (files and folders), named relative to `root`.

    A folder is listed as git would list it; roles come from the path below the folder that was named, so a project under
    `tests/fixtures/` can be judged by naming it. A file that is named is judged whatever ignore files and roles say,
    unless it is binary, too large or in no language that is known. Nothing is raised for what cannot be read.
    """
    finder = _Finder(_absolute(root), options)
    for path in paths:
        absolute = _absolute(path)
        if absolute.is_dir():
            finder.add_folder(absolute)
        else:
            finder.add_named(absolute)
    return finder.answer()


def size_text(size: int) -> str:
    """A limit as people say it: `1 MiB`, `200 KiB`, `700 bytes`."""
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} bytes"


class _Scope(NamedTuple):
    """A folder that was named, and what holds for all files below it."""

    folder: str
    prefix: str  # what makes a path below it one below the root: "" or ending with a slash
    around: Surroundings
    layers: list[Layer]


class _Finder:
    def __init__(self, root: Path, options: DiscoverOptions) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._options = options
        self._judged = {Role.SOURCE, Role.SCRIPT, Role.CONFIG}
        self._judged |= {Role.TEST} if options.tests else set()
        self._judged |= {Role.MIGRATION} if options.migrations else set()
        self._exclude = Layer("", Patterns(options.exclude))
        self._files: dict[str, SourceFile] = {}
        self._aside: dict[str, SourceFile] = {}
        self._links: list[tuple[str, str, Language, Role]] = []
        self._linked_folders: dict[str, bool] = {}
        self._tally = Tally()

    def answer(self) -> Discovery:
        self._add_links()
        skipped = self._tally.skipped(set(self._files))
        files = tuple(self._files[path] for path in sorted(self._files))
        aside = tuple(self._aside[path] for path in sorted(self._aside) if path not in self._files)
        return Discovery(files, skipped, self._tally.problems(), aside)

    def add_named(self, path: Path) -> None:
        """A file that the user named: judged if it can be read and its language is known."""
        shown = self._shown(str(path))
        language, _ = language_of(path.name)
        if language is Language.OTHER:
            language = placed_language(path.as_posix())
        if language is Language.OTHER:
            language = self._language_by_head(str(path), path.name)
        if language is Language.OTHER and path.is_file():
            self._tally.skip("no known language", shown)
            return
        around = Surroundings([path.name])
        role = role_of(path.name, language, around)
        self._judge(shown, os.path.realpath(path), language, role, named=True)

    def add_folder(self, folder: Path) -> None:
        listing = self._list(folder)
        start = self._shown(str(folder))
        prefix = "" if start == "." else start + "/"
        for path, reason in listing.unreadable.items():
            where = prefix + path if path != "." else start
            self._tally.problem(where, ProblemKind.UNREADABLE, f"the folder could not be read: {reason}")
        for path in listing.empty_submodules:
            self._tally.skip("submodules that are not checked out", prefix + path)
        scope = _Scope(str(folder), prefix, Surroundings(listing.paths), self._exclusions(listing.paths, prefix))
        for path in listing.paths:
            name = path.rpartition("/")[2]
            language, reason = language_of(name)
            if language is Language.OTHER:
                language = placed_language(path)
            if language is not Language.OTHER or may_say_itself(name):
                self._consider(scope, path, language, reason)
            elif name.lower().endswith(_SQL) and not _excluded(scope.layers, scope.prefix + path):
                self._put_aside(scope.prefix + path, f"{scope.folder}/{path}", language)

    def _list(self, folder: Path) -> Listing:
        if self._options.use_git and self._options.respect_ignores and (listing := list_by_git(folder)):
            listing.paths = {path for path in listing.paths if PRUNED.isdisjoint(path.split("/"))}
            return listing
        return list_by_walk(folder, respect_ignores=self._options.respect_ignores)

    def _exclusions(self, paths: set[str], prefix: str) -> list[Layer]:
        """The configured patterns and every `.backend-auditignore` from the root down, outermost first."""
        source = self._options.ignores_from
        if source is not None:
            paths = {found.relative_to(source).as_posix() for found in source.rglob(IGNORE_FILE)}
            paths = {path.removeprefix(prefix) for path in paths if path.startswith(prefix)}
        places = {prefix + path.removesuffix(IGNORE_FILE) for path in paths if path.endswith("/" + IGNORE_FILE)}
        places.add(prefix)
        if not prefix.startswith(("../", "/")):
            parts = prefix.split("/")[:-1]
            places |= {"/".join((*parts[:depth], "")).removeprefix("/") for depth in range(len(parts))}
        places_inwards = sorted(places, key=lambda place: (place.count("/"), place))
        found = ((place, read_patterns((source or self._root) / place / IGNORE_FILE)) for place in places_inwards)
        layers = [Layer(place, patterns) for place, patterns in found if patterns is not None]
        return [self._exclude, *layers] if self._options.exclude else layers

    def _consider(self, scope: _Scope, path: str, language: Language, reason: str) -> None:
        """Sort one listed file by its names alone; only what these leave is opened."""
        shown = scope.prefix + path
        if packages := package_folder(path, scope.around.environments):
            self._tally.skip("folders of installed packages", scope.prefix + packages)
            return
        if language is Language.OTHER:
            language = self._language_by_head(f"{scope.folder}/{path}", path.rpartition("/")[2])
            if language is Language.OTHER:
                return
        if scope.layers and _excluded(scope.layers, shown):
            reason = "excluded"
        if reason:
            self._tally.skip(reason, shown)
            return
        role = role_of_file(path, f"{scope.folder}/{path}", language, scope.around)
        if role in self._judged:
            self._judge(shown, f"{scope.folder}/{path}", language, role, named=False)
        else:
            if role is Role.MIGRATION:
                self._put_aside(shown, f"{scope.folder}/{path}", language)
            self._tally.skip(_REASONS[role], shown)

    def _put_aside(self, shown: str, absolute: str, language: Language) -> None:
        """Keep a migration or SQL script that is a regular file of the project and not a dump."""
        try:
            status = os.lstat(absolute)
            shown.encode()
        except (OSError, ValueError):  # told of no file that nobody judges
            return
        if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_ASIDE and not self._through_link(absolute):
            self._aside[shown] = SourceFile(shown, absolute, language, Role.MIGRATION, status.st_size)

    def _judge(self, shown: str, absolute: str, language: Language, role: Role, *, named: bool) -> None:
        """Look at the file itself; what cannot be judged is said aloud."""
        try:
            status = os.lstat(absolute)
        except (FileNotFoundError, NotADirectoryError) as error:
            if named:
                self._unreadable(shown, error)
            else:
                self._tally.skip("not on disk (deleted, or a sparse checkout)", shown)
            return
        except (OSError, ValueError) as error:
            self._unreadable(shown, error)
            return
        if stat.S_ISLNK(status.st_mode):
            self._links.append((shown, absolute, language, role))
        elif not named and self._through_link(absolute):
            self._tally.skip("behind a symbolic link", shown)
        elif stat.S_ISREG(status.st_mode):
            self._judge_regular(shown, absolute, status.st_size, language, role, named=named)
        elif named:
            self._tally.problem(shown, ProblemKind.UNREADABLE, "not a regular file")

    def _judge_regular(self, shown: str, absolute: str, size: int, language: Language, role: Role, *, named: bool) -> None:
        try:
            shown.encode()
        except UnicodeEncodeError:
            name = shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            self._tally.problem(name, ProblemKind.UNREADABLE, "the file's name is not UTF-8")
            return
        if size > self._options.max_bytes:
            limit = size_text(self._options.max_bytes)
            self._tally.skip(f"larger than {limit}", shown)
            if named or (language in _CODE and not written_by_a_build(absolute, size, language)):
                message = f"{size_text(size)} large; files above {limit} are not analysed"
                self._tally.problem(shown, ProblemKind.TOO_LARGE, message)
            return
        try:
            head = read_head(absolute, size, code=language in _CODE)
        except OSError as error:
            self._unreadable(shown, error)
            return
        if head.is_binary:
            self._tally.skip("binary files", shown)
            return
        if language is Language.JAVASCRIPT and (head.is_minified or head.is_bundled):
            role = Role.GENERATED
        elif head.is_generated(language):
            role = role_of_generated(absolute) if language in _CODE else Role.GENERATED
        elif role is Role.SOURCE and language is Language.PYTHON and head.is_migration:
            role = Role.MIGRATION
        if named or role in self._judged:
            self._files.setdefault(shown, SourceFile(shown, absolute, language, role, size))
        else:
            if role is Role.MIGRATION:
                self._put_aside(shown, absolute, language)
            self._tally.skip(_REASONS[role], shown)

    def _add_links(self) -> None:
        """Links to files, after all files are known: each target is judged once, and never one outside the root."""
        known = {os.path.realpath(file.absolute) for file in self._files.values()} if self._links else set()
        for shown, absolute, language, role in sorted(self._links):
            target = os.path.realpath(absolute)
            if not Path(target).exists():
                self._tally.problem(shown, ProblemKind.UNREADABLE, "a broken symbolic link", incomplete=False)
            elif Path(target).is_dir() or target in known:
                continue  # git follows no folder; its files are found where they are, if they are below the root
            elif not target.startswith(self._real_root + os.sep):
                self._tally.skip("symbolic links that lead outside", shown)
            else:
                known.add(target)
                self._judge(shown, target, language, role, named=False)

    def _through_link(self, absolute: str) -> bool:
        """Whether a folder below the root on the way to the file is a link (git lists what was there before)."""
        folder = absolute.rpartition("/")[0]
        known = self._linked_folders.get(folder)
        if known is None:
            if len(folder) <= len(str(self._root)) or not folder.startswith(str(self._root)):
                known = False
            else:
                known = Path(folder).is_symlink() or self._through_link(folder)
            self._linked_folders[folder] = known
        return known

    def _language_by_head(self, absolute: str, name: str) -> Language:
        if not may_say_itself(name):
            return Language.OTHER
        try:
            status = os.lstat(absolute)
            if not stat.S_ISREG(status.st_mode):
                return Language.OTHER
            return language_by_head(name, read_head(absolute, 0, code=False).data)
        except OSError:
            return Language.OTHER

    def _unreadable(self, shown: str, error: OSError | ValueError) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self._tally.problem(shown, ProblemKind.UNREADABLE, f"the file could not be read: {reason}")

    def _shown(self, absolute: str) -> str:
        try:
            return PurePath(os.path.relpath(absolute, self._root)).as_posix()
        except ValueError:  # another drive
            return PurePath(absolute).as_posix()


def _absolute(path: Path) -> Path:
    """Without `..`, but with symbolic links left as the user wrote them."""
    return Path(os.path.normpath(path.absolute()))


def _excluded(layers: list[Layer], path: str) -> bool:
    """Whether `path` or a folder on the way to it is excluded; once a folder is, nothing below it comes back."""
    held = [layer for layer in layers if path.startswith(layer.base)]
    if not held:
        return False
    at = path.find("/")
    while at >= 0:
        folder = path[: at + 1]
        if ignored([layer for layer in held if folder.startswith(layer.base) and folder != layer.base], folder):
            return True
        at = path.find("/", at + 1)
    return ignored(held, path)
