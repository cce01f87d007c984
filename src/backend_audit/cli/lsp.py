"""`lsp`: the language server, for editors."""

import gc

import click

from backend_audit.cli.terminal import start_logging


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Speak on stdin and stdout, as it does anyway.")
def lsp_command(*, stdio: bool) -> int:
    """Serve an editor: diagnostics with the way of the data, hovers, and comments that ignore a finding.

    Needs the extra: pip install "backend-audit[lsp]".
    """
    del stdio
    start_logging(0)
    gc.enable()
    try:
        from backend_audit.language_server import serve  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if error.name not in {"pygls", "lsprotocol"}:
            raise
        raise click.ClickException('the language server needs an extra: pip install "backend-audit[lsp]"') from None
    serve()
    return 0
