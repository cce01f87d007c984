"""SARIF 2.1.0 as GitHub code scanning reads it. The only module that knows sarif_om."""

import re
from dataclasses import replace
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec
import sarif_om as om

from backend_audit.catalog import RuleCard
from backend_audit.finding import SEVERITY_ORDER, Finding, Gone, Place, Problem, Report, Step, Suppressed
from backend_audit.report.attrs_json import to_json
from backend_audit.report.context import RenderContext, is_incomplete, level
from backend_audit.report.criteria_findings import lacking
from backend_audit.report.help import gist
from backend_audit.report.home import HOME
from backend_audit.report.safe import one_line
from backend_audit.report.sarif_words import KINDS, TOO_MANY

Node: TypeAlias = Any  # an object of sarif_om, which has no types

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_STEPS = 1_000  # of a flow, that it shows
_FULL_DESCRIPTION = 1_024
_STATES = {True: "new", False: "unchanged"}
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render_sarif(report: Report, context: RenderContext) -> str:
    """The report as one SARIF run, with a note for each criterion that is missing.

    Suppressed findings are left out (code scanning would show them) unless asked for.
    """
    missing, context = lacking(context)
    findings, cut = _most_severe(report, context)
    suppressed = report.suppressed if context.sarif_suppressed else ()
    missing = missing[: context.sarif_results - len(findings)]
    gone = _told_gone(report, context)[: context.sarif_results - len(findings) - len(missing)]
    rules = sorted(
        {
            *(one.rule for one in (*findings, *(it for it, _ in missing))),
            *(one.finding.rule for one in suppressed),
            *(one.rule for one in gone),
        }
    )
    index = {rule: at for at, rule in enumerate(rules)}
    new = {id(one) for one in report.findings}
    compared = report.comparison is not None
    results = [_result(one, index, context, _STATES[id(one) in new] if compared else None) for one in findings]
    results += [_result(one, index, context, _STATES[is_new] if compared else None) for one, is_new in missing]
    results += [_suppressed(one, index, context, compared=compared) for one in suppressed]
    results += [_absent(one, index, context) for one in gone]
    driver = om.ToolComponent(
        name="backend-audit",
        full_name=f"backend-audit {context.version}",
        organization="backend-audit",
        semantic_version=context.version,
        version=context.version,
        information_uri=HOME,
        rules=[_rule(context.card(rule)) for rule in rules],
        notifications=[_notification_kind(kind) for kind in _kinds(report, cut)],
    )
    run = om.Run(
        tool=om.Tool(driver=driver),
        automation_details=om.RunAutomationDetails(id=_category(context.project)),
        invocations=[_invocation(report, cut, context.sarif_results)],
        original_uri_base_ids={ROOT: _root(context.root_uri)},
        column_kind="unicodeCodePoints",
        results=results,
        properties=_compared(report),
    )
    log = om.SarifLog(schema_uri=SCHEMA, version="2.1.0", runs=[run])
    return msgspec.json.format(msgspec.json.encode(to_json(log)), indent=2).decode() + "\n"


def _most_severe(report: Report, context: RenderContext) -> tuple[list[Finding], int]:
    """The findings that a run can hold, new ones first, else in the report's order, and how many are left out.

    Known ones belong to it, too: an alert that is missing in an upload is closed.
    """
    known = report.comparison.known if report.comparison is not None else ()
    findings = [*report.findings, *known]
    if len(findings) <= context.sarif_results:
        return findings, 0
    ranked = sorted(report.findings, key=lambda one: SEVERITY_ORDER.index(context.card(one.rule).severity))  # stable
    ranked += sorted(known, key=lambda one: SEVERITY_ORDER.index(context.card(one.rule).severity))
    kept = {id(one) for one in ranked[: context.sarif_results]}
    return [one for one in findings if id(one) in kept], len(findings) - context.sarif_results


def _told_gone(report: Report, context: RenderContext) -> list[Gone]:
    """What is fixed, where it is asked for: code scanning does not know `absent` and would keep it open."""
    return list(report.comparison.gone) if report.comparison is not None and context.sarif_absent else []


