"""The options that say how a scan is configured, shared by `scan` and `config`."""

import datetime as dt
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from backend_audit.analysis import PRELOADED

if TYPE_CHECKING:
    from backend_audit.config import Config

# Spelled out, because importing the enums costs more than all of `--help`; a test compares.
SEVERITIES = ("critical", "high", "medium", "low", "never")
CONFIDENCES = ("high", "medium", "low")
MODES = ("default", "advanced", "elite")

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _words(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Comma-separated lists, given once or several times, as one."""
    words = tuple(word for value in values for word in value.replace(",", " ").split())
    if values and not words:
        raise click.BadParameter("names nothing", ctx, param)
    return words


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_READING = (
    click.option("--tests", is_flag=True, default=None, help="Judge test code too."),
    click.option("--workers", type=click.IntRange(0), metavar="N", help="Worker processes; 0 is one a processor."),
    click.option("--no-cache", "cache", flag_value=False, default=None, help="Keep and reuse nothing."),
    click.option("--config", "file", type=_FILE, metavar="FILE", help="Read this configuration file and no other."),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
)
_OPTIONS = (
    click.option("--mode", type=click.Choice(MODES), help="How demanding the review is.  [default: default]"),
    click.option(
        "--select",
        callback=_words,
        multiple=True,
        metavar="LIST",
        help="Only these rules: ids, clauses (never-3) or prefixes (must), with commas between.",
    ),
    click.option("--ignore", callback=_words, multiple=True, metavar="LIST", help="Not these rules; as in --select."),
    click.option("--fail-on", type=click.Choice(SEVERITIES), help="Least severity that fails the run.  [default: low]"),
    click.option(
        "--min-confidence",
        type=click.Choice(CONFIDENCES),
        help="Leave out findings the tool is less sure of.  [default: medium]",
    ),
    *_READING[:3],
    click.option(
        "--rules", type=click.Path(exists=True), multiple=True, metavar="DIR", help="Semgrep rules of your own; repeatable."
    ),
    click.option("--no-semgrep", "semgrep", flag_value=False, default=None, help="Leave out the rules that Semgrep runs."),
    *_READING[3:],
    click.option("--no-ignores", is_flag=True, help="Tell findings that ignore comments cover, too."),
    click.option(
        "--today",
        type=click.DateTime(("%Y-%m-%d",)),
        envvar="BACKEND_AUDIT_TODAY",
        metavar="DATE",
        help="Ignore comments with `until=` before this day cover nothing.  [default: the clock's]",
    ),
)
PATHS = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))


class Reading(TypedDict):
    """What the options that say what is read were given; None means: not given."""

    tests: bool | None
    workers: int | None
    cache: bool | None
    file: Path | None
    isolated: bool


class Given(Reading):
    """What all options above were given; None and () mean: not given."""

    mode: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    min_confidence: str | None
    rules: tuple[str, ...]
    semgrep: bool | None
    no_ignores: bool
    today: dt.datetime | None


def configuration_options(function: _Function) -> _Function:
    """Add the options of `Given` to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def reading_options(function: _Function) -> _Function:
    """Add the options of `Reading` to a command."""
    for option in reversed(_READING):
        function = option(function)
    return function


def read_only(given: Reading) -> Given:
    """The configuration of a command that reads a project and judges nothing by rules."""
    return {
        **given, "mode": None, "select": (), "ignore": (), "fail_on": None, "min_confidence": None,
        "rules": (), "semgrep": None, "no_ignores": False, "today": None,
    }  # fmt: skip


_FEW = 20  # files that are read sooner than a worker comes to life


def start_workers(paths: tuple[Path, ...], wanted: int | None) -> None:
    """Let workers come to life while this process reads its configuration, if there may be much to read: a folder, many files.

    `wanted` is the number of workers that the command line asks for.
    """
    from backend_audit.pool import available_workers, start_server  # noqa: PLC0415 - not needed for --help

    if (wanted or available_workers()) > 1 and (len(paths) > _FEW or any(path.is_dir() for path in paths)):
        start_server(PRELOADED)


def effective(paths: tuple[Path, ...], given: Given) -> "Config":
    """The configuration of a scan of `paths`; `ConfigError` when some layer of it is wrong."""
    from backend_audit.config import common_directory, load  # noqa: PLC0415 - pydantic is not needed for --help

    if given["isolated"] and given["file"] is not None:
        raise click.UsageError("--config and --isolated exclude each other")
    overrides: dict[str, object] = {
        "mode": given["mode"],
        "fail-on": given["fail_on"],
        "min-confidence": given["min_confidence"],
        "tests": given["tests"],
        "workers": given["workers"],
        "cache": given["cache"],
        "semgrep": given["semgrep"],
        "select": list(given["select"]) or None,
        "ignore": list(given["ignore"]) or None,
        "rules": list(given["rules"]) or None,
    }
    return load(
        common_directory(list(paths)),
        {key: value for key, value in overrides.items() if value is not None},
        os.environ,
        file=given["file"],
        isolated=given["isolated"],
        ignores=not given["no_ignores"],
        today=(given["today"] or dt.datetime.now().astimezone()).date(),  # the only place that reads the clock
    )


def output_option(endings: Mapping[str, str]) -> Callable[[_Function], _Function]:
    """`-o FILE`, repeatable: pairs of a file and the format that its ending asks for; `endings` maps one to the other."""

    def chosen(ctx: click.Context, param: click.Parameter, names: tuple[str, ...]) -> tuple[tuple[Path, str], ...]:
        found: list[tuple[Path, str]] = []
        for name in names:
            format_ = next((one for ending, one in endings.items() if name.lower().endswith(ending)), None)
            if format_ is None:
                raise click.BadParameter(f"{name}: the ending must be one of {', '.join(endings)}", ctx, param)
            if not Path(name).parent.is_dir():
                raise click.BadParameter(f"{name}: the directory does not exist", ctx, param)
            found.append((Path(name), format_))
        return tuple(found)

    return click.option(
        "-o",
        "--output",
        "outputs",
        callback=chosen,
        multiple=True,
        metavar="FILE",
        help=f"Write the report to this file too; its ending says how ({', '.join(endings)}). Repeatable.",
    )
