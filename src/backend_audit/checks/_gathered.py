"""Work that is waited for as a whole, and whose failures nobody looks at.

`asyncio.gather(…, return_exceptions=True)` and `Promise.allSettled` give failures as results: dropped with these, they are gone.
https://docs.python.org/3/library/asyncio-task.html#asyncio.gather
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written

_ENDING = re.compile(
    r"shut_?down|close|stop|exit|cancel|clean_?up|tear_?down|dispose|disconnect|terminate|destroy|drain|release|flush|abort|finali[sz]e"
    r"|quit|kill|reset|warm|prefetch|preload|__del__",
    re.IGNORECASE,
)


def dropped_results(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`await asyncio.gather(*jobs, return_exceptions=True)` as a statement of its own."""
    call = node.value.value if isinstance(node.value, ir.Await) else None
    if (
        not isinstance(call, ir.Call)
        or not _keeps_failures(call, view)
        or _only_ends(call, view)
        or _errors.introduced(node, view)
    ):
        return
    shown = written(call.func)
    yield Alert(
        at=call.func.at,
        end=call.func.end,
        message=f"`{shown}` gives failures as results here, and nobody looks at them: what goes wrong in any of these disappears "
        "without a trace.",
        fix="Keep the results and log (or raise) those that are failures; where the first one is to stop all, leave "
        + ("`return_exceptions` out." if shown.endswith("gather") else "`Promise.all` to it."),
        confidence=of_service(Confidence.MEDIUM, view.module),
    )


def _keeps_failures(call: ir.Call, view: FileView) -> bool:
    if written(call.func) == "Promise.allSettled":
        return True
    asked = [arg.value for arg in call.args if arg.name == "return_exceptions"]
    return view.api(call.func) == "asyncio.gather" and any(isinstance(one, ir.Const) and one.value is True for one in asked)


def _only_ends(call: ir.Call, view: FileView) -> bool:
    """Whether the work is only brought to an end: tasks that were cancelled, connections that are closed."""
    functions = [one for one in view.ancestors if isinstance(one, ir.Function)]
    if any(_ENDING.search(one.name) for one in functions):
        return True
    around = functions[-1].body if functions else view.module.body
    called = [*_errors.calls(around), *_errors.calls([arg.value for arg in call.args])]
    names = {_errors.last_name(one.func) for one in called}
    catches = any(isinstance(one, ir.Attribute) and one.attr in ("catch", "add_done_callback") for one in ir.walk(*around))
    return catches or any(_ENDING.match(one) for one in names)
