"""Handlers that do nothing: `except …: pass`, `continue`, `suppress(Exception)`, a silent `return None`."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import Alert, _errors, _gathered, _narrow, _script_errors, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.source import SCRIPTS, Language

RULE = "swallowed-exception"

# Exceptions that answer a question ("is it there?", "is there more?") rather than report a failure.
_ANSWERS = _errors.names_of(
    "ImportError,ModuleNotFoundError,KeyError,IndexError,AttributeError,LookupError,NameError,StopIteration,"
    "StopAsyncIteration,GeneratorExit,KeyboardInterrupt,SystemExit,CancelledError,FileNotFoundError,FileExistsError,"
    "ProcessLookupError,NotADirectoryError,IsADirectoryError,ChildProcessError,BrokenPipeError,ConnectionResetError,"
    "ConnectionAbortedError,BrokenResourceError,ClosedResourceError,EndOfStream,WouldBlock,Empty,Full,QueueEmpty,"
    "QueueFull,QueueShutDown,TimeoutError,DoesNotExist,ObjectDoesNotExist,MultipleObjectsReturned,NoResultFound,"
    "WatchError,NotFound,NotFoundError,UnicodeDecodeError,UnicodeEncodeError,UnicodeError,WebSocketDisconnect,ConnectionClosed,"
    "ConnectionClosedOK,ConnectionClosedError,NoReverseMatch,Resolver404,Http404,BlockingIOError,InterruptedError,"
    "EOFError,NotImplementedError,UnsupportedOperation,AlreadyExists,DuplicateKeyError,NotRegistered,"
    "AlreadyRegistered,FieldDoesNotExist,FieldError,PackageNotFoundError,NoSuchProcess,SkipTest,Stop,NoSuchKey,"
    "AccessDenied,ZombieProcess,UnknownTimeZoneError,ZoneInfoNotFoundError,NoBrokersAvailable,Break,Continue"
)
_ANSWER_NAMES = re.compile(
    r"DoesNotExist|NotFound|NoSuch|NotExist|Already|Exists|Duplicate|ReadOnly|NotApplicable|NotSupported|Unsupported|Skip|Ignore|Cancell?ed|Timeout|TimedOut|Disconnect|Closed|Interrupt"
)
_CONFLICTS = _errors.names_of("IntegrityError,UniqueViolation,UniqueViolationError,UniqueConstraintError,NotUniqueError")


@check(RULE)
def handlers_that_do_nothing(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """Every handler of a `try` that makes an error vanish."""
    for handler in node.handlers:
        if _errors.does_nothing(handler.body):
            confidence = _judge(node, handler, view)
            if confidence is not None:
                yield _alert(node, handler, view, confidence)
        elif _hides_quietly(node, handler, view):
            yield _alert(node, handler, view, Confidence.LOW)


def _meant(func: ir.Expr, view: FileView) -> str:
    """The last name of what is called, as its module has it: a class may have been given another name by its import."""
    return view.imports.get(func.id, func.id).rpartition(".")[2] if isinstance(func, ir.Name) else _errors.last_name(func)


def _judge(node: ir.Try, handler: ir.Handler, view: FileView) -> Confidence | None:
    explained = _errors.explained(handler, view)
    if _errors.is_broad(handler, view):
        return _judge_broad(node, view, explained=explained)
    if explained or _errors.introduced(node, view) or _harmless(node, view):
        return None
    if node.orelse or _falls_through(node, view) or _has_default(node, view):
        return None
    names = [name.rpartition(".")[2] for name in _errors.caught(handler, view)]
    if any(name in _ANSWERS or _ANSWER_NAMES.search(name) for name in names):
        return None
    if isinstance(node.body[-1], ir.Raise):  # that nothing was raised is the failure
        return None
    called = [_meant(call.func, view) for call in _errors.calls(node.body)]
    if _narrow.only_reads(called, names) or _narrow.only_converts(node.body) or _narrow.makes_folders(called, names):
        return None
    if _narrow.is_in_another_thread(called, names):
        return None
    if _narrow.reads_settings_that_may_lack(called, names, inside=view.function() is not None):
        return None
    if any(name in _narrow.CONVERSION_ERRORS for name in names) and _narrow.reads_a_file_field(node.body[0]):
        return Confidence.LOW
    if any(isinstance(one, ir.Jump) and one.kind == "continue" for one in handler.body) or _changes_the_schema(node.body):
        return Confidence.LOW
    if len(node.body) == 1 and any(name in _CONFLICTS for name in names) and not _adds_many(called):
        return Confidence.LOW  # what is to be added is there already
    if any(other is not handler and not _errors.does_nothing(other.body) for other in node.handlers):
        return Confidence.LOW  # the other failures are handled: this one was chosen
    if not called:
        return Confidence.MEDIUM if all(isinstance(one, ir.Jump) for one in node.body) else None
    if all(_errors.is_own(name, view) for name in _errors.caught(handler, view)):
        return Confidence.LOW
    return Confidence.MEDIUM if _drops_a_result(node.body) else Confidence.LOW


def _judge_broad(node: ir.Try, view: FileView, *, explained: bool) -> Confidence | None:
    if _harmless(node, view) or _only_probes_imports(node.body):
        return None
    if (
        explained
        or _errors.announced(node, view)
        or _falls_through(node, view)
        or _is_retry(node, view)
        or _narrow.asks_a_program(node.body)
    ):
        return Confidence.LOW
    if view.enclosing(ir.Handler) is not None or (_narrow.only_converts(node.body) and _has_default(node, view)):
        return Confidence.LOW
    if any(isinstance(one, ir.Raise) for one in _errors.following(node, view)[:1]):
        return Confidence.LOW
    return Confidence.HIGH if not _errors.calls(node.body) or _drops_a_result(node.body) else Confidence.MEDIUM


def _adds_many(called: list[str]) -> bool:
    """Whether one row that is there already keeps all the others out."""
    return any("bulk" in name or name.endswith("_many") or name == "add_all" for name in called)


def _harmless(node: ir.Try, view: FileView) -> bool:
    return _errors.is_cleanup(node.body, view) or _errors.is_reporting(node.body, view)


def _only_probes_imports(body: list[ir.Stmt]) -> bool:
    return any(isinstance(one, ir.Import) for one in body) and not _drops_a_result(body)


def _falls_through(node: ir.Try, view: FileView) -> bool:
    """Whether the `try` leaves the function or loop on success, so that what follows is the answer to its failure."""
    leaves = any(
        isinstance(one, ir.Return) or (isinstance(one, ir.Jump) and one.kind in ("break", "continue"))
        for one in ir.walk_scope(*node.body)
    )
    return leaves and _goes_on(node, view)


def _goes_on(node: ir.Stmt, view: FileView) -> bool:
    """Whether anything runs after a statement, in its block or behind the conditions that it stands in."""
    if _errors.following(node, view):
        return True
    for at in range(len(view.ancestors) - 1, -1, -1):
        outer = view.ancestors[at]
        if isinstance(outer, ir.For | ir.While):
            return True
        if not isinstance(outer, ir.If | ir.With):
            return False
        body = getattr(view.ancestors[at - 1], "body", None) if at else None
        if isinstance(body, list) and any(one is outer for one in body[:-1]):
            return True
    return False


def _is_retry(node: ir.Try, view: FileView) -> bool:
    """`for attempt in range(n): try: …; return` — the loop tries again."""
    loop = view.enclosing(ir.For, ir.While, ir.Function)
    if not isinstance(loop, ir.For) or not isinstance(loop.iter, ir.Call) or _errors.last_name(loop.iter) != "range":
        return False
    return any(
        isinstance(one, ir.Return) or (isinstance(one, ir.Jump) and one.kind == "break")
        for one in ir.walk_scope(*node.body, *node.orelse)
    )


def _has_default(node: ir.Try, view: FileView) -> bool:
    """Whether what the `try` assigns has a value already, so that failing means to keep it."""
    names = _assigned(node.body)
    function = view.function()
    if not names or function is None:
        return False
    nodes = list(ir.walk_scope(*function.body))
    before = [one for one in nodes if isinstance(one, ir.Assign) and one.at < node.at]
    kept = names & (_assigned(before) | {param.name for param in function.params})
    if kept != names and names != _named(node.body):
        return False  # something is done to an object beside
    after = {one.id for one in nodes if isinstance(one, ir.Name) and one.at >= node.end}
    return (
        bool(kept) and not (names - kept) & after
    )  # the others only lead there: `body = response.json()`, `text = body["message"]`


def _assigned(nodes: Sequence[ir.Node]) -> set[str]:
    """The variables, attributes and items of variables that `nodes` assign, by the variable's name."""
    found = set()
    for one in ir.walk_scope(*nodes):
        for target in _targets(one) if isinstance(one, ir.Assign) and one.value is not None else ():
            base = target
            while isinstance(base, ir.Attribute | ir.Index):
                base = base.value
            if isinstance(base, ir.Name):
                found.add(base.id)
    return found


