"""What a scan costs, with LibCST's bare parse of the same files as 1. A script, no test: `python tests/bench/ratios.py FOLDER`.

Absolute seconds differ from machine to machine and from hour to hour; the ratios stay. Bandit and Semgrep are measured beside
us where they are installed (Semgrep with the configuration that `--semgrep-config` names: none comes with it). The CPU of
worker processes is not seen from here: of scans with several of them compare the wall time.
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
from backend_audit.lower.limits import no_collection
from backend_audit.lower.python import LoweringError, lower
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
    folder: Path, texts: list[tuple[str, str]], cache: Path, semgrep_config: str
) -> Iterator[tuple[str, Callable[[], None]]]:
    """What is measured, in order: the warm scan needs the cold one before it."""
    with no_collection():
        yield "LibCST parse", lambda: parse_all(texts)
        yield "lowering (parse included)", lambda: lower_all(texts)
    scan = [sys.executable, "-m", "backend_audit", "scan", ".", "--isolated", "--exit-zero", "--quiet"]
    yield "scan, one worker, no cache", command(folder, *scan, "--workers", "1", "--no-cache")
    yield "scan, cold", command(folder, *scan, cache=cache)
    yield "scan, warm", command(folder, *scan, cache=cache)
    if bandit := shutil.which("bandit"):
        yield "bandit", command(folder, bandit, "-q", "-r", ".")
    if semgrep_config and (semgrep := shutil.which("semgrep")):
        arguments = ("scan", "--metrics=off", "--disable-version-check", "--quiet", "--config", semgrep_config, ".")
        yield f"semgrep, {semgrep_config}", command(folder, semgrep, *arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--semgrep-config", default="")
    options = parser.parse_args()
    folder = options.folder.resolve()
    texts = sources(folder)
    lines = sum(text.count("\n") for _, text in texts)
    sys.stdout.write(f"{len(texts)} Python files, {lines:,} lines\n\n| | CPU s | ratio | wall s |\n|---|---|---|---|\n")
    base = 0.0
    with tempfile.TemporaryDirectory() as cache:
        for name, work in jobs(folder, texts, Path(cache), options.semgrep_config):
            with measured() as cost:
                work()
            base = base or cost.cpu
            sys.stdout.write(f"| {name} | {cost.cpu:.1f} | {cost.cpu / base:.2f} | {cost.wall:.1f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
