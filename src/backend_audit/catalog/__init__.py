"""Rule pages → `RuleCard`s: what a rule is about, how bad it is, how its findings are mended, and its examples.

Loading reads the front matter and the first paragraph only; sections and examples are parsed when asked for.
"""

from functools import cache
from pathlib import Path

from backend_audit.catalog.card import Catalog, RuleCard
from backend_audit.catalog.clauses import CLAUSES
from backend_audit.catalog.pages import CatalogError, Example, ExampleGroup, Expect, Expectation, Kind, Section
from backend_audit.catalog.reading import CLAUSE_FOLDER, PAGES_URL, read_card

__all__ = [
    "CLAUSES",
    "PAGES_URL",
    "Catalog",
    "CatalogError",
    "Example",
    "ExampleGroup",
    "Expect",
    "Expectation",
    "Kind",
    "RuleCard",
    "Section",
    "load",
    "load_from",
    "read_card",
    "rules_root",
]


@cache
def rules_root() -> Path:
    """The rules folder: inside the installed package, or the repository's when run from a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent.parent / "rules"


@cache
def load() -> Catalog:
    """The catalog of the rules that come with the tool."""
    return load_from(rules_root())


def load_from(root: Path) -> Catalog:
    """The catalog of the pages under `root`; raises `CatalogError` at the first malformed one."""
    found: dict[str, RuleCard] = {}
    names: dict[str, str] = {}
    for folder in sorted(root.iterdir()):
        if not CLAUSE_FOLDER.fullmatch(folder.name):
            continue
        for page in sorted(folder.glob("*.md")):
            card = read_card(page.read_text(encoding="utf-8"), f"{folder.name}/{page.name}")
            for name in (card.id, *card.previous_ids):
                if name in names:
                    raise CatalogError(card.path, 1, f"the id {name} is taken by {names[name]}")
                names[name] = card.path
            found[card.id] = card
    return Catalog(found.values())
