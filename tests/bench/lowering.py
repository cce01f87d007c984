"""What lowering JavaScript and TypeScript costs, with tree-sitter's own parse and a walk over all its nodes as 1.

A script, no test: `python tests/bench/lowering.py FOLDER`. All are taken in turn, round by round, in one process, and the least
of each counts: absolute seconds differ from hour to hour, the ratio within one run stays. `--growth` takes a quarter, a half and
all of the files instead (folder by folder): time and memory of lowering them all and keeping what came of it.
"""

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from ratios import part
from tree_sitter import Parser, TreeCursor

from backend_audit.discover import DiscoverOptions, discover
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.lower.javascript import Lowered, lower
from backend_audit.lower.javascript_source import _parser, dialect
from backend_audit.lower.limits import no_collection
from backend_audit.source import Language

_LANGUAGES = {Language.JAVASCRIPT, Language.TYPESCRIPT}
_Text = tuple[str, str]


def sources(folder: Path) -> list[_Text]:
    """The files of JavaScript and TypeScript that a scan judges, decoded."""
    found = discover([folder], root=folder, options=DiscoverOptions())
    texts = []
    for file in found.files:
        if file.language in _LANGUAGES:
            try:
                texts.append((file.path, decode(Path(file.absolute).read_bytes(), file.language)))
            except DecodingError:
                continue
    return texts


def language_of(path: str) -> Language:
    return Language.TYPESCRIPT if path.endswith((".ts", ".tsx", ".mts", ".cts")) else Language.JAVASCRIPT


def parse_all(texts: list[_Text], *, walked: bool) -> int:
    """Parse with tree-sitter alone; walked, go to every node and ask for its type and place. Gives the number of nodes."""
    parsers: dict[str, Parser] = {}
    nodes = 0
    for path, text in texts:
        name = dialect(path, language_of(path))
        parser = parsers.setdefault(name, _parser(name)[0])
        tree = parser.parse(text.encode())
        nodes += walk(tree.walk()) if walked else 0
    return nodes


def walk(cursor: TreeCursor) -> int:
    seen = 0
    while True:
        node = cursor.node
        if node is not None:
            _ = (node.type, node.start_byte, node.end_byte)
        seen += 1
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return seen


def lower_all(texts: list[_Text]) -> list[Lowered]:
    return [lower(path, text, language_of(path)) for path, text in texts]


def cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def ratios(texts: list[_Text], rounds: int) -> None:
    with no_collection():
        jobs: dict[str, Callable[[], object]] = {
            "tree-sitter: parse": lambda: parse_all(texts, walked=False),
            "tree-sitter: parse and walk": lambda: parse_all(texts, walked=True),
            "lowering (parse included)": lambda: [lower(path, text, language_of(path)) for path, text in texts],
        }
        least = {name: min(times) for name, times in _in_turn(jobs, rounds).items()}
    base = least["tree-sitter: parse and walk"]
    lines = sum(text.count("\n") for _, text in texts)
    sys.stdout.write(f"{len(texts)} files, {lines:,} lines\n\n| | CPU s | ratio |\n|---|---|---|\n")
    for name, took in least.items():
        sys.stdout.write(f"| {name} | {took:.2f} | {took / base:.2f} |\n")


def _in_turn(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, work in jobs.items():
            times[name].append(cpu(work))
    return times


def growth(texts: list[_Text]) -> None:
    sys.stdout.write("| share | files | klines | CPU s | ms a kline | MB kept | KB a kline |\n|---|---|---|---|---|---|---|\n")
    for share in (0.25, 0.5, 1.0):
        taken = texts if share == 1 else part(texts, share)
        took = cpu(lambda taken=taken: lower_all(taken))  # type: ignore[misc]
        tracemalloc.start()
        kept = lower_all(taken)
        memory = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        klines = sum(text.count("\n") for _, text in taken) / 1000
        told = f"{took:.2f} | {1000 * took / klines:.1f} | {memory:.0f} | {1000 * memory / klines:.0f}"
        sys.stdout.write(f"| {share} | {len(kept)} | {klines:.0f} | {told} |\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    texts = sources(options.folder.resolve())
    if options.growth:
        growth(texts)
    else:
        ratios(texts, options.rounds)


if __name__ == "__main__":
    main()
