"""The command line: options in, exit code out. Imports are lazy, so that `--help` answers at once."""

import contextlib
import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from backend_audit import __version__
from backend_audit.cli.action import action_command
from backend_audit.cli.baseline import baseline_command
from backend_audit.cli.criteria import criteria_command
from backend_audit.cli.explain import explain_command
from backend_audit.cli.init import init_command
from backend_audit.cli.inspect import config_command, rules_command
from backend_audit.cli.lsp import lsp_command
from backend_audit.cli.routes import routes_command
from backend_audit.cli.scan import scan_command
from backend_audit.cli.terminal import harden_streams
from backend_audit.cli.watch import watch_command

if TYPE_CHECKING:
    from backend_audit.audit import Living

CLEAN, USAGE, INTERRUPTED = 0, 2, 130

_EPILOG = "Exit codes: 0 clean or below --fail-on, 1 findings, 2 usage or configuration error, 3 incomplete or nothing to scan."


class _Group(click.Group):
    """Subcommands in the order of use; a misspelled one is answered with the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from backend_audit.suggest import did_you_mean  # noqa: PLC0415 - only when something is wrong

            raise click.UsageError(error.message.rstrip(".") + did_you_mean(args[0], self.commands), ctx) from None


@click.group(cls=_Group, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="backend-audit", message="%(prog)s %(version)s")
def root() -> None:
    """Review Python and Node.js backends the way a seasoned backend reviewer would."""


for _command in (
    scan_command,
    watch_command,
    baseline_command,
    routes_command,
    criteria_command,
    rules_command,
    explain_command,
    config_command,
    init_command,
    lsp_command,
    action_command,
):
    root.add_command(_command)


def run(arguments: Sequence[str] | None = None, living: "Living | None" = None) -> int:
    """Run the command line; the exit code. Nothing but this function turns errors into exit codes.

    `living` is what a process that stays knows of the folder (see `keeper.py`).
    """
    try:
        code = root.main(arguments, prog_name="backend-audit", standalone_mode=False, obj=living)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:
        if _is_for_the_user(error):
            for line in str(error).splitlines():
                click.echo(f"error: {line}", err=True)
            return USAGE
        raise
    return code if isinstance(code, int) else CLEAN


def _is_for_the_user(error: Exception) -> bool:
    from backend_audit.catalog import CatalogError  # noqa: PLC0415 - only when something is wrong
    from backend_audit.config.errors import ConfigError  # noqa: PLC0415 - as above

    return isinstance(error, ConfigError | CatalogError)


def main() -> None:
    """The `backend-audit` command. It ends without freeing what it knows: of a large project, that takes a second.

    Nor does it look for garbage, which would not matter before its end; commands that stay switch that on again.
    """
    gc.disable()
    harden_streams()
    code = run()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # closed by the reader, or by the system
            stream.flush()
    os._exit(code)
