"""How errors are taken in one JavaScript file: empty `catch` blocks, `.catch(() => {})`, call-backs that drop `err`."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, _patterns
from backend_audit.checks._pages import of_service
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word

_CLEANUP = frozenset(
    "close destroy end unlink unlinkSync rm rmSync rmdir rmdirSync remove removeSync kill abort cancel disconnect release "
    "unsubscribe removeListener clearTimeout clearInterval terminate quit dispose unref rollback flush log warn error info "
    "debug cleanup cleanUp teardown tearDown shutdown".split()
)
_PROBES = frozenset(
    "parse require import resolve accessSync access statSync stat lstatSync existsSync readFileSync decodeURIComponent "
    "decodeURI atob URL RegExp BigInt eval test mkdirSync mkdir getItem setItem removeItem focus play scrollIntoView "
    "execCommand writeText".split()
)
_PLAIN = frozenset("toString toLowerCase toUpperCase trim slice substring split join replace startsWith endsWith".split())
_SPARED = frozenset(  # waits that are cut short, and what may be missed
    "sleep delay wait timeout pause cache cached prefetch preload warm analytics telemetry metric metrics stats track".split()
)
_SHORT_COMMENT = 16  # says nothing of why
_FILES = frozenset("writeFile appendFile rename copyFile truncate symlink".split())
_SAVES = frozenset("insertOne insertMany updateOne updateMany replaceOne findOneAndUpdate findByIdAndUpdate bulkWrite".split())
_LISTENS = frozenset(("on", "once", "addListener"))
_LAST = frozenset(("uncaughtException", "unhandledRejection"))
_ERRORS = re.compile(r"^(err|error|e)$")
_FIX = (
    "Handle the error or pass it on: log it with what was tried, `throw` it, or hand it to `next(error)`. If nothing is to be "
    "done, say why in a comment."
)


def empty_catch(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """`try { save(); } catch {}`."""
    for handler in node.handlers:
        if handler.body:
            continue
        body = list(ir.walk(*list(node.body)))
        called = [last_word(one.func) for one in body if isinstance(one, ir.Call)]
        names = [name for name in called if name not in _CLEANUP and name not in _PROBES]
        if not _PROBES.isdisjoint(called):  # `url = new URL(link, base).toString()`
            names = [name for name in names if name not in _PLAIN]
        if not names:
            continue
        shown = f"`{names[0]}`" if names[0] else "this"
        leaves = any(isinstance(one, (ir.Return, ir.Jump)) for one in body)  # what follows is the answer to a failure
        yield Alert(
            at=handler.at,
            end=min(handler.end, handler.at + len("catch")),
            message=f"`catch` does nothing: what goes wrong in {shown} disappears without a trace.",
            fix=_FIX,
            confidence=_sure(leaves or _meant(node, handler, view), view),
        )


def _meant(node: ir.Try, handler: ir.Handler, view: FileView) -> bool:
    """Whether somebody says why nothing is done, or the code goes on with what it has without a result."""
    told = _explained(handler.at, handler.end, view) or _introduced(handler.at, view)
    return told or _only_reads(node) or _asked_after(node, view)


def _only_reads(node: ir.Try) -> bool:
    """`try { locale = page.attr('lang') } catch {}`: only variables are given something, and stay as they were."""
    if any(isinstance(one, (ir.Await, ir.For, ir.While)) for one in ir.walk_scope(*node.body)):
        return False
    simple = [one for one in ir.walk_scope(*node.body) if isinstance(one, (ir.Assign, ir.ExprStmt))]
    return bool(simple) and all(isinstance(one, ir.Assign) and _keeps(one) for one in simple)


def _keeps(node: ir.Assign) -> bool:
    return all(not isinstance(target, (ir.Attribute, ir.Index)) for target in node.targets)


def _asked_after(node: ir.Try, view: FileView) -> bool:
    """`try { found = await find() } catch {}  if (!found) throw …`: what comes next asks whether there is a result."""
    after = _errors.following(node, view)[:1]
    if not after and len(view.ancestors) > 1 and isinstance(view.ancestors[-1], ir.If):  # the last thing in `if (!found) { … }`
        after = _errors.behind(view.ancestors[-1], view.ancestors[-2])[:1]
    if not after or not isinstance(after[0], ir.If) or any(isinstance(one, ir.ExprStmt) for one in ir.walk_scope(*node.body)):
        return False
    given = [target for one in ir.walk_scope(*node.body) if isinstance(one, ir.Assign) for target in one.targets]
    names = {one.id for one in given if isinstance(one, ir.Name)}
    return _asks_whether(after[0].test, names)


def _asks_whether(test: ir.Expr, names: set[str]) -> bool:
    """`x`, `!x`, `x?.name`, `x && y`, `x !== null`: whether one of these variables holds anything."""
    match test:
        case ir.Name(id=name):
            return name in names
        case ir.Attribute(value=inner) | ir.Unary(operand=inner):
            return _asks_whether(inner, names)
        case ir.Logical(left=left, right=right):
            return _asks_whether(left, names) or _asks_whether(right, names)
        case ir.Compare(left=left, rights=[ir.Const(value=None)]):
            return _asks_whether(left, names)
        case _:
            return False


def ignored_for_all(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`process.on("uncaughtException", () => {})`."""
    event = node.args[0].value if len(node.args) == 2 else None
    on_process = isinstance(node.func, ir.Attribute) and isinstance(node.func.value, ir.Name) and node.func.value.id == "process"
    if not on_process or _patterns.method(node) not in _LISTENS or not isinstance(event, ir.Const) or event.value not in _LAST:
        return
    if not _does_nothing(node.args[1].value):
        return
    yield Alert(
        node=node,
        message=f"Nothing is done for `{event.value}`: the process goes on after any error, and nobody learns of it.",
        fix="Log the error and end the process: what it has left half done is not known. A supervisor starts it anew.",
        confidence=_sure(_explained(node.func.end, node.end, view) or _introduced(node.at, view), view),
    )


