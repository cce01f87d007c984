"""Paths of the machine in a shell's text, without quotes around them."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named, truth
from backend_audit.checks._pieces import begins_in, pieces
from backend_audit.checks._untrusted import span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import ShellCommand
from backend_audit.flow.written import written

RULE = "path-in-shell-command"

_FOLDERS = frozenset(("__dirname", "__filename", "process.execPath", "process.cwd", "os.homedir", "os.tmpdir", "require.resolve"))
_QUOTED = "'\"\\="  # what stands right before a path that is quoted, or is the value of an option


@check(RULE)
def unquoted_path(command: ShellCommand) -> Iterator[Alert]:
    """`execSync("rm -rf " + path.join(__dirname, "temp"))`."""
    operand = command.command
    if operand is None or operand.node is None or not (command.always_shell or truth(command.shell) is True):
        return
    before = ""
    for part in pieces(operand.node, command.site):
        if isinstance(part, str):
            before = part
            continue
        if before and before[-1] not in _QUOTED and begins_in(part, command.site, _FOLDERS):
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
