"""How requests come in and where their data goes: the lines with `# $ alert` use data of one, no others do.

Those with `# $ guess` may, and are told at low confidence.

`data/requests` has a file a framework, `data/followed` the ways that data takes through functions, containers and objects,
`data/script_requests` what servers of Node check before a handler reads it.
"""

from pathlib import Path

import pytest

import rule_pages
from backend_audit.finding import Confidence

DATA = Path(__file__).parent / "data" / "requests"
FOLLOWED = DATA.parent / "followed"
SCRIPTS = DATA.parent / "script_requests"
MARK = "# $ alert"
RULES = ("server-side-request-forgery", "open-redirect", "cross-site-scripting", "header-injection")


@pytest.mark.parametrize("file", sorted(DATA.glob("*.py")), ids=lambda file: file.stem)
def test_request(file: Path, tmp_path: Path) -> None:
    compare(file, RULES, tmp_path)


@pytest.mark.parametrize("file", sorted(FOLLOWED.glob("*.py")), ids=lambda file: file.stem)
def test_followed(file: Path, tmp_path: Path) -> None:
    compare(file, ("command-injection",), tmp_path)


@pytest.mark.parametrize("file", sorted(SCRIPTS.glob("*.[jt]s")), ids=lambda file: file.stem)
def test_script_request(file: Path, tmp_path: Path) -> None:
    compare(file, ("command-injection",), tmp_path, "// $ alert")


def compare(file: Path, rules: tuple[str, ...], tmp_path: Path, mark: str = MARK) -> None:
    """Fail with the lines of `file` where the findings of `rules` and the marks differ."""
    lines = file.read_text(encoding="utf-8").splitlines()
    bare = (line.partition(mark.partition("$")[0] + "$")[0].rstrip() for line in lines)
    (tmp_path / file.name).write_text("\n".join(bare), encoding="utf-8")
    every = [one for rule in rules for one in rule_pages.audited(rule, tmp_path)[0]]
    found = {(one.place.line, one.confidence is Confidence.LOW) for one in every}
    guess = mark.replace("alert", "guess")
    expected = {(number, guess in line) for number, line in enumerate(lines, 1) if mark in line or guess in line}
    told = [f"{file.name}:{number}: not found: {lines[number - 1].strip()}" for number, _ in sorted(expected - found)]
    told += [f"{file.name}:{number}: not expected: {lines[number - 1].strip()}" for number, _ in sorted(found - expected)]
    if told:
        pytest.fail("\n".join(told), pytrace=False)