def _targets(one: ir.Assign) -> list[ir.Expr]:
    """What is assigned to, of several at once each; `_` takes what nobody wants."""
    found = [item.value for target in one.targets if isinstance(target, ir.Container) for item in target.items]
    found += [target for target in one.targets if not isinstance(target, ir.Container)]
    return [target for target in found if not (isinstance(target, ir.Name) and target.id == "_")]


def _named(nodes: Sequence[ir.Node]) -> set[str]:
    """The variables that `nodes` assign, if they assign nothing else."""
    targets = [target for one in ir.walk_scope(*nodes) if isinstance(one, ir.Assign) for target in _targets(one)]
    names = {target.id for target in targets if isinstance(target, ir.Name)}
    return names if all(isinstance(target, ir.Name) for target in targets) else set()


def _changes_the_schema(body: Sequence[ir.Node]) -> bool:
    """Whether all that `body` calls runs DDL, as migrations do that can run twice."""
    found = _errors.calls(body)
    texts = [call.args[0].value.value for call in found if call.args and isinstance(call.args[0].value, ir.Const)]
    ddl = [text for text in texts if isinstance(text, str) and re.match(r"\s*(ALTER|CREATE|DROP)\s", text, re.IGNORECASE)]
    return bool(found) and len(ddl) == len(found)


