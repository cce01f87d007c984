"""What is known about one rule, and all the rules of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from backend_audit.catalog.clauses import CLAUSES
from backend_audit.catalog.pages import ExampleGroup, Section, check_sections, read_examples, split_sections
from backend_audit.finding import Confidence, Mode, Severity


@dataclass(frozen=True, kw_only=True)
class RuleCard:
    """One rule as its page states it. `path` is relative to the rules folder; empty for a rule of the user's own."""

    id: str
    title: str
    clause: str  # "never-3"; empty for a rule beside the seed: the house's or the user's own
    cwe: tuple[int, ...]
    severity: Severity
    security_severity: float
    confidence: Confidence
    mode: Mode
    languages: tuple[str, ...]
    summary: str  # the first paragraph, as plain text
    body: str = ""  # Markdown, from `# Title` on
    body_line: int = 1  # the page's line on which the body begins
    path: str = ""
    url: str = ""
    previous_ids: tuple[str, ...] = ()
    practice: Confidence | None = None  # the surest finding that is told with others like it, where there are many

    @property
    def clause_text(self) -> str:
        """The seed's sentence for the clause."""
        return CLAUSES.get(self.clause, "")

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The page's `## ` sections."""
        return split_sections(self.body, self.body_line, self.path)[1]

    @cached_property
    def how_to_mend(self) -> str:
        """The Markdown of the section “How to mend”."""
        return next((one.text.strip() for one in self.sections if one.heading == "How to mend"), "")

    @cached_property
    def examples(self) -> tuple[ExampleGroup, ...]:
        """All groups of examples; the page's sections are checked on the way."""
        check_sections(self.sections, self.path)
        return read_examples(self.sections, self.path)


class Catalog:
    """All rules of a run, by id; `cards` is sorted by id."""

    def __init__(self, cards: Iterable[RuleCard]) -> None:
        self.cards: dict[str, RuleCard] = {card.id: card for card in sorted(cards, key=lambda card: card.id)}
        self._renamed = {old: card.id for card in self.cards.values() for old in card.previous_ids}

    def card(self, rule: str) -> RuleCard:
        """The card of a rule, also by an id that it had before; KeyError when there is none."""
        return self.cards[self.current(rule)]

    def current(self, rule: str) -> str:
        """The id under which a rule goes now (the same string when nothing is known about it)."""
        return rule if rule in self.cards else self._renamed.get(rule, rule)

    def with_cards(self, extra: Iterable[RuleCard]) -> "Catalog":
        """A catalog with these cards too (rules from a user's own files); an id of ours is not replaced."""
        return Catalog([*extra, *self.cards.values()])
