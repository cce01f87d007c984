"""From what occurs in the project to alerts: each concept, and each route, to the checks that ask about its kind."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

from backend_audit.analysis.asking import Asking
from backend_audit.checks import Alert, Check, all_checks
from backend_audit.checks._considered import considered
from backend_audit.checks._debugging import only_debugging
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.printed import as_printed
from backend_audit.flow.web_concepts import cleaned
from backend_audit.routes.administrators import for_administrators
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.handling import never_cleaned, never_shown
from backend_audit.routes.model import Route, RouteTable
from backend_audit.signs.releases import Release, is_since
from backend_audit.source import Mark

_CLEANED = cleaned("nosql")


class Told(NamedTuple):
    """What a check says, and of which file; `run`: the one in which it occurs (see `Rounds.occurrences`), where it is of one."""

    path: str
    rule: str
    alert: Alert
    run: str | None = None


def concept_alerts(engine: Engine, facts: WebFacts, asking: Asking, runs: Collection[str] | None = None) -> Iterator[Told]:
    """In the order of the concepts; those of the web are gathered in `facts` on the way. `runs`: only what occurs in these."""
    by_concept = _checks_of(Concept)
    nothing: tuple[Mark, ...] = ()
    modules = {module.path: module for module in engine.project.modules.values()}
    for run, function, occurrence in engine.occurrences(runs):
        facts.add(function, occurrence)
        concept = as_printed(engine, occurrence)
        path = concept.site.path
        for rule, alert in asking.alerts(by_concept.get(type(concept), ()), path, concept, within=path):
            told = asking.attempt(path, rule, partial(considered, rule, alert, modules, engine.models), nothing)
            sure = Confidence.LOW if only_debugging(concept.site) else alert.confidence
            if told or sure != alert.confidence:
                alert = replace(alert, considered=told, confidence=sure)  # noqa: PLW2901
            yield Told(path, rule, alert, run)


def weighed(
    alerts: Iterable[Told],
    table: RouteTable,
    known: Mapping[str, Release],
    switched_on: Collection[str],
) -> Iterator[Told]:
    """The alerts, less sure where the rest of the project speaks against them.

    What they tell goes to administrators alone, or to scripts; newer releases of a library do it no more; another place
    switches it on.
    """
    theirs, unseen, uncleaned = for_administrators(table), never_shown(table), never_cleaned(table)
    for path, rule, alert, run in alerts:
        if alert.unrouted and table.routes:
            continue
        low = (alert.of_insides and theirs.covers(path, alert.span()[0])) or is_since(alert.before, known)
        low = low or (alert.on_page and unseen.covers(path, alert.span()[0]))
        source = (alert.steps[0].path, alert.steps[0].at) if alert.steps else (path, alert.span()[0])
        dirty = bool(alert.setting) and uncleaned.covers(*source)
        low = low or _is_on(alert.setting, [one for one in switched_on if one != _CLEANED] if dirty else switched_on)
        yield Told(path, rule, replace(alert, confidence=Confidence.LOW) if low else alert, run)


def _is_on(setting: str, switched_on: Collection[str]) -> bool:
    groups = [one.split("|") for one in setting.split("&")] if setting else []
    return bool(groups) and all(any(one in switched_on for one in group) for group in groups)


def route_alerts(table: RouteTable, asking: Asking) -> Iterator[Told]:
    """What the checks of routes say, in the order of the table."""
    for route in table.routes:
        for rule, alert in asking.alerts(_checks_of(Route).get(Route, ()), route.mark.path, route):
            yield Told(alert.path or route.mark.path, rule, alert)


def whole_alerts(what: str, concepts: Iterable[Concept], asking: Asking) -> Iterator[Told]:
    """What the checks say of concepts that show in the whole of a project; `what` gathers them."""
    by_concept = _checks_of(Concept)
    for concept in asking.each(what, concepts):
        for rule, alert in asking.alerts(by_concept.get(type(concept), ()), concept.site.path, concept):
            yield Told(alert.path or concept.site.path, rule, alert)


@cache
def _checks_of(kind: type) -> dict[type, list[Check]]:
    """The checks whose subject is `kind` or a kind of it."""
    found: dict[type, list[Check]] = {}
    for check in all_checks():
        if issubclass(check.subject, kind):
            found.setdefault(check.subject, []).append(check)
    return found
