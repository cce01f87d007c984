"""Uploaded files that are stored under the name that the client gave them, with nothing said of their type.

https://fastapi.tiangolo.com/tutorial/request-files/, https://flask.palletsprojects.com/en/stable/patterns/fileuploads/,
https://docs.djangoproject.com/en/stable/topics/http/file-uploads/
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.readings import handed
from backend_audit.routes.upload import Upload
from backend_audit.source import Mark

_HOLDERS = frozenset({"files", "FILES"})
_NAMES = frozenset({"filename", "name"})
_SAVES = frozenset("save write_bytes copyfile upload_fileobj asave".split())
_LOOKS = re.compile(
    r"allow|valid|check|verif|ext(?:ension)?s?$|suffix|mime|magic|imghdr|sniff|guess|splitext|content_?type|detect|identify|"
    r"filetype|whitelist|permitted|accept|is_image|image_?open|clean|scan",
    re.IGNORECASE,
)
_TYPE = frozenset("content_type mimetype suffix suffixes content_type_extra".split())
_DEPTH = 3


class Uploads:
    """Reads them off handlers; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, tuple[Upload, ...]] = {}

    def of(self, handler: FunctionSymbol) -> tuple[Upload, ...]:
        """The uploads that a handler, or a function that gets them, stores unseen."""
        known = self._known.get(handler.key)
        if known is None:
            params = frozenset(one.name for one in handler.node.params if _is_upload(one))
            takes = params or any(isinstance(one, ir.Attribute) and one.attr in _HOLDERS for one in handler.scope)
            known = tuple(self._stored(handler, params, frozenset(), _DEPTH)) if takes else ()
            self._known[handler.key] = known
        return known

    def _stored(self, function: FunctionSymbol, uploads: frozenset[str], named: frozenset[str], depth: int) -> Iterator[Upload]:
        uploads, named = _variables(function, uploads, named)
        if not uploads and not named:
            return
        if any(_looks(node, uploads, named) for node in function.scope):
            return
        for node in function.scope:
            if not isinstance(node, ir.Call):
                continue
            if _stores(node, uploads, named):
                yield Upload(written(node.func), Mark(function.module.path, node.at, node.end, "stores it"))
            elif depth:
                yield from self._handed(function, node, uploads, named, depth)

    def _handed(
        self, function: FunctionSymbol, node: ir.Call, uploads: frozenset[str], named: frozenset[str], depth: int
    ) -> Iterator[Upload]:
        """What a function of the project stores of the uploads and names that it is given."""
        if not any(_mentions(arg.value, uploads | named) for arg in node.args):
            return
        frame = self.engine.frame(function.module, function)
        found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
        for target in found if len(found) == 1 else []:
            given = [(param, arg) for param, arg in handed(target, node) if isinstance(arg, (ir.Name, ir.Attribute, ir.Call))]
            files = frozenset(param for param, arg in given if isinstance(arg, ir.Name) and arg.id in uploads)
            names = frozenset(param for param, arg in given if param not in files and _says_name(arg, uploads, named))
            if files or names:
                yield from self._stored(target, files, names, depth - 1)


def _is_upload(param: ir.Param) -> bool:
    return param.annotation is not None and "UploadFile" in written(param.annotation)


def _variables(function: FunctionSymbol, uploads: frozenset[str], named: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The variables that hold an upload, and those that hold its name or what is made of it."""
    files, names = set(uploads), set(named)
    for _ in range(2):
        for node in function.scope:
            target, value = None, None
            if isinstance(node, ir.Assign) and len(node.targets) == 1:
                target, value = node.targets[0], node.value
            elif isinstance(node, ir.For):
                target, value = node.target, node.iter
            if not isinstance(target, ir.Name) or value is None:
                continue
            if _takes(value) or (isinstance(value, ir.Name) and value.id in files):
                files.add(target.id)
            elif _says_name(value, frozenset(files), frozenset(names)):
                names.add(target.id)
    return frozenset(files), frozenset(names)


def _takes(node: ir.Expr) -> bool:
    """`request.files["image"]`, `request.FILES.get("image")`, `request.files.getlist("images")`."""
    base = node.value if isinstance(node, ir.Index) else None
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("get", "getlist", "values"):
        base = node.func.value
    return isinstance(base, ir.Attribute) and base.attr in _HOLDERS


def _says_name(node: ir.Expr, uploads: frozenset[str], named: frozenset[str]) -> bool:
    """Whether the client's name for the file is in an expression: itself, cleaned, joined to a folder, in a text."""
    for one in ir.walk(node):
        if isinstance(one, ir.Name) and one.id in named:
            return True
        named_so = isinstance(one, ir.Attribute) and one.attr in _NAMES
        if named_so and isinstance(one, ir.Attribute):
            base = one.value
            if (isinstance(base, ir.Name) and base.id in uploads) or _takes(base):
                return True
    return False


def _looks(node: ir.Node, uploads: frozenset[str], named: frozenset[str]) -> bool:
    """Whether something asks what the file is: its ending, its type, a function whose name says so."""
    if isinstance(node, ir.Attribute):
        return node.attr in _TYPE
    if isinstance(node, ir.Call):
        if isinstance(node.func, ir.Attribute) and node.func.attr in ("endswith", "lower", "split", "rsplit", "rpartition"):
            return _says_name(node.func.value, uploads, named)
        return bool(_LOOKS.search(written(node.func).rpartition(".")[2])) or written(node.func).endswith("Image.open")
    return isinstance(node, ir.Compare) and node.ops[0] in ("in", "not in") and _says_name(node.left, uploads, named)


def _stores(node: ir.Call, uploads: frozenset[str], named: frozenset[str]) -> bool:
    """Whether a call stores a file under the client's name: `file.save(path)`, `storage.save(name, file)`, `open(path, "wb")`."""
    last = written(node.func).rpartition(".")[2]
    args = [arg.value for arg in node.args]
    if last == "open" and args:
        mode = next((one.value for one in args[1:] if isinstance(one, ir.Const)), "")
        return isinstance(mode, str) and mode[:1] in ("w", "x", "a") and "b" in mode and _says_name(args[0], uploads, named)
    if last not in _SAVES or not isinstance(node.func, ir.Attribute):
        return False
    receiver = node.func.value
    of_upload = (isinstance(receiver, ir.Name) and receiver.id in uploads) or _takes(receiver)
    holds = of_upload or any(isinstance(one, ir.Name) and one.id in uploads for one in args) or any(_takes(one) for one in args)
    under = [*args, receiver] if last == "write_bytes" else args
    return (holds or last == "write_bytes") and any(_says_name(one, uploads, named) for one in under)


def _mentions(node: ir.Expr, names: frozenset[str]) -> bool:
    return any(isinstance(one, ir.Name) and one.id in names for one in ir.walk(node))
