"""What criteria are judged by besides routes: signs in code and files, declared libraries, and what every rule finds."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend_audit.analysis.files import Files
from backend_audit.analysis.merging import confident
from backend_audit.catalog import Catalog
from backend_audit.finding import Confidence, Finding
from backend_audit.inventory.signs import Dependency, Sign, in_browser, limited
from backend_audit.signs.manifests import declared
from backend_audit.suppress import Rules, Suppressions, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`findings` are those of all rules, chosen or not, that are likely and that no ignore comment covers."""

    signs: tuple[Sign, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    findings: tuple[Finding, ...] = ()


def evidence(files: Files, signs: Iterable[Sign], findings: Iterable[Finding], catalog: Catalog, *, ignores: bool) -> Evidence:
    """The evidence of a project that shows `signs` and in which all rules found `findings`, merged and sorted."""
    by_path: dict[str, list[Finding]] = {}
    for finding in confident(findings, Confidence.MEDIUM)[0]:
        if in_browser(finding.place.path):
            continue
        by_path.setdefault(finding.place.path, []).append(finding)
    standing: list[Finding] = []
    for path in sorted(by_path):
        directives = files.facts[path].suppressions if ignores and path in files.facts else Suppressions()
        outcome = apply(path, by_path[path], directives, Rules(known=catalog.cards.keys(), ran=(), current=catalog.current))
        standing += outcome.findings
    return Evidence(
        signs=limited(list(signs)),
        dependencies=tuple(declared(files.keys, files.readable_text)),
        findings=tuple(standing),
    )
