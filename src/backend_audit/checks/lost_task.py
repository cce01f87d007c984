"""Tasks that are started and forgotten: their exceptions vanish, or end the process of a server that nobody asked to stop."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.routes.lost_promises import LostPromise
from backend_audit.source import SCRIPTS

RULE = "lost-task"

_SPAWNERS = frozenset(("asyncio.create_task", "asyncio.ensure_future"))
_LOOP_MAKERS = ("asyncio.get_event_loop()", "asyncio.get_running_loop()", "asyncio.new_event_loop()")


def _spawned(node: ir.Expr | None, view: FileView) -> ir.Call | None:
    """The call in `node` that starts a task on the event loop."""
    if not isinstance(node, ir.Call):
        return None
    if (view.api(node.func) or "") in _SPAWNERS:
        return node
    if isinstance(node.func, ir.Attribute) and node.func.attr == "create_task":
        receiver = node.func.value
        if (view.api(receiver) or "") in _LOOP_MAKERS or _errors.last_name(receiver).rstrip("_").endswith("loop"):
            return node
    return None


def _name_of_work(call: ir.Call, view: FileView) -> str:
    first = call.args[0].value if call.args else None
    if isinstance(first, ir.Call):
        first = first.func
    return " ".join(view.source(first).split())[:60] if first is not None else ""


def _alert(call: ir.Call, view: FileView, how: str, confidence: Confidence) -> Alert:
    work = _name_of_work(call, view)
    callee = " ".join(view.source(call.func).split())[:60]
    return Alert(
        at=call.at,
        end=call.func.end,
        message=f"The task that `{callee}` starts for `{work}` {how}: nobody sees its exception, and the event loop keeps "
        "only a weak reference, so that it can be collected before it ends.",
        fix="Keep the task (`tasks.add(task); task.add_done_callback(tasks.discard)`) and look at its result, or use "
        "`asyncio.TaskGroup`.",
        confidence=confidence,
    )


@check(RULE)
def dropped_at_once(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`asyncio.create_task(work())` as a statement of its own."""
    call = _spawned(node.value, view)
    if call is not None:
        yield _alert(call, view, "is thrown away", Confidence.HIGH)


@check(RULE)
def kept_in_an_unused_name(node: ir.Assign, view: FileView) -> Iterator[Alert]:
    """`task = asyncio.create_task(work())` where the function never looks at `task` again."""
    call = _spawned(node.value, view)
    function = view.function()
    if call is None or function is None or len(node.targets) != 1 or not isinstance(node.targets[0], ir.Name):
        return
    name = node.targets[0].id
    if _is_shared(name, function) or _reads(name, function):
        return
    yield _alert(call, view, f"is only kept in the local `{name}`, which nothing reads", Confidence.MEDIUM)


def _is_shared(name: str, function: ir.Function) -> bool:
    return any(isinstance(one, ir.Scope) and name in one.names for one in ir.walk_scope(*function.body))


def _reads(name: str, function: ir.Function) -> bool:
    """Whether `name` occurs in `function`, nested functions included, other than as the target of an assignment.

    A function that goes on after the assignment until the task's work is done (a `yield`, an endless loop) keeps it alive.
    """
    targets: set[int] = set()
    names: list[ir.Name] = []
    for one in ir.walk(*function.body):
        if isinstance(one, ir.Assign):
            targets.update(id(target) for target in one.targets)
        if isinstance(one, ir.Name) and one.id == name:
            names.append(one)
        if isinstance(one, ir.Yield):
            return True
    return any(id(one) not in targets for one in names)


_SHOWN = 6
_HOW = {
    "statement": "Nobody waits for `{callee}`",
    "write": "Nobody waits for what `{callee}` writes",
    "then": "`{callee}(…).then(…)` has nothing that takes a rejection",
    "each": "`forEach` does not wait for what its `async` callback gives",
}


@check(RULE, *SCRIPTS)
def dropped_promise(lost: LostPromise) -> Iterator[Alert]:
    """`sendMail(user);` where `sendMail` is `async` and can fail."""
    how = _HOW[lost.how].format(callee=lost.callee)
    blind = ", and the `try` around it does not see its failure" if lost.tried and lost.how in ("statement", "write") else ""
    again = f" ({len(lost.others)} more in this file)" if lost.others else ""
    ends = "a rejection that nobody here handles" if lost.observed else "a rejection that nobody handles, which ends the process"
    steady = lost.observed or lost.meant
    yield Alert(
        node=lost.site.callee,
        message=f"{how}{again}{blind}: where it fails, that is {ends}.",
        fix="`await` it (for several: `await Promise.all(items.map(async …))`); where nobody is to wait, end it with "
        "`.catch((error) => log(error))`.",
        confidence=Confidence.LOW if steady else Confidence.MEDIUM,
        related=(*([] if lost.rejected is None else [lost.rejected]), *lost.others[:_SHOWN]),
    )