def _compared(report: Report) -> dict[str, Node] | None:
    found = report.comparison
    if found is None:
        return None
    counts = {"new": len(report.findings), "unchanged": len(found.known), "fixed": found.fixed}
    return {"comparedWith": found.against, **({"revision": found.revision} if found.revision else {}), **counts}


def _rule(card: RuleCard) -> Node:
    harms = card.security_severity > 0  # what a backend lacks is no vulnerability
    tags = [*(["security"] if harms else []), *(f"external/cwe/cwe-{number:03}" for number in card.cwe)]
    if card.clause:
        tags.append(f"seed/{card.clause}")
    full = card.summary if len(card.summary) <= _FULL_DESCRIPTION else card.summary[: _FULL_DESCRIPTION - 1] + "…"
    markdown = gist(card)
    return om.ReportingDescriptor(
        id=card.id,
        name=_pascal(card.id),
        deprecated_ids=list(card.previous_ids) or None,
        short_description=_message(_sentence(card.title)),
        full_description=_message(full),
        help=om.MultiformatMessageString(text=_plain_help(card), markdown=markdown),
        help_uri=card.url or None,
        default_configuration=om.ReportingConfiguration(level=level(card.severity)),
        properties={
            "tags": tags,
            "precision": str(card.confidence),
            **({"security-severity": f"{card.security_severity:.1f}"} if harms else {}),
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[level(card.severity)],
        },
    )


def _plain_help(card: RuleCard) -> str:
    parts = [card.summary, card.how_to_mend and f"How to mend: {card.how_to_mend}", card.url]
    return "\n\n".join(part for part in parts if part)


def _result(finding: Finding, index: dict[str, int], context: RenderContext, state: str | None = None) -> Node:
    """A result; `state` is its `baselineState`, which all results of a run have or none."""
    card = context.card(finding.rule)
    links = [*finding.related, *finding.steps[:1]]
    fingerprints = {"backendAudit/v1": finding.fingerprint()}
    hashes = context.line_hashes.get(finding.place.path, ())
    if finding.place.line <= len(hashes):
        fingerprints = {"primaryLocationLineHash": hashes[finding.place.line - 1], **fingerprints}
    return om.Result(
        rule_id=finding.rule,
        rule_index=index[finding.rule],
        level=level(card.severity),
        message=om.Message(text=_text(finding, links)),
        locations=[_location(finding.place, snippet=finding.code, symbol=finding.symbol)],
        related_locations=[_location(step.place, at, note=step.note) for at, step in enumerate(links, 1)] or None,
        code_flows=[_flow(steps) for steps in (finding.steps, *finding.others)] if finding.steps else None,
        partial_fingerprints=fingerprints,
        baseline_state=state,
        properties=_properties(finding, card),
    )


def _properties(finding: Finding, card: RuleCard) -> dict[str, Node]:
    """What SARIF has no field for; `considered` says why sanitizers and tests on the way do not hold."""
    told = [f"{one.place.path}:{one.place.line}: {one.note}" for one in finding.considered]
    known = {"confidence": str(finding.confidence), "severity": str(card.severity)}
    return {**known, "considered": told} if told else known


def _absent(one: Gone, index: dict[str, int], context: RenderContext) -> Node:
    """A result that is no longer: with the place where it was, or with the file only where a baseline knew it."""
    if one.finding is not None:
        result = _result(one.finding, index, replace(context, line_hashes={}), "absent")
    else:
        artifact = om.ArtifactLocation(uri=quote(one.path), uri_base_id=ROOT)
        region = om.Region(start_line=1)  # nothing better is known, and viewers want one
        result = om.Result(
            rule_id=one.rule,
            rule_index=index[one.rule],
            level=level(context.card(one.rule).severity),
            message=om.Message(text="This finding of the baseline is fixed."),
            locations=[om.Location(physical_location=om.PhysicalLocation(artifact_location=artifact, region=region))],
            baseline_state="absent",
        )
    result.occurrence_count = one.count if one.count > 1 else None
    return result


def _suppressed(one: Suppressed, index: dict[str, int], context: RenderContext, *, compared: bool) -> Node:
    result = _result(one.finding, index, context, "unchanged" if compared else None)
    result.suppressions = [om.Suppression(kind="inSource", state="accepted", justification=one.reason or None)]
    return result


