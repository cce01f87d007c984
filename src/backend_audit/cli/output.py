"""Writes a scan's reports: one to stdout, the others to the files that `-o` names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from backend_audit import __version__
from backend_audit.audit import ScanResult
from backend_audit.cli.scorecard import assessed, by_owasp
from backend_audit.cli.terminal import print_safely, terminal_of
from backend_audit.config import Config
from backend_audit.criteria import Assessment
from backend_audit.finding import Problem, Report
from backend_audit.inventory import counts, rows_of
from backend_audit.report import Format, RenderContext, Terminal, Verdict, line_hashes, render, verdict
from backend_audit.report.safe import one_line

_CODES = {Verdict.CLEAN: 0, Verdict.FINDINGS: 1, Verdict.INCOMPLETE: 3, Verdict.NOTHING: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the user wants reports to look."""

    color: str
    statistics: bool
    sarif_suppressed: bool
    sarif_absent: bool = False


def write_reports(
    result: ScanResult, config: Config, shown: Shown, format_: str, outputs: Sequence[tuple[Path, str]]
) -> RenderContext:
    """Write all reports, files first (a pipe that closes must not cost a file); the context that they were made with."""
    formats = {Format(format_), *(Format(one) for _, one in outputs)}
    context = context_of(result, config, shown, hashes=Format.SARIF in formats)
    for path, one in outputs:
        write_file(path, render(result.report, Format(one), context))
    terminal = terminal_of(shown.color) if Format(format_) is Format.TEXT else Terminal()
    print_safely(render(result.report, Format(format_), replace(context, terminal=terminal)))
    return context


def context_of(result: ScanResult, config: Config, shown: Shown, *, hashes: bool) -> RenderContext:
    """What reporters need besides the report; with `hashes` also what SARIF needs of the files."""
    table = rows_of(result.routes)
    criteria = assessed(result, config.mode)
    return RenderContext(
        catalog=result.catalog,
        version=__version__,
        fail_on=config.fail_on,
        min_confidence=config.min_confidence,
        mode=config.mode,
        statistics=shown.statistics,
        line_hashes=_line_hashes(result, criteria) if hashes else {},
        project=result.project,
        root_uri=(result.shown_root or result.root).as_uri() + "/",
        sarif_suppressed=shown.sarif_suppressed,
        sarif_absent=shown.sarif_absent,
        suppression_budget=config.suppression_budget,
        routes=counts(table),
        criteria=criteria,
        owasp=by_owasp(result),
        table=table,
        table_before=None if result.base is None else rows_of(result.base.routes),
        criteria_before=None if result.base is None else assessed(result.base, config.mode),
    )


def exit_code(report: Report, context: RenderContext, *, exit_zero: bool) -> int:
    """The exit code of a scan; `exit_zero` forgives findings, never that something was not looked at."""
    if exit_zero:
        context = replace(context, fail_on=None)
    return _CODES[verdict(report, context)]


def _line_hashes(result: ScanResult, criteria: Sequence[Assessment]) -> Mapping[str, Sequence[str]]:
    report = result.report
    known = report.comparison.known if report.comparison is not None else ()
    everything = [*report.findings, *known, *(one.finding for one in report.suppressed)]
    places = [*(finding.place for finding in everything), *(one.place for one in criteria if one.place is not None)]
    return hashes_of(result.root, [place.path for place in places])


def hashes_of(root: Path, paths: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The hashes of all lines of the files at `paths`, which are relative to `root`."""
    hashes: dict[str, Sequence[str]] = {}
    for path in sorted(set(paths)):
        try:
            content = (root / path).read_bytes()
        except OSError:  # gone since the scan: its findings go without the hash
            continue
        hashes[path] = line_hashes(content.decode("utf-8", "replace"))
    return hashes


def write_file(path: Path, text: str) -> None:
    """Write `text`; a file that cannot be written is told as the user's mistake."""
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written ({error.strerror})") from None


def told_problems(problems: Iterable[Problem], missing: str) -> bool:
    """Say on stderr what could not be read, and what may be `missing` for it; whether nothing is."""
    incomplete = False
    for problem in problems:
        where = f"{one_line(problem.path) or '.'}:{problem.line or 1}:1"
        click.echo(f"{where}: {'error' if problem.incomplete else 'warning'}: {one_line(problem.message)}", err=True)
        incomplete = incomplete or problem.incomplete
    if incomplete:
        click.echo(f"INCOMPLETE: {missing}.", err=True)
    return not incomplete
