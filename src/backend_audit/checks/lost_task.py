"""Tasks that are started and forgotten: their exceptions vanish, or end the process of a server that nobody asked to stop."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import blocks
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
    return "" if first is None else _brief(first, view)


def _brief(node: ir.Expr, view: FileView) -> str:
    """How a piece of code is told: a call by what is called."""
    return " ".join(view.source(node.func if isinstance(node, ir.Call) else node).split())[:60]


def _alert(call: ir.Call, view: FileView, how: str, confidence: Confidence) -> Alert:
    work = _name_of_work(call, view)
    callee = _brief(call, view)
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
_WAITS = frozenset("sleep delay wait pause timeout setTimeout setImmediate nextTick".split())
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


@check(RULE, *SCRIPTS)
def lost_in_an_executor(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`new Promise(async (resolve) => resolve(await work()))`."""
    made = node.args[0].value if node.form == "new" and node.args and written(node.func) == "Promise" else None
    if not isinstance(made, ir.Lambda) or not made.function.is_async:
        return
    waiting = next(_unguarded(made.function.body), None)
    if waiting is not None:
        yield Alert(
            node=node.func,
            message=f"The function that this promise is made with is `async`, and awaits `{_brief(waiting, view)}`: where that "
            "fails, the promise is never settled, and the rejection is one that nobody handles.",
            fix="Leave out `new Promise` and be `async` yourself, or catch in it and call `reject(error)`.",
            confidence=of_service(Confidence.MEDIUM, view.module),
        )


def _unguarded(body: list[ir.Stmt]) -> Iterator[ir.Expr]:
    """What is awaited and can throw out of these statements."""
    for one in body:
        guarded = isinstance(one, ir.Try) and bool(one.handlers)
        inner = [*(handler.body for handler in one.handlers), one.final] if isinstance(one, ir.Try) and guarded else blocks(one)
        own = [one] if not blocks(one) else [child for child in ir.children(one) if isinstance(child, ir.Expr)]
        for node in ir.walk_scope(*own):
            if isinstance(node, ir.Await) and not (_is_caught(node.value) or _only_waits(node.value)):
                yield node.value
        for block in inner:
            yield from _unguarded(block)


def _is_caught(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "catch"


def _only_waits(node: ir.Expr) -> bool:
    """`sleep(500)`, `new Promise((resolve) => setTimeout(resolve, 500))`: it cannot fail."""
    if not isinstance(node, ir.Call):
        return False
    made = node.args[0].value if node.form == "new" and node.args else None
    settles = isinstance(made, ir.Lambda) and len(made.function.params) == 1 and not made.function.is_async
    return settles or last_word(node.func) in _WAITS