def _text(finding: Finding, links: list[Step]) -> str:
    """The message, how to mend it, and links to the related locations (code scanning shows only those linked)."""
    sentences = [_sentence(finding.message), _sentence(finding.fix)]
    for at, step in enumerate(links, 1):
        source = at > len(finding.related)
        label = one_line(step.note).replace("[", "(").replace("]", ")").replace("\\", "/")
        sentences.append(f"{'Comes from' if source else 'See'}: [{label or step.place.path}]({at}).")
    return " ".join(sentence for sentence in sentences if sentence)


def _sentence(text: str) -> str:
    """Text on one line, ending like a sentence, in which nothing reads as a placeholder or a link."""
    folded = _PLACEHOLDER.sub(r"{{\1}}", one_line(text)).replace("](", "] (")
    return folded if not folded or folded.endswith((".", "!", "?", "…")) else f"{folded}."


def _message(text: str) -> Node:
    return om.MultiformatMessageString(text=text)


def _location(place: Place, at: int = -1, *, note: str = "", snippet: str = "", symbol: str = "") -> Node:
    return om.Location(
        id=at,
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=quote(place.path), uri_base_id=ROOT),
            region=_region(place, snippet),
            context_region=_whole_line(place, snippet),
        ),
        logical_locations=[om.LogicalLocation(fully_qualified_name=symbol)] if symbol else None,
        message=om.Message(text=_sentence(note)) if note else None,
    )


def _region(place: Place, code: str) -> Node:
    redacted = "…" in code  # columns are the file's: they do not fit a line out of which a secret was cut
    marked = "" if redacted or place.line != place.end_line else code[place.column - 1 : place.end_column - 1]
    return om.Region(
        start_line=place.line,
        start_column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        snippet=om.ArtifactContent(text=marked) if marked else None,
    )


def _whole_line(place: Place, code: str) -> Node:
    if not code or place.line != place.end_line:
        return None
    return om.Region(start_line=place.line, end_line=place.line, snippet=om.ArtifactContent(text=code))


def _flow(steps: tuple[Step, ...]) -> Node:
    shown = steps if len(steps) <= MOST_STEPS else (*steps[: MOST_STEPS - 1], steps[-1])
    stops = [om.ThreadFlowLocation(location=_location(step.place, note=step.note)) for step in shown]
    return om.CodeFlow(thread_flows=[om.ThreadFlow(locations=stops)])


def _invocation(report: Report, cut: int, most: int) -> Node:
    notes = [_notification(problem) for problem in report.problems]
    if cut:
        text = f"{cut:,} findings of lower severity are left out: {most:,} results have room in a run."
        notes.append(
            om.Notification(
                message=om.Message(text=text), level="warning", descriptor=om.ReportingDescriptorReference(id=TOO_MANY)
            )
        )
    return om.Invocation(execution_successful=not is_incomplete(report), tool_execution_notifications=notes)


def _notification(problem: Problem) -> Node:
    location = None
    if problem.path:
        region = om.Region(start_line=problem.line) if problem.line else None
        artifact = om.ArtifactLocation(uri=quote(problem.path), uri_base_id=ROOT)
        location = om.Location(physical_location=om.PhysicalLocation(artifact_location=artifact, region=region))
    return om.Notification(
        message=om.Message(text=_sentence(problem.message)),
        level="error" if problem.incomplete else "warning",
        descriptor=om.ReportingDescriptorReference(id=str(problem.kind)),
        locations=[location] if location is not None else None,
    )


def _kinds(report: Report, cut: int) -> list[str]:
    return sorted({*(str(problem.kind) for problem in report.problems), *([TOO_MANY] if cut else [])})


def _notification_kind(kind: str) -> Node:
    text = _message(KINDS[kind])
    home = om.MultiformatMessageString(text=f"{KINDS[kind]} What else was found is in this report; see {HOME}.")
    return om.ReportingDescriptor(id=kind, short_description=text, full_description=text, help=home)


def _root(uri: str) -> Node:
    if uri:
        return om.ArtifactLocation(uri=uri)
    return om.ArtifactLocation(description=om.Message(text="The folder that was scanned."))


def _category(project: str) -> str:
    return f"backend-audit/{project.strip('/')}/" if project.strip("/") else "backend-audit/"


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))
