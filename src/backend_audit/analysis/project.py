"""The project stage: link the lowered files, follow values, ask the checks of concepts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from backend_audit import ir
from backend_audit.analysis.judgement import Judgement
from backend_audit.analysis.placing import Placer
from backend_audit.analysis.spotting import SCRIPTS, Asked
from backend_audit.checks import Alert, Check, all_checks
from backend_audit.checks._considered import considered
from backend_audit.finding import Problem, ProblemKind, Step
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.models import Models
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.frameworks import forms, handlers, pages, script_handlers
from backend_audit.frameworks.inventory import route_table
from backend_audit.frameworks.practices import practices_of
from backend_audit.frameworks.script_inventory import script_route_table
from backend_audit.frameworks.script_working import script_work_of
from backend_audit.frameworks.working import work_of
from backend_audit.inventory import Declared, GuardRecord, RouteRecord
from backend_audit.inventory.signs import Sign, limited
from backend_audit.link.project import Project
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.drift import drifts
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Guard, Route, RouteTable
from backend_audit.routes.openapi import described
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.signs.project import of_project
from backend_audit.signs.rows import Rows
from backend_audit.signs.spotted import Spotted
from backend_audit.source import LineIndex, Mark

Hidden = tuple[tuple[int, int], ...]
TextOf = Callable[[str], tuple[str, Hidden]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the modules.

    `models` of Python's and `node` of JavaScript's libraries; `manifests`: the texts of package.json and tsconfig.json by path;
    `name`: of the folder that paths start from; `declared`: what the team says of its guards; `evidence`: the rows of signs;
    `descriptions`: the texts of OpenAPI files by path; `practices`: what only more demanding modes ask is looked for.
    """

    models: Models
    node: Models
    manifests: Mapping[str, str]
    name: str = ""
    declared: Declared | None = None
    evidence: Rows = field(default_factory=Rows)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    practices: bool = False


_last: list[Engine] = []  # of the last judgement: freeing their values takes half a second, mostly just before the process ends


def judge(modules: Iterable[ir.Module], known: Known, text_of: TextOf, in_code: Asked) -> Judgement:
    """What the checks of concepts find in the project of `modules`.

    The languages make a project each: no import leads from one to the other, and their libraries' names never mix.
    `text_of` gives a file's text by its path, and what of it may not be shown; `in_code` waits for the signs in the code.
    """
    modules = list(modules)
    _last.clear()
    scripts = [module for module in modules if module.language in SCRIPTS]
    project = Project((module for module in modules if module.language not in SCRIPTS), known.name)
    engine = Engine(project, known.models, handlers.parameter, pages.returned, handlers.handed_over, forms.attribute)
    _last.append(engine)
    problems: list[Problem] = []
    engine.go_through()
    facts = WebFacts()
    alerts = list(_concept_alerts(engine, facts, problems))
    tables = [_table(route_table, engine, facts, known.declared, problems)]
    spotted = _signs(engine, tables[0], known.evidence, lambda: in_code().python, problems)
    alerts += _route_alerts(tables[0], problems)
    alerts += _work_alerts(work_of(engine, facts, tables[0]), problems)
    if known.practices:
        alerts += _work_alerts(practices_of(Behaviours(engine, facts), facts, tables[0]), problems)
    problems += engine.problems
    if scripts:
        script_engine = ScriptEngine(ScriptProject(scripts, known.manifests, known.name), known.node, script_handlers.parameter)
        _last.append(script_engine)
        script_engine.go_through()
        facts = WebFacts()
        alerts += _concept_alerts(script_engine, facts, problems)
        tables.append(_table(script_route_table, script_engine, facts, known.declared, problems))
        spotted += _signs(script_engine, tables[1], known.evidence, lambda: in_code().scripts, problems)
        alerts += _route_alerts(tables[1], problems)
        alerts += _work_alerts(script_work_of(script_engine, facts, tables[1]), problems)
        if known.practices:
            alerts += _work_alerts(practices_of(ScriptBehaviours(script_engine, facts), facts, tables[1]), problems)
        problems += script_engine.problems
    files = [one for path, text in sorted(known.descriptions.items()) if (one := described(path, text)) is not None]
    alerts += _work_alerts(drifts(files, tables), problems)
    places = _Places(modules, text_of)
    findings = tuple(places.placer(path).finding(rule, alert, places.step) for path, rule, alert in alerts)
    signs = limited([Sign(one.kind, places.step(one.mark).place, one.what, one.symbol) for one in spotted])
    return Judgement(
        findings, tuple(problems), tuple(_record(route, places) for table in tables for route in table.routes), signs
    )


