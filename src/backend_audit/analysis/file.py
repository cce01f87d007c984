"""The per-file stage, run in worker processes: decode, lower, local checks, secrets. A pure function of its job."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

import msgspec

from backend_audit import ir, secrets
from backend_audit.analysis.asking import Asking
from backend_audit.analysis.placing import Placer, masked
from backend_audit.checks import Alert, Check, all_checks
from backend_audit.checks._view import FileView, local_imports
from backend_audit.finding import Finding, Problem, ProblemKind
from backend_audit.lower import templates
from backend_audit.lower.decode import DecodingError, decode
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.source import Language, LineIndex, SourceFile
from backend_audit.suppress import Suppressions, from_module, from_text


class FileJob(msgspec.Struct, frozen=True):
    """A file and its bytes."""

    file: SourceFile
    data: bytes


class FileFacts(msgspec.Struct, frozen=True):
    """What one file says by itself. `module` is its encoded IR (empty if it has none, or if it is kept elsewhere)."""

    lines: int
    lowered: bool = False  # whether there is an IR
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    suppressions: Suppressions = Suppressions()
    hidden: tuple[tuple[int, int], ...] = ()  # offsets of what no finding may show
    module: bytes = b""


_SCRIPTS = frozenset((Language.JAVASCRIPT, Language.TYPESCRIPT))
HIDDEN = "…"  # stands in the IR for a secret

JOB = msgspec.msgpack.Decoder(FileJob)
FACTS = msgspec.msgpack.Decoder(FileFacts)
MODULE = msgspec.msgpack.Decoder(ir.Module)
ENCODER = msgspec.msgpack.Encoder()


def analyse(request: bytes) -> bytes:
    """An encoded `FileJob` to encoded `FileFacts`."""
    job = JOB.decode(request)
    return ENCODER.encode(facts_of(job.file, job.data))


@unlimited_depth()  # walking and encoding a chain of a thousand operands recurses as deep as lowering it
@no_collection()  # until LibCST's tree is gone
def facts_of(file: SourceFile, data: bytes) -> FileFacts:
    """Everything that one file says by itself; what cannot be read is a problem in it."""
    problems: list[Problem] = []
    try:
        text = decode(data, file.language)
    except DecodingError as error:
        return FileFacts(0, problems=(Problem(file.path, error.line, ProblemKind.DECODING, str(error)),))
    module = _lowered(file, text, problems)
    lines = LineIndex(module.line_starts) if module is not None else LineIndex.of(text)
    alerts = [] if file.language is Language.TEMPLATE else list(_secrets(file, text, module, problems))
    hidden = secrets.hidden_ranges(text, alerts)
    suppressions = from_text(text) if module is None else from_module(module, text)
    if module is not None and file.language is not Language.TEMPLATE:
        forget(module, hidden)
        alerts += _local(file, masked(text, hidden), module, problems)
    placer = Placer(file.path, text, lines, module, hidden)
    findings = tuple(placer.finding(rule, alert, placer.step) for rule, alert in alerts)
    encoded = b"" if module is None else ENCODER.encode(module)
    return FileFacts(len(lines.starts), module is not None, findings, tuple(problems), suppressions, hidden, encoded)


def _lowered(file: SourceFile, text: str, problems: list[Problem]) -> ir.Module | None:
    """The file's IR, if its language has one; what of it could not be read is a problem."""
    if file.language is Language.PYTHON:
        from backend_audit.lower.python import LoweringError, lower  # noqa: PLC0415 - LibCST costs half a second to import

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
    elif file.language is Language.TEMPLATE and templates.is_template(text):
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


def _secrets(file: SourceFile, text: str, module: ir.Module | None, problems: list[Problem]) -> Iterator[tuple[str, Alert]]:
    own = module if file.language is Language.PYTHON else None
    nothing: tuple[list[tuple[str, Alert]], list[Problem]] = ([], [])
    found, trouble = Asking(problems).attempt(file.path, "secrets", lambda: secrets.scan(file, text, own), nothing)
    problems.extend(trouble)
    yield from found


def _local(file: SourceFile, text: str, module: ir.Module, problems: list[Problem]) -> list[tuple[str, Alert]]:
    """One walk over the module; every check sees the nodes that it asks for."""
    by_node = _node_checks(module.language)
    if not by_node:
        return []
    view = FileView(module, file.role, text, [], local_imports(module))
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
def _node_checks(language: Language) -> dict[type, list[Check]]:
    found: dict[type, list[Check]] = {}
    for check in all_checks():
        if issubclass(check.subject, ir.Node) and language in check.languages:
            found.setdefault(check.subject, []).append(check)
    return found
