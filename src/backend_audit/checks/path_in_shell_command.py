"""Paths of the machine in a shell's text, without quotes around them."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import last_name, scope
from backend_audit.checks._operands import named, truth
from backend_audit.checks._untrusted import span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import ShellCommand, Site
from backend_audit.flow.written import dotted, written

RULE = "path-in-shell-command"

_FOLDERS = frozenset(("__dirname", "__filename", "process.execPath", "process.cwd", "os.homedir", "os.tmpdir", "require.resolve"))
_JOINING = frozenset(("join", "resolve", "normalize", "dirname", "relative", "realpathSync"))
_DEPTH = 4


@check(RULE)
def unquoted_path(command: ShellCommand) -> Iterator[Alert]:
    """`execSync("rm -rf " + path.join(__dirname, "temp"))`."""
    operand = command.command
    if operand is None or operand.node is None or not (command.always_shell or truth(command.shell) is True):
        return
    before = ""
    for part in _pieces(operand.node, command.site, _DEPTH):
        if isinstance(part, str):
            before = part
            continue
        if before and before[-1] not in "'\"\\=" and _is_folder(part, command.site, _DEPTH):
            at, end = span(command.site, operand)
            yield Alert(
                at=at,
                end=end,
                message=f"`{written(part)}` stands without quotes in the text that a shell reads in `{named(command.site)}`: "
                "a blank, `&` or `$(…)` in the name of a folder above becomes part of the command.",
                fix="Run the program without a shell, with an array of arguments: `execFile('program', [path])`.",
                confidence=Confidence.MEDIUM,
            )
            return
        before = ""


def _pieces(node: ir.Expr, site: Site, depth: int) -> Iterator[str | ir.Expr]:
    """The texts and the expressions of which a text is put together, in order."""
    if isinstance(node, ir.Binary) and node.op == "+":
        yield from _pieces(node.left, site, depth)
        yield from _pieces(node.right, site, depth)
    elif isinstance(node, ir.Template):
        for part in node.parts:
            yield from _pieces(part.value if isinstance(part, ir.Hole) else part, site, depth)
    elif isinstance(node, ir.Const):
        yield str(node.value)
    else:
        value = _assigned(node.id, site) if isinstance(node, ir.Name) and depth else None
        yield from _pieces(value, site, depth - 1) if isinstance(value, (ir.Binary, ir.Template, ir.Const)) else (node,)


def _is_folder(node: ir.Expr, site: Site, depth: int) -> bool:
    """Whether it is a path that begins where the program lies or runs."""
    name = dotted(node.func if isinstance(node, ir.Call) else node)
    if name in _FOLDERS:
        return True
    if isinstance(node, ir.Call) and last_name(node.func) in _JOINING and node.args:
        return _is_folder(node.args[0].value, site, depth)
    if isinstance(node, (ir.Binary, ir.Template)):
        first = next(_pieces(node, site, 0), "")
        return not isinstance(first, str) and first is not node and _is_folder(first, site, depth)
    value = _assigned(node.id, site) if isinstance(node, ir.Name) and depth else None
    return value is not None and _is_folder(value, site, depth - 1)


def _assigned(name: str, site: Site) -> ir.Expr | None:
    """What the name is given here or in the module, if that is one thing."""
    for body in (scope(site), site.module.body if site.module is not None else ()):
        found = [
            node.value
            for node in ir.walk_scope(*body)
            if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == name for one in node.targets)
        ]
        if found:
            return found[0] if len(found) == 1 else None
    return None
