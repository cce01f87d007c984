"""A scan held against an older state of the project: a commit, the index against HEAD, a baseline file."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec

from backend_audit import audit
from backend_audit.audit import Listener, ScanResult, Tree
from backend_audit.config import Config, common_directory, moved_config, place_in, scan_root
from backend_audit.difference import Baseline, Paths, against_base, against_baseline, kept_lines, new_lines, renamed
from backend_audit.discover.export import INDEX, export
from backend_audit.discover.history import HistoryError, commit_of, merge_base, top_of, upstream_of
from backend_audit.finding import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a scan is held against: a commit and how people call it. `staged`: not the files are judged, but the index."""

    commit: str
    name: str
    staged: bool = False


def base_of(folder: Path, reference: str | None, environment: Mapping[str, str]) -> Base:
    """The merge base of HEAD and `reference` (None: the upstream branch); `HistoryError` says why there is none."""
    top_of(folder)  # says it when there is no repository
    name = reference or upstream_of(folder, environment)
    if commit_of(folder, name) is None and commit_of(folder, f"origin/{name}") is not None:
        name = f"origin/{name}"  # a branch that was never checked out here
    other, head = commit_of(folder, name), commit_of(folder, "HEAD")
    if other is None:
        raise HistoryError(
            f'"{name}" is no commit here; `git fetch` brings what a clone lacks, `git branch --all` lists branches'
        )
    if head is None:
        raise HistoryError("there is no commit yet to compare with")
    commit = merge_base(folder, head, other)
    if commit is None:
        raise HistoryError(f"HEAD and {name} have no common history here; a shallow clone needs `git fetch --unshallow`")
    return Base(
        commit=commit, name=f"{name} at {commit[:10]}" if commit == other else f"{commit[:10]}, the merge base with {name}"
    )


def staged_base(folder: Path) -> Base:
    """HEAD, against which the index is held."""
    head = commit_of(folder, "HEAD")
    if head is None:
        raise HistoryError("there is no commit yet to compare with")
    return Base(commit=head, name=f"HEAD at {head[:10]}", staged=True)


@contextmanager
def exported(root: Path, paths: Sequence[Path], commit: str, max_bytes: int) -> Iterator[tuple[Path, list[str]]]:
    """`root` as it was at `commit`, in a temporary place, and notes on what of it is missing.

    The repository is the one that holds all `paths`: around `root`, or below it.
    """
    inside = common_directory(list(paths))
    top = top_of(inside)[0]
    below = root.resolve() if root.resolve().is_relative_to(top) else top
    with tempfile.TemporaryDirectory(prefix="backend-audit-", ignore_cleanup_errors=True) as name:
        # Folders above it keep their names: configuration speaks of them.
        place = Path(name).resolve().joinpath(*root.parts[1:])
        target = place / below.relative_to(root.resolve())
        target.parent.mkdir(parents=True, exist_ok=True)
        notes = export(below, commit, target, max_bytes=max_bytes)
        yield place, notes


def review(config: Config, paths: Sequence[Path], base: Base, progress: Listener | None = None) -> ScanResult:
    """Audit `paths` now and at the base, with the same configuration; the report's findings are the new ones."""
    root = scan_root(list(paths))
    with exported(root, paths, base.commit, config.max_file_size) as (before, notes):
        if not base.staged:
            return compared(config, paths, base, Before(before, notes), progress)
        with exported(root, paths, INDEX, config.max_file_size) as (index, more):
            there = _copies(paths, root, index)
            if not there:
                raise HistoryError("nothing of what was named is staged or committed")
            now = moved_config(config, root, index)
            known = Before(before, [*notes, *more])
            result = compared(now, there, base, known, progress, Tree(index, exported=True))
            return replace(result, shown_root=root)


def _copies(paths: Sequence[Path], root: Path, copy: Path) -> list[Path]:
    """The same paths in a copy of `root`, those that are there; a folder that is not there is an empty one."""
    found = []
    for path in paths:
        there = copy / place_in(path, root)
        if path.is_dir():
            there.mkdir(parents=True, exist_ok=True)
        if there.exists():
            found.append(there)
    return found


