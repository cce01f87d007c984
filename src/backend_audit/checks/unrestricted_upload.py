"""Uploads that are stored under the client's name for them, whatever they are, or that may be of any size."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.checks._untrusted import alert
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site
from backend_audit.flow.object_concepts import UploadName, UploadParser
from backend_audit.flow.written import last_word
from backend_audit.routes.model import Auth, Does, Route

RULE = "unrestricted-upload"
_NAME = "the name of an upload"
_ENDING = re.compile(r"^ext$|extname|extension|suffix", re.IGNORECASE)
_LOOKS = re.compile(
    r"filefilter|mime|allowed|accept|permitted|whitelist|filetype|file_type|isimage|is_image|sniff|magic", re.IGNORECASE
)


_BOUND = {"multiparty": "Bound them: `maxFilesSize: 5 * 1024 * 1024`."}


@check(RULE)
def unrestricted_upload(route: Route) -> Iterator[Alert]:
    """`file.save(os.path.join(FOLDER, secure_filename(file.filename)))` without a look at its ending."""
    if not is_first(route):
        return
    for upload in route.uploads:
        yield Alert(
            path=upload.mark.path,
            at=upload.mark.at,
            end=upload.mark.end,
            message=f"{called(route)} stores what is uploaded under the client's name for it (`{upload.how}`), and nothing asks "
            "what it is: a page, a script or a program lies there then, to be served or run.",
            fix="Accept only endings and types from a list, name the file yourself, bound its size, and keep it where nothing is "
            "served or run from.",
            confidence=Confidence.LOW if route.auth is Auth.REQUIRED and route.guarded(Does.AUTHORIZES) else Confidence.MEDIUM,
            anchor=f"{route.name} {upload.how}",
        )


@check(RULE)
def stored_under_the_name(upload: UploadName) -> Iterator[Alert]:
    """`cb(null, file.originalname)` in multer's storage, `file.mv("./public/" + file.name)`; and no filter."""
    operand = upload.name
    if operand is None or upload.site.module is None:
        return
    told = not upload.any_file and _names_file(upload.site)
    found = [one for one in operand.value.carries("untrusted") if one.what == _NAME or one.key[-1] == "originalname" or told]
    if not found or _looked_at(upload.site):
        return
    origin = min(found, key=lambda one: 0 if one.trace is None else one.trace.length)
    yield alert(
        upload.site,
        operand,
        origin,
        does="names the file that is stored, or its ending, and nothing here asks what it is: a page or a script lies there "
        "then, to be served or run",
        fix="Accept only endings and types from a list (`fileFilter`), and name the file yourself, with an ending of yours.",
        confidence=Confidence.MEDIUM,
    )


@check(RULE)
def of_any_size(parser: UploadParser) -> Iterator[Alert]:
    """`multer({ storage: multer.memoryStorage() })` without `limits.fileSize`."""
    options = parser.options
    known = options is None or (options.value.kind == "dict" and not options.value.open and options.value.elem is None)
    bounded = parser.limits is not None and (parser.size is not None or parser.limits.value.kind != "dict")
    if not known or bounded or parser.size is not None or _takes_no_files(parser.site):
        return
    storage = None if parser.storage is None else parser.storage.value
    if storage is None or storage.is_just(value=False):
        in_memory = parser.memory
    else:
        in_memory = any("memory" in one.lower() for one in storage.types | storage.apis)
    where = "memory" if in_memory else "the disk"
    yield Alert(
        node=parser.site.callee,
        message=f"`{parser.site.written}` takes files of any size: a client fills {where} with a few requests.",
        fix=_BOUND.get(parser.site.api.partition(".")[0], "Bound them: `limits: { fileSize: 5 * 1024 * 1024, files: 1 }`."),
        confidence=Confidence.MEDIUM if in_memory and not parser.elsewhere else Confidence.LOW,
    )


def _names_file(site: Site) -> bool:
    """Whether an upload's own name is read where it is stored: `req.files.image.name`."""
    return any(isinstance(one, ir.Attribute) and one.attr == "name" for one in ir.walk(*scope(site)))


def _looked_at(site: Site) -> bool:
    """Whether the file asks anywhere what uploads are: a filter, a type, a list of endings."""
    for node in ir.walk(*(site.module.body if site.module is not None else ())):
        name = last_word(node)
        if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and isinstance(node.key.value, str):
            name = node.key.value
        if isinstance(node, ir.Function):
            name = node.name
        if (name and _LOOKS.search(name)) or _tests_ending(node):
            return True
    return False


def _tests_ending(node: ir.Node) -> bool:
    """`path.extname(name) !== ".zip"`, `ENDINGS.includes(ext)`."""
    asked: list[ir.Expr] = []
    if isinstance(node, ir.Compare):
        asked = [node.left, *node.rights]
    elif isinstance(node, ir.Call) and last_word(node.func) in ("includes", "has", "test", "indexOf", "match"):
        asked = [node.func, *(arg.value for arg in node.args)]
    found = (one for part in asked for one in ir.walk(ir.ExprStmt(part.at, part.end, part)))
    return any(isinstance(one, (ir.Name, ir.Attribute)) and _ENDING.search(last_word(one)) for one in found)


def _takes_no_files(site: Site) -> bool:
    """`multer().none()`: only the fields of a form."""
    calls = (node for node in ir.walk(*(site.module.body if site.module is not None else ())) if isinstance(node, ir.Call))
    return any(last_word(one.func) == "none" for one in calls)