def ignored_rejection(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`save().catch(() => {})`."""
    if _patterns.method(node) != "catch" or len(node.args) != 1 or not isinstance(node.func, ir.Attribute):
        return
    handler = node.args[0].value
    if not _does_nothing(handler):
        return
    made = _begun(node.func.value)
    name = last_word(made.func) if isinstance(made, ir.Call) else ""
    if name in _CLEANUP or name in _PROBES:
        return
    caught = node.func.end - len("catch")
    meant = _explained(node.func.end, node.end, view) or _introduced(node.at, view) or _introduced(caught, view)
    meant = meant or _gives_null(handler) or not isinstance(made, ir.Call) or not _SPARED.isdisjoint(words(name))
    yield Alert(
        at=caught,
        end=node.end,
        message=f"`.catch(…)` does nothing: a rejection{f' of `{name}`' if name else ''} disappears without a trace.",
        fix=_FIX,
        confidence=_sure(meant, view),
    )


def _begun(node: ir.Expr) -> ir.Expr:
    """What a promise is of, before `.then(…)`: `load()` of `load().then(show)`."""
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("then", "finally"):
        node = node.func.value
    return node


def _does_nothing(handler: ir.Expr) -> bool:
    if isinstance(handler, ir.Lambda):
        body = handler.function.body
        if len(body) == 1 and isinstance(body[0], ir.Return):
            return isinstance(body[0].value, ir.Const) and body[0].value.kind in ("undefined", "none")
        return not body
    return last_word(handler) in ("noop", "noOp")


def _gives_null(handler: ir.Expr) -> bool:
    """`() => null`: what waits for the promise gets a value that says so."""
    return isinstance(handler, ir.Lambda) and bool(handler.function.body)


def dropped_error(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`fs.readFile(name, (err, data) => use(data))`, `fs.writeFile(name, data, (err) => done())`."""
    handler = node.args[-1].value if node.args else None
    params = [param for param in handler.function.params if param.kind == "positional"] if isinstance(handler, ir.Lambda) else []
    if not isinstance(handler, ir.Lambda) or not params or not _ERRORS.match(params[0].name) or params[0].name == "e":
        return
    names = [param.name for param in params]
    if names[1:2] and names[1] in ("req", "request", "_req", "ctx"):
        return
    used = {one.id for one in ir.walk(*list(handler.function.body)) if isinstance(one, ir.Name)}
    goes_on = bool(set(names[1:]) & used) if names[1:] else bool(handler.function.body) and _writes(node, view)
    if not goes_on or _reads(handler.function, names[0]):
        return
    callee = view.source(node.func)[-60:].strip()
    after = "goes on without a result" if names[1:] else "goes on as if it had been done"
    yield Alert(
        at=params[0].at,
        end=params[0].end,
        message=f"The call-back of `{callee}` does not look at `{names[0]}`: after a failure it {after}.",
        fix="Begin with it: `if (err) return next(err);`, or use the function that gives a promise, and `await` it.",
        confidence=Confidence.MEDIUM,
    )


def _sure(meant: bool, view: FileView) -> Confidence:
    """Less sure where somebody meant it, and of pages: no monitoring hears of what goes wrong in a visitor's browser."""
    return Confidence.LOW if meant else of_service(Confidence.MEDIUM, view.module)


def _writes(node: ir.Call, view: FileView) -> bool:
    """Whether a call writes what must not be lost: a file, or rows of a database."""
    name = last_word(node.func)
    return name in _SAVES or (name in _FILES and (view.api(node.func) or "").startswith("fs."))


def _reads(function: ir.Function, name: str) -> bool:
    """Whether a function reads its parameter; functions within that have one of that name speak of their own."""
    inner = [one.function for one in ir.walk(*list(function.body)) if isinstance(one, ir.Lambda)]
    hidden = [one for one in inner if any(param.name == name for param in one.params)]
    theirs = {id(one) for other in hidden for one in ir.walk(*list(other.body))}
    return any(isinstance(one, ir.Name) and one.id == name and id(one) not in theirs for one in ir.walk(*list(function.body)))


def _explained(at: int, end: int, view: FileView) -> bool:
    """Whether a comment within says why, or one behind it on its last line."""
    line_end = view.text.find("\n", end)
    return any(len(comment.text) > 6 for comment in view.comments_between(at, max(end, line_end)))


def _introduced(at: int, view: FileView) -> bool:
    """Whether a comment stands on the line above."""
    start = view.text.rfind("\n", 0, at) + 1
    above = view.text.rfind("\n", 0, max(start - 1, 0)) + 1
    return any(one.own_line and len(one.text) > _SHORT_COMMENT for one in view.comments_between(above, start))
