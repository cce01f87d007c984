"""What reporters need besides the `Report`, and what all of them say in the same way: verdict, counts, levels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from backend_audit.catalog import CLAUSES, Catalog, RuleCard
from backend_audit.criteria import Assessment
from backend_audit.criteria.owasp import CategoryCount
from backend_audit.finding import SEVERITY_ORDER, Confidence, Finding, Mode, Report, Severity
from backend_audit.inventory import RouteRow


class Format(StrEnum):
    """How a report is written. `JSON` means the newest JSON schema, `JSON_V1` that one for ever."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSON_V1 = "json-v1"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    HTML = "html"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    RDJSON = "rdjson"


Colors: TypeAlias = Literal["standard", "256", "truecolor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where text goes. The default is a pipe or a file: neither colours nor bold nor links.

    `colors` is rich's name of a colour system (`Console.color_system`); `plain` is a terminal without colour, as NO_COLOR
    asks: bold and links are left. `links` makes rule ids clickable (OSC 8); elsewhere the addresses of their pages are listed.
    """

    width: int = 100
    colors: Colors | None = None
    plain: bool = False
    links: bool = False

    @property
    def clickable(self) -> bool:
        """Whether links can be written."""
        return self.links and (self.colors is not None or self.plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """`line_hashes` gives for each path `linehash.line_hashes` of the file; without it SARIF leaves the hash out.

    `project` names what was scanned in SARIF's `automationDetails.id`, `root_uri` (a `file:///…/` URI) what paths are
    relative to; both may be empty. `fail_on` is the least severity that fails the run, None: nothing does. `routes` counts
    routes by verdict, and in "total". `suppression_budget` is how many findings may be suppressed (-1: any number).
    `table` are the routes, `table_before` those of the state compared with. `source_url` is what makes a path a link (ending
    with a slash), `sarif_results` how many results a run may hold, `markdown_limit` how many bytes of Markdown there may be.
    """

    catalog: Catalog
    version: str
    fail_on: Severity | None = Severity.LOW
    min_confidence: Confidence = Confidence.MEDIUM
    mode: Mode = Mode.DEFAULT
    statistics: bool = False
    terminal: Terminal = field(default_factory=Terminal)
    line_hashes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    project: str = ""
    root_uri: str = ""
    sarif_suppressed: bool = False
    sarif_absent: bool = False
    sarif_results: int = 25_000
    suppression_budget: int = -1
    routes: Mapping[str, int] = field(default_factory=dict)
    criteria: Sequence[Assessment] = ()  # what the criteria of the mode come to
    criteria_before: Sequence[Assessment] | None = None  # and came to, as table_before
    owasp: Sequence[CategoryCount] = ()  # the findings by category of the OWASP Top 10
    table: Sequence[RouteRow] = ()
    table_before: Sequence[RouteRow] | None = None
    source_url: str = ""
    markdown_limit: int | None = None

    def card(self, rule: str) -> RuleCard:
        """The rule's card; a bare one when the catalog has none, so that no finding is lost for want of a page."""
        try:
            return self.catalog.card(rule)
        except KeyError:
            return RuleCard(
                id=rule,
                title=rule,
                clause="",
                cwe=(),
                severity=Severity.MEDIUM,
                security_severity=5.0,
                confidence=Confidence.MEDIUM,
                mode=Mode.DEFAULT,
                languages=(),
                summary=rule,
            )


class Verdict(StrEnum):
    """What a scan comes to. Findings outrank incompleteness: a known fault is the stronger reason to fail."""

    CLEAN = "clean"
    FINDINGS = "findings"  # at or above `fail_on`
    INCOMPLETE = "incomplete"
    NOTHING = "nothing-to-scan"


def failing(report: Report, context: RenderContext) -> int:
    """How many findings are at or above `fail_on`."""
    if context.fail_on is None:
        return 0
    worst = SEVERITY_ORDER[: SEVERITY_ORDER.index(context.fail_on) + 1]
    return sum(context.card(finding.rule).severity in worst for finding in report.findings)


def is_incomplete(report: Report) -> bool:
    """Whether something that should have been judged could not be."""
    return any(problem.incomplete for problem in report.problems)


def over_budget(report: Report, context: RenderContext) -> int:
    """How many findings more are suppressed than may be."""
    if context.suppression_budget < 0 or context.fail_on is None:
        return 0
    return max(0, len(report.suppressed) - context.suppression_budget)


def verdict(report: Report, context: RenderContext) -> Verdict:
    """The one word for a scan; the exit code follows from it."""
    if failing(report, context) or over_budget(report, context):
        return Verdict.FINDINGS
    if is_incomplete(report):
        return Verdict.INCOMPLETE
    return Verdict.CLEAN if report.files else Verdict.NOTHING


def by_severity(report: Report, context: RenderContext) -> dict[Severity, int]:
    """Findings of each severity, the worst first; severities without findings are there with 0."""
    counts = Counter(context.card(finding.rule).severity for finding in report.findings)
    return {severity: counts[severity] for severity in SEVERITY_ORDER}


def by_clause(report: Report, context: RenderContext) -> dict[str, int]:
    """Findings of each clause of the seed that has any, in the seed's order; "" counts rules beside the seed."""
    counts = Counter(context.card(finding.rule).clause for finding in report.findings)
    return {clause: counts[clause] for clause in (*CLAUSES, "") if counts[clause]}


def by_rule(report: Report, context: RenderContext) -> dict[str, int]:
    """Findings of each rule that has any: the worst severity first, then the most frequent, then by id."""
    counts = Counter(finding.rule for finding in report.findings)

    def order(rule: str) -> tuple[int, int, str]:
        return SEVERITY_ORDER.index(context.card(rule).severity), -counts[rule], rule

    return {rule: counts[rule] for rule in sorted(counts, key=order)}


def level(severity: Severity) -> str:
    """The word of SARIF, editors and annotations for a severity: error, warning or note."""
    if severity in {Severity.CRITICAL, Severity.HIGH}:
        return "error"
    return "warning" if severity is Severity.MEDIUM else "note"


def by_path(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Findings grouped by file, files and findings in the order given."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.place.path, []).append(finding)
    return groups
