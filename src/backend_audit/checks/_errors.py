"""What the rules about ignored errors share: how broad a handler is, what it does, and what the code around it is for."""

import re
from collections.abc import Sequence

from backend_audit import ir
from backend_audit.checks._view import FileView
from backend_audit.link.symbols import statements

BROAD = frozenset(("Exception", "builtins.Exception", "StandardError"))
CATCH_ALL = frozenset(("BaseException", "builtins.BaseException"))


def names_of(text: str) -> frozenset[str]:
    """The names in a comma-separated list."""
    return frozenset(text.split(","))


# Ends of callee names that release something: whoever fails to close a closed thing has lost nothing.
_CLEANUP = names_of(
    "abort,aclose,adelete,cancel,cancel_scope,cleanup,clear,close,close_all,close_connection,deregister,destroy,detach,disconnect,dispose,"
    "drop,drop_all,expunge,flush,join,join_thread,kill,killpg,logout,moveToThread,quit,release,remove,remove_listener,"
    "removedirs,remove_signal_handler,reset,rmdir,rmtree,rollback,shutdown,stop,tear_down,teardown,terminate,uncache,"
    "unbind,unbind_s,unlink,unlock,unregister,unsubscribe,untrack,wait,wait_closed,wait_for_close,__exit__,__aexit__"
)
_CLEANUP_FUNCTION = re.compile(
    r"^_*(del|exit|aexit|close|aclose|cleanup|clean_up|shutdown|teardown|tear_down|stop|discard|dispose|disconnect|terminate|kill|"
    r"release|destroy|on_exit|on_shutdown|atexit)(_|$)|_(cleanup|shutdown|teardown)_*$"
)
# Ends of callee names that report: they must not break what they report on.
_REPORTING = names_of(
    "critical,debug,error,exception,fatal,info,log,trace,warn,warning,capture_exception,capture_message,print,"
    "print_exc,print_exception,report_exception,record_exception,add_breadcrumb,increment,incr,gauge,histogram,timing,observe,set_tag,"
    "set_status,set_context,notify,report,audit,emit_metric"
)
_REASON = re.compile(r"\s(?:-|--|\u2013|\u2014|:)\s+([^#]+)")
_REPORTING_FUNCTION = re.compile(
    r"^_*(log|report|record|store|track|emit)_(\w+_)?(error|exception|failure|metric|event|stat|trace|usage)s?$"
)
_TELEMETRY = re.compile(
    r"(?i)(?:^|[._])(?:analytics|telemetry|tracking|segment|posthog|mixpanel|amplitude|statsd)\b.*"
    r"[._](?:track|mark|record|emit|report|send|capture|log|count|incr\w*|identify|gauge)(?:_|$)[^.]*$"
)
_MAX_BLOCK = 1_200  # characters of a comment of several lines
_MAY_FAIL = re.compile(
    r"best[- ]effort|optimistic|(?:may|might|can|could) (?:also )?(?:fail|raise|not exist|be missing)|"
    r"if (?:this|it|that) fails\b|\bignor(?:e|ing) (?:any |all )?(?:error|exception|failure)s?|"
    r"(?:ok|okay|fine|safe) to (?:fail|ignore)|don'?t care|never (?:break|fail|block)s?\b",
    re.IGNORECASE,
)
_PRAGMA = re.compile(
    r"^#+\s*(noqa|pragma|type:|pylint|pyright|mypy|nosec|nosemgrep|fmt:|isort|ruff|flake8|pytype|backend-audit|todo|fixme|xxx)\b",
    re.IGNORECASE,
)


def caught(handler: ir.Handler, view: FileView) -> list[str]:
    """The API paths of the exceptions that `handler` names; empty for a bare `except:`."""
    return exception_names(handler.type, view)


def exception_names(node: ir.Expr | None, view: FileView) -> list[str]:
    """The API paths in an exception class or a tuple of them; an expression that is neither gives "?"."""
    if node is None:
        return []
    if isinstance(node, ir.Container):
        return [name for item in node.items for name in exception_names(item.value, view)]
    return [view.api(node) or "?"]


def is_catch_all(handler: ir.Handler, view: FileView) -> bool:
    """Whether `handler` also takes KeyboardInterrupt, SystemExit and CancelledError."""
    return handler.type is None or any(name in CATCH_ALL for name in caught(handler, view))


def is_broad(handler: ir.Handler, view: FileView) -> bool:
    """Whether `handler` takes every ordinary exception."""
    return is_catch_all(handler, view) or any(name in BROAD for name in caught(handler, view))


