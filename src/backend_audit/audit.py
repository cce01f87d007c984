"""The pipeline on one screen: discover → lower → link → flow → check → report."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from backend_audit.analysis import file as file_stage
from backend_audit.analysis import project as project_stage
from backend_audit.analysis.file import ENCODER, FACTS, MODULE, FileFacts, FileJob
from backend_audit.analysis.merging import confident, merged
from backend_audit.catalog import Catalog, load, rules_root
from backend_audit.config import Config, Selection, common_directory, reanchored, scan_root, selection
from backend_audit.discover import DiscoverOptions, Discovery, discover
from backend_audit.finding import Finding, Problem, ProblemKind, Report, Suppressed
from backend_audit.flow.models import models_of
from backend_audit.lower.decode import decode
from backend_audit.pool import Failure, available_workers, run
from backend_audit.source import Language, SourceFile
from backend_audit.suppress import Rules, Suppressions, apply


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is: `done` of `total` of a stage named in words ("reading", "judging", "semgrep")."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What a scan said, and what is needed to show it.

    `root` is the directory that paths are relative to, `project` the place of what was scanned in it ("" for all of it).
    """

    report: Report
    catalog: Catalog
    root: Path
    project: str = ""


Listener = Callable[[Progress], None]
_T = TypeVar("_T")


def _silent(_: Progress) -> None:
    return


def scan(config: Config, paths: Sequence[Path], progress: Listener | None = None) -> ScanResult:
    """Audit `paths`. `ConfigError` when `config` names rules that do not exist; anything else becomes a `Problem`."""
    tell = progress or _silent
    catalog = load()
    chosen = selection(config, catalog.cards)
    root = scan_root(list(paths))
    options = DiscoverOptions(
        exclude=reanchored(config.exclude, config.exclude_base, root), tests=config.tests, max_bytes=config.max_file_size
    )
    found = discover(paths, root=root, options=options)
    facts, data, problems = _read(found, config, tell)
    texts = {file.path: file for file in found.files}
    tell(Progress("judging", 0, 1))
    modules = [MODULE.decode(one.module) for one in facts.values() if one.module]
    flow, trouble = _in_depth(lambda: project_stage.judge(
        modules, models_of(rules_root()), lambda path: decode(data[path], texts[path].language)
    ))  # fmt: skip
    findings = [*(finding for one in facts.values() for finding in one.findings), *flow]
    problems += trouble
    report = _report(config, catalog, chosen, found, facts, findings, problems)
    tell(Progress("judging", 1, 1))
    target = common_directory(list(paths))
    project = target.relative_to(root).as_posix() if target != root and target.is_relative_to(root) else ""
    return ScanResult(report=report, catalog=catalog, root=root, project=project)


def _read(
    found: Discovery, config: Config, tell: Listener
) -> tuple[dict[str, FileFacts], dict[str, bytes], list[Problem]]:
    """What each file says by itself, its bytes, and the files that could not be read."""
    problems: list[Problem] = []
    data: dict[str, bytes] = {}
    jobs: list[bytes] = []
    files: list[SourceFile] = []
    for file in found.files:
        try:
            data[file.path] = Path(file.absolute).read_bytes()
        except OSError as error:
            problems.append(Problem(file.path, 0, ProblemKind.UNREADABLE, error.strerror or type(error).__name__))
            continue
        files.append(file)
        jobs.append(ENCODER.encode(FileJob(file, data[file.path])))
    facts: dict[str, FileFacts] = {}
    workers = config.workers or available_workers()
    weights = [_weight(file) for file in files]
    for done, (file, (_, answer)) in enumerate(
        zip(files, run(file_stage.analyse, jobs, workers=workers, timeout=config.timeout, weights=weights), strict=True), 1
    ):
        if isinstance(answer, Failure):
            problems.append(Problem(file.path, 0, answer.kind, answer.message))
        else:
            facts[file.path] = FACTS.decode(answer)
            problems.extend(facts[file.path].problems)
        tell(Progress("reading", done, len(files)))
    return facts, data, problems


def _weight(file: SourceFile) -> int:
    """Relative cost of a file: LibCST's parse outweighs everything else."""
    return file.size * (8 if file.language is Language.PYTHON else 1)


def _in_depth(work: Callable[[], _T]) -> _T:
    """Run `work` with room for deep call chains: summaries are computed by recursion over the call graph."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 60_000))
    try:
        return work()
    finally:
        sys.setrecursionlimit(before)


def _report(
    config: Config,
    catalog: Catalog,
    chosen: Selection,
    found: Discovery,
    facts: dict[str, FileFacts],
    findings: Iterable[Finding],
    problems: Iterable[Problem],
) -> Report:
    """Choice of rules, ignore comments and confidence, file by file, into the report."""
    by_path: dict[str, list[Finding]] = {file.path: [] for file in found.files}
    for finding in merged(findings):
        by_path.setdefault(finding.place.path, []).append(finding)
    standing: list[Finding] = []
    suppressed: list[Suppressed] = []
    below = hidden = 0
    for file in found.files:
        ran = chosen.at(file.absolute)
        own = by_path[file.path]
        judged = [one for one in own if one.rule in ran]
        hidden += sum(one.rule in chosen.hidden for one in own)
        if config.ignores:
            directives = facts[file.path].suppressions if file.path in facts else Suppressions()
            outcome = apply(file.path, judged, directives, Rules(known=catalog.cards.keys(), ran=ran))
            judged = list(outcome.findings)
            suppressed += outcome.suppressed
        kept, under = confident(judged, config.min_confidence)
        standing += kept
        below += under
    return Report(
        findings=tuple(standing),
        suppressed=tuple(suppressed),
        problems=tuple(sorted({*found.problems, *problems})),
        skipped=found.skipped,
        files=len(found.files),
        lines=sum(one.lines for one in facts.values()),
        below=below,
        hidden_by_mode=hidden,
    )
