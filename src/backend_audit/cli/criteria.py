"""`criteria`: which success criteria a backend meets, mode by mode, with the evidence for it."""

from pathlib import Path
from typing import Unpack

import click

from backend_audit.cli.options import MODES, PATHS, Reading, effective, output_option, read_only, reading_options, start_workers
from backend_audit.cli.terminal import progress_bar, start_logging

FORMATS = ("text", "json", "markdown", "sarif")
ENDINGS = {".sarif": "sarif", ".sarif.json": "sarif", ".json": "json", ".md": "markdown", ".txt": "text"}
_FINE, _INCOMPLETE = 0, 3


@click.command("criteria", short_help="Which success criteria the backend meets.")
@PATHS
@click.option("--mode", type=click.Choice(MODES), help="Which lists are asked: each mode adds one.  [default: default]")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@output_option(ENDINGS)
@click.option("--no-semgrep", "semgrep", flag_value=False, default=None, help="Leave out the rules that Semgrep runs.")
@reading_options
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress, no log.")
def criteria_command(
    paths: tuple[Path, ...],
    mode: str | None,
    format_: str,
    outputs: tuple[tuple[Path, str], ...],
    *,
    semgrep: bool | None,
    color: str,
    quiet: bool,
    **given: Unpack[Reading],
) -> int:
    """Tell for PATHS (default: the current directory) what each success criterion comes to, why, and what to do next."""
    start_logging(-1 if quiet else 0)
    paths = paths or (Path(),)
    start_workers(paths, given["workers"])
    config = effective(paths, {**read_only(given), "mode": mode, "semgrep": semgrep})

    from backend_audit.audit import scan  # noqa: PLC0415 - LibCST and the rest are not needed for --help
    from backend_audit.cli import criteria_output as output  # noqa: PLC0415 - as above
    from backend_audit.cli.scorecard import assessed  # noqa: PLC0415 - as above

    with progress_bar(quiet=quiet) as progress:
        result = scan(config, paths, progress, practices=True)
    output.write_all(assessed(result, config.mode), result, format_, outputs, color)
    return _FINE if output.tell_problems(result) else _INCOMPLETE
