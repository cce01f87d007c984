"""GitLab's Code Quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: fingerprints must be unique in a report.
"""

from collections import Counter

import msgspec

from backend_audit.finding import Report, Severity
from backend_audit.report.context import RenderContext
from backend_audit.report.safe import one_line

_SEVERITIES = {Severity.CRITICAL: "blocker", Severity.HIGH: "critical", Severity.MEDIUM: "major", Severity.LOW: "minor"}


def render_gitlab(report: Report, context: RenderContext) -> str:
    """The findings as a JSON array; GitLab itself says which are new."""
    seen: Counter[str] = Counter()
    known = report.comparison.known if report.comparison is not None else ()
    rows = []
    for finding in (*report.findings, *known):
        fingerprint = finding.fingerprint()
        seen[fingerprint] += 1
        rows.append(
            {
                "description": one_line(f"{finding.message} {finding.fix}".strip()),
                "check_name": finding.rule,
                "fingerprint": fingerprint if seen[fingerprint] == 1 else f"{fingerprint}-{seen[fingerprint]}",
                "severity": _SEVERITIES[context.card(finding.rule).severity],
                "location": {
                    "path": finding.place.path,
                    "lines": {"begin": finding.place.line, "end": finding.place.end_line},
                },
            }
        )
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"
