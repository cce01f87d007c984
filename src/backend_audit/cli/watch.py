"""`watch`: a scan after every change, in lines that background problem matchers read."""

import gc
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

import click

from backend_audit.cli.options import PATHS, Given, configuration_options, effective
from backend_audit.cli.terminal import print_safely, start_logging

if TYPE_CHECKING:
    from backend_audit.audit import Living, ScanResult

_CONFIGURATION = ("backend-audit.toml", "pyproject.toml", ".backend-auditignore", ".gitignore")
_GRAIN = 20_000_000  # nanoseconds by which the times of files may be behind the clock
_SHOWN = 3  # changed files that are named
_PART = 15  # of so many, one may go into looking for changes while a project is judged

_State = dict[str, tuple[int, int]]


class _Round(NamedTuple):
    """What a scan told, how many findings that are in words, and the files and folders whose change calls for the next one.

    `unsettled`: the project is still to be judged anew; `provisional`: it was judged as an earlier state of it; not `whole`: and
    what shows only in the whole is as it was.
    """

    text: str
    told: str
    files: list[str]
    provisional: bool = False
    unsettled: bool = False
    whole: bool = True

    @property
    def ending(self) -> str:
        """The line with which it ends."""
        return f"backend-audit: checked: {self.told}{' so far' if self.provisional else ''}\n"


@click.command("watch")
@PATHS
@configuration_options
@click.option("--interval", type=click.FloatRange(0.05), default=0.3, show_default=True, help="Seconds between two looks.")
def watch_command(paths: tuple[Path, ...], *, interval: float, **given: Unpack[Given]) -> int:
    """Scan PATHS now and after every change, until interrupted.

    Each round begins with the line `backend-audit: checking …` and ends with `backend-audit: checked: …`; between them stand the
    lines of `scan --format concise`. Where judging a project takes long, the round after an edit tells at once what follows from
    the edited files. Routes and what else shows only in the whole come next, then everything is judged anew; either has a round
    of its own if it says anything else.
    """
    from backend_audit.audit import Living  # noqa: PLC0415 - as below

    start_logging(-1)
    gc.enable()
    paths = paths or (Path(),)
    living = Living()
    changed: list[str] = []
    files: list[str] = []
    try:
        while True:
            told = ", ".join(changed[:_SHOWN]) + (f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else "")
            print_safely(f"backend-audit: checking {told or 'everything'}\n")
            early, start = _state(files), time.time_ns() - _GRAIN
            found = _round(paths, given, living)
            files = found.files
            print_safely(found.text + found.ending)
            # What changed while it was judged calls for another round; of what is new its time tells.
            before = {path: early.get(path, (0, 0) if one[0] >= start else one) for path, one in _state(files).items()}
            if found.unsettled:
                _settle(paths, given, living, found, _Noticing(files, before, interval))
            living.rest()
            changed = _changes(files, before, interval)
    except KeyboardInterrupt:
        return 0


def _settle(paths: tuple[Path, ...], given: Given, living: "Living", told: _Round, changed: "_Noticing") -> None:
    """Tell what shows only in the whole, then judge everything anew; what is the same is not told again.

    Neither if something has `changed` meanwhile.
    """
    from backend_audit.audit import Interrupted  # noqa: PLC0415 - as below

    deeper = [living.settle] if told.whole else [living.tell_whole, living.settle]
    for depth in deeper:
        with depth(changed):
            try:
                found = _round(paths, given, living)
            except Interrupted:
                return
        if found.text != told.text:
            print_safely(f"backend-audit: checking everything\n{found.text}{found.ending}")
        elif told.provisional and not found.provisional:
            print_safely(f"backend-audit: settled: {found.told}\n")
        told = found


class _Noticing:
    """Whether a file has changed, asked again and again while a project is judged: no look takes more than a part of the time.

    In this thread, since another one would wait for its turn at each of the files.
    """

    def __init__(self, files: list[str], before: _State, interval: float) -> None:
        self._files, self._before, self._interval = files, before, interval
        self._next = time.monotonic() + interval

    def __call__(self) -> bool:
        start = time.monotonic()
        if start < self._next:
            return False
        changed = _state(self._files) != self._before
        end = time.monotonic()
        self._next = end + max(self._interval, _PART * (end - start))
        return changed


def _round(paths: tuple[Path, ...], given: Given, living: "Living") -> _Round:
    """Scan once."""
    from backend_audit.audit import scan  # noqa: PLC0415 - LibCST and the rest are not needed for --help
    from backend_audit.cli.output import Shown, context_of  # noqa: PLC0415 - as above
    from backend_audit.config import ConfigError  # noqa: PLC0415 - as above
    from backend_audit.report import Format, is_incomplete, render  # noqa: PLC0415 - as above

    try:
        config = effective(paths, given)
        result = scan(config, paths, living=living)
    except ConfigError as error:  # may be half written
        parts = [line.partition(": ") for line in str(error).splitlines()]
        lines = [f"{file}:1:1: error: {what} [configuration]\n" for file, _, what in parts]
        return _Round("".join(lines), "the configuration is wrong", list(_above(paths)))
    context = context_of(result, config, Shown(color="never", statistics=False, sarif_suppressed=False), hashes=False)
    text = render(result.report, Format.CONCISE, context)
    count = len(result.report.findings)
    told = f"{count} finding{'' if count == 1 else 's'}{', incomplete' if is_incomplete(result.report) else ''}"
    unsettled = result.unsettled or living.kept is None  # then the next edit would not be answered at once
    return _Round(text, told, [*_of_interest(result), *_above(paths)], result.provisional, unsettled, result.whole)


def _of_interest(result: "ScanResult") -> Iterator[str]:
    """What was judged, the folders around it (files that come and go), and the folders in these."""
    from backend_audit.discover.walk import PRUNED  # noqa: PLC0415 - not needed for --help

    root = str(result.root)
    folders: set[str] = set()
    for path in sorted(result.heard.judged | {one.path for one in result.report.problems if one.path}):
        place = os.path.join(root, os.path.normpath(path))  # noqa: PTH118 - a thousand of them while somebody waits
        yield place
        while len(place) > len(root) and (place := os.path.dirname(place)) not in folders:  # noqa: PTH120 - as above
            folders.add(place)
    for folder in sorted(folders):
        yield folder
        try:
            with os.scandir(folder) as scan:
                inner = sorted(one.path for one in scan if one.name not in PRUNED and one.is_dir(follow_symlinks=False))
        except OSError:  # gone since
            continue
        yield from (one for one in inner if one not in folders)


def _above(paths: Iterable[Path]) -> Iterator[str]:
    """The paths themselves, and the configuration files that may hold for them."""
    for path in paths:
        place = path.absolute()
        yield str(place)
        for folder in (place, *place.parents):
            yield from (str(folder / name) for name in _CONFIGURATION)
            if (folder / ".git").exists():
                break


def _state(files: Iterable[str]) -> _State:
    found: _State = {}
    for file in files:
        try:
            status = os.stat(file)  # noqa: PTH116 - a thousand of them, several times a second
        except OSError:
            continue
        found[file] = status.st_mtime_ns, status.st_size
    return found


def _changes(files: list[str], before: _State, interval: float) -> list[str]:
    """Wait until something changed, and until it is quiet again; the names of what changed."""
    while (now := _state(files)) == before:
        time.sleep(interval)
    settling = min(interval, 0.1)
    time.sleep(settling)  # a file is there before what is in it
    while (later := _state(files)) != now:  # several files are being written
        now = later
        time.sleep(settling)
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    named = [Path(path).name for path in changed if not Path(path).is_dir()]
    return named or [Path(path).name for path in changed]
