"""The order in which findings are worth telling where not all can be told."""

from collections.abc import Sequence

from backend_audit.finding import SEVERITY_ORDER, Finding, Report
from backend_audit.report.context import RenderContext


def by_worth(report: Report, context: RenderContext) -> Sequence[Finding]:
    """On changed lines first, then the worst, else in the report's order."""
    compared = report.comparison

    def rank(finding: Finding) -> tuple[bool, int]:
        outside = compared is not None and compared.changed is not None and not compared.touches(finding.place)
        return outside, SEVERITY_ORDER.index(context.card(finding.rule).severity)

    return sorted(report.findings, key=rank)
