"""The project stage: link the lowered files, follow values, ask the checks of concepts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import cast

from backend_audit import ir
from backend_audit.analysis.alerts import Told, concept_alerts, route_alerts, weighed, whole_alerts
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.dangers import dangers
from backend_audit.analysis.judgement import InCode, Judgement
from backend_audit.analysis.places import Places, TextOf, record
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.interrupting import Interrupted
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
from backend_audit.routes.reach import leading_to
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.signs.project import of_project
from backend_audit.signs.releases import Release
from backend_audit.signs.rows import Rows
from backend_audit.signs.settled import OfModule, in_project
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


@dataclass(slots=True)
class Followed:
    """The project of one language that was gone through: what its functions do, what its checks said, its routes.

    `alerts` are those of concepts, not weighed yet; `signs` is the evidence in each module's code, by path.
    """

    behaviours: Behaviours
    alerts: list[Told]
    table: RouteTable = field(default_factory=RouteTable)
    signs: dict[str, OfModule] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """What followed its values."""
        return self.behaviours.engine


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with what it was made of; `runs` are those in which its findings occur, each None for what is of no run."""

    judgement: Judgement
    runs: tuple[str | None, ...]
    followed: tuple[Followed, ...]
    known: Known


def judge(
    modules: Iterable[ir.Module], known: Known, text_of: TextOf, in_code: InCode, interrupted: Callable[[], bool] | None = None
) -> Judged:
    """What the checks of concepts find in the project of `modules`.

    The languages make a project each: no import leads from one to the other, and their libraries' names never mix.
    `text_of` gives a file's text by its path, and what of it may not be shown; `in_code` waits for what the
    files show by themselves. `Interrupted` once `interrupted` says so.
    """
    modules = list(modules)
    judging = _Judging(known, cache(in_code), Asking([]), interrupted)  # both languages ask for what is in code
    scripts = [module for module in modules if _is_of_node(module)]
    project = Project((module for module in modules if not _is_of_node(module)), known.name)
    engine = Engine(project, known.models, handlers.parameter, pages.returned, handlers.handed_over, handlers.attribute)
    found = [_of_language(engine, judging)]
    if scripts:
        script_engine = ScriptEngine(ScriptProject(scripts, known.manifests, known.name), known.node, script_handlers.parameter)
        found.append(_of_language(script_engine, judging))
    judgement, runs = _put_together(found, judging, Places(modules, text_of))
    return Judged(judgement, runs, tuple(one.followed for one in found), known)


def judge_again(
    judged: Judged, runs: Collection[str], text_of: TextOf, in_code: InCode, interrupted: Callable[[], bool] | None = None
) -> Judgement:
    """What the project says by now, of which the engines have made these `runs` again since it was `judged`.

    Of what occurs in the other runs, the findings are left out: they are what they were. `Interrupted` as in `judge`, but between
    two steps alone: what is kept for the next time must not end half made.
    """
    judging = _Judging(judged.known, cache(in_code), Asking([]), interrupted)
    found = [_of_language_again(one, runs, judging) for one in judged.followed]
    modules = [module.node for one in judged.followed for module in one.engine.project.modules.values()]
    return _put_together(found, judging, Places(modules, text_of))[0]


@dataclass(frozen=True, slots=True)
class _Judging:
    """What judging the projects of both languages is given, and where what breaks on the way is said."""

    known: Known
    in_code: InCode
    asking: Asking
    interrupted: Callable[[], bool] | None

    def go_on(self) -> None:
        """`Interrupted` if nobody waits for it any more."""
        if self.interrupted is not None and self.interrupted():
            raise Interrupted


def _put_together(found: list["_Found"], judging: _Judging, places: Places) -> tuple[Judgement, tuple[str | None, ...]]:
    """The languages' projects as one judgement, and the runs in which its findings occur."""
    tables = [one.followed.table for one in found]
    descriptions, asking = judging.known.descriptions, judging.asking
    files = [one for path in sorted(descriptions) if (one := described(path, descriptions)) is not None]
    alerts = [
        *(alert for one in found for alert in one.alerts),
        *whole_alerts("comparing descriptions of the API", drifts(files, tables), asking),
    ]
    findings = tuple(places.finding(one.path, one.rule, one.alert) for one in alerts)
    spotted = [sign for one in found for sign in one.spotted]
    signs = limited([Sign(one.kind, places.place(one.mark), one.what, one.symbol) for one in spotted])
    records = tuple(record(route, places) for table in tables for route in table.routes)
    return Judgement(findings, tuple(asking.problems), records, signs), tuple(one.run for one in alerts)


