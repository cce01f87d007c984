"""Annotations of a GitHub workflow run: commands on stdout, within what GitHub shows of one step.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: of each kind 10 a step are shown.
"""

from collections import Counter

from backend_audit.finding import Finding, Problem, Report
from backend_audit.report.context import RenderContext, level
from backend_audit.report.order import by_worth
from backend_audit.report.safe import one_line, visible

MOST = 10  # of each kind
_MOST_PROBLEMS = 3
_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: Report, context: RenderContext) -> str:
    """One command a finding, those worth most first, and a last line that says how many are not shown."""
    told: Counter[str] = Counter()
    lines = []
    problems = [one for one in report.problems if one.incomplete]
    for problem in problems[:_MOST_PROBLEMS]:
        told["error"] += 1
        lines.append(_problem(problem))
    hidden = len(problems) - len(lines)
    for finding in by_worth(report, context):
        kind = _KINDS[level(context.card(finding.rule).severity)]
        told[kind] += 1
        if told[kind] > MOST:
            hidden += 1
        else:
            lines.append(_finding(finding, kind, context))
    if hidden:
        lines.append(
            f"{hidden} more {'is' if hidden == 1 else 'are'} not shown here: GitHub shows {MOST} annotations of each kind."
        )
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, kind: str, context: RenderContext) -> str:
    place = finding.place
    where = {"file": place.path, "line": str(place.line), "endLine": str(place.end_line)}
    if place.line == place.end_line:  # columns are not allowed otherwise
        where |= {"col": str(place.column), "endColumn": str(max(place.column, place.end_column - 1))}
    title = f"{context.card(finding.rule).title} ({finding.rule})"
    return _command(kind, {**where, "title": title}, [finding.message, finding.fix])


def _problem(problem: Problem) -> str:
    where = {"file": problem.path, "line": str(problem.line or 1)} if problem.path else {}
    return _command("error", {**where, "title": "Could not be analysed"}, [problem.message])


def _command(kind: str, properties: dict[str, str], text: list[str]) -> str:
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = "\n".join(one_line(part) for part in text if part)
    return f"::{kind} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
