"""The catalog: the real pages are well formed; malformed pages are refused with page and line."""

from pathlib import Path

import pytest

from backend_audit import catalog
from backend_audit.catalog import CatalogError, Expect, Kind, RuleCard, read_card
from backend_audit.catalog.index import index
from backend_audit.finding import Confidence, Mode, Severity

PATH = "never-3-concatenate-sql/sql-from-strings.md"
PAGE = """\
---
id: sql-from-strings
title: SQL from `strings`
cwe: [89, 564]
severity: high
security-severity: 8.8
confidence: medium
mode: default
languages: [python]
previous-ids: [string-sql]
---

# SQL from `strings`

A value pasted into **SQL** can change
the `a_b * c` of [it](https://example.org).

More prose.

## Fails

```python
## Passes
run(f"{a}")  # $ alert
```

```python settings.py
A = 1  # $ alert[low]
```

```python fixed
run("?", a)
```

```python settings.py fixed
A = 2
```

Another one:

```js
run("a" + b); // $ alert
```

## Passes

```python
run("a")
```

## Known gaps

```python
run(x)  # $ MISSING: alert
run(y)  # $ SPURIOUS: alert[low]
```

## How to mend

Pass *parameters*.

## References

- none
"""


def card(text: str = PAGE, path: str = PATH) -> RuleCard:
    return read_card(text, path)


def test_front_matter() -> None:
    one = card()
    assert (one.id, one.title, one.clause, one.cwe) == ("sql-from-strings", "SQL from `strings`", "never-3", (89, 564))
    assert (one.severity, one.security_severity) == (Severity.HIGH, 8.8)
    assert (one.confidence, one.mode, one.languages) == (Confidence.MEDIUM, Mode.DEFAULT, ("python",))
    assert one.clause_text == "NEVER use string concatenation for SQL queries"
    assert one.summary == "A value pasted into SQL can change the a_b * c of it."
    assert one.how_to_mend == "Pass *parameters*."
    assert one.url.endswith(f"/rules/{PATH}")
    assert one.body.startswith("# SQL from")
    assert PAGE.split("\n")[one.body_line - 1] == "# SQL from `strings`"


def test_examples() -> None:
    groups = card().examples
    assert [group.kind for group in groups] == [Kind.FAILS, Kind.FIXED, Kind.FAILS, Kind.PASSES, Kind.GAPS]
    failing, fixed, script, _, gaps = groups
    assert [file.filename for file in failing.files] == ["example.py", "settings.py"]
    assert failing.files[0].code == '## Passes\nrun(f"{a}")\n'
    assert [(one.line, one.expect, one.low) for file in failing.files for one in file.expectations] == [
        (2, Expect.ALERT, False),
        (1, Expect.ALERT, True),
    ]
    assert [file.code for file in fixed.files] == ['run("?", a)\n', "A = 2\n"]
    assert script.files[0].language == "javascript"
    assert script.files[0].filename == "example.js"
    assert [(one.expect, one.low) for one in gaps.files[0].expectations] == [
        (Expect.MISSING, False),
        (Expect.SPURIOUS, True),
    ]
    lines = PAGE.split("\n")
    for group in groups:
        for file in group.files:
            assert lines[file.page_line - 1].startswith(file.code.split("\n")[0])


