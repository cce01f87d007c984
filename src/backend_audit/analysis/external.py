"""The Semgrep stage of a scan: which rules it runs, on which texts, and what of its answer is new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from backend_audit.analysis.file import decoded
from backend_audit.analysis.files import Files
from backend_audit.cache import Cache, key_of
from backend_audit.catalog import Catalog, rules_root
from backend_audit.config import Config
from backend_audit.finding import Problem, ProblemKind
from backend_audit.semgrep import Options, Outcome, UserRules, own_rules
from backend_audit.semgrep import scan as run_semgrep
from backend_audit.source import SourceFile

_OUTCOME = msgspec.msgpack.Decoder(Outcome)


@dataclass(frozen=True, slots=True)
class External:
    """What the Semgrep stage needs to know of a scan: which rules judge at all, and the users' own."""

    config: Config
    chosen: Collection[str]
    catalog: Catalog
    users: UserRules


def judge(scan: External, sources: Sequence[SourceFile], files: Files, cache: Cache, *, workers: int) -> Outcome:
    """What the Semgrep rules that the scan chose find in `sources`. Starts no process when none applies or nothing changed."""
    config = scan.config
    rules = [rule for rule in (*own_rules(rules_root()), *scan.users.rules) if rule.id in scan.chosen]
    if not config.semgrep:
        return Outcome(idle=tuple(sorted({rule.id for rule in rules})))
    if not rules:
        return Outcome()
    contents = b"".join(files.keys[file.path] for file in sources if file.path in files.keys)
    key = key_of(contents, "semgrep", repr(rules), str(config.ignores))
    cached = cache.get_many([key]).get(key)
    known = decoded(cached, _OUTCOME)
    if known is not None:
        return known
    confidences = {card.id: card.confidence for card in scan.catalog.cards.values()}
    options = Options(single=config.timeout, jobs=workers, ignores=config.ignores)
    outcome = run_semgrep(rules, sources, files.readable_text, confidences, options)
    if not outcome.problems:
        cache.put_many({key: msgspec.msgpack.encode(outcome)})
    return outcome


def news(problems: Sequence[Problem], known: Sequence[Problem]) -> list[Problem]:
    """The problems that add something: a file that we could not parse either is told once."""
    unparsed = {one.path for one in known if one.kind is ProblemKind.SYNTAX}
    return [one for one in problems if one.kind is not ProblemKind.SYNTAX or one.path not in unparsed]


def half_judged(problems: Sequence[Problem]) -> frozenset[str]:
    """Files of which some check has not seen everything; "" when that holds for all."""
    of_rules = {ProblemKind.SEMGREP, ProblemKind.RULES}  # `Outcome.idle` names what these kept from running
    return frozenset(one.path for one in problems if one.incomplete and one.kind not in of_rules)
