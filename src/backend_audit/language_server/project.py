"""One folder of an editor's workspace: what it holds, with the editor's buffers in place of files, and what was found in it."""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend_audit.audit import Interrupted, Living, ScanResult, Tree, scan
from backend_audit.catalog import Catalog
from backend_audit.config import ConfigError, load
from backend_audit.finding import Finding, Problem


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan said, by path; `error` is why there was none (the configuration is wrong).

    `unsettled`: the project is still to be judged anew; not `whole`: what shows only in the whole of it is as it was.
    """

    catalog: Catalog
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    error: str = ""
    unsettled: bool = False
    whole: bool = True

    @property
    def has_more(self) -> bool:
        """Whether judging more of the project can tell more."""
        return self.unsettled and not self.error

    @property
    def paths(self) -> list[str]:
        """The files of which something is said."""
        return sorted({*self.findings, *self.problems} - {""})


@dataclass(slots=True)
class Project:
    """A folder. `buffers` are contents by path relative to it, `living` what is kept from scan to scan."""

    root: Path
    buffers: dict[str, bytes] = field(default_factory=dict)
    living: Living = field(default_factory=Living)

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

    def audit(self, buffers: Mapping[str, bytes], known: Found, interrupted: Callable[[], bool] | None = None) -> Found:
        """Scan the folder with these buffers; what was `known` stays when the configuration is wrong.

        The answer may be provisional. If `interrupted` is given, more is judged than for what was `known`: what shows only in the
        whole if that was left out, else everything; nothing comes of it (what was `known`) once that says that nobody waits.
        """
        deeper = self.living.settle if known.whole else self.living.tell_whole
        try:
            config = load(self.root, {}, os.environ)
            with nullcontext() if interrupted is None else deeper(interrupted):
                result = scan(config, [self.root], tree=Tree(self.root, overlay=dict(buffers)), living=self.living)
        except ConfigError as error:
            return replace(known, error=str(error))
        except Interrupted:
            return known
        return _by_path(result)

    @property
    def is_saved_whole(self) -> bool:
        """Whether the editor holds nothing that the disk does not."""
        return all(map(self.is_saved, self.buffers))

    @property
    def seconds(self) -> float:
        """How long judging it took the last time."""
        return 0.0 if self.living.kept is None else self.living.kept.seconds


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
        unsettled=result.unsettled,
        whole=result.whole,
    )
