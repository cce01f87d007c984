"""The project stage: link the lowered files, follow values, ask the checks of concepts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

import msgspec

from backend_audit import ir
from backend_audit.analysis.placing import Placer
from backend_audit.checks import Alert, Check, all_checks
from backend_audit.checks._considered import considered
from backend_audit.finding import Finding, Problem, ProblemKind, Step
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.flow.models import Models
from backend_audit.frameworks import answers, forms, handlers
from backend_audit.link.project import Project
from backend_audit.source import LineIndex, Mark

Hidden = tuple[tuple[int, int], ...]
TextOf = Callable[[str], tuple[str, Hidden]]


class Judgement(msgspec.Struct, frozen=True):
    """What the project as a whole brought to light."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


JUDGEMENT = msgspec.msgpack.Decoder(Judgement)


def judge(modules: Iterable[ir.Module], models: Models, text_of: TextOf, name: str = "") -> Judgement:
    """What the checks of concepts find in the project of `modules`; `name` is that of the folder that paths start from.

    `text_of` gives a file's text by its path, and what of it may not be shown.
    """
    project = Project(modules, name)
    engine = Engine(project, models, handlers.parameter, answers.returned, handlers.handed_over, forms.attribute)
    problems: list[Problem] = []
    alerts = list(_alerts(engine, problems))
    problems += engine.problems
    places = _Places(project, text_of)
    findings = tuple(places.placer(path).finding(rule, alert, places.step) for path, rule, alert in alerts)
    return Judgement(findings, tuple(problems))


def _alerts(engine: Engine, problems: list[Problem]) -> Iterator[tuple[str, str, Alert]]:
    """Path, rule and alert, in the order of the concepts."""
    by_concept = _concept_checks()
    modules = {module.path: module for module in engine.project.modules.values()}
    crashed: set[tuple[str, str]] = set()
    for concept in engine.concepts():
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
                text = f"{check.rule} failed with {type(error).__name__}"
                problems.append(Problem(path, 0, ProblemKind.CRASH, text))


@cache
def _concept_checks() -> dict[type, list[Check]]:
    found: dict[type, list[Check]] = {}
    for check in all_checks():
        if issubclass(check.subject, Concept):
            found.setdefault(check.subject, []).append(check)
    return found


class _Places:
    """Placers by path, made when a file has something to place."""

    def __init__(self, project: Project, text_of: TextOf) -> None:
        self._modules = {module.path: module.node for module in project.modules.values()}
        self._text_of = text_of
        self._placers: dict[str, Placer] = {}

    def placer(self, path: str) -> Placer:
        if path not in self._placers:
            module = self._modules.get(path)
            lines = LineIndex([0]) if module is None else LineIndex(module.line_starts)
            text, hidden = self._text_of(path)
            self._placers[path] = Placer(path, text, lines, module, hidden)
        return self._placers[path]

    def step(self, mark: Mark) -> Step:
        return self.placer(mark.path).step(mark)
