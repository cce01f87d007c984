"""What `criteria` shows, in every format that is asked for, and what could not be read."""

from collections.abc import Sequence
from pathlib import Path

import click

from backend_audit.audit import ScanResult
from backend_audit.catalog import rules_root
from backend_audit.cli.output import write_file
from backend_audit.cli.terminal import print_safely, terminal_of
from backend_audit.criteria import Assessment, Facts, assess, sections_of
from backend_audit.finding import Mode, Severity
from backend_audit.report import Terminal
from backend_audit.report.criteria import render_criteria
from backend_audit.report.safe import one_line
from backend_audit.signs.rows import rows_of


def assessed(result: ScanResult, mode: Mode) -> list[Assessment]:
    """What the criteria of `mode` come to in what was scanned."""
    rows = rows_of(rules_root())
    facts = Facts(
        signs=result.evidence.signs,
        routes=result.routes,
        findings=result.evidence.findings,
        dependencies=result.evidence.dependencies,
        kinds=rows.kinds,
        brings=rows.brings(),
        clauses={card.id: card.clause for card in result.catalog.cards.values() if card.severity is not Severity.LOW},
    )
    return assess(sections_of(rules_root()), facts, mode)


def write_all(found: Sequence[Assessment], format_: str, outputs: Sequence[tuple[Path, str]], color: str) -> None:
    """Files first: a pipe that closes must not cost a file."""
    for path, one in outputs:
        write_file(path, _rendered(found, one, Terminal()))
    print_safely(_rendered(found, format_, terminal_of(color) if format_ == "text" else Terminal()))


def _rendered(found: Sequence[Assessment], format_: str, terminal: Terminal) -> str:
    del format_
    return render_criteria(found, terminal)


def tell_problems(result: ScanResult) -> bool:
    """Say on stderr what could not be read; whether nothing is missing, and there was something to read."""
    report = result.report
    for problem in report.problems:
        where = f"{one_line(problem.path) or '.'}:{problem.line or 1}:1"
        click.echo(f"{where}: {'error' if problem.incomplete else 'warning'}: {one_line(problem.message)}", err=True)
    incomplete = any(problem.incomplete for problem in report.problems)
    if incomplete:
        click.echo("INCOMPLETE: evidence may be missing.", err=True)
    if not report.files:
        click.echo("Nothing to read.", err=True)
    return bool(report.files) and not incomplete
