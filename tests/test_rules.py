"""Every rule page is a test: what it says fails must be reported on that line, what it says passes must be silent.

One rule's examples: `python -m pytest tests/test_rules.py -q -k lost-task`.
"""

import ast
import re
from pathlib import Path

import pytest

import rewriting
import rule_pages
from backend_audit import audit, ir
from backend_audit.catalog import Example, Kind, RuleCard
from backend_audit.checks import all_checks, node_checks
from rule_pages import Case, pages

CASES = pages().cases()
CARDS = sorted(pages().cards.values(), key=lambda card: card.path)


@pytest.fixture(autouse=True)
def _pages_that_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A malformed page fails its own test and no other."""
    monkeypatch.setattr(audit, "load", rule_pages.catalog)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case, tmp_path: Path) -> None:
    project = tmp_path / "project"
    rule_pages.write(rule_pages.files_of(case.group), project)
    findings, problems = rule_pages.audited(case.card.id, project)
    where = f"rules/{case.card.path}:{case.group.line}"
    told = [f"{where}: {one.path}:{one.line}: {one.kind}: {one.message}" for one in problems]
    told += rule_pages.differences(case, findings)
    if told:
        pytest.fail("\n".join(told), pytrace=False)
    if case.group.kind is Kind.FAILS and _is_python(case):
        moved = tmp_path / "moved/project"
        rule_pages.write(
            [(name, rewriting.shifted(rewriting.reindented(code))) for name, code in rule_pages.files_of(case.group)], moved
        )
        prints = [sorted(one.fingerprint() for one in each) for each in (findings, rule_pages.audited(case.card.id, moved)[0])]
        assert prints[0] == prints[1], f"{where}: a fingerprint depends on the line or the indentation"


def _is_python(case: Case) -> bool:
    return all(file.language == "python" for file in case.group.files)


PYTHON_CASES = [case for case in CASES if _is_python(case)]


@pytest.mark.parametrize("case", PYTHON_CASES, ids=str)
def test_spelling_changes_no_verdict(case: Case, tmp_path: Path) -> None:
    """Other names for imports, one level deeper, some lines further down: the same lines are reported, and no other."""
    own = frozenset(Path(file.filename).parts[0].removesuffix(".py") for file in case.group.files)
    variant: list[tuple[str, str]] = []
    moved: dict[str, int] = {}
    for name, code in rule_pages.files_of(case.group):
        other = rewriting.renamed(code, own)
        moved[name] = rewriting.SHIFT + rewriting.reindent_shift(other)
        variant.append((name, rewriting.shifted(rewriting.reindented(other))))
    rule_pages.write(variant, tmp_path / "project")
    findings, _ = rule_pages.audited(case.card.id, tmp_path / "project")
    told = list(rule_pages.differences(case, findings, moved))
    if told:
        text = "\n\n".join(f"--- {name}\n{code}" for name, code in variant)
        pytest.fail("\n".join(["variant: the verdict depends on the spelling", *told, text]), pytrace=False)


@pytest.mark.parametrize("page", rule_pages.page_files(), ids=lambda page: page.stem)
def test_page_reads(page: Path) -> None:
    path = page.relative_to(rule_pages.rules_root()).as_posix()
    if path in pages().errors:
        pytest.fail(pages().errors[path], pytrace=False)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_page_shows_both_sides(card: RuleCard) -> None:
    """Failing cases, near misses, expectations in every failing group, known errors only where they are told."""
    kinds = [group.kind for group in card.examples]
    assert Kind.FAILS in kinds, f"rules/{card.path}: no failing example"
    assert Kind.PASSES in kinds, f"rules/{card.path}: no passing example"
    for group in card.examples:
        expected = [one for file in group.files for one in file.expectations]
        if group.kind in (Kind.FAILS, Kind.GAPS):
            assert expected, f"rules/{card.path}:{group.line}: a {group.kind} example without any expectation"
        for file in group.files:
            assert "$ alert" not in file.code, f"rules/{card.path}:{file.page_line}: the audit would see an expectation"
            assert file.code.strip(), f"rules/{card.path}:{file.page_line}: an empty example"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_no_example_twice(card: RuleCard) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for group in card.examples:
        key = tuple(normalised(file) for file in group.files)
        assert key not in seen, f"rules/{card.path}:{group.line}: the same example as on line {seen[key]}"
        seen[key] = group.line


def normalised(file: Example) -> str:
    """Code without layout, comments and the names' spelling in strings: what makes two examples the same."""
    if file.language == "python":
        try:
            return ast.dump(ast.parse(file.code))
        except SyntaxError:  # newer than the host
            pass
    return "".join(re.sub(r"(?m)(#|//).*$", "", file.code).split())


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_page_speaks_to_people(card: RuleCard) -> None:
    """What `explain`, SARIF help and code scanning show is there and ends where a sentence ends."""
    assert card.cwe, f"rules/{card.path}: no CWE"
    assert 40 <= len(card.summary) <= 400, f"rules/{card.path}: the first paragraph has {len(card.summary)} characters"
    assert card.summary.endswith("."), f"rules/{card.path}: the first paragraph ends in mid-sentence"
    assert len(card.title) <= 60, f"rules/{card.path}: the title is too long for a list"
    assert card.how_to_mend, f"rules/{card.path}: “How to mend” is empty"
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX|lorem)\b", card.body), f"rules/{card.path}: a stub word"
    for section in card.sections:
        assert section.text.strip(), f"rules/{card.path}:{section.line}: “{section.heading}” is empty"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_page_has_a_judge(card: RuleCard) -> None:
    assert card.id in rule_pages.judged_rules(), f"rules/{card.path}: no check, YAML or engine reports {card.id}"


