"""Scans that are held against an older state: `--diff`, `--staged`, `--baseline`."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from backend_audit.audit import Listener, Living, ScanResult
    from backend_audit.config import Config
    from backend_audit.difference import Baseline

UPSTREAM = "@upstream"  # --diff without a REF
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Against:
    """What the options of this module were given."""

    diff: str | None
    baseline: Path | None
    staged: bool = False


def against_options(function: _Function) -> _Function:
    """Add the options of `Against` to a command."""
    options = (
        click.option(
            "--diff",
            is_flag=False,
            flag_value=UPSTREAM,
            metavar="[REF]",
            help="Judge everything, and tell only what is new since the merge base with REF (default: the upstream branch).",
        ),
        click.option("--staged", is_flag=True, help="Judge what is staged, and tell only what is new since HEAD."),
        click.option(
            "--baseline",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Leave out the findings that this file knows (`baseline create` writes it).",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def told_apart(paths: tuple[Path, ...], wanted: Against) -> tuple[tuple[Path, ...], Against]:
    """Paths and what to compare with, as they were meant: in `--diff src`, src is a path unless it is a commit."""
    if wanted.staged and wanted.diff is not None:
        raise click.UsageError("--diff and --staged exclude each other")
    reference = wanted.diff
    if reference not in {None, UPSTREAM} and reference is not None and Path(reference).exists():
        from backend_audit.discover.history import commit_of  # noqa: PLC0415 - not needed for --help

        if commit_of(Path.cwd(), reference) is None:
            return (Path(reference), *paths), replace(wanted, diff=UPSTREAM)
    return paths or (Path(),), wanted


def scanned(
    config: "Config", paths: tuple[Path, ...], wanted: Against, progress: "Listener | None", living: "Living | None" = None
) -> "ScanResult":
    """The scan that was asked for, with its report held against what was asked for; `living` is what the process keeps."""
    from backend_audit import audit, review  # noqa: PLC0415 - LibCST and the rest are not needed for --help
    from backend_audit.config import common_directory  # noqa: PLC0415 - as above
    from backend_audit.discover.history import HistoryError  # noqa: PLC0415 - as above

    baseline = None if (file := wanted.baseline or config.baseline) is None else read_baseline(file)
    if wanted.diff is None and not wanted.staged:
        with nullcontext() if living is None else living.tell_whole(lambda: False):
            result = audit.scan(config, paths, progress, living=living)
    else:
        folder = common_directory(list(paths))
        reference = None if wanted.diff == UPSTREAM else wanted.diff
        try:
            base = review.staged_base(folder) if wanted.staged else review.base_of(folder, reference, os.environ)
            result = review.review(config, paths, base, progress)
        except HistoryError as error:
            raise click.UsageError(str(error)) from None
    if baseline is None or file is None:
        return result
    return review.hold_against(result, baseline, file.absolute().parent, f"baseline {shown(file)}")


def read_baseline(file: Path) -> "Baseline":
    """The baseline that a file holds; a wrong one is the user's mistake."""
    try:
        return baseline_of(file.read_bytes(), shown(file))
    except OSError as error:
        raise click.UsageError(f"{shown(file)}: cannot be read ({error.strerror})") from None


def baseline_of(content: bytes, name: str) -> "Baseline":
    """The baseline with this content; `name` is what to call it when it is wrong."""
    from backend_audit.difference import Baseline, BaselineError  # noqa: PLC0415 - not needed for --help

    try:
        return Baseline.read(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise click.UsageError(f"{name}: cannot be read (it is not UTF-8)") from None
    except BaselineError as error:
        raise click.UsageError(f"{name}: {error}") from None


def shown(file: Path) -> str:
    """A file's path as short as can be."""
    here = Path.cwd()
    absolute = file.absolute()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else absolute.as_posix()
