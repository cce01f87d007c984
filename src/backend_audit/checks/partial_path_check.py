"""A path that must begin like a folder, without the separator behind it: `/srv/files-old` begins like `/srv/files`."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word, written
from backend_audit.source import SCRIPTS, Language, Role

RULE = "partial-path-check"

# They give a path whose last sign is no separator, whatever they are given.
_BARE = frozenset(
    "os.path.abspath os.path.realpath os.path.normpath os.path.dirname os.getcwd os.path.expanduser "
    "path.resolve path.dirname path.posix.resolve process.cwd fs.realpathSync fs.realpath fs.promises.realpath".split()
)
_JOINS = frozenset(("os.path.join", "path.join", "path.posix.join", "path.normalize"))
_TEXTS = frozenset(("str", "String", "os.fspath", "os.fsdecode"))
_SEPARATORS = frozenset(("os.sep", "os.path.sep", "path.sep", "sep"))
_PATHS = frozenset("path file filename filepath fullpath dir directory folder target dest destination resolved absolute".split())
_CHECKS = re.compile(r"^_*(?:is|are|in|within|inside|can|may|check|valid|safe|allow|contains|ensure|verify)", re.IGNORECASE)
_USES = re.compile(
    r"^(?:open|remove|unlink|rmtree|rm|read|write|append|copy|rename|send|download|create(?:Read|Write)Stream|FileResponse)"
)
_REMOVED = frozenset(("relpath", "relative"))
_CUTTING = frozenset(("slice", "substr", "substring"))
_FINDING = {"indexOf": 1, "lastIndexOf": 2}  # with 0 as the second argument, the last position is the first
_DEPTH = 4


@check(RULE, Language.PYTHON, *SCRIPTS)
def partial_path_check(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`if not os.path.realpath(path).startswith(root): raise …`."""
    if _patterns.method(node) not in ("startswith", "startsWith") or len(node.args) != 1 or view.role is Role.SCRIPT:
        return
    subject, start = node.func, node.args[0].value
    if not isinstance(subject, ir.Attribute) or not _is_path(subject.value, view) or not _is_bare(start, view, _DEPTH):
        return
    if (_refuses(node, view) or _lets_in(node, subject.value, view)) and not _is_compared(node, start, view):
        yield Alert(
            node=node,
            message=f"`{written(subject.value)}` may lie in another folder whose name begins like that of `{written(start)}`: "
            "no separator follows it in the test.",
            fix=_fix(view, written(start)),
            confidence=Confidence.MEDIUM,
        )


@check(RULE, *SCRIPTS)
def beginning_compared(node: ir.Compare, view: FileView) -> Iterator[Alert]:
    """`if (file.slice(0, root.length) !== root) return …`, `if (file.indexOf(root) !== 0) return …`."""
    if len(node.rights) != 1 or node.ops[0] not in ("==", "!=") or view.role is Role.SCRIPT:
        return
    subject, root = _cut(node.left, node.rights[0]) or _cut(node.rights[0], node.left) or _found_first(node) or (None, None)
    if subject is None or root is None or not _is_path(subject, view) or not _may_be_bare(root, node.at, view):
        return
    if _refuses(node, view, negated=node.ops[0] == "!="):
        yield Alert(
            node=node,
            message=f"`{written(subject)}` may lie in another folder whose name begins like that of `{written(root)}`: "
            "no separator follows it in the comparison.",
            fix=_fix(view, written(root)),
            confidence=Confidence.MEDIUM,
        )


def _cut(part: ir.Expr, root: ir.Expr) -> tuple[ir.Expr, ir.Expr] | None:
    """`file` and `root` of `file.slice(0, root.length)` that is compared with `root`."""
    if not isinstance(part, ir.Call) or not isinstance(part.func, ir.Attribute) or part.func.attr not in _CUTTING:
        return None
    args = [one.value for one in part.args]
    begins = len(args) == 2 and isinstance(args[0], ir.Const) and args[0].value == 0
    return (part.func.value, root) if begins and written(args[1]) == f"{written(root)}.length" else None


def _found_first(node: ir.Compare) -> tuple[ir.Expr, ir.Expr] | None:
    """The same of `file.indexOf(root) === 0` and `file.lastIndexOf(root, 0) === 0`."""
    call, at = node.left, node.rights[0]
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or not isinstance(at, ir.Const) or at.value != 0:
        return None
    return (call.func.value, call.args[0].value) if len(call.args) == _FINDING.get(call.func.attr, -1) else None


def _may_be_bare(root: ir.Expr, at: int, view: FileView) -> bool:
    """Whether a folder has no separator at its end, as far as the file says: normalised as whoever configures it wrote it."""
    if isinstance(root, ir.Name):
        earlier = [one for one in _in_scope(root.id, view) if one.at < at]
        return not _is_lengthened(root.id, view) and bool(earlier) and _is_plain(earlier[-1], view)
    if isinstance(root, ir.Attribute) and isinstance(root.value, ir.Name):
        kept = [
            one.value
            for one in ir.walk(*view.module.body)
            if isinstance(one, ir.Assign) and one.value is not None
            for target in one.targets
            if isinstance(target, ir.Attribute) and target.attr == root.attr
        ]
        return bool(kept) and all(_is_plain(one, view) for one in kept)
    return _is_plain(root, view)


def _in_scope(name: str, view: FileView) -> list[ir.Expr]:
    """What the innermost scope that gives the name a value gives it, in order."""
    return next((found for scope in _patterns.scopes(view) if (found := _patterns.assigned(name, scope, view))), [])


