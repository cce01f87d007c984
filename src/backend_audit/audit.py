"""The pipeline on one screen: discover → lower → link → flow → check → report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_audit.catalog import Catalog, load
from backend_audit.config import Config, common_directory, reanchored, scan_root, selection
from backend_audit.discover import DiscoverOptions, discover
from backend_audit.finding import Report


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


def scan(config: Config, paths: Sequence[Path], progress: Listener | None = None) -> ScanResult:
    """Audit `paths`. `ConfigError` when `config` names rules that do not exist; anything else becomes a `Problem`."""
    catalog = load()
    selection(config, catalog.cards)
    root = scan_root(list(paths))
    options = DiscoverOptions(
        exclude=reanchored(config.exclude, config.exclude_base, root),
        tests=config.tests,
        max_bytes=config.max_file_size,
    )
    found = discover(paths, root=root, options=options)
    if progress is not None:
        progress(Progress("reading", len(found.files), len(found.files)))
    report = Report(findings=(), problems=found.problems, skipped=found.skipped, files=len(found.files))
    target = common_directory(list(paths))
    project = target.relative_to(root).as_posix() if target != root and target.is_relative_to(root) else ""
    return ScanResult(report=report, catalog=catalog, root=root, project=project)
