"""What single files say beyond their secrets, asked in worker processes while this one follows values: checks of nodes, signs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import msgspec

from backend_audit import ir
from backend_audit.analysis import PRELOADED
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.file import ENCODER, MODULE, decoded
from backend_audit.analysis.files import Files
from backend_audit.analysis.placing import Placer, masked
from backend_audit.cache import Cache, key_of
from backend_audit.catalog import rules_root
from backend_audit.checks import Alert, Check, node_checks
from backend_audit.checks._view import FileView, local_imports, required_names
from backend_audit.finding import Finding, Problem
from backend_audit.lower.decode import decode
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.pool import Failure, beside
from backend_audit.signs.code import CodeReader
from backend_audit.signs.rows import rows_of
from backend_audit.signs.seen import Seen
from backend_audit.source import SCRIPTS, Language, LineIndex, SourceFile

_LOCAL = "local"


class LocalJob(msgspec.Struct, frozen=True):
    """A lowered file: its bytes, the offsets that no finding may show, its encoded IR."""

    file: SourceFile
    data: bytes
    hidden: tuple[tuple[int, int], ...]
    module: bytes


class LocalFacts(msgspec.Struct, frozen=True):
    """What the checks of single files found in one, and what broke; `seen` is what it shows, encoded."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: msgspec.Raw = msgspec.Raw(ENCODER.encode(Seen()))


class Local(NamedTuple):
    """The same of all files, in their order; `shown` by path, still encoded: only a new judgement asks."""

    findings: list[Finding]
    problems: list[Problem]
    shown: dict[str, msgspec.Raw]

    def seen(self) -> dict[str, Seen]:
        """What each file shows, by path."""
        return {path: _SEEN.decode(raw) for path, raw in self.shown.items()}


_JOB = msgspec.msgpack.Decoder(LocalJob)
_FOUND = msgspec.msgpack.Decoder(LocalFacts)
_SEEN = msgspec.msgpack.Decoder(Seen)


@contextmanager
def local_beside(
    files: Files, sources: Sequence[SourceFile], store: Cache, workers: int, timeout: float
) -> Iterator[Callable[[], Local]]:
    """While in the block, the files that the cache does not know are looked at; what is given waits for all."""
    keys = {file: key_of(files.keys[file.path], _LOCAL) for file in sources if _judged(files, file)}
    cached = store.get_many(keys.values())
    known = {file: found for file, key in keys.items() if (found := decoded(cached.get(key), _FOUND)) is not None}
    rest = [file for file in keys if file not in known]
    jobs = [ENCODER.encode(job) for job in _jobs(files, rest, store)]
    with beside(looked_at, jobs, workers=workers, timeout=timeout, preload=(PRELOADED,), yields=False) as wait:

        @cache
        def gathered() -> Local:
            fresh: dict[bytes, bytes] = {}
            for file, answer in zip(rest, wait(), strict=True):
                if isinstance(answer, Failure):
                    known[file] = LocalFacts((), (Problem(file.path, 0, answer.kind, answer.message),))
                else:
                    known[file] = _FOUND.decode(answer)
                    fresh[keys[file]] = answer
            store.put_many(fresh)
            every = {file.path: known[file] for file in keys}
            return Local(
                [one for found in every.values() for one in found.findings],
                [one for found in every.values() for one in found.problems],
                {path: found.seen for path, found in every.items()},
            )

        yield gathered


def _judged(files: Files, file: SourceFile) -> bool:
    return file.path in files.facts and files.facts[file.path].lowered


def _jobs(files: Files, rest: Sequence[SourceFile], store: Cache) -> Iterator[LocalJob]:
    modules = files.modules(store, [file.path for file in rest])
    for file in rest:
        yield LocalJob(file, files.data(file.path), files.facts[file.path].hidden, modules[file.path])


@unlimited_depth()
@no_collection()
def looked_at(request: bytes) -> bytes:
    """An encoded `LocalJob` to encoded `LocalFacts`."""
    job = _JOB.decode(request)
    text, module = decode(job.data, job.file.language), MODULE.decode(job.module)
    problems: list[Problem] = []
    placer = Placer(job.file.path, text, LineIndex(module.line_starts), module, job.hidden)
    alerts = _alerts(job.file, masked(text, job.hidden), module, problems)
    found = tuple(placer.finding(rule, alert, placer.step) for rule, alert in alerts)
    seen = Asking(problems).attempt(job.file.path, "gathering evidence", lambda: _reader().seen(module), Seen())
    return ENCODER.encode(LocalFacts(found, tuple(problems), msgspec.Raw(ENCODER.encode(seen))))


@cache
def _reader() -> CodeReader:
    return CodeReader(rows_of(rules_root()))


def _alerts(file: SourceFile, text: str, module: ir.Module, problems: list[Problem]) -> list[tuple[str, Alert]]:
    """One walk over the module; every check sees the nodes that it asks for."""
    by_node = _by_node(module.language)
    if not by_node:
        return []
    required = required_names(module) if module.language in SCRIPTS else {}
    view = FileView(module, file.role, text, [], required | local_imports(module))
    found: list[tuple[str, Alert]] = []
    asking = Asking(problems)
    unasked = {ir.Name, ir.Const} - by_node.keys()  # most of a file: leaves that no check asks for

    def visit(node: ir.Node) -> None:
        checks = by_node.get(type(node))
        if checks is not None:
            found.extend(asking.alerts(checks, file.path, node, view))
        inner = ir.children(node)
        if inner:
            view.ancestors.append(node)
            for child in inner:
                if type(child) not in unasked:
                    visit(child)
            view.ancestors.pop()

    for statement in module.body:
        visit(statement)
    return found


@cache
def _by_node(language: Language) -> dict[type, list[Check]]:
    found: dict[type, list[Check]] = {}
    for check in node_checks():
        if language in check.languages:
            found.setdefault(check.subject, []).append(check)
    return found
