"""Data from outside in paths of the file system."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.checks._secrets import is_for_terminal
from backend_audit.checks._untrusted import MESSAGE, alert, reaching
from backend_audit.checks._view import local_imports
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import FileAccess, Operand
from backend_audit.flow.lacks import exposed, has_no_parent, is_segment
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Gap, Value
from backend_audit.flow.written import last_word

RULE = "path-traversal"

_FIX = (
    "Take the last part of the name (`os.path.basename`, `secure_filename`), or resolve the path and refuse it unless "
    "`path.resolve().is_relative_to(base)`."
)
_FIX_NODE = (
    "Take the last part of the name (`path.basename(name)`), or resolve the path (`path.resolve(base, name)`) and refuse it "
    "unless it begins with `base + path.sep`."
)
_USES = frozenset(
    "open read_text read_bytes write_text write_bytes unlink remove rmtree rmdir send_file send_from_directory FileResponse "
    "mkdir makedirs iterdir listdir scandir walk glob rglob copy copy2 copyfile copytree move rename replace save touch".split()
)
_STREAMS = ("io.", "tempfile.", "starlette.datastructures.UploadFile", "werkzeug.datastructures.FileStorage", "django.core.files")


@check(RULE)
def path_traversal(access: FileAccess) -> Iterator[Alert]:
    """`open(os.path.join(FOLDER, request.args["name"]))`, `send_file(name)`, `file.save(f"uploads/{file.filename}")`."""
    for operand in (access.path, access.other) if access.base is None else (access.base,):
        if operand is None or _is_stream(operand.value) or (access.content and not operand.value.shapes):
            continue
        origin = _source(operand)
        below = origin is not None and access.joined and has_no_parent(origin)
        refused = access.refuses and access.base is None and _is_below(operand.value)  # of the folder itself it refuses nothing
        if origin is None or below or (refused and "dots" not in origin.cleared):
            member = reaching(operand, "path", "archive")
            if member is not None and access.action != "tests":
                yield _member(access, operand, member)
                return
            continue
        if access.action == "tests":
            does = "decides which path {callee} asks about: it tells which files exist"
        else:
            does = f"decides which path {{callee}} {access.action}: `..` and absolute names lead out of the folder"
        yield alert(
            access.site,
            operand,
            origin,
            does=does,
            fix=advice(access.site, _FIX, _FIX_NODE),
            confidence=_confidence(access, origin),
        )
        return


def _member(access: FileAccess, operand: Operand, origin: Origin) -> Alert:
    return alert(
        access.site,
        operand,
        origin,
        does=f"decides which path {{callee}} {access.action}: whoever made the archive can have called a member `../…`",
        fix="Let the library extract (`ZipFile.extractall`, `TarFile.extractall(…, filter='data')`), or take "
        "`os.path.basename(name)`.",
        confidence=Confidence.LOW if is_for_terminal(access.site.path) else Confidence.MEDIUM,  # who runs it chose the archive
    )


def _source(operand: Operand) -> Origin | None:
    """Where the data comes from; of several sources rather one that can hold a slash."""
    found = exposed(operand.value, "untrusted", "path") or exposed(operand.value, MESSAGE, "path")
    return min(found, key=lambda one: (is_segment(one), 0 if one.trace is None else one.trace.length), default=None)


def _is_below(value: Value) -> bool:
    """Whether the path begins with what the program says: a text, or a folder and a slash (`base + "/" + name`)."""
    return bool(value.shapes) and not value.open and all(_begins_within(shape.parts) for shape in value.shapes)


def _begins_within(parts: Sequence[str | Gap]) -> bool:
    first = parts[0]
    if isinstance(first, str):
        return True
    behind = parts[1] if len(parts) > 1 else ""
    return isinstance(behind, str) and behind.startswith("/") and not first.value.all_origins()


def _confidence(access: FileAccess, origin: Origin) -> Confidence:
    """A mere question about a path is told where it is all that the function does with it: then its answer is the leak.

    Data without a slash (one segment of an address) climbs one folder at most, and as a whole name opens nothing.
    """
    if is_segment(origin) or access.action == "resolves":
        return Confidence.LOW
    if access.action != "tests":
        return Confidence.HIGH
    module = access.site.module
    imports = {} if module is None else local_imports(module)
    called = (last_word(node.func) for node in ir.walk(*scope(access.site)) if isinstance(node, ir.Call))
    used = any(imports.get(name, name).rpartition(".")[2] in _USES for name in called)
    return Confidence.LOW if used else Confidence.MEDIUM


def _is_stream(value: Value) -> bool:
    """Whether it is an open file, a buffer or the content itself, which the callee takes as well as a path."""
    if "bytes" in value.types and "str" not in value.types:
        return True
    behind = [name for name in value.apis if name.endswith((".file", ".stream"))]  # `upload.file`
    names = value.types or frozenset(behind if len(behind) == len(value.apis) else ())
    return bool(names) and all(name.startswith(_STREAMS) for name in names)
