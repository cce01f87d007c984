"""`rules/README.md`: the rules of each clause of the seed, made from the pages."""

from collections.abc import Iterable

from backend_audit.catalog.card import RuleCard
from backend_audit.catalog.clauses import CLAUSES

_HEAD = """\
# The rules

Made by `python -m backend_audit.catalog`; the pages are the source. A page is the rule's documentation, the text that
`backend-audit explain` shows, the help in code scanning, and the rule's test.
"""
_TABLE = """\
| rule | what is wrong | severity | confidence | mode | languages | CWE |
|---|---|---|---|---|---|---|
"""


def index(cards: Iterable[RuleCard]) -> str:
    """The Markdown of `rules/README.md` for these rules."""
    chosen = sorted(cards, key=lambda card: card.id)
    parts = [_HEAD]
    for clause, text in [*CLAUSES.items(), ("", "Beside the seed")]:
        rows = [_row(card) for card in chosen if card.clause == clause]
        parts.append(f"## {clause}: {text}\n" if clause else f"## {text}\n")
        parts.append(_TABLE + "".join(rows) if rows else "No rule yet.\n")
    return "\n".join(parts)


def _row(card: RuleCard) -> str:
    cells = (
        f"[{card.id}]({card.path})",
        card.summary.partition(". ")[0].rstrip("."),
        str(card.severity),
        str(card.confidence),
        str(card.mode),
        ", ".join(card.languages),
        ", ".join(str(number) for number in card.cwe),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
