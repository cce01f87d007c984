"""One folder of an editor's workspace: what it holds, with the editor's buffers in place of files, and what was found in it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend_audit.audit import ScanResult, Tree, scan
from backend_audit.catalog import Catalog
from backend_audit.config import ConfigError, load
from backend_audit.finding import Finding, Problem


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan said, by path; `error` is why there was none (the configuration is wrong)."""

    catalog: Catalog
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    error: str = ""

    @property
    def paths(self) -> list[str]:
        """The files of which something is said."""
        return sorted({*self.findings, *self.problems} - {""})


@dataclass(slots=True)
class Project:
    """A folder. `buffers` are contents by path relative to it."""

    root: Path
    buffers: dict[str, bytes] = field(default_factory=dict)

    def path_of(self, file: Path) -> str | None:
        """The path of a file of this folder, as reports name it."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else None

    def text(self, path: str) -> str:
        """What the editor, or else the disk, has of a file; "" when it is gone."""
        if path in self.buffers:
            return self.buffers[path].decode("utf-8", "replace")
        try:
            return (self.root / path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def is_saved(self, path: str) -> bool:
        """Whether the buffer holds what the disk does."""
        try:
            return self.buffers.get(path) == (self.root / path).read_bytes()
        except OSError:
            return False

    def audit(self, buffers: Mapping[str, bytes], known: Found) -> Found:
        """Scan the folder with these buffers; what was `known` stays when the configuration is wrong."""
        try:
            config = load(self.root, {}, os.environ)
            result = scan(config, [self.root], tree=Tree(self.root, overlay=dict(buffers)))
        except ConfigError as error:
            return replace(known, error=str(error))
        return _by_path(result)


def _by_path(result: ScanResult) -> Found:
    findings: dict[str, list[Finding]] = {}
    problems: dict[str, list[Problem]] = {}
    for finding in result.report.findings:
        findings.setdefault(finding.place.path, []).append(finding)
    for problem in result.report.problems:
        problems.setdefault(problem.path, []).append(problem)
    return Found(
        catalog=result.catalog,
        findings={path: tuple(found) for path, found in findings.items()},
        problems={path: tuple(found) for path, found in problems.items()},
    )
