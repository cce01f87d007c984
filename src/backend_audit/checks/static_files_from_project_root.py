"""Static files that are served from the folder of the program itself: its source, its manifests, its data."""

import posixpath
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site
from backend_audit.flow.object_concepts import StaticFiles
from backend_audit.flow.written import dotted, written

RULE = "static-files-from-project-root"
_OWN, _STARTED = "own", "started"  # the file's folder; the one that the process was started in
_MACHINE, _HOME = "machine", "home"  # the root of the file system; the user's folder
_WHOSE = {
    _OWN: ("its own source", "code, package.json, configuration and databases beside it"),
    _STARTED: ("the folder that the server is started in", "code, package.json, configuration and databases beside it"),
    _MACHINE: ("the whole file system", "the configuration and the keys of the machine"),
    _HOME: ("the home of whoever starts it", "keys, histories and configuration"),
}
_PACKAGES = "node_modules"
_JOINS = frozenset(("path.join", "path.resolve", "join", "resolve", "path.posix.join"))
_PUBLIC = frozenset("public static dist build www docs client assets web out htdocs".split())
_DEPTH = 4


@check(RULE)
def static_files_from_project_root(files: StaticFiles) -> Iterator[Alert]:
    """`app.use(express.static(__dirname))`."""
    operand = files.root
    found = None if operand is None or operand.node is None else _folder(operand.node, files.site, _DEPTH)
    if operand is None or operand.node is None or found is None or not _holds_program(found, files.site.path):
        return
    if not _serves(files.site):
        return
    shown = written(operand.node)
    whose, what = _WHOSE[found[0]]
    if posixpath.basename(posixpath.normpath(found[1])) == _PACKAGES:
        whose, what = "all that the program is built of", "the packages, their versions and what lies beside them"
    lists = " and lists them" if files.lists else ""
    yield Alert(
        node=operand.node,
        message=f"`{files.site.written}` hands out every file below `{shown}`{lists}, which is {whose}: {what} can be fetched "
        "by their names.",
        fix="Serve a folder that holds nothing but public files: `express.static(path.join(__dirname, 'public'))`.",
        confidence=Confidence.MEDIUM,
    )


def _serves(site: Site) -> bool:
    """Whether files are served by their names: `{ serve: false }` leaves that to handlers, which may name one of their own."""
    given = [item for arg in site.call.args for item in ir.walk(arg.value) if isinstance(item, ir.Item)] if site.call else []
    off = any(
        isinstance(one.key, ir.Const) and one.key.value == "serve" and isinstance(one.value, ir.Const) and not one.value.value
        for one in given
    )
    if not off or site.module is None:
        return True
    calls = (node for node in ir.walk(*site.module.body) if isinstance(node, ir.Call) and node.args)
    sent = [node.args[0].value for node in calls if isinstance(node.func, ir.Attribute) and node.func.attr == "sendFile"]
    return any(not isinstance(one, ir.Const) for one in sent)


def _folder(node: ir.Expr, site: Site, depth: int) -> tuple[str, str] | None:
    """Which folder an expression means: where it starts from, and the way from there."""
    if depth == 0:
        return None
    if isinstance(node, ir.Logical) and node.op != "and":  # `options.root || __dirname`: where nothing is said
        return _folder(node.left, site, depth - 1) or _folder(node.right, site, depth - 1)
    if isinstance(node, ir.Const):
        if node.value == "/":
            return _MACHINE, "."
        return (_STARTED, node.value) if isinstance(node.value, str) and not node.value.startswith("/") else None
    name = dotted(node)
    if name in ("__dirname", "import.meta.dirname"):
        return _OWN, "."
    if isinstance(node, ir.Name):
        given = _assigned(node.id, site)
        return None if given is None else _folder(given, site, depth - 1)
    if isinstance(node, ir.Binary) and node.op == "+":
        return _joined([node.left, node.right], site, depth)
    if not isinstance(node, ir.Call):
        return None
    called = dotted(node.func)
    if called in ("process.cwd", "os.homedir"):
        return (_STARTED if called == "process.cwd" else _HOME), "."
    if called == "path.dirname" and "import.meta.url" in written(node):
        return _OWN, "."
    return _joined([arg.value for arg in node.args], site, depth) if called in _JOINS else None


def _joined(parts: list[ir.Expr], site: Site, depth: int) -> tuple[str, str] | None:
    first = _folder(parts[0], site, depth - 1) if parts else None
    rest = [one.value for one in parts[1:] if isinstance(one, ir.Const) and isinstance(one.value, str)]
    if first is None or len(rest) != len(parts) - 1:
        return None
    return first[0], posixpath.normpath("/".join((first[1], *rest)))


def _assigned(name: str, site: Site) -> ir.Expr | None:
    """What a variable of the file is given, where that is one thing."""
    body = [*scope(site), *(site.module.body if site.module is not None else ())]
    given = {
        id(node): node.value
        for node in ir.walk(*body)
        if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == name for one in node.targets)
    }
    return next(iter(given.values())) if len(given) == 1 else None


def _holds_program(found: tuple[str, str], path: str) -> bool:
    """Whether a folder is the one of the program, or one above it."""
    start, way = found
    if start in (_MACHINE, _HOME):
        return posixpath.normpath(way) == "."
    if posixpath.basename(posixpath.normpath(way)) == _PACKAGES:
        return True
    if start == _STARTED:
        return posixpath.normpath(way) == "." or way.startswith("..")
    folder = posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(folder, way))
    above = target in (".", folder) or target.startswith("..") or folder.startswith(f"{target}/")
    return above and posixpath.basename(target) not in _PUBLIC
