"""JUnit's XML as CI systems read it: a suite for each file, a failure for each finding, an error for what was not analysed."""

from xml.etree import ElementTree as ET

from backend_audit.finding import Finding, Problem, Report
from backend_audit.report.context import RenderContext, by_path
from backend_audit.report.safe import one_line, visible

_NAME = "backend-audit"


def render_junit(report: Report, context: RenderContext) -> str:
    """The report as XML; a scan without findings is one test that passed, since many readers take none for a fault."""
    root = ET.Element("testsuites", name=_NAME)
    for path, findings in by_path(report.findings).items():
        suite = _suite(root, path, failures=len(findings))
        for finding in findings:
            _finding(suite, finding, context)
    for problem in report.problems:
        if problem.incomplete:
            _problem(_suite(root, problem.path or "the scan", errors=1), problem)
    if not len(root):
        ET.SubElement(_suite(root, _NAME), "testcase", name="no findings", classname=_NAME, time="0")
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, *, failures: int = 0, errors: int = 0) -> ET.Element:
    counts = {"tests": max(failures + errors, 1), "failures": failures, "errors": errors, "skipped": 0, "time": 0}
    return ET.SubElement(root, "testsuite", {"name": _text(name), **{key: str(value) for key, value in counts.items()}})


def _finding(suite: ET.Element, finding: Finding, context: RenderContext) -> None:
    place = finding.place
    where = f"{place.path}:{place.line}:{place.column}"
    name = f"{finding.rule} {place.line}:{place.column}"
    case = ET.SubElement(
        suite, "testcase", name=_text(name), classname=_text(place.path), file=_text(place.path), line=str(place.line), time="0"
    )
    card = context.card(finding.rule)
    failure = ET.SubElement(case, "failure", message=one_line(finding.message), type=f"{card.severity}: {finding.rule}")
    told = [f"{where}: {finding.message}", finding.code.strip(), *(_step(at, finding) for at in range(len(finding.steps)))]
    failure.text = "\n".join(one_line(part) for part in [*told, f"fix: {finding.fix}", card.url] if part)


def _step(at: int, finding: Finding) -> str:
    step = finding.steps[at]
    return f"{at + 1}. {step.note}  {step.place.path}:{step.place.line}:{step.place.column}"


def _problem(suite: ET.Element, problem: Problem) -> None:
    path = _text(problem.path or "the scan")
    case = ET.SubElement(suite, "testcase", name=f"analysed: {path}", classname=path, time="0")
    ET.SubElement(case, "error", message=one_line(problem.message), type=str(problem.kind))


def _text(text: str) -> str:
    return visible(text)
