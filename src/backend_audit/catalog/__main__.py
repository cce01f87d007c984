"""`python -m backend_audit.catalog` writes `rules/README.md`."""

from backend_audit.catalog import load, rules_root
from backend_audit.catalog.index import index

if __name__ == "__main__":
    (rules_root() / "README.md").write_text(index(load().cards.values()), encoding="utf-8", newline="\n")
