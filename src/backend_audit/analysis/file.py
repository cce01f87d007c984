"""The per-file stage, run in worker processes: decode, lower, secrets. A pure function of its job."""

from collections.abc import Sequence
from itertools import groupby
from typing import TypeAlias, TypeVar

import msgspec

from backend_audit import ir
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.placing import Placer
from backend_audit.checks import Alert
from backend_audit.finding import Finding, Problem, ProblemKind
from backend_audit.lower import templates
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.source import Language, LineIndex, SourceFile
from backend_audit.suppress import Suppressions, from_module, from_text


class FileJob(msgspec.Struct, frozen=True):
    """A file and its bytes."""

    file: SourceFile
    data: bytes


class FileFacts(msgspec.Struct, frozen=True):
    """What reading one file shows; `findings` are its secrets. `module`: its encoded IR (empty: none, or kept elsewhere)."""

    lines: int
    lowered: bool = False  # whether there is an IR
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    suppressions: Suppressions = Suppressions()
    hidden: tuple[tuple[int, int], ...] = ()  # offsets of what no finding may show
    module: bytes = b""


_T = TypeVar("_T")
_Ranges: TypeAlias = tuple[tuple[int, int], ...]
_SCRIPTS = frozenset((Language.JAVASCRIPT, Language.TYPESCRIPT))
HIDDEN = "…"  # stands in the IR for a secret

JOB = msgspec.msgpack.Decoder(FileJob)
FACTS = msgspec.msgpack.Decoder(FileFacts)
MODULE = msgspec.msgpack.Decoder(ir.Module)
ENCODER = msgspec.msgpack.Encoder()


def decoded(cached: bytes | None, decoder: "msgspec.msgpack.Decoder[_T]") -> _T | None:
    """What the cache holds; None where it holds nothing, or something that is not understood."""
    try:
        return None if cached is None else decoder.decode(cached)
    except msgspec.DecodeError:
        return None


def analyse(request: bytes) -> bytes:
    """An encoded `FileJob` to encoded `FileFacts`."""
    job = JOB.decode(request)
    return ENCODER.encode(facts_of(job.file, job.data))


@unlimited_depth()  # walking and encoding a chain of a thousand operands recurses as deep as lowering it
@no_collection()  # until LibCST's tree is gone
def facts_of(file: SourceFile, data: bytes) -> FileFacts:
    """Everything that reading one file shows; what cannot be read is a problem in it."""
    problems: list[Problem] = []
    try:
        text = decode(data, file.language)
    except DecodingError as error:
        return FileFacts(0, problems=(Problem(file.path, error.line, ProblemKind.DECODING, str(error)),))
    module = _lowered(file, text, problems)
    lines = LineIndex(module.line_starts) if module is not None else LineIndex.of(text)
    alerts, hidden = ([], ()) if file.language is Language.TEMPLATE else _secrets(file, text, module, problems)
    suppressions = from_text(text) if module is None else from_module(module, text)
    if module is not None:
        forget(module, hidden)
    placer = Placer(file.path, text, lines, module, hidden)
    findings = tuple(placer.finding(rule, alert, placer.step) for rule, alert in alerts)
    encoded = b"" if module is None else ENCODER.encode(module)
    return FileFacts(len(lines.starts), module is not None, findings, tuple(problems), suppressions, hidden, encoded)


def _lowered(file: SourceFile, text: str, problems: list[Problem]) -> ir.Module | None:
    """The file's IR, if its language has one; what of it could not be read is a problem."""
    if file.language is Language.PYTHON:
        from backend_audit.lower.python import lower  # noqa: PLC0415 - the interpreter's parser is not needed by a scan without changes

        try:
            return lower(file.path, text)
        except LoweringError as error:
            kind = ProblemKind.TOO_DEEP if error.too_deep else ProblemKind.SYNTAX
            problems.append(Problem(file.path, error.line, kind, str(error)))
    elif file.language in _SCRIPTS:
        from backend_audit.lower import javascript  # noqa: PLC0415 - most projects have no such file

        lowered = javascript.lower(file.path, text, file.language)
        for kind, faults in groupby(lowered.faults, lambda fault: ProblemKind.TOO_DEEP if fault.too_deep else ProblemKind.SYNTAX):
            first, *others = faults
            what = "nests too deeply" if first.too_deep else "invalid syntax"
            more = f", and in {len(others)} more {'places' if len(others) > 1 else 'place'}" if others else ""
            problems.append(Problem(file.path, first.line, kind, what + more))
        return lowered.module
    elif file.language is Language.TEMPLATE and templates.is_template(file.path, text):
        return templates.lower(file.path, text)
    return None


def forget(module: ir.Module, ranges: Sequence[tuple[int, int]]) -> None:
    """Replace the literals and comments of `module` that overlap `ranges`: a secret must not reach the cache."""
    if not ranges:
        return
    nodes: list[ir.Node] = [*module.body, *module.comments]
    while nodes:
        node = nodes.pop()
        if not any(node.at < stop and start < node.end for start, stop in ranges):
            continue
        if isinstance(node, ir.Const) and isinstance(node.value, str):
            node.value = HIDDEN
        elif isinstance(node, ir.Comment):
            node.text = HIDDEN
        nodes.extend(ir.children(node))


def _secrets(
    file: SourceFile, text: str, module: ir.Module | None, problems: list[Problem]
) -> tuple[list[tuple[str, Alert]], _Ranges]:
    """What is told of the secrets of a file, and where they stand."""
    from backend_audit import secrets  # noqa: PLC0415 - a hundred patterns, which a scan without changes never needs

    own = module if file.language is Language.PYTHON else None
    nothing: tuple[list[tuple[str, Alert]], list[Problem]] = ([], [])
    found, trouble = Asking(problems).attempt(file.path, "secrets", lambda: secrets.scan(file, text, own), nothing)
    problems.extend(trouble)
    return found, secrets.hidden_ranges(text, found)
