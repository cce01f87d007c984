"""`backend-audit scan`: from options to a scan, its reports and its exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from backend_audit.cli.against import Against, against_options, scanned, told_apart
from backend_audit.cli.keep import KEEP, Meeting
from backend_audit.cli.options import PATHS, Given, configuration_options, effective, output_option, start_workers
from backend_audit.cli.terminal import progress_bar, start_logging

if TYPE_CHECKING:
    from backend_audit.audit import Living

FORMATS = (
    "text",
    "concise",
    "json",
    "json-v1",
    "sarif",
    "markdown",
    "html",
    "github",
    "gitlab",
    "junit",
    "rdjson",
)  # compared with the reporters' own list by a test
ENDINGS = {
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".json": "json",
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".xml": "junit",
}


@click.command("scan")
@PATHS
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="Of the report.")
@output_option(ENDINGS)
@configuration_options
@against_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are findings.")
@click.option("--statistics", is_flag=True, help="Count findings by rule.")
@click.option("--sarif-suppressed", is_flag=True, help="Keep suppressed findings in SARIF (not for code scanning).")
@click.option("--sarif-absent", is_flag=True, help="Keep fixed findings in SARIF, as absent (not for code scanning).")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress, no log.")
@click.option("-v", "--verbose", count=True, help="Log what is done; twice: in detail.")
@KEEP
@click.pass_obj
def scan_command(
    kept: "Living | None",
    paths: tuple[Path, ...],
    format_: str,
    outputs: tuple[tuple[Path, str], ...],
    *,
    exit_zero: bool,
    statistics: bool,
    sarif_suppressed: bool,
    sarif_absent: bool,
    color: str,
    quiet: bool,
    verbose: int,
    diff: str | None,
    staged: bool,
    baseline: Path | None,
    keep: float | None,
    **given: Unpack[Given],
) -> int:
    """Audit files and directories (default: the current one)."""
    start_logging(-1 if quiet else verbose)
    wanted = Against(diff, baseline, staged=staged)
    paths, wanted = told_apart(paths, wanted)
    meeting = None if keep is None or kept is not None else Meeting(paths, keep)
    if meeting is not None and (code := meeting.answered()) is not None:
        return code
    if kept is None:
        start_workers(paths, given["workers"])
    else:  # whose server of workers has gone
        given["workers"] = 1
    config = effective(paths, given)

    from backend_audit.audit import Living  # noqa: PLC0415 - LibCST and the rest are not needed for --help
    from backend_audit.cli.output import Shown, exit_code, write_reports  # noqa: PLC0415 - as above

    living = kept if meeting is None else Living()
    with progress_bar(quiet=quiet) as progress:
        result = scanned(config, paths, wanted, progress, living)
    if result.provisional and not quiet:
        click.echo("Judged as an edit of what is kept; everything is judged anew in the background.", err=True)
    shown = Shown(color=color, statistics=statistics, sarif_suppressed=sarif_suppressed, sarif_absent=sarif_absent)
    context = write_reports(result, config, shown, format_, outputs)
    if meeting is not None and living is not None:
        meeting.leave_behind(living)
    return exit_code(result.report, context, exit_zero=exit_zero)