def _drops_a_result(body: list[ir.Stmt]) -> bool:
    """Whether something in `body` is done for its effect alone: its failure leaves no other trace."""
    for one in ir.walk_scope(*body):
        if isinstance(one, ir.ExprStmt) and any(isinstance(part, ir.Call) for part in ir.walk_scope(one)):
            return True
    return False


def _hides_quietly(node: ir.Try, handler: ir.Handler, view: FileView) -> bool:
    if not _is_silent_default(handler) or not _errors.is_broad(handler, view):
        return False
    return not _harmless(node, view) and not _errors.explained(handler, view)


def _is_silent_default(handler: ir.Handler) -> bool:
    """`return`, `return None`, `return False`, `return []`, … and nothing else, without a look at the error."""
    if len(handler.body) != 1 or not isinstance(handler.body[0], ir.Return):
        return False
    value = handler.body[0].value
    if isinstance(value, ir.Container):
        return not value.items
    return value is None or isinstance(value, ir.Const)


def _alert(node: ir.Try, handler: ir.Handler, view: FileView, confidence: Confidence) -> Alert:
    at, end = _errors.head_span(handler)
    head = _errors.heading(handler, view)
    lost = _errors.tried(node.body, view)
    what = f"what goes wrong in {lost}" if lost else "what goes wrong here"
    if _errors.is_catch_all(handler, view):
        what += " (and KeyboardInterrupt and SystemExit)"
    elif _errors.is_broad(handler, view):
        what += " (programming errors included)"
    last = handler.body[-1]
    how = "does nothing" if not isinstance(last, ir.Return) else "returns a default"
    if isinstance(last, ir.Jump) and last.kind == "continue":
        how = "goes on with the next item"
    return Alert(
        at=at,
        end=end,
        message=f"`{head}` {how}: {what} disappears without a trace.",
        fix="Catch only the exceptions that you expect and handle them; log the others with their traceback and let "
        "them propagate. If nothing is to be done, say why in a comment.",
        confidence=confidence,
    )


@check(RULE, *SCRIPTS)
def empty_catch(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """`try { save(); } catch {}`."""
    yield from _script_errors.empty_catch(node, view)


@check(RULE, *SCRIPTS)
def ignored_in_javascript(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`save().catch(() => {})`, `fs.readFile(name, (err, data) => use(data))`."""
    yield from _script_errors.ignored_rejection(node, view)
    yield from _script_errors.ignored_for_all(node, view)
    yield from _script_errors.dropped_error(node, view)


@check(RULE, Language.PYTHON, *SCRIPTS)
def results_dropped(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`await asyncio.gather(*jobs, return_exceptions=True)`, `await Promise.allSettled(jobs);`."""
    yield from _gathered.dropped_results(node, view)


@check(RULE)
def suppressed_everything(node: ir.With, view: FileView) -> Iterator[Alert]:
    """`with contextlib.suppress(Exception):` around something that matters."""
    for item in node.items:
        call = item.context
        if not isinstance(call, ir.Call) or view.api(call.func) != "contextlib.suppress":
            continue
        names = [name for arg in call.args for name in _errors.exception_names(arg.value, view)]
        broad = next((name for name in names if name in _errors.BROAD or name in _errors.CATCH_ALL), None)
        if broad is None or _errors.is_cleanup(node.body, view) or _errors.is_reporting(node.body, view):
            continue
        lost = _errors.tried(node.body, view)
        what = f"every failure of {lost}" if lost else "every failure in this block"
        yield Alert(
            node=call,
            message=f"`suppress({broad.rpartition('.')[2]})` makes {what} disappear without a trace.",
            fix="Name the exceptions that you expect in `suppress(…)`, or catch and log the error.",
            confidence=_confidence_of_suppress(node, view),
        )


def _confidence_of_suppress(node: ir.With, view: FileView) -> Confidence:
    start = view.text.rfind("\n", 0, node.at) + 1
    above = view.text.rfind("\n", 0, max(start - 1, 0)) + 1
    first = node.body[0].at if node.body else node.end
    commented = any(len(comment.text) > 12 for comment in view.comments_between(above, first))
    return Confidence.LOW if commented else Confidence.HIGH
