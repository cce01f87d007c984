"""Texts of exceptions and stack traces in answers: what the program's insides look like, told to whoever asks."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _script_told, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLASS
from backend_audit.flow.web_concepts import Answer
from backend_audit.flow.written import written
from backend_audit.routes.script_told_errors import ToldError
from backend_audit.routes.status import statuses
from backend_audit.routes.within import waits
from backend_audit.source import SCRIPTS, Mark

RULE = "error-detail-in-response"
_FIX = "Log the exception, and answer with a text of the program's own (and an id under which the log has it)."
_BROAD = frozenset(("Exception", "BaseException", "builtins.Exception", "builtins.BaseException", "StandardError"))
# Exceptions whose text speaks of what the caller sent, or is written for the caller.
_FOR_CALLERS = re.compile(
    r"Validat|ValueError|TypeError|KeyError|LookupError|IndexError|HTTPException|APIException|Http404|DoesNotExist|NotFound|"
    r"AuthenticationFailed|NotAuthenticated|NotAcceptable|UnsupportedMedia|Throttled|MethodNotAllowed|Unauthori[sz]ed|Forbidden|BadRequest|"
    r"Decode|ParseError|Unicode|Invalid|PermissionDenied|AssertionError|NotImplemented|Jinja|Template|Syntax|JWT|Signature|PyJWTError|Multipart",
)
_OF_INPUT = frozenset(("csv.Error", "_csv.Error", "zlib.error", "binascii.Error"))  # they speak of what the caller sent, too
_TEXT = frozenset(
    ("args", "message", "msg", "orig", "strerror", "reason", "__str__", "with_traceback", "__cause__", "stderr", "output")
)
_LOGS = re.compile(r"(^|[._])(log\w*|logger|print|capture_exception|warnings?)(\.|$)", re.IGNORECASE)
_DEBUG = re.compile(r"debug|is_dev|\bdev\b|development|testing|local_env|show_(error|trace)|verbose", re.IGNORECASE)
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


@check(RULE)
def error_told(answer: Answer) -> Iterator[Alert]:
    """One alert for an answer, for the worst that it tells."""
    site = answer.site
    found: list[tuple[Confidence, Origin, Operand]] = []
    content = answer.content
    for origin in () if content is None else content.value.carries("error", "exception"):
        confidence = _confidence(answer, origin)
        if confidence is not None and content is not None:
            found.append((confidence, origin, content))
    if not found or _only_for_debugging(site) or (content is not None and _is_told_apart(site, content)):
        return
    confidence, origin, operand = max(found, key=lambda one: one[0])
    at, end = _span(site, operand)
    trace = origin.what == "a stack trace"
    told = "A stack trace" if trace else f"The text of the exception caught as `{origin.what}`"
    yield Alert(
        at=at,
        end=end,
        message=f"{told} goes to the client: it tells of queries, paths, hosts and versions that only the log should hold.",
        fix=_FIX,
        confidence=confidence,
        steps=(*origin.marks(), Mark(site.path, at, end, "is sent to the client here")),
        anchor=f"{site.symbol}:{origin.what}:{site.api}",
        of_insides=True,
    )


@check(RULE, *SCRIPTS)
def error_sent(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`res.status(500).send(err.stack)`."""
    for told, trace in _script_told.told_error(node, view):
        what = "A stack trace" if trace else "The exception as it is"
        less = Confidence.LOW if _script_told.hands_over(node, view) else Confidence.MEDIUM
        yield Alert(
            node=told,
            message=f"{what} goes to the client: it tells of queries, paths, hosts and versions that only the log should hold.",
            fix=_FIX,
            confidence=Confidence.HIGH if trace else less,
        )


@check(RULE, *SCRIPTS)
def stack_in_body(node: ir.Assign, view: FileView) -> Iterator[Alert]:
    """`ctx.body = err.stack`, Koa's."""
    target = node.targets[0]
    if not isinstance(target, ir.Attribute) or target.attr != "body" or written(target) not in ("ctx.body", "ctx.response.body"):
        return
    told = None if node.value is None or _script_told.in_debugging(view) else _script_told.told_stack(node.value, view)
    if told is not None:
        yield Alert(
            node=told,
            message="A stack trace goes to the client: it tells of queries, paths, hosts and versions that only the log should "
            "hold.",
            fix=_FIX,
            confidence=Confidence.HIGH,
        )


@check(RULE)
def text_told(found: ToldError) -> Iterator[Alert]:
    """`catch (err) { res.status(500).json({ error: err.message }) }` after a query."""
    if isinstance(found.told, ir.Expr):
        what = f"what `{found.failed}` fails with" if found.failed else "what any driver or library fails with"
        yield Alert(
            node=found.told,
            message=f"`{written(found.told)}` goes to the client: {what} tells of tables, hosts and paths that only the log "
            "should hold.",
            fix=_FIX,
            confidence=Confidence.LOW if found.own else Confidence.MEDIUM,
        )