@dataclass(frozen=True, slots=True)
class Before:
    """The project as it was: where it lies, and what of it is missing."""

    root: Path
    notes: list[str]


def compared(
    config: Config, paths: Sequence[Path], base: Base, before: Before, progress: Listener | None, tree: Tree | None = None
) -> ScanResult:
    """The scan of `paths`, held against a scan of the same paths below `before`."""
    root = tree.root if tree is not None else scan_root(list(paths))
    result = audit.scan(config, paths, progress, tree=tree)
    there = _copies(paths, root, before.root)
    old_config = moved_config(config, root, before.root)
    old = audit.scan(old_config, there, progress, tree=Tree(before.root, exported=True)) if there else None
    report = old.report if old is not None else Report(findings=())
    judged = old.heard.judged if old is not None else frozenset[str]()
    gone, added = judged - result.heard.judged, result.heard.judged - judged
    moved = renamed(_texts(before.root, gone), _texts(root, added))
    kept = _kept(root, before.root, moved)
    found = against_base(result.report, report, result.heard, moved, against=base.name, revision=base.commit, kept=kept)
    if found.comparison is not None:
        notes = (*before.notes, *_unknown(report, result.report))
        changed = _changed(found, root, before.root, {new: one for one, new in moved.items()})
        found = msgspec.structs.replace(found, comparison=msgspec.structs.replace(found.comparison, notes=notes, changed=changed))
    return replace(result, report=found, base=old)


def hold_against(result: ScanResult, baseline: Baseline, folder: Path, name: str) -> ScanResult:
    """The scan's report without what the baseline absorbs; `folder` is the one of the baseline file."""
    report = against_baseline(result.report, baseline, result.heard, paths_between(result, folder), against=name)
    return replace(result, report=report)


def paths_between(result: ScanResult, folder: Path) -> Paths:
    """Between paths of a scan's report and paths relative to `folder`."""
    root = (result.shown_root or result.root).resolve()
    folder = folder.resolve()
    outward = root.relative_to(folder).as_posix() if root.is_relative_to(folder) else None
    inward = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else None
    if outward is not None:
        ahead = "" if outward == "." else f"{outward}/"
        return Paths(lambda path: ahead + path, lambda path: path.removeprefix(ahead) if path.startswith(ahead) else f"../{path}")
    if inward is not None:
        back = f"{inward}/"
        return Paths(lambda path: path.removeprefix(back) if path.startswith(back) else f"../{path}", lambda path: back + path)
    return Paths(lambda path: (root / path).as_posix(), str)


def _texts(root: Path, paths: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(paths):
        try:
            found[path] = (root / path).read_bytes().decode("utf-8", "replace")
        except OSError:  # gone since it was judged
            continue
    return found


def _kept(root: Path, before: Path, moved: Mapping[str, str]) -> Callable[[str], Mapping[int, int]]:
    """For a path of the base the lines that are still there, and their numbers now."""

    @cache
    def kept(path: str) -> Mapping[int, int]:
        now = moved.get(path, path)
        then, texts = _texts(before, frozenset((path,))), _texts(root, frozenset((now,)))
        return kept_lines(then.get(path, "").splitlines(), texts.get(now, "").splitlines())

    return kept


def _changed(report: Report, root: Path, before: Path, was: Mapping[str, str]) -> dict[str, tuple[tuple[int, int], ...]]:
    """The new lines of every file that has a new finding."""
    paths = frozenset(one.place.path for one in report.findings)
    now, then = _texts(root, paths), _texts(before, frozenset(was.get(path, path) for path in paths))
    return {
        path: new_lines(then.get(was.get(path, path), "").splitlines(), text.splitlines()) for path, text in sorted(now.items())
    }


def _unknown(old: Report, new: Report) -> list[str]:
    """What could not be judged then and can be now: its findings are called new without that being known."""
    still = {(one.path, one.kind) for one in new.problems}
    lost = sorted({one.path for one in old.problems if one.incomplete and (one.path, one.kind) not in still})
    return [f"{path or 'the base'} could not be judged as it was before; what is found there counts as new" for path in lost]
