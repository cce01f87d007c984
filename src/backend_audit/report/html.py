"""One self-contained page: no network, no inline handler, and a policy that lets nothing else run."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backend_audit.catalog import CLAUSES, RuleCard
from backend_audit.criteria import Assessment
from backend_audit.finding import Finding, Report, Step
from backend_audit.inventory import RouteRow
from backend_audit.inventory.diff import Change, compared
from backend_audit.inventory.rows import VERDICTS
from backend_audit.report.context import RenderContext, by_clause, by_severity, failing, is_incomplete, over_budget, verdict
from backend_audit.report.criteria_words import criteria_line, state_words
from backend_audit.report.order import by_worth
from backend_audit.report.owasp import TITLE, owasp_line, severities, state_of_category
from backend_audit.report.practices import Told, told_once
from backend_audit.report.safe import one_line, visible
from backend_audit.report.snippet import Snippet, snippet

_PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A finding with what its card needs."""

    finding: Finding
    card: RuleCard
    code: Snippet | None
    steps: Sequence[Step]
    alike: Sequence[Finding]  # for which it stands


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one clause of the seed."""

    id: str
    title: str
    findings: list[_Shown]


def render_html(report: Report, context: RenderContext) -> str:
    """The report as a page for a browser."""
    style, script = _text("page.css"), _text("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("page.html")
        .render(
            style=Markup(style),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704 - as above
            policy=policy,
            report=report,
            context=context,
            verdict=verdict(report, context),
            failing=failing(report, context),
            incomplete=is_incomplete(report),
            excess=over_budget(report, context),
            severities=by_severity(report, context),
            groups=_groups(report, context),
            routes=sorted(context.table, key=_interest),
            changes=_changes(context),
            sections=_sections(context),
            top10=context.owasp,
            top10_title=TITLE,
            top10_line=owasp_line(context.owasp),
        )
    )


def _groups(report: Report, context: RenderContext) -> list[_Group]:
    shown = [_shown(one, context) for one in told_once(by_worth(report, context), context)]
    return [
        _Group(clause or "others", CLAUSES.get(clause, "Beside the seed"), [one for one in shown if one.card.clause == clause])
        for clause in by_clause(report, context)
    ]


def _shown(told: Told, context: RenderContext) -> _Shown:
    finding = told.finding
    code = snippet(finding, "")
    return _Shown(finding, context.card(finding.rule), code if isinstance(code, Snippet) else None, finding.steps, told.alike)


@dataclass(frozen=True, slots=True)
class _Section:
    """One list of success criteria, and what it comes to in a line."""

    title: str
    line: str
    criteria: list[Assessment]


def _sections(context: RenderContext) -> list[_Section]:
    groups = [(title, list(inside)) for title, inside in groupby(context.criteria, lambda one: one.section)]
    return [_Section(title, criteria_line(inside).plain, inside) for title, inside in groups]


def _interest(row: RouteRow) -> int:
    return VERDICTS.index(row.verdict) if row.verdict in VERDICTS else len(VERDICTS)


def _changes(context: RenderContext) -> list[Change]:
    return [] if context.table_before is None else compared(context.table_before, context.table)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"prose": _prose, "line": one_line, "code": _code, "many": _many, "guards": _guards, "state": state_words}
    made.filters |= {"severities": severities, "category": state_of_category}
    return made


@cache
def _text(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _prose(text: str) -> Markup:
    """A sentence whose backticks become code."""
    parts = one_line(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _code(text: str) -> str:
    return visible(text.strip("\r\n").expandtabs(4)).strip()


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _guards(row: RouteRow) -> list[tuple[str, str, str]]:
    """Name, what it does, and how it looks, of each guard that does something, and of those that do not run."""
    found = [(one.name, ", ".join(one.does), "runs") for one in row.guards if one.does != ("runs",)]
    return found + [(one.name, "does not run", "idle") for one in row.unapplied]
