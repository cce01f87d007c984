"""One run of the action: the base, the policy, the scan, and what the runner is told of it."""

import datetime as dt
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from backend_audit import audit, review
from backend_audit.audit import ScanResult, Tree
from backend_audit.cli.against import baseline_of, read_baseline
from backend_audit.cli.output import Shown, context_of, exit_code, write_file
from backend_audit.cli.terminal import print_safely
from backend_audit.config import Config, ConfigError, common_directory, load, moved_config, place_in
from backend_audit.discover.export import file_at
from backend_audit.discover.history import HistoryError
from backend_audit.finding import SEVERITY_ORDER
from backend_audit.report import Format, RenderContext, render, verdict
from backend_audit.report.safe import one_line
from backend_audit.workflow import Event, Found, Inputs, credentials, find_base, output_lines

_SUMMARY_LIMIT = 1_000_000  # of 1,024 KiB, above which the runner drops all of it
_COMMENT_LIMIT = 65_000  # of 65,536 characters
_SARIF_LIMIT = 10_000_000  # bytes, compressed
_FILE_LIMIT = 16 * 1024 * 1024  # of the base: more than any configuration judges
_FINDINGS = 1


@dataclass(slots=True)
class Run:
    """A run with what is known of it. `notes` is what was said aloud; the summary repeats it."""

    inputs: Inputs
    event: Event
    environment: Mapping[str, str]
    today: dt.date
    notes: list[str] = field(default_factory=list)

    def all(self) -> None:
        """Judge, and tell the runner."""
        folder = Path.cwd()
        server = self.environment.get("GITHUB_SERVER_URL", "https://github.com")
        extra = credentials(folder, server, self.inputs.token)
        base = find_base(folder, self.event, self.inputs.diff, self.say, extra)
        result, config = self._compared(folder, base) if base is not None else self._whole()
        self._tell(result, config)

    def say(self, text: str, *, summary: bool = True) -> None:
        """Say something aloud: in the log at once, in the summary at the end."""
        if summary:
            self.notes.append(one_line(text))
        click.echo(f"backend-audit: {one_line(text)}")

    def _whole(self) -> tuple[ScanResult, Config]:
        """Everything is judged, by the configuration that is here."""
        paths = [Path(one) for one in self.inputs.paths]
        file = Path(self.inputs.config) if self.inputs.config else None
        config = load(common_directory(paths), self.inputs.overrides(), self.environment, file=file, today=self.today)
        return self._held(audit.scan(config, paths), config, Path.cwd(), Path.cwd()), config

    def _compared(self, folder: Path, base: Found) -> tuple[ScanResult, Config]:
        """Now against the base; for what may be merged, also by the base's configuration."""
        paths = [Path(one) for one in self.inputs.paths]
        self.say(f"compared with {base.name}", summary=False)  # the report says so itself
        try:
            with review.exported(folder, paths, base.commit, _FILE_LIMIT) as (before, missing):
                root = before if base.gate else folder
                config = self._policy(folder, before, paths) if base.gate else self._own(paths)
                now = moved_config(config, before, folder) if base.gate else config
                tree = Tree(folder, ignores_from=root)
                origin = review.Base(commit=base.commit, name=base.name)
                result = review.compared(now, paths, origin, review.Before(before, missing), None, tree)
                return self._held(result, config, root, folder, base.commit), config
        except HistoryError as error:
            self.say(f"{error}: everything is judged, and all of it counts")
            return self._whole()

    def _own(self, paths: list[Path]) -> Config:
        file = Path(self.inputs.config) if self.inputs.config else None
        return load(common_directory(paths), self.inputs.overrides(), self.environment, file=file, today=self.today)

    def _policy(self, folder: Path, before: Path, paths: list[Path]) -> Config:
        """The base's configuration: a change cannot loosen its own gate."""
        start = before / place_in(common_directory(paths), folder)
        while not start.exists():
            start = start.parent
        (before / ".git").touch()  # the way up for configuration files ends here
        file = before / self.inputs.config if self.inputs.config else None
        isolated = file is not None and not file.is_file()
        if isolated:
            self.say(f"{self.inputs.config} is not in the base: the built-in configuration holds until this is merged")
        try:
            config = load(
                start,
                self.inputs.overrides(),
                self.environment,
                file=None if isolated else file,
                isolated=isolated,
                today=self.today,
            )
        except ConfigError as error:
            self.say(f"the base's configuration is wrong ({str(error).splitlines()[0]}): the built-in one holds")
            return load(start, self.inputs.overrides(), self.environment, isolated=True, today=self.today)
        if self._differs(config, folder, before, paths):
            self.say("this changes backend-audit's configuration: until it is merged, the base's holds")
        return config

    def _differs(self, config: Config, folder: Path, before: Path, paths: list[Path]) -> bool:
        """Whether the configuration that is here says something else than the base's."""
        try:
            own = moved_config(self._own(paths), folder, before)
        except ConfigError:
            return True
        plain = [replace(one, origins={}, baseline=None, rules=(), exclude_base=Path()) for one in (own, config)]
        tables = [[(one.glob, one.select, one.ignore) for one in two.per_path] for two in (own, config)]
        return replace(plain[0], per_path=()) != replace(plain[1], per_path=()) or tables[0] != tables[1]

    def _held(self, result: ScanResult, config: Config, root: Path, folder: Path, commit: str = "") -> ScanResult:
        """The result without what the policy's baseline knows; it lies below `root`, `folder` as it was at `commit`."""
        if config.baseline is None:
            return result
        file = config.baseline.resolve()
        if root == folder or not file.is_relative_to(root.resolve()):
            return review.hold_against(result, read_baseline(file), file.parent, f"baseline {file.name}")
        path = file.relative_to(root.resolve())
        content = file_at(folder, commit, path.as_posix()) or b""  # of what is exported only code has its content
        known = baseline_of(content, f"{path.as_posix()} of the base")
        return review.hold_against(result, known, (folder / path).parent, f"baseline {file.name}")

    def _tell(self, result: ScanResult, config: Config) -> None:
        """Reports and outputs. Nothing here may depend on what came before having worked."""
        report = result.report
        shown = Shown(color="never", statistics=False, sarif_suppressed=False)
        context = context_of(result, config, shown, hashes=True)
        context = replace(context, project=self.inputs.category or context.project, source_url=self._source_url())
        code = exit_code(report, context, exit_zero=False)
        if code == _FINDINGS and self.inputs.upload_sarif and not self.inputs.fail_on:
            code = exit_code(report, context, exit_zero=True)
            self.say("findings do not fail this job: they go to code scanning, which decides (set fail-on to change that)")
        sarif = self._write_sarif(result, context)
        comment = self._comment(result, context) if self.inputs.comment else {}
        if self.inputs.summary and (summary := self.environment.get("GITHUB_STEP_SUMMARY", "")):
            with Path(summary).open("a", encoding="utf-8", newline="\n") as file:
                file.write(self._markdown(result, context, _SUMMARY_LIMIT))
        worst = [one for one in SEVERITY_ORDER if any(context.card(it.rule).severity is one for it in report.findings)]
        known, fixed = (0, 0) if report.comparison is None else (len(report.comparison.known), report.comparison.fixed)
        outputs = {
            "sarif-file": str(sarif),
            "verdict": str(verdict(report, context)),
            "total": str(len(report.findings) + known),
            "new": str(len(report.findings)),
            "fixed": str(fixed),
            "highest-severity": str(worst[0]) if worst else "none",
            "exit-code": str(code),
            **comment,
        }
        if path := self.environment.get("GITHUB_OUTPUT", ""):
            with Path(path).open("a", encoding="utf-8", newline="\n") as file:
                file.write(output_lines(outputs))
        print_safely(f"::group::Report\n{render(report, Format.TEXT, context)}::endgroup::\n")
        if not self.inputs.upload_sarif:  # code scanning makes annotations of its own
            print_safely(render(report, Format.GITHUB, context))

    def _write_sarif(self, result: ScanResult, context: RenderContext) -> Path:
        """The file, within the size that code scanning takes; what is cut is said in it, and here."""
        name = re.sub(r"[^\w.-]+", "-", self.inputs.category).strip("-.")
        place = self._temporary() / f"backend-audit{f'-{name}' if name else ''}.sarif"
        text = render(result.report, Format.SARIF, context)
        most = context.sarif_results
        while len(gzip.compress(text.encode("utf-8"), mtime=0)) > _SARIF_LIMIT and most > 1:
            most = most * 2 // 3
            text = render(result.report, Format.SARIF, replace(context, sarif_results=most))
        if most < context.sarif_results:
            self.say(f"the SARIF file is cut to the {most:,} most severe findings: code scanning takes 10 MB")
        write_file(place, text)
        return place

    def _markdown(self, result: ScanResult, context: RenderContext, limit: int) -> str:
        notes = "\n>\n".join(f"> {note}" for note in self.notes)
        notes = f"\n{notes}\n" if notes else ""
        room = limit - len(notes.encode("utf-8"))
        return render(result.report, Format.MARKDOWN, replace(context, markdown_limit=room)) + notes

    def _comment(self, result: ScanResult, context: RenderContext) -> dict[str, str]:
        """The comment's file, for a step that may write; `comment-new` says whether there is anything to say."""
        if self.event.fork and self.event.name == "pull_request":
            self.say("no comment: the token of a pull request from a fork can only read")
            return {}
        marker = f"<!-- backend-audit {re.sub(r'[^A-Za-z0-9_.-]+', '-', context.project)} -->"
        place = self._temporary() / "backend-audit-comment.md"
        write_file(place, f"{marker}\n{self._markdown(result, context, _COMMENT_LIMIT - len(marker))}")
        new = bool(result.report.findings) and self.event.number > 0
        told = {"comment-file": str(place), "comment-marker": marker, "comment-new": str(new).lower()}
        return {**told, "comment-number": str(self.event.number or "")}

    def _temporary(self) -> Path:
        return Path(self.environment.get("RUNNER_TEMP", "") or ".").absolute()

    def _source_url(self) -> str:
        server, repository, commit = (
            self.environment.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
        )
        return f"{server}/{repository}/blob/{commit}/" if server and repository and commit else ""
