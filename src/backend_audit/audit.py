"""The pipeline on one screen: discover → lower → link → flow → check → report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from backend_audit.analysis import external
from backend_audit.analysis.evidence import Evidence, evidence
from backend_audit.analysis.external import External
from backend_audit.analysis.file import FileFacts
from backend_audit.analysis.files import Files
from backend_audit.analysis.fingerprint import tool_fingerprint
from backend_audit.analysis.judgement import judged, load_stage, tells_of_project
from backend_audit.analysis.living import Living as Living  # noqa: PLC0414 - for those who scan again and again
from backend_audit.analysis.local import local_beside
from backend_audit.analysis.merging import confident, merged
from backend_audit.analysis.texts import texts_beside
from backend_audit.cache import Cache, default_directory
from backend_audit.catalog import Catalog, load, rules_root
from backend_audit.config import Config, Selection, common_directory, place_in, reanchored, scan_root, selection
from backend_audit.difference import NOTHING_HEARD, Heard
from backend_audit.discover import DiscoverOptions, Discovery, discover
from backend_audit.finding import Finding, Mode, Problem, Report, Suppressed
from backend_audit.flow.interrupting import Interrupted as Interrupted  # noqa: PLC0414 - what a scan of theirs may end with
from backend_audit.inventory import RouteRecord
from backend_audit.pool import available_workers
from backend_audit.semgrep import Outcome, user_rules
from backend_audit.source import Language
from backend_audit.suppress import UNUSED, Rules, Suppressions, apply


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is: `done` of `total` of a stage named in words ("reading", "judging", "semgrep")."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The routes of what was looked at, and what of it could not be read. `files` is the number of files that were."""

    routes: tuple[RouteRecord, ...]
    problems: tuple[Problem, ...]
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What a scan said, and what is needed to show it.

    `root` is the directory that paths are relative to (`shown_root` what to call it, where files were judged in a copy),
    `project` the place of what was scanned in it ("" for all of it), `heard` what the scan could have told of, `base` what a
    scan of the older state said, where there was one. `provisional`: it was judged as an earlier state of it; `unfinished`: and
    a file that was code is none now, as somebody is writing; not `whole`: and what routes say, and what shows only in the whole,
    is as it was.
    """

    report: Report
    catalog: Catalog
    root: Path
    project: str = ""
    routes: tuple[RouteRecord, ...] = ()
    base: "ScanResult | None" = None
    heard: Heard = NOTHING_HEARD
    shown_root: Path | None = None
    evidence: Evidence = field(default_factory=Evidence)
    provisional: bool = False
    whole: bool = True
    unfinished: bool = False

    @property
    def unsettled(self) -> bool:
        """Whether the project is still to be judged as a whole, and is worth it."""
        return self.provisional and not self.unfinished


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the files lie. `exported`: git wrote them there, so that all of them are meant, and nothing is ignored.

    `ignores_from` is the folder whose `.backend-auditignore` files count; None: the tree's own. `overlay` are contents by path
    that stand for those on disk (an editor's).
    """

    root: Path
    exported: bool = False
    ignores_from: Path | None = None
    overlay: Mapping[str, bytes] = field(default_factory=dict)


_NO_CODE = frozenset({Language.CONFIG, Language.OTHER})  # what the project stage does not read
Listener = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    return


