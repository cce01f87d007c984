"""The project's judgement: from the cache, or made by the project stage, whose code is loaded while files are being read."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import msgspec

from backend_audit.analysis.file import ENCODER, MODULE, decoded
from backend_audit.analysis.files import Files
from backend_audit.analysis.living import Kept, Living
from backend_audit.analysis.relaid import Elsewhere, Moves, Relaid, relaid
from backend_audit.cache import Cache, key_of
from backend_audit.catalog import rules_root
from backend_audit.finding import Finding, Problem, ProblemKind
from backend_audit.inventory import Declared, RouteRecord
from backend_audit.inventory.signs import Sign
from backend_audit.link.script_modules import is_manifest
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.routes.openapi import is_description
from backend_audit.signs.manifests import lists_python
from backend_audit.signs.seen import Seen

if TYPE_CHECKING:
    from backend_audit.flow.models import Models


class Judgement(msgspec.Struct, frozen=True):
    """What the project as a whole brought to light."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    routes: tuple[RouteRecord, ...] = ()
    signs: tuple[Sign, ...] = ()
    provisional: bool = False  # made of an earlier one (see `analysis/provisional.py`), and never kept
    whole: bool = True  # and if it is so, what shows only in the whole was told anew, too
    unfinished: bool = False  # so it is, and a file that was code is none now: somebody is writing


JUDGEMENT = msgspec.msgpack.Decoder(Judgement)
_T = TypeVar("_T")
_FEW = 4  # files
_MOST_RELAID = 200  # files that are compared with how they were
InCode: TypeAlias = Callable[[], Mapping[str, Seen]]


def judged(
    files: Files,
    cache: Cache,
    name: str,
    declared: Declared,
    in_code: InCode,
    *,
    practices: bool = False,
    living: Living | None = None,
) -> Judgement:
    """The project's judgement: from the cache when no file that it reads changed, came or went, nor what is declared.

    `name` is that of the folder that paths start from, `declared` what the team says of its guards; `in_code` waits for what the
    files show. `practices`: rules beyond the default mode are asked, too. `living` is what the process keeps from scan to scan.
    """
    paths = [path for path in sorted(files.facts) if files.facts[path].lowered or tells_of_project(path)]
    paths += files.schema_paths(migrations=practices)
    read = {path: files.keys[path] for path in paths}
    question = _Question(name, declared, practices, read)
    key, latest = key_of(b"".join(read.values()), *question.asked), key_of(b"", "latest", *question.asked)
    living = Living() if living is None else living
    if living.afresh and (kept := living.kept) is not None and (kept.asked, kept.read) == (question.asked, read):
        return kept.judged.judgement
    known = None if living.anew else decoded(cache.get_many([key]).get(key), JUDGEMENT)
    if known is None and not living.anew:
        known = _relaid(files, cache, decoded(cache.get_many([latest]).get(latest), _LATEST), read)
        if known is not None:
            cache.put_many({key: ENCODER.encode(known), latest: ENCODER.encode(_Latest(key, read))})
    if known is not None:
        return known
    try:
        ready = living.ready is not None and living.ready.asked == question.asked
        found = _in_depth(lambda: _provisional(living, files, cache, read, in_code)) if ready else None
        if found is not None:
            return found
        judgement = _in_depth(lambda: _made(files, cache, question, in_code, living))
    except Exception as error:  # noqa: BLE001 - the edge of the stage: what the files say by themselves must not be lost
        text = f"following values through the project failed with {type(error).__name__}"
        return Judgement((), (Problem("", 0, ProblemKind.CRASH, text),))
    if not judgement.problems:
        cache.put_many({key: ENCODER.encode(judgement), latest: ENCODER.encode(_Latest(key, read))})
    return judgement


class _Question(NamedTuple):
    """What a judgement is asked: of the folder called `name`, with the files whose keys are `read`."""

    name: str
    declared: Declared
    practices: bool
    read: dict[str, bytes]

    @property
    def asked(self) -> tuple[str, str]:
        """What is asked besides the files, in words."""
        practices = " practices" if self.practices else ""
        return f"project {self.name}{practices}", msgspec.json.encode(self.declared).decode()