def _is_of_node(module: ir.Module) -> bool:
    """Whether it is a script, or a template that scripts render."""
    return module.language in SCRIPTS or module.path.endswith(SCRIPT_TEMPLATES)


@dataclass(frozen=True, slots=True)
class _Stages:
    """What differs between the languages: how routes are read, what else the whole shows, what guards are known by."""

    table: Callable[[Behaviours, Known], RouteTable]
    work: Callable[[Engine, WebFacts, RouteTable, Known], Iterator[Concept]]
    behaviours: type[Behaviours]


_PYTHON = _Stages(
    lambda behaviours, known: route_table(behaviours, known.declared),
    lambda engine, facts, table, _: work_of(engine, facts, table),
    Behaviours,
)
_SCRIPT = _Stages(
    lambda behaviours, known: script_route_table(cast("ScriptBehaviours", behaviours), known.declared, known.tables),
    lambda engine, facts, table, known: script_work_of(engine, facts, table, known.tables),
    ScriptBehaviours,
)


def _stages_of(engine: Engine) -> _Stages:
    return _SCRIPT if isinstance(engine, ScriptEngine) else _PYTHON


@dataclass(frozen=True, slots=True)
class _Found:
    """What the project of one language brought to light."""

    alerts: list[Told]
    followed: Followed
    spotted: list[Spotted]


def _of_language(engine: Engine, judging: _Judging) -> _Found:
    """Values first, then what shows only in the whole."""
    engine.interrupted = judging.interrupted
    engine.go_through()
    facts = WebFacts()
    alerts = list(concept_alerts(engine, facts, judging.asking))
    followed = Followed(_stages_of(engine).behaviours(engine, facts), alerts)
    found = _in_whole(followed, alerts, judging)
    judging.asking.problems += engine.problems
    engine.interrupted = None  # what is asked of it later, somebody waits for
    return found


def _of_language_again(followed: Followed, runs: Collection[str], judging: _Judging) -> _Found:
    """What shows in the whole by now, and what occurs in the runs that were made again."""
    judging.go_on()
    engine, facts = followed.engine, WebFacts()
    for _, function, concept in engine.occurrences():
        facts.add(function, concept)
    fresh = list(concept_alerts(engine, WebFacts(), judging.asking, runs))
    followed.alerts = [*(one for one in followed.alerts if one.run not in runs), *fresh]
    followed.behaviours.again(facts, leading_to(engine, runs))
    for module in engine.project.modules.values():
        known = followed.signs.get(module.path)
        if known is not None and (
            any(one.key in runs for one in module.every) or any(one.mark.path in runs for one in known.found)
        ):
            del followed.signs[module.path]
    return _in_whole(followed, fresh, judging)


def _in_whole(followed: Followed, told: list[Told], judging: _Judging) -> _Found:
    """Routes, then what shows only in the whole; `told` are those of the alerts of concepts that are to be told."""
    engine, facts, stages = followed.engine, followed.behaviours.facts, _stages_of(followed.engine)
    known, asking = judging.known, judging.asking
    facts.dangers = dangers(followed.alerts)
    judging.go_on()
    table = asking.attempt("", "reading the routes", lambda: stages.table(followed.behaviours, known), RouteTable())
    followed.table = table
    alerts = list(weighed(told, table, known.releases, facts.switched_on))
    judging.go_on()
    nothing: list[Spotted] = []
    spotted = asking.attempt("", "gathering evidence", lambda: _signs(followed, judging), nothing)
    alerts += route_alerts(table, asking)
    judging.go_on()
    alerts += whole_alerts("following the work of requests", stages.work(engine, facts, table, known), asking)
    if known.practices:
        judging.go_on()
        made = cache(partial(tables_of, engine, known.tables))
        alerts += whole_alerts("looking for practices", practices_of(followed.behaviours, facts, table, made), asking)
        alerts += whole_alerts("reading how tables are made", unindexed(engine, facts, known.tables, made), asking)
    return _Found(alerts, followed, spotted)


def _signs(followed: Followed, judging: _Judging) -> list[Spotted]:
    """The evidence in the code; the checks of the table's routes ask of which kinds there is any."""
    engine, table, rows = followed.engine, followed.table, judging.known.evidence
    found = list(of_project(engine, table.routes, rows, in_project(engine, rows, judging.in_code(), followed.signs)))
    table.signs = frozenset(one.kind for one in found)
    for one in found:
        table.spots.setdefault(one.kind, []).append(one.mark._replace(note=one.what))
    return found
