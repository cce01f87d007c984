"""What the criteria come to in what was scanned."""

from backend_audit.audit import ScanResult
from backend_audit.catalog import rules_root
from backend_audit.criteria import Assessment, Facts, assess, sections_of
from backend_audit.criteria.owasp import CategoryCount, RuleFacts, counted_by_category, top10_of
from backend_audit.finding import Mode, Severity
from backend_audit.signs.rows import rows_of


def assessed(result: ScanResult, mode: Mode) -> list[Assessment]:
    """The assessments of all criteria that `mode` asks for. Findings of low severity decide about none."""
    rows = rows_of(rules_root())
    facts = Facts(
        signs=result.evidence.signs,
        routes=result.routes,
        findings=result.evidence.findings,
        dependencies=result.evidence.dependencies,
        kinds=rows.kinds,
        brings=rows.brings(),
        clauses={card.id: card.clause for card in result.catalog.cards.values() if card.severity is not Severity.LOW},
    )
    return assess(sections_of(rules_root()), facts, mode)


def by_owasp(result: ScanResult) -> list[CategoryCount]:
    """The findings that the scan tells of, by category of the OWASP Top 10; those known before count like new ones."""
    report = result.report
    rules = {
        card.id: RuleFacts(cwe=card.cwe, severity=card.severity, ran=card.id in result.heard.rules)
        for card in result.catalog.cards.values()
    }
    known = report.comparison.known if report.comparison is not None else ()
    found = [one.rule for one in (*report.findings, *known)]
    return counted_by_category(top10_of(rules_root()), rules, found, [one.finding.rule for one in report.suppressed])