def _span(site: Site, operand: Operand) -> tuple[int, int]:
    node = operand.node
    if node is not None and site.node.at <= node.at and node.end <= site.node.end:
        return node.at, node.end
    func = site.callee
    return func.at, func.end


def _confidence(answer: Answer, origin: Origin) -> Confidence | None:
    if origin.what == "a stack trace":
        return Confidence.HIGH
    if not _tells_text(answer.site, origin):
        return None
    status = status_of(answer)
    names = [str(one) for one in origin.key[:-1]]
    broad = not names or any(name in _BROAD for name in names)
    if broad:
        told_off = status is not None and _CLIENT_ERROR <= status < _SERVER_ERROR
        return Confidence.LOW if told_off and _only_computes(answer.site, origin) else Confidence.MEDIUM
    if all(name[:1] == CLASS or name in _OF_INPUT or _FOR_CALLERS.search(name.rpartition(".")[2]) for name in names):
        return None
    return Confidence.MEDIUM if status is None or status >= _SERVER_ERROR else Confidence.LOW


def status_of(answer: Answer) -> int | None:
    """The status of an answer, the lowest that it can have; None where it is not known."""
    if answer.code:
        return int(answer.code)
    return None if answer.status is None else min(statuses(answer.status.value), default=None)


def _tells_text(site: Site, origin: Origin) -> bool:
    """Whether the handler takes the exception's text, whatever it is: not `error.response`, nor after a test of its class."""
    handler = _handler(site, origin)
    if handler is None or handler.name is None:
        return True
    body: list[ir.Node] = list(ir.walk(*list(handler.body)))
    apart: set[int] = set()  # where the name stands for something else than its text
    for node in body:
        if isinstance(node, ir.Attribute) and written(node.value) == handler.name and node.attr not in _TEXT:
            apart.add(node.value.at)
        elif isinstance(node, ir.Call) and written(node.func) == "isinstance" and written(node.args[0].value) == handler.name:
            return False
        elif isinstance(node, ir.Call) and _LOGS.search(written(node.func)):
            apart |= _named(list(node.args))
        elif isinstance(node, ir.Raise) and node.cause is not None:
            apart |= _named([node.cause])
    return any(isinstance(node, ir.Name) and node.id == handler.name and node.at not in apart for node in body)


def _is_told_apart(site: Site, operand: Operand) -> bool:
    """Whether the function that answers was handed the exception and tests its class: `def told(exc): if isinstance(exc, …)`."""
    node, function = operand.node, site.function
    if node is None or function is None:
        return False
    names = {one.id for one in ir.walk_scope(node) if isinstance(one, ir.Name)} & {one.name for one in function.params}
    return bool(names) and any(
        isinstance(one, ir.Call) and written(one.func) == "isinstance" and written(one.args[0].value) in names
        for one in ir.walk(*function.body)
    )


def _handler(site: Site, origin: Origin) -> ir.Handler | None:
    """The handler that caught the exception, where it stands in the answer's file."""
    for node in ir.walk(*([] if site.module is None else site.module.body)):
        if isinstance(node, ir.Handler) and origin.key[-1] == f"{site.path}:{node.at}":
            return node
    return None


def _only_computes(site: Site, origin: Origin) -> bool:
    """Whether the `try` of a coroutine waits for nothing: it reads what the client sent, and that is what its errors speak of."""
    handler = _handler(site, origin)
    if site.function is None or not site.function.is_async or handler is None:
        return False
    for node in ir.walk(*list(site.function.body)):
        if isinstance(node, ir.Try) and any(one is handler for one in node.handlers):
            return not any(map(waits, ir.walk(*list(node.body))))
    return False


def _named(nodes: list[ir.Node]) -> set[int]:
    return {node.at for node in ir.walk(*nodes) if isinstance(node, ir.Name)}


def _only_for_debugging(site: Site) -> bool:
    """Whether a test of a debug switch stands around the answer, or decides its text."""
    if site.function is None:
        return False
    for node in ir.walk(*list(site.function.body)):
        if isinstance(node, (ir.If, ir.Conditional)) and _mentions_debug(node.test):
            inside = [node.then, node.orelse] if isinstance(node, ir.Conditional) else [*node.body, *node.orelse]
            if any(one.at <= site.node.at <= one.end for one in inside) or site.node.at <= node.at < site.node.end:
                return True
            if any(isinstance(one, ir.Assign) for one in inside) or isinstance(node, ir.Conditional):
                return True
    return False


def _mentions_debug(test: ir.Expr) -> bool:
    tests: list[ir.Node] = [test]
    return any(isinstance(node, (ir.Name, ir.Attribute, ir.Const)) and _DEBUG.search(written(node)) for node in ir.walk(*tests))
