"""The OWASP Top 10 (2021): what a scan found, and looked for, in each category, by the weaknesses that rules name. Pure.

The categories are data (`rules/owasp-top-10.toml`). https://owasp.org/Top10/2021/
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import msgspec

from backend_audit.finding import SEVERITY_ORDER, Severity

NAME = "owasp-top-10.toml"


class OwaspError(Exception):
    """A file of categories that breaks the format; the message names it."""


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """One of the ten. `cwe` are the weaknesses that it lists, `not_assessed` why code cannot show them."""

    id: str
    title: str
    page: str
    cwe: tuple[int, ...]
    not_assessed: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    category: tuple[Category, ...]
    kinds_of: dict[str, int]


@dataclass(frozen=True, slots=True)
class Top10:
    """The categories, and which of them a weakness belongs to."""

    categories: tuple[Category, ...]
    by_cwe: Mapping[int, str]

    def of(self, cwe: Iterable[int]) -> str:
        """The category of a rule that names these weaknesses, the fittest first; "" for none of the ten."""
        return next((self.by_cwe[one] for one in cwe if one in self.by_cwe), "")


class CategoryState(StrEnum):
    """What a scan came to in a category: finding nothing is no proof."""

    FOUND = "found"
    NOTHING = "nothing-found"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What is needed of a rule: the weaknesses that it names, how bad its findings are, and whether it ran."""

    cwe: tuple[int, ...]
    severity: Severity
    ran: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCount:
    """One row. `rules` ran that look for it, `by_severity` counts what they found (the worst first, none left out)."""

    id: str
    title: str
    page: str
    state: CategoryState
    findings: int = 0
    suppressed: int = 0
    rules: int = 0
    by_severity: Mapping[Severity, int] = field(default_factory=dict)
    why: str = ""  # it is not assessed


def counted_by_category(
    top: Top10, rules: Mapping[str, RuleFacts], found: Sequence[str], suppressed: Sequence[str]
) -> list[CategoryCount]:
    """The ten rows, and one for what is beside them where there is any; `found` and `suppressed` are findings by their rule."""
    home = {rule: top.of(facts.cwe) for rule, facts in rules.items()}
    rows = [_row(one, home, rules, found, suppressed) for one in top.categories]
    beside = Category(id="", title="Beside the Top 10", page="", cwe=())
    other = _row(beside, home, rules, found, suppressed)
    return [*rows, *([other] if other.findings or other.suppressed else [])]


def _row(
    one: Category, home: Mapping[str, str], rules: Mapping[str, RuleFacts], found: Sequence[str], suppressed: Sequence[str]
) -> CategoryCount:
    own = [rule for rule in found if home.get(rule, "") == one.id]
    ran = sum(where == one.id and rules[rule].ran for rule, where in home.items())
    counts = Counter(rules[rule].severity for rule in own if rule in rules)
    state = CategoryState.FOUND if own else CategoryState.NOTHING if ran else CategoryState.NOT_ASSESSED
    why = one.not_assessed or "no rule for it was asked" if state is CategoryState.NOT_ASSESSED else ""
    return CategoryCount(
        id=one.id,
        title=one.title,
        page=one.page,
        state=state,
        findings=len(own),
        suppressed=sum(home.get(rule, "") == one.id for rule in suppressed),
        rules=ran,
        by_severity={severity: counts[severity] for severity in SEVERITY_ORDER},
        why=why,
    )


def read_top10(content: str) -> Top10:
    """The categories of a file's text.

    Raises:
        OwaspError: it is no TOML, says what nobody understands, or makes a weakness the kind of one that no category lists.
    """
    try:
        data = msgspec.toml.decode(content, type=_File)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise OwaspError(f"{NAME}: {error}") from error
    listed = {number: one.id for one in data.category for number in one.cwe}
    for kind, parent in data.kinds_of.items():
        if not kind.isdecimal() or int(kind) in listed or parent not in listed:
            raise OwaspError(f"{NAME}: kinds-of: {kind} = {parent}")
    return Top10(data.category, listed | {int(kind): listed[parent] for kind, parent in data.kinds_of.items()})


@lru_cache(maxsize=4)
def top10_of(root: Path) -> Top10:
    """The categories in the rules folder `root`, read once."""
    return read_top10((root / NAME).read_text(encoding="utf-8"))
