"""What the cli knows of terminals: colour, width, encoding, the progress bar, closed pipes."""

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, get_args

if TYPE_CHECKING:
    from backend_audit.audit import Listener, Progress
    from backend_audit.report import Terminal


def harden_streams() -> None:
    """Make sure that no character can fail to be printed, whatever the system's code page is, and that bytes are the same."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def print_safely(text: str) -> None:
    """Write a report to stdout; a reader that has seen enough (`| head`) is no error and changes no exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)


def _silence(stream: TextIO) -> None:
    """Send what is left in a closed pipe's buffer nowhere, so that leaving the interpreter says nothing."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
    except (OSError, ValueError):
        return


def wants_colour(choice: str, stream: TextIO) -> bool:
    """`--color` decides; else NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE; else whether `stream` is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if os.environ.get(name, "") not in {"", "0", "false"}:
            return True
    return _is_terminal(stream)


def terminal_of(choice: str) -> "Terminal":
    """How text on stdout is to look."""
    from rich.console import Console  # noqa: PLC0415 - not needed for --help

    from backend_audit.report.context import Colors, Terminal  # noqa: PLC0415 - as above

    interactive = _is_terminal(sys.stdout)
    coloured = wants_colour(choice, sys.stdout)
    if not coloured and not interactive:
        return Terminal()
    console = Console(force_terminal=True, no_color=False)
    system: Colors = next((name for name in get_args(Colors) if name == console.color_system), "standard")
    return Terminal(
        width=console.width if interactive else Terminal().width,
        colors=system if coloured else None,
        plain=interactive and not coloured,
        links=interactive and not os.environ.get("CI"),
    )


def start_logging(verbosity: int) -> None:
    """Send the tool's log to stderr: warnings, with `-v` what it does, with `-vv` details, with `-q` errors only."""
    levels = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
    logger = logging.getLogger("backend_audit")
    logger.setLevel(levels.get(verbosity, logging.DEBUG))
    logger.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("backend-audit: %(message)s"))
    logger.handlers[:] = [handler]


@contextmanager
def progress_bar(*, quiet: bool) -> "Iterator[Listener | None]":
    """A listener that draws a bar on stderr, or None where nobody watches (no terminal, CI, `-q`)."""
    if quiet or not _is_terminal(sys.stderr) or os.environ.get("CI"):
        yield None
        return
    from rich import progress as bars  # noqa: PLC0415 - only where a bar is drawn
    from rich.console import Console  # noqa: PLC0415 - as above

    columns = (bars.TextColumn("{task.description:>8}"), bars.BarColumn(), bars.MofNCompleteColumn())
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("", total=None)

        def listen(state: "Progress") -> None:
            drawn.update(task, description=state.stage, completed=state.done, total=state.total or None)

        yield listen


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"