def scan(
    config: Config,
    paths: Sequence[Path],
    progress: Listener | None = None,
    *,
    tree: Tree | None = None,
    practices: bool = False,
    living: Living | None = None,
) -> ScanResult:
    """Audit `paths`, relative to the tree's root (default: the one that `scan_root` finds).

    `practices`: what only rules beyond the default mode tell is looked for in any mode, for the evidence. `living` is what a
    process keeps that scans again and again.

    `ConfigError` when `config` names rules that do not exist; anything else becomes a `Problem`.
    """
    tell = progress or _silent
    users = user_rules(config.rules, load())
    catalog = load().with_cards(users.cards)
    chosen = selection(config, catalog.cards)
    tree = tree or Tree(scan_root(list(paths)))
    root = tree.root
    workers = config.workers or available_workers()
    found = _found(config, paths, tree)
    with _cache(config) as cache:
        files = Files(overlay=tree.overlay, before=None if living is None or living.kept is None else living.kept.files)
        sources = files.read(found.files)
        files.read(found.aside)  # nobody judges them: they are evidence
        files.analyse(
            sources, cache, workers, config.timeout, lambda done, total: tell(Progress("reading", done, total)), load_stage
        )
        tell(Progress("judging", 0, 2))
        practices = practices or any(catalog.card(rule).mode is not Mode.DEFAULT for rule in chosen.rules)
        with (
            texts_beside(files, cache, workers) as in_texts,
            local_beside(files, sources, cache, workers, config.timeout) as in_files,
        ):
            judgement = judged(
                files, cache, root.name, config.guards, lambda: in_files().seen(), practices=practices, living=living
            )
            tell(Progress("judging", 1, 2))
            semgrep = external.judge(External(config, chosen.rules, catalog, users), sources, files, cache, workers=workers)
            texts, local = in_texts(), in_files()
        tell(Progress("judging", 2, 2))
        problems = [*files.problems, *local.problems, *judgement.problems, *texts.problems, *cache.problems, *users.problems]
    problems += external.news(semgrep.problems, problems)
    read = (one for facts in files.facts.values() for one in facts.findings)
    findings = merged([*read, *local.findings, *judgement.findings, *semgrep.findings])
    report = _report(config, catalog, chosen, found, files.facts, findings, semgrep, problems)
    target = common_directory(list(paths))
    project = target.relative_to(root).as_posix() if target != root and target.is_relative_to(root) else ""
    known = evidence(files, [*judgement.signs, *texts.signs], findings, catalog, ignores=config.ignores)
    heard = Heard(
        judged=frozenset(file.path for file in found.files),
        unseen=external.half_judged(report.problems),
        rules=chosen.rules - frozenset(semgrep.idle),
        covers=partial(_covers, [place_in(path, root).as_posix() for path in paths]),
    )
    return ScanResult(
        report=report,
        catalog=catalog,
        root=root,
        project=project,
        routes=judgement.routes,
        heard=heard,
        evidence=known,
        provisional=judgement.provisional,
        whole=judgement.whole,
        unfinished=judgement.unfinished,
    )


def _covers(places: Sequence[str], path: str) -> bool:
    """Whether `path` is one of these, or below one of them."""
    return any(place in {".", path} or path.startswith(f"{place}/") for place in places)


def survey(config: Config, paths: Sequence[Path], progress: Listener | None = None) -> Survey:
    """The route table of `paths`: the front half of a scan, from the same cache, over the files that can hold routes."""
    tell = progress or _silent
    root = scan_root(list(paths))
    found = _found(config, paths, Tree(root))
    with _cache(config) as cache:
        files = Files()
        code = [file for file in found.files if file.language not in _NO_CODE]
        sources = files.read([*code, *(file for file in found.files if tells_of_project(file.path))])
        workers = config.workers or available_workers()
        files.analyse(
            sources, cache, workers, config.timeout, lambda done, total: tell(Progress("reading", done, total)), load_stage
        )
        tell(Progress("judging", 0, 1))
        with local_beside(files, sources, cache, workers, config.timeout) as in_files:
            judgement = judged(files, cache, root.name, config.guards, lambda: in_files().seen())
            local = in_files()
        tell(Progress("judging", 1, 1))
        problems = {*found.problems, *files.problems, *local.problems, *judgement.problems, *cache.problems}
    return Survey(routes=judgement.routes, problems=tuple(sorted(problems)), files=len(code))


def _found(config: Config, paths: Sequence[Path], tree: Tree) -> Discovery:
    options = DiscoverOptions(
        exclude=reanchored(config.exclude, config.exclude_base, tree.root),
        tests=config.tests,
        max_bytes=config.max_file_size,
        use_git=not tree.exported,
        respect_ignores=not tree.exported,
        ignores_from=tree.ignores_from,
    )
    return discover(paths, root=tree.root, options=options)


def _cache(config: Config) -> Cache:
    if not config.cache:
        return Cache.disabled()
    return Cache.open(config.cache_dir or default_directory(), tool_fingerprint(rules_root()))


def _report(
    config: Config,
    catalog: Catalog,
    chosen: Selection,
    found: Discovery,
    facts: dict[str, FileFacts],
    findings: Iterable[Finding],
    semgrep: Outcome,
    problems: Sequence[Problem],
) -> Report:
    """Choice of rules, ignore comments and confidence, file by file, into the report."""
    by_path: dict[str, list[Finding]] = {file.path: [] for file in found.files}
    for finding in findings:
        by_path.setdefault(finding.place.path, []).append(finding)
    standing: list[Finding] = []
    suppressed: list[Suppressed] = list(semgrep.suppressed)
    unseen = external.half_judged(problems)
    below = hidden = 0
    for file in found.files:
        ran = chosen.at(file.absolute)
        own = by_path[file.path]
        judged = [one for one in own if one.rule in ran]
        hidden += sum(one.rule in chosen.hidden for one in own)
        if config.ignores:
            directives = facts[file.path].suppressions if file.path in facts else Suppressions()
            # A comment is unused only if its rule could have spoken.
            spoke = ran - {*semgrep.idle, *([UNUSED] if file.path in unseen or "" in unseen else [])}
            rules = Rules(known=catalog.cards.keys(), ran=spoke, current=catalog.current)
            outcome = apply(file.path, judged, directives, rules, today=config.today)
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