@pytest.mark.parametrize("rule", sorted(rule_pages.judged_rules()))
def test_judge_has_a_page(rule: str) -> None:
    if rule not in pages().cards and not any(path.endswith(f"/{rule}.md") for path in pages().errors):
        pytest.fail(f"{rule} is reported by the tool, but has no page rules/<clause>/{rule}.md", pytrace=False)


def test_ids_are_unique() -> None:
    names: dict[str, str] = {}
    for card in CARDS:
        for name in (card.id, *card.previous_ids):
            assert name not in names, f"rules/{card.path}: the id {name} is taken by rules/{names[name]}"
            names[name] = card.path


def test_checks_of_nodes_are_found_without_the_others() -> None:
    assert set(node_checks()) == {check for check in all_checks() if issubclass(check.subject, ir.Node)}


def test_check_modules_are_called_like_their_rules() -> None:
    """Two files a rule, one stem: somebody who reads a rule id finds its code."""
    for check in all_checks():
        stem = check.function.__module__.rpartition(".")[2]
        assert stem == check.rule.replace("-", "_"), f"{check.function.__module__} judges {check.rule}"


class TestTheHarnessItself:
    """A harness that cannot fail proves nothing."""

    FRONT = (
        "---\nid: lost-task\ntitle: Lost task\ncwe: [391]\nseverity: medium\nsecurity-severity: 4.3\n"
        "confidence: high\nmode: default\nlanguages: [python]\n---\n"
    )
    BAD = "import asyncio\nasync def f(g):\n    asyncio.create_task(g()){}\n"
    GOOD = "import asyncio\nasync def f(g):\n    await g(){}\n"

    def case(self, code: str, kind: Kind = Kind.FAILS) -> Case:
        return next(Case(card, group) for card in [self.card(code, kind)] for group in card.examples if group.kind is kind)

    def card(self, code: str, kind: Kind) -> RuleCard:
        real = pages().cards["lost-task"]
        head, _, tail = real.body.partition("## Fails")
        heading = {Kind.FAILS: "Fails", Kind.PASSES: "Passes", Kind.GAPS: "Known gaps"}[kind]
        parts = {"Fails": "", "Passes": "", "Known gaps": ""} | {heading: f"```python\n{code}```\n"}
        middle = "".join(f"## {name}\n\n{text}\n" for name, text in parts.items())
        body = f"{head}{middle}## How to mend{tail.partition('## How to mend')[2]}"
        return rule_pages.read_card(f"{self.FRONT}{body}", real.path)

    def told(self, code: str, tmp_path: Path, kind: Kind = Kind.FAILS) -> str:
        case = self.case(code, kind)
        rule_pages.write(rule_pages.files_of(case.group), tmp_path / "project")
        return "\n".join(rule_pages.differences(case, rule_pages.audited("lost-task", tmp_path / "project")[0]))

    def test_agreement_is_silent(self, tmp_path: Path) -> None:
        assert self.told(self.BAD.format("  # $ alert"), tmp_path) == ""

    def test_unexpected_alert(self, tmp_path: Path) -> None:
        assert ": expected silence, got (high)" in self.told(self.BAD.format(""), tmp_path)

    def test_expected_alert_that_does_not_come(self, tmp_path: Path) -> None:
        told = self.told(self.GOOD.format("  # $ alert"), tmp_path)
        assert re.search(r"^rules/never-5-ignore-errors/lost-task\.md:\d+: expected an alert\n    await g\(\)$", told)

    def test_mended_gaps_fail(self, tmp_path: Path) -> None:
        assert "MISSING is mended" in self.told(self.BAD.format("  # $ MISSING: alert"), tmp_path, Kind.GAPS)
        assert "SPURIOUS is mended" in self.told(self.GOOD.format("  # $ SPURIOUS: alert"), tmp_path, Kind.GAPS)

    def test_gaps_that_stand_are_silent(self, tmp_path: Path) -> None:
        assert self.told(self.GOOD.format("  # $ MISSING: alert"), tmp_path, Kind.GAPS) == ""
        assert self.told(self.BAD.format("  # $ SPURIOUS: alert"), tmp_path, Kind.GAPS) == ""

    def test_confidence_is_asserted(self, tmp_path: Path) -> None:
        assert "expected an alert of low confidence, got high" in self.told(self.BAD.format("  # $ alert[low]"), tmp_path)
