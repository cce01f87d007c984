"""Small servers of several files before and after a fix: what is wrong is told at the marked lines, and the mended one is quiet.

A file of `data/pairs` holds pairs: `=== name: rules` begins one, `@ path` a file of it. Lines that end with `<-` are there only
before the fix, those with `<+` only after it; `$ alert` marks where it must be told (one such line is enough, as a fix does).
Each side is audited with all rules at default confidence; what is told by others than the pair's rules is not its matter.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend_audit import audit
from backend_audit.config import Config
from backend_audit.finding import Confidence, Finding

DATA = Path(__file__).parent / "data" / "pairs"
_MARK = re.compile(r"\s*(?://|#) (<[-+])?\s*(\$ alert)?$")


@dataclass(frozen=True)
class Pair:
    """One pair; `text` is what stands below its head."""

    name: str
    rules: frozenset[str]
    text: str

    def __str__(self) -> str:
        return self.name

    def side(self, dropped: str) -> tuple[dict[str, str], set[tuple[str, int]]]:
        """The files without the lines of the other side, and the lines that are marked."""
        files: dict[str, str] = {}
        marked: set[tuple[str, int]] = set()
        parts = re.split(r"^@ (\S+)\n", self.text, flags=re.MULTILINE)
        for path, text in zip(parts[1::2], parts[2::2], strict=True):
            lines: list[str] = []
            for line in text.rstrip("\n").split("\n"):
                mark = _MARK.search(line)
                if mark is None or not (mark[1] or mark[2]):
                    lines.append(line)
                elif mark[1] != dropped:
                    lines.append(line[: mark.start()])
                    if mark[2]:
                        marked.add((path, len(lines)))
            files[path] = "\n".join(lines) + "\n"
        return files, marked


def pairs() -> list[Pair]:
    found: list[Pair] = []
    for file in sorted(DATA.glob("*.txt")):
        for chunk in re.split(r"^=== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, _, text = chunk.partition("\n")
            name, _, rules = head.partition(": ")
            found.append(Pair(f"{file.stem}:{name}", frozenset(rules.split()), text))
    return found


@pytest.mark.parametrize("pair", pairs(), ids=str)
def test_pair(pair: Pair, tmp_path: Path) -> None:
    files, marked = pair.side("<+")
    assert marked, "nothing says where it must be told"
    told = {(one.place.path, one.place.line) for one in _told(pair, files, tmp_path / "before")}
    assert told & marked, f"not told at {sorted(marked)}, but at {sorted(told)}"
    mended, _ = pair.side("<-")
    assert files != mended
    assert not [f"{one.place.path}:{one.place.line} {one.message}" for one in _told(pair, mended, tmp_path / "after")]


def _told(pair: Pair, files: dict[str, str], folder: Path) -> list[Finding]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    config = Config(select=tuple(sorted(pair.rules)), workers=1, cache=False, semgrep=False, origins={"select": "tests"})
    found = audit.scan(config, [folder]).report.findings
    return [one for one in found if one.rule in pair.rules and one.confidence is not Confidence.LOW]
