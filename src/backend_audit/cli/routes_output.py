"""What `routes` shows: filtered, in every format that is asked for, and what could not be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from backend_audit.audit import Survey
from backend_audit.cli.output import told_problems, write_file
from backend_audit.cli.terminal import print_safely, terminal_of
from backend_audit.inventory import RoutePattern, RouteRow
from backend_audit.inventory.diff import Change, compared
from backend_audit.report import Terminal
from backend_audit.report.routes import render_routes
from backend_audit.report.routes_changes import render_changes, render_changes_json, render_changes_markdown
from backend_audit.report.routes_data import NotAnInventoryError, read_rows, render_csv, render_json, render_markdown

Render = Callable[[str, Terminal], str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which routes are shown."""

    methods: frozenset[str]
    path: str
    only_open: bool

    def rows(self, rows: Sequence[RouteRow]) -> list[RouteRow]:
        """The rows that are wanted."""
        return [row for row in rows if self._wants(row) and (not self.only_open or row.verdict == "open")]

    def changes(self, old: Sequence[RouteRow], new: Sequence[RouteRow]) -> list[Change]:
        """The changes of routes that are wanted; of open ones, those that are open now."""
        found = [change for change in compared(old, new) if self._wants(change.row)]
        return [one for one in found if not self.only_open or (one.new is not None and one.new.verdict == "open")]

    def _wants(self, row: RouteRow) -> bool:
        if self.methods and row.method not in {*self.methods, "ANY"}:
            return False
        if "*" not in self.path:
            return self.path in row.path
        pattern = self.path if self.path.startswith("/") else f"**{self.path}"
        return RoutePattern(frozenset(), pattern).covers((), row.path)


def saved(path: Path) -> list[RouteRow]:
    """The rows of an older inventory."""
    try:
        return read_rows(path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except NotAnInventoryError as error:
        raise click.UsageError(f"{path}: is no inventory made by `routes --format json` ({error})") from None


def listing(rows: Sequence[RouteRow], of: int) -> Render:
    """The rows, of so many in all, in any format."""

    def render(format_: str, terminal: Terminal) -> str:
        match format_:
            case "json":
                return render_json(rows)
            case "csv":
                return render_csv(rows)
            case "markdown":
                return render_markdown(rows)
            case _:
                return render_routes(rows, terminal, of=of)

    return render


def changes(found: Sequence[Change]) -> Render:
    """What changed, in any format but CSV."""

    def render(format_: str, terminal: Terminal) -> str:
        match format_:
            case "json":
                return render_changes_json(found)
            case "markdown":
                return render_changes_markdown(found)
            case _:
                return render_changes(found, terminal)

    return render


def write_all(render: Render, format_: str, outputs: Sequence[tuple[Path, str]], color: str) -> None:
    """Files first: a pipe that closes must not cost a file."""
    for path, one in outputs:
        write_file(path, render(one, Terminal()))
    print_safely(render(format_, terminal_of(color) if format_ == "text" else Terminal()))


def tell_problems(found: Survey) -> bool:
    """Say on stderr what could not be read; whether the table is complete, and there is one."""
    complete = told_problems(found.problems, "routes may be missing")
    if not found.routes:
        click.echo("No route was found." if found.files else "Nothing to read.", err=True)
    return bool(found.routes) and complete
