"""What a scan costs, with LibCST's bare parse of the same files as 1. A script, no test: `python tests/bench/ratios.py FOLDER`.

Absolute seconds differ from machine to machine and from hour to hour; the ratios stay. Bandit and Semgrep are measured beside
us where they are installed (Semgrep with the configuration that `--semgrep-config` names: none comes with it). Bandit reads the
very files that a scan judges. The CPU of worker processes is not seen from here: of scans with several of them compare the wall
time. `--rounds 3` repeats cold scan and Bandit in turn, for machines that are never quiet. Two options measure something else:
`--growth` CPU seconds and peak memory of a scan on a quarter, a half and all of the files, taken folder by folder; `--edit
FILE:LINE` what a scan takes after a statement was put in before that line (and taken out again), with the cold scan as 100 %.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import msgspec

from backend_audit.discover import DiscoverOptions, discover
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.limits import no_collection
from backend_audit.lower.python import lower
from backend_audit.source import Language


@dataclass
class Cost:
    """CPU seconds (own and of children) and wall seconds."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    cost, wall, cpu = Cost(), time.perf_counter(), _cpu()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def sources(folder: Path) -> list[tuple[str, str]]:
    """The Python files that a scan judges, decoded."""
    found = discover([folder], root=folder, options=DiscoverOptions())
    texts = []
    for file in found.files:
        if file.language is Language.PYTHON:
            try:
                texts.append((file.path, decode(Path(file.absolute).read_bytes(), file.language)))
            except DecodingError:
                continue
    return texts


def parse_all(texts: list[tuple[str, str]]) -> None:
    for _, text in texts:
        try:
            cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue


def lower_all(texts: list[tuple[str, str]]) -> None:
    for path, text in texts:
        try:
            msgspec.msgpack.encode(lower(path, text))
        except LoweringError:
            continue


def command(folder: Path, *arguments: str, cache: Path | None = None) -> Callable[[], None]:
    environment = os.environ if cache is None else {**os.environ, "BACKEND_AUDIT_CACHE_DIR": str(cache)}

    def run() -> None:
        subprocess.run(arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    return run


def jobs(
    folder: Path, texts: list[tuple[str, str]], cache: Path, options: argparse.Namespace
) -> Iterator[tuple[str, Callable[[], None]]]:
    """What is measured, in order: the warm scan needs the cold one before it."""
    with no_collection():
        yield "LibCST parse", lambda: parse_all(texts)
        yield "lowering (parse included)", lambda: lower_all(texts)
    scan = [sys.executable, "-m", "backend_audit", "scan", ".", "--isolated", "--exit-zero", "--quiet"]
    yield "scan, one worker, no cache", command(folder, *scan, "--workers", "1", "--no-cache")
    yield "scan, cold", command(folder, *scan, cache=cache)
    yield "scan, warm", command(folder, *scan, cache=cache)
    if bandit := shutil.which(options.bandit):
        judged = [str(folder / path) for path, _ in texts]
        yield "bandit, the same files", command(folder, bandit, "-q", "-f", "json", *judged)
        for _ in range(options.rounds - 1):
            yield "scan, cold", command(folder, *scan, cache=Path(tempfile.mkdtemp(dir=cache)))
            yield "bandit, the same files", command(folder, bandit, "-q", "-f", "json", *judged)
    if options.semgrep_config and (semgrep := shutil.which("semgrep")):
        arguments = ("scan", "--metrics=off", "--disable-version-check", "--quiet", "--config", options.semgrep_config, ".")
        yield f"semgrep, {options.semgrep_config}", command(folder, semgrep, *arguments)


# --- growth ----------------------------------------------------------------------------------------------------------


def part(texts: list[tuple[str, str]], share: float) -> list[tuple[str, str]]:
    """Whole folders (of the level at which there are several), until `share` of the files is reached: packages stay whole."""
    level = 1
    while level < 6 and len({tuple(path.split("/")[:level]) for path, _ in texts}) < 8:
        level += 1
    folders: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for path, text in texts:
        folders.setdefault(tuple(path.split("/")[:level]), []).append((path, text))
    taken: list[tuple[str, str]] = []
    for _, files in sorted(folders.items()):
        if len(taken) + len(files) <= len(texts) * share + 1:
            taken += files
    return taken


def scan_alone(folder: Path) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of a scan in one process."""
    program = [
        sys.executable,
        "-m",
        "backend_audit",
        "scan",
        ".",
        "--isolated",
        "--exit-zero",
        "--quiet",
        "--workers",
        "1",
        "--no-cache",
    ]
    child = subprocess.Popen(program, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the scan ended with {child.returncode}: what it used until then says nothing")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def growth(texts: list[tuple[str, str]]) -> None:
    sys.stdout.write("| share | files | lines | CPU s | ms a file | peak MB |\n|---|---|---|---|---|---|\n")
    for share in (0.25, 0.5, 1.0):
        taken = texts if share == 1 else part(texts, share)
        with tempfile.TemporaryDirectory() as copy:
            for path, text in taken:
                target = Path(copy, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            cpu, memory = scan_alone(Path(copy))
        lines = sum(text.count("\n") for _, text in taken)
        each = 1000 * cpu / max(1, len(taken))
        sys.stdout.write(f"| {share} | {len(taken)} | {lines:,} | {cpu:.1f} | {each:.1f} | {memory:.0f} |\n")
        sys.stdout.flush()


def edits(folder: Path, place: str) -> None:
    """Wall seconds of scans before and after edits; what a process that stays does is not in the CPU seconds of who asks it."""
    name, _, number = place.rpartition(":")
    file, at = folder / name, int(number) - 1
    before = file.read_bytes()
    lines = before.decode().splitlines(keepends=True)
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    scan = [sys.executable, "-m", "backend_audit", "scan", ".", "--isolated", "--exit-zero", "--quiet"]
    keep = [*scan, "--keep", "5"]
    with tempfile.TemporaryDirectory(prefix="ba-") as cache:  # sockets have short addresses
        cold = 0.0
        try:
            for edit, what, program in (
                (0, "cold", keep),
                (0, "nothing edited", scan),
                (1, "edited, --keep", keep),
                (2, "edited", scan),
            ):
                if edit:
                    file.write_text("".join([*lines[:at], f"{indent}unrelated = {edit}\n", *lines[at:]]), "utf-8")
                with measured() as cost:
                    command(folder, *program, cache=Path(cache))()
                cold = cold or cost.wall
                sys.stdout.write(f"| {what} | {cost.wall:.2f} s | {100 * cost.wall / cold:.1f} % |\n")
                sys.stdout.flush()
        finally:
            file.write_bytes(before)
            command(folder, *scan, "--keep", "0", cache=Path(cache))()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--semgrep-config", default="")
    parser.add_argument("--bandit", default="bandit", help="the program, if it is not on the path")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--edit", default="", metavar="FILE:LINE")
    options = parser.parse_args()
    folder = options.folder.resolve()
    if options.edit:
        edits(folder, options.edit)
        return
    texts = sources(folder)
    if options.growth:
        growth(texts)
        return
    lines = sum(text.count("\n") for _, text in texts)
    sys.stdout.write(f"{len(texts)} Python files, {lines:,} lines\n\n| | CPU s | ratio | wall s |\n|---|---|---|---|\n")
    base = 0.0
    with tempfile.TemporaryDirectory() as cache:
        for name, work in jobs(folder, texts, Path(cache), options):
            with measured() as cost:
                work()
            base = base or cost.cpu
            sys.stdout.write(f"| {name} | {cost.cpu:.1f} | {cost.cpu / base:.2f} | {cost.wall:.1f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
