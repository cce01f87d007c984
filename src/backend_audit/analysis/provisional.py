"""A provisional judgement of a project that has just been edited, in a process that judged it before: within a second.

The functions of the changed files run again on the engine of before, and those elsewhere that come to know other things by them.
All else that was found stays, moved along with its lines. What routes say, and what shows only in the whole, is as it was, or is
told anew where somebody can wait some seconds for it. What only the code of before had told the engine stays until the project
has been judged anew.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain

import msgspec

from backend_audit import ir
from backend_audit.analysis.alerts import Told, concept_alerts, weighed
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.edited import Edited
from backend_audit.analysis.file import MODULE, decoded
from backend_audit.analysis.files import Files
from backend_audit.analysis.judgement import InCode, Judgement
from backend_audit.analysis.living import Kept, Living
from backend_audit.analysis.places import Places
from backend_audit.analysis.project import Followed, Known, judge_again
from backend_audit.analysis.relaid import Elsewhere, Moves
from backend_audit.cache import Cache
from backend_audit.finding import Finding
from backend_audit.link.symbols import ModuleSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.source import Language

_MOST_CHANGED = 20  # files; more than that is another branch, not an edit


def provisional(living: Living, files: Files, cache: Cache, read: Mapping[str, bytes], in_code: InCode) -> Judgement | None:
    """What is known of the project as `files` are now; `read` are the keys of those that a judgement reads.

    `in_code` waits for what the files show by themselves. None where too much differs.
    """
    kept = living.kept
    if kept is None:
        return None
    changed = {path for path in kept.read.keys() | read.keys() if kept.read.get(path) != read.get(path)}
    if len(changed) > _MOST_CHANGED:
        return None
    _renew(kept, files, cache, read, changed)
    texts = {path: (kept.files.readable_text(path), files.readable_text(path)) for path in changed}
    moves = Moves({path: Edited(before or "", now or "") for path, (before, now) in texts.items()})
    gone = kept.read.keys() - read.keys()  # or no code any more, which is usual while somebody writes
    sure = changed <= kept.renewed.keys() and not any(one.engine.partly for one in kept.judged.followed)
    if living.wholly and not sure:
        return None
    whole = living.whole and sure
    found = _in_whole(kept, files, in_code, living.interrupted) if whole else _of_runs(kept, files)
    told = [*_standing(kept, moves, whole=whole), *found.findings]
    return msgspec.structs.replace(
        found,
        findings=tuple(one for one in told if not _is_through(one, gone)),
        provisional=True,
        whole=whole,
        unfinished=any(path in files.facts for path in gone),
    )


def _in_whole(kept: Kept, files: Files, in_code: InCode, interrupted: Callable[[], bool] | None) -> Judgement:
    """What occurs in the runs that were made again, and what shows only in the whole."""
    start = time.monotonic()
    found = judge_again(kept.judged, kept.runs, files.shown, in_code, interrupted)
    kept.whole_seconds = time.monotonic() - start
    return found


def _is_through(finding: Finding, paths: Collection[str]) -> bool:
    """Whether a finding lies in one of these files, or the way to it does."""
    return finding.place.path in paths or any(step.place.path in paths for step in finding.steps)


def _renew(kept: Kept, files: Files, cache: Cache, read: Mapping[str, bytes], changed: Collection[str]) -> None:
    """Let the engines run the code that they have not run yet."""
    told = {path: kept.renewed.get(path, kept.read.get(path)) for path in {*changed, *kept.renewed}}
    wanted = {path: read[path] for path, key in told.items() if key is not None and read.get(path, key) != key}
    known = files.modules(cache, wanted)
    nodes = {path: node for path, data in known.items() if (node := decoded(data, MODULE)) is not None}
    for followed in kept.judged.followed:
        modules = {one.path: one for one in followed.engine.project.modules.values()}
        inside = [node for path, node in nodes.items() if path in modules and _takes_place(modules[path], node)]
        if inside:
            kept.runs |= followed.engine.renew(inside, kept.runs)
            kept.renewed |= {node.path: read[node.path] for node in inside}


def _takes_place(module: ModuleSymbol, node: ir.Module) -> bool:
    """Whether a module may take the place of another; what templates are called is known elsewhere, too."""
    return module.node.language is node.language and node.language is not Language.TEMPLATE


def _standing(kept: Kept, moves: Moves, *, whole: bool) -> Iterator[Finding]:
    """What was found and is of no run that was made again, where its lines stand now.

    What is of no run at all is only among it where the `whole` is not told anew.
    """
    for finding, run in zip(kept.judged.judgement.findings, kept.judged.runs, strict=True):
        if not whole if run is None else run not in kept.runs:
            try:
                yield moves.finding(finding)
            except Elsewhere:
                continue


def _of_runs(kept: Kept, files: Files) -> Judgement:
    """What occurs in the runs that were made again; all but the findings as it was."""
    every = chain.from_iterable(one.engine.project.modules.values() for one in kept.judged.followed)
    places = Places([one.node for one in every], files.shown)
    asking = Asking([])
    told = [alert for one in kept.judged.followed for alert in _told(one, kept.judged.known, kept.runs, asking)]
    findings = tuple(places.finding(one.path, one.rule, one.alert) for one in told)
    return msgspec.structs.replace(kept.judged.judgement, findings=findings, problems=tuple(asking.problems))


def _told(followed: Followed, known: Known, runs: Collection[str], asking: Asking) -> Iterator[Told]:
    alerts = concept_alerts(followed.engine, WebFacts(), asking, runs)
    return weighed(alerts, followed.table, known.releases, followed.behaviours.facts.switched_on)
