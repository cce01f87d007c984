"""`routes`: every way into the application, who is turned away before it, and what changed since an older inventory."""

from pathlib import Path
from typing import Unpack

import click

from backend_audit.cli.options import PATHS, Reading, effective, output_option, read_only, reading_options, start_workers
from backend_audit.cli.terminal import progress_bar, start_logging

FORMATS = ("text", "json", "markdown", "csv")
ENDINGS = {".txt": "text", ".json": "json", ".md": "markdown", ".csv": "csv"}
_FINE, _ALARM, _INCOMPLETE = 0, 1, 3


def _methods(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    """Comma-separated methods, given once or several times."""
    words = frozenset(word.upper() for value in values for word in value.replace(",", " ").split())
    if values and not words:
        raise click.BadParameter("names nothing", ctx, param)
    return words


@click.command("routes", short_help="List all routes, and who may call them.")
@PATHS
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@output_option(ENDINGS)
@click.option("--open", "only_open", is_flag=True, help="Only routes that anybody may call, and not by intent.")
@click.option(
    "--method", "methods", callback=_methods, multiple=True, metavar="LIST", help="Only these methods (WS: websockets)."
)
@click.option(
    "--path",
    default="",
    metavar="TEXT",
    help="Only paths that hold TEXT; with * (in a segment) or ** (any number): that match it.",
)
@click.option(
    "--diff",
    "older",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="OLD.json",
    help="Only what changed since this inventory (made by --format json, without filters). Exit with 1 if a route asks less of "
    "callers than before, or a new one is open.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever --diff found.")
@reading_options
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress, no log.")
def routes_command(
    paths: tuple[Path, ...],
    format_: str,
    outputs: tuple[tuple[Path, str], ...],
    *,
    only_open: bool,
    methods: frozenset[str],
    path: str,
    older: Path | None,
    exit_zero: bool,
    color: str,
    quiet: bool,
    **given: Unpack[Reading],
) -> int:
    """List the routes of PATHS (default: the current directory), what stands before each handler, and a verdict."""
    start_logging(-1 if quiet else 0)
    paths = paths or (Path(),)
    if older is not None and "csv" in (format_, *(one for _, one in outputs)):
        raise click.UsageError("what changed cannot be written as CSV; use text, json or markdown")
    start_workers(paths, given["workers"])
    config = effective(paths, read_only(given))

    from backend_audit.audit import survey  # noqa: PLC0415 - LibCST and the rest are not needed for --help
    from backend_audit.cli import routes_output as output  # noqa: PLC0415 - as above
    from backend_audit.inventory import rows_of  # noqa: PLC0415 - as above

    before = None if older is None else output.saved(older)
    with progress_bar(quiet=quiet) as progress:
        found = survey(config, paths, progress)
    rows, wanted = rows_of(found.routes), output.Filter(methods, path, only_open)
    changes = None if before is None else wanted.changes(before, rows)
    shown = output.listing(wanted.rows(rows), len(rows)) if changes is None else output.changes(changes)
    output.write_all(shown, format_, outputs, color)
    complete = output.tell_problems(found)
    if changes and any(change.alarming for change in changes) and not exit_zero:
        return _ALARM
    return _FINE if complete else _INCOMPLETE