def _concept_alerts(engine: Engine, facts: WebFacts, problems: list[Problem]) -> Iterator[tuple[str, str, Alert]]:
    """Path, rule and alert, in the order of the concepts; those of the web are gathered in `facts` on the way."""
    by_concept = _checks_of(Concept)
    modules = {module.path: module for module in engine.project.modules.values()}
    crashed: set[tuple[str, str]] = set()
    for function, concept in engine.occurrences():
        facts.add(function, concept)
        for check in by_concept.get(type(concept), ()):
            path = concept.site.path
            if (check.rule, path) in crashed:
                continue
            try:
                for alert in check.function(concept):
                    told = considered(check.rule, alert, modules, engine.models)
                    yield path, check.rule, replace(alert, considered=told) if told else alert
            except Exception as error:  # noqa: BLE001 - the edge of one check: the others must not be lost
                crashed.add((check.rule, path))
                problems.append(_crash(path, check.rule, error))


def _table(
    make: Callable[[Engine, WebFacts, Declared | None], RouteTable],
    engine: Engine,
    facts: WebFacts,
    declared: Declared | None,
    problems: list[Problem],
) -> RouteTable:
    try:
        return make(engine, facts, declared)
    except Exception as error:  # noqa: BLE001 - the edge of the route table: what else was found must not be lost
        problems.append(_crash("", "reading the routes", error))
        return RouteTable()


def _signs(
    engine: Engine, table: RouteTable, rows: Rows, in_code: Callable[[], list[Spotted]], problems: list[Problem]
) -> list[Spotted]:
    """The evidence in the code; the checks of the table's routes ask of which kinds there is any."""
    try:
        found = list(of_project(engine, table.routes, rows, in_code()))
    except Exception as error:  # noqa: BLE001 - the edge of the scorecard: findings must not be lost
        problems.append(_crash("", "gathering evidence", error))
        return []
    table.signs = frozenset(one.kind for one in found)
    for one in found:
        table.spots.setdefault(one.kind, []).append(one.mark._replace(note=one.what))
    return found


def _route_alerts(table: RouteTable, problems: list[Problem]) -> Iterator[tuple[str, str, Alert]]:
    """What the checks of routes say, in the order of the table."""
    crashed: set[str] = set()
    for route in table.routes:
        for check in _checks_of(Route).get(Route, ()):
            if check.rule in crashed:
                continue
            try:
                for alert in check.function(route):
                    yield alert.path or route.mark.path, check.rule, alert
            except Exception as error:  # noqa: BLE001 - the edge of one check
                crashed.add(check.rule)
                problems.append(_crash(route.mark.path, check.rule, error))


def _work_alerts(concepts: Iterator[Concept], problems: list[Problem]) -> Iterator[tuple[str, str, Alert]]:
    """What the checks of the work of requests say."""
    by_concept = _checks_of(Concept)
    crashed: set[str] = set()
    for concept in concepts:
        for check in by_concept.get(type(concept), ()):
            if check.rule in crashed:
                continue
            try:
                for alert in check.function(concept):
                    yield alert.path or concept.site.path, check.rule, alert
            except Exception as error:  # noqa: BLE001 - the edge of one check
                crashed.add(check.rule)
                problems.append(_crash(concept.site.path, check.rule, error))


def _crash(path: str, what: str, error: Exception) -> Problem:
    return Problem(path, 0, ProblemKind.CRASH, f"{what} failed with {type(error).__name__}")


def _record(route: Route, places: "_Places") -> RouteRecord:
    def guards(found: tuple[Guard, ...]) -> tuple[GuardRecord, ...]:
        return tuple(
            GuardRecord(
                one.name,
                tuple(sorted(one.does)),
                one.via,
                one.because,
                None if one.mark is None else places.step(one.mark).place,
                one.scopes,
            )
            for one in found
        )

    return RouteRecord(
        methods=route.methods,
        path=route.path,
        kind=route.kind,
        framework=route.framework,
        handler=route.name,
        place=places.step(route.mark).place,
        registered=places.step(route.registered).place,
        auth=route.auth,
        verdict=route.verdict,
        why=route.why,
        guards=guards(route.guards),
        unapplied=guards(route.unapplied),
        body_validated=route.body.validated,
        body_schema=route.body.schema,
        response_schema=route.response_schema,
    )


@cache
def _checks_of(kind: type) -> dict[type, list[Check]]:
    """The checks whose subject is `kind` or a kind of it."""
    found: dict[type, list[Check]] = {}
    for check in all_checks():
        if issubclass(check.subject, kind):
            found.setdefault(check.subject, []).append(check)
    return found


class _Places:
    """Placers by path, made when a file has something to place."""

    def __init__(self, modules: Iterable[ir.Module], text_of: TextOf) -> None:
        self._modules = {module.path: module for module in modules}
        self._text_of = text_of
        self._placers: dict[str, Placer] = {}

    def placer(self, path: str) -> Placer:
        if path not in self._placers:
            module = self._modules.get(path)
            text, hidden = self._text_of(path)
            lines = LineIndex.of(text) if module is None else LineIndex(module.line_starts)
            self._placers[path] = Placer(path, text, lines, module, hidden)
        return self._placers[path]

    def step(self, mark: Mark) -> Step:
        return self.placer(mark.path).step(mark)
