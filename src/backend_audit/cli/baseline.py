"""`baseline`: a file of known findings: written, brought up to date, shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from backend_audit.cli.against import read_baseline, shown
from backend_audit.cli.options import PATHS, Given, configuration_options, effective
from backend_audit.cli.terminal import print_safely, progress_bar, start_logging

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend_audit.audit import ScanResult
    from backend_audit.difference import Baseline

DEFAULT = "backend-audit-baseline.jsonl"
_INCOMPLETE = 3
_FILE = click.option(
    "--file", "target", type=click.Path(dir_okay=False, path_type=Path), default=DEFAULT, show_default=True, metavar="FILE"
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress, no log.")


@click.group("baseline", short_help="Known findings that do not count: create, update, show.")
def baseline_command() -> None:
    """Keep findings that are known in a file, so that only new ones count (`scan --baseline FILE`).

    The file holds no line numbers, one entry a line, sorted; git can merge it. Write into `reason` why an entry may stay.
    """


@baseline_command.command("create")
@PATHS
@_FILE
@click.option("--reason", default="", help="Why these findings may stay; for all of them.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@configuration_options
@_QUIET
def create_command(
    paths: tuple[Path, ...], *, target: Path, reason: str, force: bool, quiet: bool, **given: Unpack[Given]
) -> int:
    """Write all findings of PATHS (default: the current directory) into a new file."""
    from backend_audit.difference import Baseline, entries_of, key_of  # noqa: PLC0415 - not needed for --help

    if target.exists() and not force:
        raise click.UsageError(f"{shown(target)} is there already; `baseline update` brings it up to date, --force replaces it")
    result = _scanned(paths, given, quiet=quiet)
    outward = _outward(result, target)
    keys = [key_of(one, outward(one.place.path)) for one in result.report.findings]
    made = Baseline(tuple(entries_of(keys, reason)))
    _write(target, made)
    print_safely(f"{shown(target)}: {_many(made.size, 'finding')} in {_many(len(made.entries), 'entry', 'entries')}\n")
    return _code(result)


@baseline_command.command("update")
@PATHS
@_FILE
@click.option("--add", is_flag=True, help="Take new findings in, too.")
@click.option("--reason", default="", help="Why the findings that --add takes in may stay.")
@configuration_options
@_QUIET
def update_command(paths: tuple[Path, ...], *, target: Path, add: bool, reason: str, quiet: bool, **given: Unpack[Given]) -> int:
    """Drop what is fixed, follow what moved; new findings are taken in only with --add."""
    from backend_audit.difference import (  # noqa: PLC0415 - not needed for --help
        Baseline,
        absorbed,
        entries_of,
        key_of,
        updated,
    )
    from backend_audit.review import paths_between  # noqa: PLC0415 - as above

    old = read_baseline(target)
    result = _scanned(paths, given, quiet=quiet)
    between = paths_between(result, target.absolute().parent)
    heard = result.heard
    alive = frozenset(between.outward(path) for path in heard.judged)
    keys = [key_of(one, between.outward(one.place.path)) for one in result.report.findings]
    answer, rest = absorbed(old, keys, alive)
    kept = [one for one in rest if not heard.would_tell(one.rule, between.inward(one.path))]  # not looked at: not known
    new = updated(old, keys, kept, alive)
    unknown = [key for key, entry in zip(keys, answer, strict=True) if entry is None]
    if add:
        new = Baseline(tuple(sorted([*new.entries, *entries_of(unknown, reason)])))
    _write(target, new)
    gone = sum(one.count for one in rest) - sum(one.count for one in kept)
    what = f"{_many(len(unknown), 'new finding')} {'taken in' if add else 'not taken in (--add does that)'}"
    print_safely(f"{shown(target)}: {_many(new.size, 'finding')}; {gone} fixed and dropped, {what}\n")
    return _code(result)


@baseline_command.command("show")
@click.argument("target", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=DEFAULT, metavar="[FILE]")
def show_command(target: Path) -> None:
    """Print what a file puts up with, by rule, with the reasons."""
    from backend_audit.report.safe import one_line  # noqa: PLC0415 - not needed for --help

    known = read_baseline(target)
    rules: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for one in known.entries:
        times = f", {one.count} times" if one.count > 1 else ""
        where = f"{one_line(one.path)}{f'  in {one_line(one.symbol)}' if one.symbol else ''}{times}"
        rules.setdefault(one.rule, []).append(f"  {where}  {one_line(one.reason) or '(no reason given)'}\n")
        sizes[one.rule] = sizes.get(one.rule, 0) + one.count
    parts = [f"{one_line(rule)}  {sizes[rule]}\n{''.join(rows)}\n" for rule, rows in rules.items()]
    print_safely("".join([*parts, f"{_many(known.size, 'finding')} in {_many(len(known.entries), 'entry', 'entries')}\n"]))


def _scanned(paths: tuple[Path, ...], given: Given, *, quiet: bool) -> "ScanResult":
    start_logging(-1 if quiet else 0)
    paths = paths or (Path(),)
    config = effective(paths, given)

    from backend_audit.audit import scan  # noqa: PLC0415 - not needed for --help

    with progress_bar(quiet=quiet) as progress:
        return scan(config, paths, progress)


def _outward(result: "ScanResult", target: Path) -> "Callable[[str], str]":
    from backend_audit.review import paths_between  # noqa: PLC0415 - not needed for --help

    return paths_between(result, target.absolute().parent).outward


def _write(target: Path, baseline: "Baseline") -> None:
    from backend_audit.cli.output import write_file  # noqa: PLC0415 - not needed for --help

    write_file(target, baseline.text())


def _code(result: "ScanResult") -> int:
    """0, or 3 when something could not be judged: what is not known is in no baseline."""
    from backend_audit.report import is_incomplete  # noqa: PLC0415 - not needed for --help

    if not is_incomplete(result.report):
        return 0
    for problem in result.report.problems:
        if problem.incomplete:
            click.echo(f"{problem.path or '.'}:{problem.line or 1}:1: error: {problem.message}", err=True)
    return _INCOMPLETE


def _many(count: int, thing: str, plural: str = "") -> str:
    return f"{count:,} {thing if count == 1 else plural or f'{thing}s'}"
