"""Modules that a program finds in a folder: `readdirSync("./api").forEach((file) => require(`./api/${file}`))`."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import UNKNOWN, Value, join_all, ref
from backend_audit.flow.written import written
from backend_audit.link.symbols import ModuleSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_engine import ScriptEngine

_LISTS = re.compile(r"^(?:readdir(?:Sync)?|opendir(?:Sync)?|glob(?:Sync)?|globby|walk(?:Sync)?|sync|requireDir|fdir)$")
_HERE = frozenset(("__dirname", "__filename", "import.meta.dirname", "import.meta.url"))
_NO_MODULE = re.compile(r"(?:^|[./_-])(?:test|tests|spec|mock|mocks|stories)\.|\.d\.[cm]?ts$")
_MAX_MODULES = 200
_MAX_DEPTH = 4


def required_in(engine: "ScriptEngine", module: ModuleSymbol, call: ir.Call) -> Value:
    """What `require` may give of a folder's modules, where the program lists folders and the file's name is what it found."""
    if not call.args or not _lists_folders(module):
        return UNKNOWN
    parts = list(_parts(call.args[0].value, module, _MAX_DEPTH))
    anywhere = len(parts) == 1 and not any(name in written(call.args[0].value) for name in _HERE)
    if anywhere or sum(part is None for part in parts) != 1 or parts[-1] is not None:
        return UNKNOWN
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(module.path), *(part.lstrip("/") for part in parts if part)))
    folder = "" if folder == "." else folder
    found = [one for path, one in engine.project.modules.items() if _stands_in(path, folder) and one is not module]
    if not 0 < len(found) <= _MAX_MODULES:
        return UNKNOWN
    return join_all(ref(one) if one.is_its_exports else engine.exports(one) for one in found)


def _lists_folders(module: ModuleSymbol) -> bool:
    """Whether the module asks anywhere which files there are."""
    return any(_LISTS.match(written(node.func).rpartition(".")[2]) for node in module.nodes.of(ir.Call))


def _parts(node: ir.Expr, module: ModuleSymbol, depth: int) -> Iterator[str | None]:
    """The texts that a path is put together of; None for what only the running program knows."""
    if isinstance(node, ir.Const):
        yield node.value if isinstance(node.value, str) else None
    elif written(node) in _HERE:
        return
    elif isinstance(node, ir.Name) and depth and (given := _given(node.id, module)) is not None:
        yield from _parts(given, module, depth - 1)
    elif isinstance(node, ir.Binary) and node.op == "+":
        yield from (*_parts(node.left, module, depth), *_parts(node.right, module, depth))
    elif isinstance(node, ir.Template):
        for part in node.parts:
            yield from _parts(part.value if isinstance(part, ir.Hole) else part, module, depth)
    elif isinstance(node, ir.Call) and written(node.func).rpartition(".")[2] in ("join", "resolve") and node.args:
        for arg in node.args:
            yield from _parts(arg.value, module, depth)
    else:
        yield None


def _given(name: str, module: ModuleSymbol) -> ir.Expr | None:
    """What a constant of the module, or of a function in it, was given."""
    found = [
        node.value
        for node in module.nodes.of(ir.Assign)
        if node.value is not None and [written(one) for one in node.targets] == [name]
    ]
    return found[0] if len(found) == 1 else None


def _stands_in(path: str, folder: str) -> bool:
    """Whether a module is a file of the folder, or the index of a folder in it."""
    above, name = posixpath.split(path)
    if _NO_MODULE.search(name):
        return False
    return above == folder or (name.startswith("index.") and posixpath.dirname(above) == folder and above != folder)
