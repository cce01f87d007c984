"""Semgrep's stage of a scan: which rules look at which files, one process at most, findings back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend_audit.finding import Confidence, Problem, ProblemKind
from backend_audit.semgrep.results import Outcome, read
from backend_audit.semgrep.rules import SemgrepRule
from backend_audit.semgrep.run import Limits, SemgrepError, run
from backend_audit.semgrep.targets import applicable
from backend_audit.source import SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`single` and `total`: seconds for one rule on one file, and for all. `ignores`: honour `nosemgrep` for users' rules."""

    single: float = 30
    total: float = 900
    jobs: int = 1
    ignores: bool = True


def scan(
    rules: Sequence[SemgrepRule],
    files: Sequence[SourceFile],
    text: Callable[[str], str | None],
    confidences: Mapping[str, Confidence],
    options: Options,
) -> Outcome:
    """Run the rules that apply to any of `files`; no process is started when none does.

    `text` gives a file's text by its path (None: it has none), `confidences` how sure each rule is. All failures come back as
    problems.
    """
    used, targets = applicable(rules, files, text)
    if not used:
        return Outcome()
    texts = {file.path: text(file.path) for file in targets}
    sources = {path: one.encode("utf-8", "surrogatepass") for path, one in texts.items() if one is not None}
    limits = Limits(total=options.total, single=options.single, jobs=max(1, options.jobs))
    try:
        answer, paths = run([rule.body for rule in used], sources, limits)
    except (SemgrepError, OSError) as error:
        names = sorted({rule.id for rule in used})
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        problem = Problem("", 0, ProblemKind.SEMGREP, f"{error}; these rules did not run: {listed}")
        return Outcome(problems=(problem,), idle=tuple(names))
    return read(answer, used, paths, sources, confidences, ignores=options.ignores)
