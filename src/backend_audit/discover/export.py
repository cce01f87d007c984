"""A commit, or the index, as files in a folder: what can be judged with its content, of the rest only the names.

The objects are read from git as they are: `git archive` and work trees would apply attributes and filters of the repository.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_audit.discover.git import run_git
from backend_audit.discover.history import HistoryError, top_of
from backend_audit.discover.language import language_of, may_say_itself, placed_language
from backend_audit.source import Language

INDEX = ""
_LINK, _SUBMODULE = "120000", "160000"
_AT_ONCE = 400  # objects in one answer of git
_MAX_NESTING = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    object: str
    path: str  # from the top of its repository


def export(folder: Path, commit: str, target: Path, *, max_bytes: int) -> list[str]:
    """Write what `commit` (INDEX: the index) has below `folder` into `target`, a new folder; notes on what is missing.

    Raises `HistoryError` when objects of the commit itself are not here.
    """
    top, prefix = top_of(folder)
    target.mkdir(parents=True)
    notes: list[str] = []
    _export_into(top, prefix, commit, target, max_bytes, notes, 0)
    return notes


def file_at(folder: Path, commit: str, path: str) -> bytes | None:
    """The content that the file `path`, relative to `folder`, has in `commit`."""
    top, prefix = top_of(folder)
    code, output, _ = run_git(top, "cat-file", "blob", f"{commit}:{prefix}{path}")
    return output if code == 0 else None


def _export_into(top: Path, prefix: str, commit: str, target: Path, max_bytes: int, notes: list[str], depth: int) -> None:
    entries = [one for one in _entries(top, commit, prefix) if _is_plain(one.path)]
    inside = [_Entry(one.mode, one.object, one.path.removeprefix(prefix)) for one in entries]
    wanted = [one for one in inside if one.mode != _SUBMODULE and (one.mode == _LINK or _may_matter(one.path))]
    sizes = _sizes(top, [one.object for one in wanted])
    missing = sum(one.object not in sizes for one in wanted)
    if missing:
        raise HistoryError(
            f"{missing} objects of {commit[:10] or 'the index'} are not in this clone (fetch them, or compare with another)"
        )
    for one in inside:
        if one.mode not in {_LINK, _SUBMODULE}:
            place = target / one.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
            if sizes.get(one.object, 0) > max_bytes:
                os.truncate(place, sizes[one.object])
    small = [one for one in wanted if sizes[one.object] <= max_bytes]
    links: list[tuple[Path, bytes]] = []
    for one, content in _contents(top, small):
        if one.mode == _LINK:
            links.append((target / one.path, content))
        else:
            (target / one.path).write_bytes(content)
    for place, content in links:  # last, so that nothing is written through one
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.fsdecode(content))
    for one in inside:
        if one.mode == _SUBMODULE:
            _submodule(top / prefix / one.path, one, target / one.path, max_bytes, notes, depth)


def _submodule(folder: Path, entry: _Entry, target: Path, max_bytes: int, notes: list[str], depth: int) -> None:
    """A submodule that is checked out here is part of what is judged, so its past is wanted too."""
    if depth >= _MAX_NESTING or not (folder / ".git").exists():
        return
    try:
        _export_into(folder, "", entry.object, target, max_bytes, notes, depth + 1)
    except HistoryError as error:
        notes.append(f"submodule {entry.path}: {error}; what is found in it counts as new")


def _is_plain(path: str) -> bool:
    """Whether a path names something below the folder: a crafted tree may say `../x` or `.git/config`."""
    parts = path.split("/")
    return (
        not any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts) and "\\" not in path and ":" not in parts[0]
    )


def _may_matter(path: str) -> bool:
    """Whether more than the file's name is looked at."""
    name = path.rpartition("/")[2]
    language, _ = language_of(name)
    if language is not Language.OTHER or placed_language(path) is not Language.OTHER or may_say_itself(name):
        return True
    return name in {".gitignore", ".backend-auditignore"}


def _entries(top: Path, commit: str, prefix: str) -> Iterator[_Entry]:
    where = ["--", prefix] if prefix else []
    if commit == INDEX:
        code, output, said = run_git(top, "ls-files", "-z", "--stage", "--full-name", *where, extra=_index_of(top))
    else:
        code, output, said = run_git(top, "ls-tree", "-r", "-z", "--full-tree", commit, *where)
    if code != 0:
        raise HistoryError(said.strip().removeprefix("fatal: ") or f"git cannot list {commit[:10] or 'the index'}")
    for row in os.fsdecode(output).split("\0"):
        head, _, path = row.partition("\t")
        words = head.split(" ")
        if path and commit == INDEX:
            if words[2] in {"0", "2"}:  # of a conflict: our side
                yield _Entry(words[0], words[1], path)
        elif path:
            yield _Entry(words[0], words[2], path)


def _index_of(top: Path) -> dict[str, str]:
    """The index that a hook of this repository is about: `git commit -a` and `git commit FILE` make one of their own."""
    name = os.environ.get("GIT_INDEX_FILE", "")
    code, output, _ = run_git(top, "rev-parse", "--absolute-git-dir")
    if not name or code != 0:
        return {}
    path = (top / name).resolve()
    own = Path(os.fsdecode(output.strip(b"\n"))).resolve()
    return {"GIT_INDEX_FILE": str(path)} if path.is_relative_to(own) and path.is_file() else {}


def _sizes(top: Path, objects: Sequence[str]) -> dict[str, int]:
    if not objects:
        return {}
    feed = "".join(f"{one}\n" for one in dict.fromkeys(objects)).encode()
    _, output, _ = run_git(top, "cat-file", "--batch-check", feed=feed)
    rows = (line.split() for line in output.decode("ascii", "replace").splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) == 3}


def _contents(top: Path, entries: Sequence[_Entry]) -> Iterator[tuple[_Entry, bytes]]:
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        _, output, _ = run_git(top, "cat-file", "--batch", feed="".join(f"{one.object}\n" for one in some).encode())
        yield from zip(some, _blobs(output), strict=True)


def _blobs(output: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        size = int(output[at:end].split()[2])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
