"""The project stage: link the lowered files, follow values, ask the checks of concepts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial

from backend_audit import ir
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.dangers import dangers
from backend_audit.analysis.judgement import InCode, Judgement
from backend_audit.analysis.placing import Placer
from backend_audit.checks import Alert, Check, all_checks
from backend_audit.checks._considered import considered
from backend_audit.checks._debugging import only_debugging
from backend_audit.finding import Confidence, Step
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.models import Models
from backend_audit.flow.printed import as_printed
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.frameworks import handlers, pages, script_handlers
from backend_audit.frameworks.inventory import route_table
from backend_audit.frameworks.practices import practices_of
from backend_audit.frameworks.script_inventory import script_route_table
from backend_audit.frameworks.script_working import script_work_of
from backend_audit.frameworks.sql_tables import tables_of
from backend_audit.frameworks.unindexed import unindexed
from backend_audit.frameworks.working import work_of
from backend_audit.inventory import Declared, GuardRecord, RouteRecord
from backend_audit.inventory.signs import Sign, limited
from backend_audit.link.project import Project
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.administrators import for_administrators
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.drift import drifts
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.handling import never_shown
from backend_audit.routes.model import Guard, Route, RouteTable
from backend_audit.routes.openapi import described
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.routes.undescribed import answers_with_data
from backend_audit.signs.project import of_project
from backend_audit.signs.releases import Release, is_since
from backend_audit.signs.rows import Rows
from backend_audit.signs.settled import in_project
from backend_audit.signs.spotted import Spotted
from backend_audit.source import SCRIPT_TEMPLATES, SCRIPTS, LineIndex, Mark

Hidden = tuple[tuple[int, int], ...]
TextOf = Callable[[str], tuple[str, Hidden]]
_Told = tuple[str, str, Alert]  # path and rule


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the modules.

    `models` of Python's and `node` of JavaScript's libraries; `manifests`: the texts of package.json and tsconfig.json by path;
    `name`: of the folder that paths start from; `declared`: what the team says of its guards; `evidence`: the rows of signs;
    `descriptions`: the texts of OpenAPI files by path; `tables`: of data models and, with `practices` (what only more demanding
    modes ask is looked for), of migrations; `releases`: the oldest of each library that its manifests allow.
    """

    models: Models
    node: Models
    manifests: Mapping[str, str]
    name: str = ""
    declared: Declared | None = None
    evidence: Rows = field(default_factory=Rows)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, Release] = field(default_factory=dict)
    practices: bool = False


_last: list[Engine] = []  # of the last judgement: freeing their values takes half a second, mostly just before the process ends


def judge(modules: Iterable[ir.Module], known: Known, text_of: TextOf, in_code: InCode) -> Judgement:
    """What the checks of concepts find in the project of `modules`.

    The languages make a project each: no import leads from one to the other, and their libraries' names never mix.
    `text_of` gives a file's text by its path, and what of it may not be shown; `in_code` waits for what the
    files show by themselves.
    """
    modules = list(modules)
    _last.clear()
    asking = Asking([])
    in_code = cache(in_code)  # both languages ask
    scripts = [module for module in modules if _is_of_node(module)]
    project = Project((module for module in modules if not _is_of_node(module)), known.name)
    engine = Engine(project, known.models, handlers.parameter, pages.returned, handlers.handed_over, handlers.attribute)
    found = [_of_language(engine, _PYTHON, known, in_code, asking)]
    if scripts:
        script_engine = ScriptEngine(ScriptProject(scripts, known.manifests, known.name), known.node, script_handlers.parameter)
        found.append(_of_language(script_engine, _SCRIPT, known, in_code, asking))
    tables = [one.table for one in found]
    files = [one for path in sorted(known.descriptions) if (one := described(path, known.descriptions)) is not None]
    alerts = [
        *(alert for one in found for alert in one.alerts),
        *_told("comparing descriptions of the API", drifts(files, tables), asking),
    ]
    places = _Places(modules, text_of)
    findings = tuple(places.placer(path).finding(rule, alert, places.step) for path, rule, alert in alerts)
    spotted = [sign for one in found for sign in one.spotted]
    signs = limited([Sign(one.kind, places.step(one.mark).place, one.what, one.symbol) for one in spotted])
    records = tuple(_record(route, places) for table in tables for route in table.routes)
    return Judgement(findings, tuple(asking.problems), records, signs)


def _is_of_node(module: ir.Module) -> bool:
    """Whether it is a script, or a template that scripts render."""
    return module.language in SCRIPTS or module.path.endswith(SCRIPT_TEMPLATES)


@dataclass(frozen=True, slots=True)
class _Stages:
    """What differs between the languages: how routes are read, what else the whole shows, what guards are known by."""

    table: Callable[[Engine, WebFacts, Known], RouteTable]
    work: Callable[[Engine, WebFacts, RouteTable, Known], Iterator[Concept]]
    behaviours: type[Behaviours]


