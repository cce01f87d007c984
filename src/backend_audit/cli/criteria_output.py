"""What `criteria` shows, in every format that is asked for, and what could not be read."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from backend_audit import __version__
from backend_audit.audit import ScanResult
from backend_audit.cli.output import hashes_of, told_problems, write_file
from backend_audit.cli.scorecard import by_owasp
from backend_audit.cli.terminal import print_safely, terminal_of
from backend_audit.criteria import Assessment
from backend_audit.report import Format, RenderContext, Terminal, render
from backend_audit.report.criteria import render_criteria
from backend_audit.report.criteria_data import render_json, render_markdown
from backend_audit.report.criteria_findings import missing_as_report


def write_all(
    found: Sequence[Assessment], result: ScanResult, format_: str, outputs: Sequence[tuple[Path, str]], color: str
) -> None:
    """Files first: a pipe that closes must not cost a file."""
    for path, one in outputs:
        write_file(path, _rendered(found, result, one, Terminal()))
    print_safely(_rendered(found, result, format_, terminal_of(color) if format_ == "text" else Terminal()))


def _rendered(found: Sequence[Assessment], result: ScanResult, format_: str, terminal: Terminal) -> str:
    match format_:
        case "json":
            return render_json(found, by_owasp(result))
        case "markdown":
            return render_markdown(found, by_owasp(result))
        case "sarif":
            return _sarif(found, result)
        case _:
            return render_criteria(found, terminal, by_owasp(result))


def _sarif(found: Sequence[Assessment], result: ScanResult) -> str:
    """What is missing, as a run of its own category: beside that of a scan in code scanning, and never instead of it."""
    report, catalog = missing_as_report(found)
    context = RenderContext(
        catalog=catalog,
        version=__version__,
        line_hashes=hashes_of(result.root, [one.place.path for one in report.findings]),
        project=f"criteria/{result.project}",
        root_uri=result.root.as_uri() + "/",
    )
    return render(msgspec.structs.replace(report, problems=result.report.problems), Format.SARIF, context)


def tell_problems(result: ScanResult) -> bool:
    """Say on stderr what could not be read; whether nothing is missing, and there was something to read."""
    report = result.report
    complete = told_problems(report.problems, "evidence may be missing")
    if not report.files:
        click.echo("Nothing to read.", err=True)
    return bool(report.files) and complete