def heading(handler: ir.Handler, view: FileView) -> str:
    """`except X` as written, on one line."""
    if handler.type is None:
        return "except"
    text = " ".join(view.source(handler.type).split())
    return f"except ({text})" if isinstance(handler.type, ir.Container) and not text.startswith("(") else f"except {text}"


def head_span(handler: ir.Handler) -> tuple[int, int]:
    """Where `except X` stands, without its body."""
    return handler.at, handler.at + len("except") if handler.type is None else handler.type.end


def does_nothing(body: Sequence[ir.Stmt]) -> bool:
    """Whether `body` is only `pass`, `continue`, `...` or a string."""
    return all(
        (isinstance(one, ir.Jump) and one.kind != "break") or (isinstance(one, ir.ExprStmt) and isinstance(one.value, ir.Const))
        for one in body
    )


def calls(nodes: Sequence[ir.Node]) -> list[ir.Call]:
    """The calls that run when `nodes` run."""
    return [node for node in ir.walk_scope(*nodes) if isinstance(node, ir.Call)]


def last_name(node: ir.Expr) -> str:
    """`c` of `a.b.c`, `a()` and `a[0]` stripped; "" when there is no name."""
    if isinstance(node, ir.Attribute):
        return node.attr
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Call):
        return last_name(node.func)
    return ""


def explained(handler: ir.Handler, view: FileView) -> bool:
    """Whether a comment in the handler, or on the line above it, says why nothing happens; pragmas and to-dos do not."""
    return _commented(handler.at, handler.end, view)


def announced(node: ir.Try, view: FileView) -> bool:
    """Whether a comment above the statement, or the condition that it is all of, says that it may fail."""
    outer = view.ancestors[-1] if view.ancestors else None
    alone = isinstance(outer, ir.If) and len(outer.body) == 1 and outer.body[0] is node
    tops = [node, *([outer] if alone and outer is not None else [])]
    return any(_MAY_FAIL.search(_block_above(one.at, view)) for one in tops)


def _block_above(at: int, view: FileView) -> str:
    """The text of the comments that stand right above an offset, line by line."""
    start = view.text.rfind("\n", 0, at) + 1
    texts: list[str] = []
    for comment in reversed(list(view.comments_between(max(0, start - _MAX_BLOCK), start))):
        if not comment.own_line or view.text[comment.end : start].strip():
            break
        texts.append(comment.text)
        start = view.text.rfind("\n", 0, comment.at) + 1
    return " ".join(reversed(texts))


def introduced(node: ir.Stmt, view: FileView) -> bool:
    """Whether a comment stands on the line above the statement `node`."""
    return _commented(node.at, node.at, view)


def _commented(at: int, end: int, view: FileView) -> bool:
    start = view.text.rfind("\n", 0, at) + 1
    above = view.text.rfind("\n", 0, max(start - 1, 0)) + 1
    return any(
        (comment.own_line or comment.at >= start) and len(re.findall(r"[^\W\d_]", _said(comment.text))) >= 6
        for comment in view.comments_between(above, end)
    )


def _said(comment: str) -> str:
    """What a comment says to a reader: of `# noqa: BLE001 - skip what is malformed` the reason."""
    return "".join(_REASON.findall(comment)) if _PRAGMA.match(comment) else comment


def _effects(body: Sequence[ir.Stmt]) -> list[ir.Stmt]:
    """The simple statements of `body`, looking into conditions, loops and `with` blocks."""
    found: list[ir.Stmt] = []
    for statement in body:
        if isinstance(statement, ir.If | ir.For | ir.While):
            found += _effects(statement.body) + _effects(statement.orelse)
        elif isinstance(statement, ir.With):
            found += _effects(statement.body)
        elif not isinstance(statement, ir.Jump | ir.Import):
            found.append(statement)
    return found


def _call_of(statement: ir.Stmt) -> ir.Call | None:
    if not isinstance(statement, ir.ExprStmt):
        return None
    value = statement.value
    if isinstance(value, ir.Await):
        value = value.value
    if isinstance(value, ir.Call) and last_name(value.func) in ("wait_for", "gather", "shield", "wait"):
        inner = next((arg.value for arg in value.args if isinstance(arg.value, ir.Call)), None)
        value = inner or value
    return value if isinstance(value, ir.Call) else None


def is_cleanup(body: Sequence[ir.Stmt], view: FileView) -> bool:
    """Whether all that `body` does is to release things, or the function around it exists for that."""
    function = view.function()
    if function is not None and _CLEANUP_FUNCTION.search(function.name):
        return True
    effects = _effects(body)
    if effects and all(isinstance(one, ir.Delete) or _awaits_cancelled(one, view) for one in effects):
        return True
    found = [call for call in map(_call_of, effects) if call is not None]
    return bool(effects) and len(found) == len(effects) and all(last_name(call.func) in _CLEANUP for call in found)