def tells_of_project(path: str) -> bool:
    """Whether the project is judged by what a file says that holds no code."""
    return is_manifest(path) or is_description(path) or lists_python(path)


class _Latest(msgspec.Struct, frozen=True):
    """The judgement that was made last: its key, and those of the files that it read, by path."""

    key: bytes
    read: dict[str, bytes]


_LATEST = msgspec.msgpack.Decoder(_Latest)


def _relaid(files: Files, cache: Cache, latest: _Latest | None, read: Mapping[str, bytes]) -> Judgement | None:
    """The judgement that was made last, moved to where its code stands now, if that says nothing else."""
    if latest is None or latest.read.keys() != read.keys():
        return None
    changed = {path: key for path, key in latest.read.items() if key != read[path]}
    known = decoded(cache.get_many([latest.key]).get(latest.key), JUDGEMENT) if len(changed) <= _MOST_RELAID else None
    if known is None:
        return None
    before, now = files.modules_before(cache, changed), files.modules(cache, changed)
    moves: dict[str, Relaid] = {}
    for path in changed:
        old, new = decoded(before.get(path), MODULE), decoded(now.get(path), MODULE)
        moved = None if old is None or new is None else relaid(old, new, *files.shown(path))
        if moved is None:
            return None
        moves[path] = moved
    where = Moves(moves)
    try:
        findings, routes = tuple(map(where.finding, known.findings)), tuple(map(where.route, known.routes))
        return Judgement(findings, known.problems, routes, tuple(map(where.sign, known.signs)))
    except Elsewhere:
        return None


def load_stage(changed: int) -> None:
    """Load the code and the models of the project stage: half a second that this process has while workers read files.

    Where few files changed, their layout may be all that did: then only the checks of single files are asked.
    """
    from backend_audit.checks import all_checks, node_checks  # noqa: PLC0415 - a scan without changes never needs them

    if changed <= _FEW:
        node_checks()
        return
    from backend_audit.analysis import project  # noqa: F401, PLC0415 - as above

    all_checks()
    _models()


def _models() -> tuple["Models", "Models"]:
    """Of Python's and of JavaScript's libraries."""
    from backend_audit.flow.model_files import models_of  # noqa: PLC0415 - as above

    return models_of(rules_root()), models_of(rules_root(), "node")


def _provisional(living: Living, files: Files, cache: Cache, read: Mapping[str, bytes], in_code: InCode) -> Judgement | None:
    from backend_audit.analysis.provisional import provisional  # noqa: PLC0415 - as above

    return provisional(living, files, cache, read, in_code)


_last: list[Kept] = []  # of the last judgement: freeing its values takes half a second, mostly just before the process ends


def _made(files: Files, cache: Cache, question: "_Question", in_code: InCode, living: Living) -> Judgement:
    from backend_audit.analysis import project  # noqa: PLC0415 - as above
    from backend_audit.signs.releases import releases  # noqa: PLC0415 - as above
    from backend_audit.signs.rows import rows_of  # noqa: PLC0415 - as above

    name, declared, practices, read = question
    models, node = _models()
    rows, descriptions = rows_of(rules_root()), files.descriptions()
    tables = files.table_texts(migrations=practices)
    manifests = files.manifests()
    known_releases = releases(files.requirements()) | releases(manifests)
    known = project.Known(models, node, manifests, name, declared, rows, descriptions, tables, known_releases, practices)
    start = time.monotonic()
    modules = [MODULE.decode(one) for one in files.modules(cache).values()]
    _last.clear()
    judged = project.judge(modules, known, files.shown, in_code, living.interrupted)
    took = time.monotonic() - start
    living.kept = Kept(judged, files, read, question.asked, took, took)
    _last.append(living.kept)
    return judged.judgement


def _in_depth(work: Callable[[], _T]) -> _T:
    """Run `work` with room for deep call chains (summaries recurse over the call graph), and without looking for garbage.

    Modules and values are many, long-lived and nearly free of cycles: looking through them again and again cost a fifth of the
    time, and never looking costs 3 % of the memory.
    """
    with unlimited_depth(60_000), no_collection():
        return work()
