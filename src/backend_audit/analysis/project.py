"""The project stage: link the lowered files, follow values, ask the checks of concepts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from backend_audit import ir
from backend_audit.analysis.alerts import Told, concept_alerts, route_alerts, weighed, whole_alerts
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.dangers import dangers
from backend_audit.analysis.judgement import InCode, Judgement
from backend_audit.analysis.places import Places, TextOf, record
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.models import Models
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.frameworks import handlers, pages, script_handlers
from backend_audit.frameworks.inventory import route_table
from backend_audit.frameworks.practices import practices_of
from backend_audit.frameworks.script_inventory import script_route_table
from backend_audit.frameworks.script_working import script_work_of
from backend_audit.frameworks.sql_tables import tables_of
from backend_audit.frameworks.unindexed import unindexed
from backend_audit.frameworks.working import work_of
from backend_audit.inventory import Declared
from backend_audit.inventory.signs import Sign, limited
from backend_audit.link.project import Project
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.drift import drifts
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import RouteTable
from backend_audit.routes.openapi import described
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.signs.project import of_project
from backend_audit.signs.releases import Release
from backend_audit.signs.rows import Rows
from backend_audit.signs.settled import in_project
from backend_audit.signs.spotted import Spotted
from backend_audit.source import SCRIPT_TEMPLATES, SCRIPTS


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


@dataclass(frozen=True, slots=True)
class Followed:
    """The project of one language that was gone through: what followed its values, and what its alerts are weighed by."""

    engine: Engine
    table: RouteTable
    releases: Mapping[str, Release]
    switched_on: Collection[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with what it was made of; `runs` are those in which its findings occur, each None for what is of no run."""

    judgement: Judgement
    runs: tuple[str | None, ...]
    followed: tuple[Followed, ...]


def judge(
    modules: Iterable[ir.Module], known: Known, text_of: TextOf, in_code: InCode, interrupted: Callable[[], bool] | None = None
) -> Judged:
    """What the checks of concepts find in the project of `modules`.

    The languages make a project each: no import leads from one to the other, and their libraries' names never mix.
    `text_of` gives a file's text by its path, and what of it may not be shown; `in_code` waits for what the
    files show by themselves. `Interrupted` once `interrupted` says so.
    """
    modules = list(modules)
    asking = Asking([])
    in_code = cache(in_code)  # both languages ask
    scripts = [module for module in modules if _is_of_node(module)]
    project = Project((module for module in modules if not _is_of_node(module)), known.name)
    engine = Engine(project, known.models, handlers.parameter, pages.returned, handlers.handed_over, handlers.attribute)
    found = [_of_language(engine, _PYTHON, known, in_code, asking, interrupted)]
    if scripts:
        script_engine = ScriptEngine(ScriptProject(scripts, known.manifests, known.name), known.node, script_handlers.parameter)
        found.append(_of_language(script_engine, _SCRIPT, known, in_code, asking, interrupted))
    tables = [one.followed.table for one in found]
    files = [one for path in sorted(known.descriptions) if (one := described(path, known.descriptions)) is not None]
    alerts = [
        *(alert for one in found for alert in one.alerts),
        *whole_alerts("comparing descriptions of the API", drifts(files, tables), asking),
    ]
    places = Places(modules, text_of)
    findings = tuple(places.finding(one.path, one.rule, one.alert) for one in alerts)
    spotted = [sign for one in found for sign in one.spotted]
    signs = limited([Sign(one.kind, places.step(one.mark).place, one.what, one.symbol) for one in spotted])
    records = tuple(record(route, places) for table in tables for route in table.routes)
    judgement = Judgement(findings, tuple(asking.problems), records, signs)
    return Judged(judgement, tuple(one.run for one in alerts), tuple(one.followed for one in found))


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

    alerts: list[Told]
    followed: Followed
    spotted: list[Spotted]


def _of_language(
    engine: Engine, stages: _Stages, known: Known, in_code: InCode, asking: Asking, interrupted: Callable[[], bool] | None
) -> _Found:
    """Values first, then routes, then what shows only in the whole."""
    engine.interrupted = interrupted
    engine.go_through()
    facts = WebFacts()
    alerts = list(concept_alerts(engine, facts, asking))
    facts.dangers = dangers(alerts)
    table = asking.attempt("", "reading the routes", lambda: stages.table(engine, facts, known), RouteTable())
    alerts = list(weighed(alerts, table, known.releases, facts.switched_on))
    nothing: list[Spotted] = []
    spotted = asking.attempt("", "gathering evidence", lambda: _signs(engine, table, known.evidence, in_code), nothing)
    alerts += route_alerts(table, asking)
    alerts += whole_alerts("following the work of requests", stages.work(engine, facts, table, known), asking)
    if known.practices:
        made = cache(partial(tables_of, engine, known.tables))
        practices = practices_of(stages.behaviours(engine, facts), facts, table, made)
        alerts += whole_alerts("looking for practices", practices, asking)
        alerts += whole_alerts("reading how tables are made", unindexed(engine, facts, known.tables, made), asking)
    asking.problems += engine.problems
    engine.interrupted = None  # what is asked of it later, somebody waits for
    return _Found(alerts, Followed(engine, table, known.releases, facts.switched_on), spotted)


def _signs(engine: Engine, table: RouteTable, rows: Rows, in_code: InCode) -> list[Spotted]:
    """The evidence in the code; the checks of the table's routes ask of which kinds there is any."""
    found = list(of_project(engine, table.routes, rows, in_project(engine, rows, in_code())))
    table.signs = frozenset(one.kind for one in found)
    for one in found:
        table.spots.setdefault(one.kind, []).append(one.mark._replace(note=one.what))
    return found
