"""Commands whose exit status nobody looks at."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.source import SCRIPTS

RULE = "unchecked-process"

_RUNNERS = frozenset(("subprocess.run", "subprocess.call", "os.system", "os.spawnl", "os.spawnv"))


@check(RULE, *SCRIPTS)
def unchecked_process_of_node(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`spawnSync("rsync", […])` as a statement; `execSync` and `execFileSync` throw by themselves."""
    call = node.value
    if not isinstance(call, ir.Call) or _errors.last_name(call.func) != "spawnSync" or _errors.is_cleanup([node], view):
        return
    yield Alert(
        at=call.at,
        end=call.func.end,
        message=f"Nobody looks at the exit status of `{view.source(call.func)}`: when the command fails, the code goes on "
        "as if it had worked.",
        fix="Use `execFileSync(…)`, which throws, or test `status` of the result.",
        confidence=Confidence.HIGH,
    )


@check(RULE)
def unchecked_process(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`subprocess.run([...])` as a statement, without `check`."""
    call = node.value
    if not isinstance(call, ir.Call):
        return
    api = view.api(call.func)
    if api not in _RUNNERS or any(arg.name == "check" or arg.star == 2 for arg in call.args):
        return
    if _errors.is_cleanup([node], view):
        return
    fix = "Pass `check=True`" if api == "subprocess.run" else "Use `subprocess.run(…, check=True)`"
    yield Alert(
        at=call.at,
        end=call.func.end,
        message=f"Nobody looks at the exit status of `{view.source(call.func)}`: when the command fails, the code goes on "
        "as if it had worked.",
        fix=f"{fix}, or test the return code.",
        confidence=Confidence.HIGH,
    )
