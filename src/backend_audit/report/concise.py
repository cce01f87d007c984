"""One stable line a finding, for editors, problem matchers and grep.

`path:line:col: error|warning|note: message [rule-id]`, and for what could not be analysed `path:line:1: error: … [incomplete]`.
"""

from backend_audit.finding import Problem, Report
from backend_audit.report.context import RenderContext, level
from backend_audit.report.safe import one_line, tame


def render_concise(report: Report, context: RenderContext) -> str:
    """The report as lines, findings first; empty when there is nothing to say."""
    lines = [
        f"{one_line(finding.place.path)}:{finding.place.line}:{finding.place.column}: "
        f"{level(context.card(finding.rule).severity)}: {one_line(finding.message)} [{finding.rule}]"
        for finding in report.findings
    ]
    lines.extend(_problem(problem) for problem in report.problems)
    return tame("".join(f"{line}\n" for line in lines))


def _problem(problem: Problem) -> str:
    word, tag = ("error", "incomplete") if problem.incomplete else ("warning", "problem")
    return f"{one_line(problem.path) or '.'}:{problem.line or 1}:1: {word}: {one_line(problem.message)} [{tag}]"
