"""Libraries as their documentation describes them: the lines with `$ rule` misuse one, no others are told by those rules."""

import re
from pathlib import Path

import pytest

import rule_pages
from backend_audit.finding import Confidence

FILES = sorted((Path(__file__).parent / "data" / "libraries").iterdir())
MARK = re.compile(r"\s*(?://|#) \$ ([a-z-]+)$")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_library(file: Path, tmp_path: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    expected = {(number, mark[1]) for number, line in enumerate(lines, 1) if (mark := MARK.search(line))}
    (tmp_path / file.name).write_text("\n".join(MARK.sub("", line) for line in lines), encoding="utf-8")
    found = {
        (one.place.line, rule)
        for rule in sorted({rule for _, rule in expected})
        for one in rule_pages.audited(rule, tmp_path)[0]
        if one.confidence is not Confidence.LOW
    }
    told = [f"{file.name}:{number}: not found: {rule}" for number, rule in sorted(expected - found)]
    told += [f"{file.name}:{number}: not expected: {rule}" for number, rule in sorted(found - expected)]
    if told:
        pytest.fail("\n".join(told), pytrace=False)