def _awaits_cancelled(statement: ir.Stmt, view: FileView) -> bool:
    """`await task`, in a function that has cancelled it: how the task ends is no matter any more."""
    awaited = statement.value if isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Await) else None
    function = view.function()
    if awaited is None or function is None or not isinstance(awaited.value, (ir.Name, ir.Attribute)):
        return False
    cancel = f"{view.source(awaited.value)}.cancel"
    return any(view.source(call.func) == cancel for call in calls(function.body) if call.at < statement.at)


def is_reporting(body: Sequence[ir.Stmt], view: FileView) -> bool:
    """Whether all that `body` does is to log, count or trace, or the function around it exists for that."""
    function = view.function()
    if function is not None and _REPORTING_FUNCTION.search(function.name):
        return True
    if _is_telemetry(body, view):
        return True
    found = [_call_of(one) for one in _effects(body)]
    return bool(found) and all(call is not None and last_name(call.func) in _REPORTING for call in found)


def _is_telemetry(body: Sequence[ir.Stmt], view: FileView) -> bool:
    """Whether all that `body` calls tells a module for analytics what happened: `analytics.track("order_placed")`."""
    paths = [view.api(call.func) or "" for call in calls(body)]
    return bool(paths) and all(_TELEMETRY.search(path) for path in paths)


def is_report(name: str) -> bool:
    """Whether what is called so logs, prints or counts."""
    return name in _REPORTING


def reports(nodes: Sequence[ir.Node]) -> bool:
    """Whether a call among `nodes` logs, prints or counts."""
    return any(last_name(call.func) in _REPORTING for call in calls(nodes))


def raises(nodes: Sequence[ir.Node]) -> bool:
    """Whether `nodes` can raise on purpose, or end the process."""
    return any(
        isinstance(node, ir.Raise)
        or (isinstance(node, ir.Call) and last_name(node.func) in ("exit", "_exit", "abort", "reraise", "fail", "kill"))
        for node in ir.walk_scope(*nodes)
    )


def uses(name: str | None, nodes: Sequence[ir.Node]) -> bool:
    """Whether the variable `name` is read in `nodes`."""
    return name is not None and any(isinstance(node, ir.Name) and node.id == name for node in ir.walk_scope(*nodes))


def block_of(node: ir.Stmt, view: FileView) -> list[ir.Stmt]:
    """The list of statements that `node` stands in."""
    return _block_in(node, view.ancestors[-1]) if view.ancestors else view.module.body


def _block_in(node: ir.Node, parent: ir.Node) -> list[ir.Stmt]:
    for name in parent.__struct_fields__[2:]:
        value = getattr(parent, name)
        if type(value) is list and any(one is node for one in value):
            return value
    return []


def following(node: ir.Stmt, view: FileView) -> list[ir.Stmt]:
    """The statements after `node` in its block."""
    block = block_of(node, view)
    at = next((index for index, one in enumerate(block) if one is node), len(block))
    return block[at + 1 :]


def behind(node: ir.Node, parent: ir.Node) -> list[ir.Stmt]:
    """The statements after `node` in the block of `parent` that it stands in."""
    block = _block_in(node, parent)
    at = next((index for index, one in enumerate(block) if one is node), len(block))
    return block[at + 1 :]


def is_own(name: str, view: FileView) -> bool:
    """Whether the exception of API path `name` is the project's own: of this module, imported relatively, or of its package."""
    head = name.partition(".")[0]
    if not head:
        return True
    return head == view.module.path.partition("/")[0] or any(
        isinstance(one, ir.Class) and one.name == name for one in statements(view.module.body)
    )


def tried(body: Sequence[ir.Stmt], view: FileView) -> str:
    """What the `try` attempts, for messages: "`a.b()`" or "`a()` and `b()`"; "" when it calls nothing."""
    names: list[str] = []
    bases = {id(call.func.value) for call in calls(body) if isinstance(call.func, ir.Attribute)}
    for call in calls(body):
        if names and last_name(call.func)[:1].isupper():  # what is made for a call, `save(Order())`
            continue
        text = " ".join(view.source(call.func).split())
        if text not in names and len(text) <= 60 and id(call) not in bases:  # `f(x).g()` says f already
            names.append(text)
    shown = [f"`{name}()`" for name in names[:2]]
    return " and ".join(shown)