_PYTHON = _Stages(
    lambda engine, facts, known: route_table(engine, facts, known.declared),
    lambda engine, facts, table, _: work_of(engine, facts, table),
    Behaviours,
)
_SCRIPT = _Stages(
    lambda engine, facts, known: script_route_table(engine, facts, known.declared, known.tables),
    lambda engine, facts, table, known: script_work_of(engine, facts, table, known.tables),
    ScriptBehaviours,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the project of one language brought to light."""

    alerts: list[_Told]
    table: RouteTable
    spotted: list[Spotted]


def _of_language(engine: Engine, stages: _Stages, known: Known, in_code: InCode, asking: Asking) -> _Found:
    """Values first, then routes, then what shows only in the whole."""
    _last.append(engine)
    engine.go_through()
    facts = WebFacts()
    alerts = list(_concept_alerts(engine, facts, asking))
    facts.dangers = dangers(alerts)
    table = asking.attempt("", "reading the routes", lambda: stages.table(engine, facts, known), RouteTable())
    alerts = list(_weighed(alerts, table, known.releases, facts.switched_on))
    nothing: list[Spotted] = []
    spotted = asking.attempt("", "gathering evidence", lambda: _signs(engine, table, known.evidence, in_code), nothing)
    alerts += _route_alerts(table, asking)
    alerts += _told("following the work of requests", stages.work(engine, facts, table, known), asking)
    if known.practices:
        made = cache(partial(tables_of, engine, known.tables))
        practices = practices_of(stages.behaviours(engine, facts), facts, table, made)
        alerts += _told("looking for practices", practices, asking)
        alerts += _told("reading how tables are made", unindexed(engine, facts, known.tables, made), asking)
    asking.problems += engine.problems
    return _Found(alerts, table, spotted)


def _concept_alerts(engine: Engine, facts: WebFacts, asking: Asking) -> Iterator[_Told]:
    """Path, rule and alert, in the order of the concepts; those of the web are gathered in `facts` on the way."""
    by_concept = _checks_of(Concept)
    nothing: tuple[Mark, ...] = ()
    modules = {module.path: module for module in engine.project.modules.values()}
    for function, occurrence in engine.occurrences():
        facts.add(function, occurrence)
        concept = as_printed(engine, occurrence)
        path = concept.site.path
        for rule, alert in asking.alerts(by_concept.get(type(concept), ()), path, concept, within=path):
            told = asking.attempt(path, rule, partial(considered, rule, alert, modules, engine.models), nothing)
            sure = Confidence.LOW if only_debugging(concept.site) else alert.confidence
            yield path, rule, replace(alert, considered=told, confidence=sure) if told or sure != alert.confidence else alert


def _weighed(
    alerts: list[_Told],
    table: RouteTable,
    known: Mapping[str, Release],
    switched_on: Collection[str],
) -> Iterator[_Told]:
    """The alerts, less sure where the rest of the project speaks against them.

    What they tell goes to administrators alone, or to scripts; newer releases of a library do it no more; another place
    switches it on.
    """
    theirs, unseen = for_administrators(table), never_shown(table)
    for path, rule, alert in alerts:
        if alert.unrouted and table.routes:
            continue
        low = (alert.of_insides and theirs.covers(path, alert.span()[0])) or is_since(alert.before, known)
        low = low or (alert.on_page and unseen.covers(path, alert.span()[0]))
        low = low or _is_on(alert.setting, switched_on)
        yield path, rule, replace(alert, confidence=Confidence.LOW) if low else alert


def _is_on(setting: str, switched_on: Collection[str]) -> bool:
    groups = [one.split("|") for one in setting.split("&")] if setting else []
    return bool(groups) and all(any(one in switched_on for one in group) for group in groups)


def _signs(engine: Engine, table: RouteTable, rows: Rows, in_code: InCode) -> list[Spotted]:
    """The evidence in the code; the checks of the table's routes ask of which kinds there is any."""
    found = list(of_project(engine, table.routes, rows, in_project(engine, rows, in_code())))
    table.signs = frozenset(one.kind for one in found)
    for one in found:
        table.spots.setdefault(one.kind, []).append(one.mark._replace(note=one.what))
    return found


def _route_alerts(table: RouteTable, asking: Asking) -> Iterator[_Told]:
    """What the checks of routes say, in the order of the table."""
    for route in table.routes:
        for rule, alert in asking.alerts(_checks_of(Route).get(Route, ()), route.mark.path, route):
            yield alert.path or route.mark.path, rule, alert


def _told(what: str, concepts: Iterable[Concept], asking: Asking) -> Iterator[_Told]:
    """What the checks say of concepts that show in the whole of a project; `what` gathers them."""
    by_concept = _checks_of(Concept)
    for concept in asking.each(what, concepts):
        for rule, alert in asking.alerts(by_concept.get(type(concept), ()), concept.site.path, concept):
            yield alert.path or concept.site.path, rule, alert


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
        response_schema=route.response_schema if route.response_schema or answers_with_data(route) else None,
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
