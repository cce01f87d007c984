"""Streams of files that are piped into an answer, and whose errors nobody takes: one missing file ends the process.

https://nodejs.org/api/events.html#error-events, https://nodejs.org/api/stream.html#readablepipedestination-options
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word, written
from backend_audit.source import SCRIPTS

RULE = "stream-error-unhandled"

_FILES = frozenset(("fs", "node:fs", "fs-extra", "graceful-fs"))
_TAKES = frozenset(("pipeline", "finished", "addAbortSignal", "eos", "pump"))
_LOOKS = re.compile(r"^(?:(?:l|f)?stat|access|exists|pathExists|open|isFile|readdir|mkdtemp|createWriteStream)(?:Sync)?$")
_ANSWERS = re.compile(r"^(?:res|response|reply|resp|raw|rep)$")


@check(RULE, *SCRIPTS)
def stream_error_unhandled(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`fs.createReadStream(name).pipe(res)`."""
    if last_word(node.func) != "pipe" or not isinstance(node.func, ir.Attribute) or len(node.args) != 1:
        return
    if not _ANSWERS.match(last_word(node.args[0].value)):
        return
    function = view.function()
    around = function.body if function is not None else view.module.body
    made = _stream(node.func.value, around)
    if made is None or not _is_of_files(made, view) or not made.args or isinstance(made.args[0].value, ir.Const):
        return
    if _is_taken(around) or _is_there(view):
        return
    yield Alert(
        at=made.func.at,
        end=made.func.end,
        message=f"Nobody takes the errors of the stream that `{written(made.func)}` makes: a file that is missing or cannot be "
        "read ends the process, and with it every request that it serves.",
        fix="Use `pipeline(stream, res, (error) => …)` of `node:stream`, listen (`stream.on('error', next)`), or let "
        "`res.sendFile` send it.",
        confidence=of_service(Confidence.MEDIUM, view.module),
    )


def _stream(node: ir.Expr, around: list[ir.Stmt]) -> ir.Call | None:
    """The call that makes what is piped: written there, or given to a variable of the same function."""
    if isinstance(node, ir.Name):
        given = [
            one.value
            for one in ir.walk_scope(*around)
            if isinstance(one, ir.Assign) and any(isinstance(at, ir.Name) and at.id == node.id for at in one.targets)
        ]
        node = given[0] if len(given) == 1 and given[0] is not None else node
    return node if isinstance(node, ir.Call) and last_word(node.func) == "createReadStream" else None


def _is_of_files(call: ir.Call, view: FileView) -> bool:
    """Whether `fs` makes the stream, and no bucket or database."""
    if isinstance(call.func, ir.Name):
        return view.imports.get(call.func.id, "").rpartition(".")[0] in _FILES
    owner = call.func.value if isinstance(call.func, ir.Attribute) else None
    return isinstance(owner, ir.Name) and view.imports.get(owner.id, "").removesuffix(".default") in _FILES


def _is_taken(around: list[ir.Stmt]) -> bool:
    """Whether the function listens for an error, or hands the stream to what does."""
    for one in ir.walk(*around):
        if not isinstance(one, ir.Call):
            continue
        if last_word(one.func) in _TAKES:
            return True
        first = one.args[0].value if one.args else None
        if last_word(one.func) in ("on", "once", "addListener") and isinstance(first, ir.Const) and first.value == "error":
            return True
    return False


def _is_there(view: FileView) -> bool:
    """Whether any function around has looked at the file before, or has just written it."""
    functions = [one for one in view.ancestors if isinstance(one, ir.Function)]
    called = (one for function in functions for one in ir.walk(*function.body) if isinstance(one, ir.Call))
    return any(_LOOKS.match(last_word(one.func)) for one in called)
