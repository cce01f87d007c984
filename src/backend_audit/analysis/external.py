"""The Semgrep stage of a scan: which rules it runs, on which texts, and what of its answer is new."""

from collections.abc import Collection, Mapping, Sequence

from backend_audit.catalog import Catalog, rules_root
from backend_audit.config import Config
from backend_audit.finding import Problem, ProblemKind
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.semgrep import Options, Outcome, UserRules, own_rules, scan
from backend_audit.source import SourceFile


def judge(
    config: Config,
    *,
    chosen: Collection[str],
    catalog: Catalog,
    users: UserRules,
    files: Sequence[SourceFile],
    data: Mapping[str, bytes],
    workers: int,
) -> Outcome:
    """What the Semgrep rules among `chosen` find in `files`, whose bytes are `data`. Starts no process when none applies."""
    if not config.semgrep:
        return Outcome()
    rules = [rule for rule in (*own_rules(rules_root()), *users.rules) if rule.id in chosen]
    by_path = {file.path: file for file in files}
    confidences = {card.id: card.confidence for card in catalog.cards.values()}

    def text(path: str) -> str | None:
        try:
            return decode(data[path], by_path[path].language) if path in data else None
        except DecodingError:  # said by the stage that reads the file
            return None

    return scan(rules, files, text, confidences, Options(single=config.timeout, jobs=workers, ignores=config.ignores))


def news(problems: Sequence[Problem], known: Sequence[Problem]) -> list[Problem]:
    """The problems that add something: a file that we could not parse either is told once."""
    unparsed = {one.path for one in known if one.kind is ProblemKind.SYNTAX}
    return [one for one in problems if one.kind is not ProblemKind.SYNTAX or one.path not in unparsed]