def _is_plain(node: ir.Expr, view: FileView) -> bool:
    """`path.resolve(x)`, and `path.normalize(x)` and `path.join(x, name)`, which put no separator behind what they are given."""
    if _is_bare(node, view, _DEPTH):
        return True
    if not isinstance(node, ir.Call) or _api(node.func, view) not in _JOINS or not node.args:
        return False
    return isinstance(node.args[-1].value, (ir.Name, ir.Attribute))


def _fix(view: FileView, root: str) -> str:
    if view.module.language in SCRIPTS:
        return f"Compare with the separator behind it (`{root} + path.sep`), or see how `path.relative({root}, …)` begins."
    return f"Compare with the separator behind it, `os.path.join({root}, '')`, or ask `Path(…).is_relative_to({root})`."


def _api(node: ir.Expr, view: FileView) -> str:
    return (view.api(node) or written(node)).removeprefix("node:")


def _is_path(node: ir.Expr, view: FileView) -> bool:
    """Whether it is a path that was resolved, or one by its name."""
    if isinstance(node, ir.Binary) and node.op == "+" and _api(node.right, view) in _SEPARATORS:
        return True
    known = _patterns.given(node, view) if isinstance(node, ir.Name) else None
    if _is_bare(known or node, view, _DEPTH) or (isinstance(node, ir.Call) and _api(node.func, view) in _JOINS):
        return True
    if known is not None and isinstance(known, ir.Call) and _api(known.func, view) in _JOINS:
        return True
    name = last_word(node)
    return known is None and not _PATHS.isdisjoint(words(name)[-1:])


def _is_bare(node: ir.Expr | None, view: FileView, depth: int) -> bool:
    """Whether it is a path that surely has no separator at its end, and is not the root of all."""
    if isinstance(node, ir.Await):
        node = node.value
    if node is None or depth == 0:
        return False
    if isinstance(node, ir.Name):
        if view.api(node) == "__dirname":
            return True
        return not _is_lengthened(node.id, view) and _is_bare(_patterns.given(node, view), view, depth - 1)
    if not isinstance(node, ir.Call):
        return False
    name = _api(node.func, view)
    if name in _BARE or (_patterns.method(node) == "resolve" and not node.args and view.module.language not in SCRIPTS):
        only = node.args[0].value if len(node.args) == 1 else None
        return not (isinstance(only, ir.Const) and only.value == "/")
    if name in _TEXTS or _patterns.method(node) in ("as_posix", "toString"):
        inner = node.args[0].value if node.args else node.func.value if isinstance(node.func, ir.Attribute) else None
        return _is_bare(inner, view, depth - 1)
    last = node.args[-1].value if node.args else None
    text = last.value if isinstance(last, ir.Const) else None
    return name in _JOINS and isinstance(text, str) and bool(text) and text[-1] not in "/\\"


def _is_lengthened(name: str, view: FileView) -> bool:
    """`root += os.sep` somewhere."""
    return any(
        isinstance(one, ir.Assign) and one.op and any(isinstance(target, ir.Name) and target.id == name for target in one.targets)
        for scope in _patterns.scopes(view)
        for one in ir.walk_scope(*scope)
    )


def _refuses(node: ir.Expr, view: FileView, *, negated: bool = False) -> bool:
    """Whether what lies elsewhere is turned away: a block that leaves, an assertion, the answer of a function named for it."""
    inside: ir.Node = node
    for around in reversed(view.ancestors):
        if isinstance(around, ir.Unary) and around.op == "not":
            negated = not negated
        elif isinstance(around, ir.Return):
            function = view.function()
            return not negated and function is not None and _CHECKS.search(function.name) is not None
        elif isinstance(around, ir.Assert):
            return not negated
        elif isinstance(around, ir.If):
            return negated and inside is around.test and _leaves(around.body, view)
        elif not isinstance(around, (ir.Logical, ir.Arg)):
            return False
        inside = around
    return False


def _lets_in(node: ir.Expr, path: ir.Expr, view: FileView) -> bool:
    """Whether the file is used behind the test: `if (file.startsWith(root)) fs.readFile(file, …)`."""
    around = next((one for one in reversed(view.ancestors) if not isinstance(one, ir.Logical)), None)
    if not isinstance(around, ir.If) or not any(one is node for one in ir.walk(around.test)):
        return False
    calls = (one for one in ir.walk(*around.body) if isinstance(one, ir.Call) and _USES.search(last_word(one.func)))
    return any(written(arg.value) == written(path) for one in calls for arg in one.args)


def _leaves(body: Sequence[ir.Stmt], view: FileView) -> bool:
    last = body[-1] if body else None
    if isinstance(last, ir.ExprStmt) and isinstance(last.value, ir.Call):
        return _api(last.value.func, view).rpartition(".")[2] in ("abort", "exit", "throw", "fail", "send_error", "abort_request")
    return isinstance(last, (ir.Raise, ir.Return)) or (isinstance(last, ir.Jump) and last.kind == "continue")


def _is_compared(node: ir.Call, start: ir.Expr, view: FileView) -> bool:
    """Whether the same test says more of it: the separator behind that beginning, or the way from the folder to the path."""
    around = next((one.test for one in reversed(view.ancestors) if isinstance(one, ir.If)), None)
    asked = around if around is not None else next((one for one in reversed(view.ancestors) if isinstance(one, ir.Logical)), None)
    if asked is None:
        return False
    calls = [one for one in ir.walk(asked) if isinstance(one, ir.Call) and one is not node]
    return any(
        last_word(one.func) in _REMOVED
        or (_patterns.method(one) in ("startswith", "startsWith") and one.args and written(start) in written(one.args[0].value))
        for one in calls
    )
