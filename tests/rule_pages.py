"""Rule pages as tests: an example group is written to disk, audited with its rule alone, and compared line by line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend_audit import audit, secrets
from backend_audit.catalog import (
    Catalog,
    CatalogError,
    Example,
    ExampleGroup,
    Expect,
    Expectation,
    RuleCard,
    read_card,
    rules_root,
)
from backend_audit.catalog.reading import CLAUSE_FOLDER
from backend_audit.checks import all_checks
from backend_audit.config import Config
from backend_audit.finding import Confidence, Finding, Problem
from backend_audit.suppress import MALFORMED, UNUSED


@dataclass(frozen=True, slots=True)
class Case:
    """One group of examples of one rule; `text` is how pytest and authors call it."""

    card: RuleCard
    group: ExampleGroup

    def __str__(self) -> str:
        return f"{self.card.id}:{self.group.line}:{self.group.kind}"

    def at(self, file: Example, line: int) -> str:
        """The place on the page of a line of an example."""
        return f"rules/{self.card.path}:{file.page_line + line - 1}"


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page that reads, and what is wrong with the others (one malformed page must not hide the rest)."""

    cards: dict[str, RuleCard]
    errors: dict[str, str]

    def cases(self) -> list[Case]:
        return [Case(card, group) for card in self.cards.values() for group in card.examples]


@cache
def pages() -> Pages:
    cards: dict[str, RuleCard] = {}
    errors: dict[str, str] = {}
    for page in page_files():
        path = page.relative_to(rules_root()).as_posix()
        try:
            card = read_card(page.read_text(encoding="utf-8"), path)
            assert card.examples is not None  # parsed on demand: a malformed example is an error of the page
        except CatalogError as error:
            errors[path] = f"rules/{error}"
        else:
            cards[card.id] = card
    return Pages(cards, errors)


def page_files() -> list[Path]:
    folders = [folder for folder in sorted(rules_root().iterdir()) if CLAUSE_FOLDER.fullmatch(folder.name)]
    return [page for folder in folders for page in sorted(folder.glob("*.md"))]


@cache
def yaml_rules() -> frozenset[str]:
    """Rules that Semgrep carries: a YAML beside the page."""
    return frozenset(page.stem for page in page_files() if page.with_suffix(".yaml").exists())


def judged_rules() -> frozenset[str]:
    """Every rule id that something in the tool can report about code."""
    return frozenset({check.rule for check in all_checks()} | set(secrets.RULES) | {MALFORMED, UNUSED} | yaml_rules())


def write(files: Sequence[tuple[str, str]], folder: Path) -> None:
    for name, code in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(code, encoding="utf-8", newline="")


def audited(rule: str, folder: Path) -> tuple[list[Finding], list[Problem]]:
    """What the whole tool says about `folder` when only `rule` judges, down to low confidence."""
    config = Config(
        select=(rule,),
        min_confidence=Confidence.LOW,
        workers=1,
        cache=False,
        semgrep=rule in yaml_rules(),
        origins={"select": "tests"},
    )
    report = audit.scan(config, [folder]).report
    return [one for one in report.findings if one.rule == rule], list(report.problems)


def catalog() -> Catalog:
    """The pages that read, for `audit.load`."""
    return Catalog(pages().cards.values())


def differences(case: Case, findings: Sequence[Finding], moved: Mapping[str, int] | None = None) -> Iterator[str]:
    """Every line on which the audit and the page do not agree, told with the page's line.

    `moved` says by how many lines the code of a file was moved down before it was audited.
    """
    everywhere = any(one.low for file in case.group.files for one in file.expectations)
    for file in case.group.files:
        expected = {one.line: one for one in file.expectations}
        found: dict[int, Finding] = {}
        for one in findings:
            if one.place.path == file.filename:
                found[one.place.line - (moved or {}).get(file.filename, 0)] = one
        for line, want in sorted(expected.items()):
            yield from _unmet(case, file, want, found.get(line))
        for line, one in sorted(found.items()):
            if line not in expected and (everywhere or one.confidence is not Confidence.LOW):
                yield f"{case.at(file, line)}: expected silence, got ({one.confidence}) {one.message}\n    {one.code.strip()}"
    names = {file.filename for file in case.group.files}
    for one in findings:
        if one.place.path not in names:
            yield f"rules/{case.card.path}:{case.group.line}: an alert in {one.place.path}, which is no file of the group"


def _unmet(case: Case, file: Example, want: Expectation, found: Finding | None) -> Iterator[str]:
    expect, low = want.expect, want.low
    where, code = case.at(file, want.line), file.code.splitlines()[want.line - 1].strip()
    if expect is Expect.MISSING:
        if found is not None:
            yield f"{where}: MISSING is mended: move the example to “Fails”\n    {code}"
        return
    word = "expected an alert" if expect is Expect.ALERT else "SPURIOUS is mended: move the example to “Passes”"
    if found is None:
        yield f"{where}: {word}\n    {code}"
    elif low and found.confidence is not Confidence.LOW:
        yield f"{where}: expected an alert of low confidence, got {found.confidence}: {found.message}\n    {code}"
    elif not low and found.confidence is Confidence.LOW:
        yield f"{where}: {word} of medium confidence, got low: {found.message}\n    {code}"


def files_of(group: ExampleGroup) -> list[tuple[str, str]]:
    return [(file.filename, file.code) for file in group.files]