def test_fixed_group_keeps_the_files_that_need_no_change() -> None:
    text = PAGE.replace("```python settings.py fixed\nA = 2\n```\n", "")
    fixed = card(text).examples[1]
    assert [file.code for file in fixed.files] == ['run("?", a)\n', "A = 1\n"]
    assert not any(file.expectations for file in fixed.files)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("cwe: [89, 564]", "cwe: 89", 4, "cwe"),
        ("severity: high", "severity: grave", 5, "grave"),
        ("security-severity: 8.8", "security-severity: 9.8", 6, "not high"),
        ("mode: default", "mode: default\nmood: good", 9, "mood"),
        ("languages: [python]", "languages: [cobol]", 9, "cobol"),
        ("confidence: medium\n", "", 1, "confidence"),
        ("id: sql-from-strings", "id: other", 2, "other"),
        ("title: SQL from `strings`", "title: Other", 3, "differs"),
        ("cwe: [89, 564]", "cwe: [89", 5, "front matter"),
        ("# SQL from `strings`\n\nA", "A", 13, "Title"),
    ],
)
def test_malformed_front_matter_names_its_line(old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(CatalogError, match=what) as caught:
        card(PAGE.replace(old, new, 1))
    assert str(caught.value).startswith(f"{PATH}:{line}: ")


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("# $ MISSING: alert", "# $ alert", "run(x)", "Known gaps"),
        ("# $ MISSING: alert", "# $ alarm", "run(x)", "no expectation"),
        ("## Known gaps", "## Gaps", "## Gaps", "unknown section"),
        ('## Passes\n\n```python\nrun("a")\n```\n', "", "", "missing"),
        ('run("a")\n', 'run("a")  # $ alert\n', 'run("a")  # $', "must be silent"),
        ("```js\n", "```\n", '```\nrun("a" +', "language"),
        ("```js\n", "```js a.js b.js\n", "```js a.js", "unknown word"),
        ("```python settings.py fixed", "```python models.py fixed", "```python models.py fixed", "no file"),
    ],
)
def test_malformed_examples_name_their_line(old: str, new: str, at: str, what: str) -> None:
    text = PAGE.replace(old, new, 1)
    with pytest.raises(CatalogError, match=what) as caught:
        _ = card(text).examples
    line = text[: text.index(at)].count("\n") + 1 if at else 1
    assert str(caught.value).startswith(f"{PATH}:{line}: ")


def test_unclosed_block_is_refused() -> None:
    with pytest.raises(CatalogError, match="not closed"):
        _ = card(PAGE + "```python\n").examples


def test_catalog_knows_previous_ids_and_extra_cards() -> None:
    one = catalog.Catalog([card()])
    assert one.card("string-sql").id == "sql-from-strings"
    assert one.current("nothing") == "nothing"
    other = RuleCard(
        id="team-rule",
        title="Team",
        clause="",
        cwe=(),
        severity=Severity.LOW,
        security_severity=1.0,
        confidence=Confidence.HIGH,
        mode=Mode.DEFAULT,
        languages=("python",),
        summary="Said so.",
    )
    both = one.with_cards([other])
    assert list(both.cards) == ["sql-from-strings", "team-rule"]
    assert not both.card("team-rule").clause_text
    assert not both.card("team-rule").how_to_mend


def test_an_id_is_used_once(tmp_path: Path) -> None:
    for folder in ("never-3-sql", "never-4-secrets"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "sql-from-strings.md").write_text(PAGE, encoding="utf-8")
    with pytest.raises(CatalogError, match="taken by never-3-sql"):
        catalog.load_from(tmp_path)


def test_every_clause_of_the_seed_is_known() -> None:
    assert len([name for name in catalog.CLAUSES if name.startswith("never-")]) == 8
    assert len([name for name in catalog.CLAUSES if name.startswith("must-")]) == 12


@pytest.mark.parametrize("one", catalog.load().cards.values(), ids=lambda one: one.id)
def test_real_pages_are_whole(one: RuleCard) -> None:
    kinds = {group.kind for group in one.examples}
    assert {Kind.FAILS, Kind.PASSES} <= kinds, f"rules/{one.path}: needs failing and passing examples"
    assert one.how_to_mend, f"rules/{one.path}: “How to mend” is empty"
    assert len(one.summary) <= 1024, f"rules/{one.path}: the first paragraph is too long for SARIF"


def test_the_index_of_rules_is_up_to_date() -> None:
    """Made by `python -m backend_audit.catalog`."""
    written = (catalog.rules_root() / "README.md").read_text(encoding="utf-8")
    assert written == index(catalog.load().cards.values()), "run: python -m backend_audit.catalog"
