"""`action`: what the GitHub Action runs. Variables and files of the runner in; outputs, summary, annotations and SARIF out."""

import datetime as dt
import os
from pathlib import Path

import click


@click.command("action", hidden=True)
@click.option("--today", type=click.DateTime(("%Y-%m-%d",)), envvar="BACKEND_AUDIT_TODAY")
def action_command(*, today: "dt.datetime | None") -> int:
    """Judge the workspace for the event that the workflow runs for. The exit code of the job is the output `exit-code`."""
    from backend_audit.cli.action_run import Run  # noqa: PLC0415 - not needed for --help
    from backend_audit.workflow import Event, EventError, Inputs, InputsError  # noqa: PLC0415 - as above

    environment = dict(os.environ)
    os.environ.pop("INPUT_TOKEN", None)  # nothing that is started from here needs it but git, which is given it
    try:
        inputs = Inputs.read(environment)
        path = environment.get("GITHUB_EVENT_PATH", "")
        text = Path(path).read_text(encoding="utf-8") if path else ""
        event = Event.read(environment.get("GITHUB_EVENT_NAME", ""), text)
    except (InputsError, EventError) as error:
        raise click.UsageError(str(error)) from None
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"GITHUB_EVENT_PATH names {path}, which cannot be read") from None
    missing = [one for one in inputs.paths if not Path(one).exists()]
    if missing:
        raise click.UsageError(f"path names {missing[0]}, which does not exist (is actions/checkout missing?)")
    day = (today or dt.datetime.now().astimezone()).date()
    Run(inputs, event, environment, day).all()
    return 0
