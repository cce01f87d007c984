"""Which rules judge which file: `select`, `ignore`, the mode and the per-path tables, against the catalog."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pathspec import GitIgnoreSpec

from backend_audit.catalog import CLAUSES, RuleCard
from backend_audit.config.errors import ConfigError
from backend_audit.config.resolve import Config
from backend_audit.finding import MODE_ORDER, Mode
from backend_audit.suggest import did_you_mean


class Selection:
    """The rules of a run: `rules` judge at least one file, `hidden` would too in a more demanding mode."""

    def __init__(self, base: frozenset[str], hidden: frozenset[str], tables: list["_Table"]) -> None:
        self.rules = base.union(*(table.select for table in tables if table.select is not None))
        self.hidden = hidden - self.rules
        self._base = base
        self._tables = tables

    def at(self, absolute: str) -> frozenset[str]:
        """The rules that judge the file with this absolute path."""
        rules = self._base
        for table in self._tables:
            if table.matches(absolute):
                rules = (rules if table.select is None else table.select) - table.ignore
        return rules


class _Table:
    """One per-path table with its words looked up."""

    def __init__(self, base: Path, glob: str, select: frozenset[str] | None, ignore: frozenset[str]) -> None:
        self.select = select
        self.ignore = ignore
        self._base = base.as_posix().rstrip("/") + "/"
        self._spec = GitIgnoreSpec.from_lines([glob])

    def matches(self, absolute: str) -> bool:
        path = absolute.replace("\\", "/")
        return path.startswith(self._base) and self._spec.match_file(path[len(self._base) :])


def selection(config: Config, cards: Mapping[str, RuleCard]) -> Selection:
    """The rules that `config` chooses from `cards`; `ConfigError` for a word that names none of them."""
    words = _Words(cards)
    everything = frozenset(cards)
    of_mode = frozenset(rule for rule, card in cards.items() if _reaches(config.mode, card.mode))
    hidden: frozenset[str] = frozenset()
    if config.select:
        origin = f"{config.origins.get('select', '')}: `select`"
        named = words.ids(config.select, origin)
        exact = words.exact(config.select)
        rules = (named & of_mode) | exact
        hidden = named - rules
    else:
        rules, hidden = of_mode, everything - of_mode
    ignored = words.ids(config.ignore, f"{config.origins.get('ignore', '')}: `ignore`")
    rules, hidden = rules - ignored, hidden - ignored
    tables = []
    for one in config.per_path:
        origin = f'{one.origin}: `per-path."{one.glob}"'
        chosen = words.ids(one.select, f"{origin}.select`")
        select = (chosen & of_mode) | words.exact(one.select) if one.select else None
        tables.append(_Table(one.base, one.glob, select, words.ids(one.ignore, f"{origin}.ignore`")))
    return Selection(rules, hidden, tables)


def _reaches(mode: Mode, rule: Mode) -> bool:
    return MODE_ORDER.index(rule) <= MODE_ORDER.index(mode)


class _Words:
    """Looks up the words of select and ignore: rule ids (also former ones), clauses, prefixes of clauses."""

    def __init__(self, cards: Mapping[str, RuleCard]) -> None:
        self._ids = {rule: rule for rule in cards}
        self._ids.update({old: card.id for card in cards.values() for old in card.previous_ids if old not in cards})
        groups: dict[str, set[str]] = {}
        for card in cards.values():
            for word in {card.clause, card.clause.partition("-")[0]} - {""}:
                groups.setdefault(word, set()).add(card.id)
        self._groups = groups

    def exact(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(self._ids[word] for word in words if word in self._ids)

    def ids(self, words: Iterable[str], origin: str) -> frozenset[str]:
        found: set[str] = set()
        for word in words:
            if word in self._ids:
                found.add(self._ids[word])
            elif word in self._groups:
                found |= self._groups[word]
            elif word in CLAUSES:  # one for which there is no rule yet is no mistake of the user
                continue
            else:
                near = did_you_mean(word, [*self._ids, *self._groups])
                raise ConfigError(f'{origin}: "{word}" is no rule, clause or prefix{near or "; see `backend-audit rules`"}')
        return frozenset(found)
