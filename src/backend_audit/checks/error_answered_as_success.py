"""Request handlers that catch every exception and answer as if nothing had happened."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._answers import is_request_handler, outcome
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.routes.outcomes import Outcome
from backend_audit.routes.script_failures import MistakenAnswer

RULE = "error-answered-as-success"

# Senders repeat what is not answered with success, and probes want an answer: here a 200 can be meant.
_MEANT = re.compile(r"webhook|hook|callback|health|ready|ping|probe|unsubscribe|track|pixel|beacon", re.IGNORECASE)
# Who asks for a mail shall not learn whether the address is known.
_TELLS_NOBODY = re.compile(r"forgot|recover|reset|password|magic|resend|subscribe", re.IGNORECASE)

_SAYS = {
    Outcome.SUCCESS: "tells the client that all went well",
    Outcome.CONTRADICTION: "reports the error with a success status",
    Outcome.EMPTY: "answers with an empty or fixed result and a success status",
}


@check(RULE)
def error_answered_as_success(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """The answers in the broad handlers of a request handler's `try`."""
    function = view.function()
    if function is None or not is_request_handler(function, view):
        return
    for handler in node.handlers:
        if not _errors.is_broad(handler, view) or _errors.raises(handler.body):
            continue
        if _sets_status(handler) or _hands_on(handler):
            continue
        for answer in _answers(handler):
            what = outcome(answer.value, view)
            if what not in _SAYS or (what is Outcome.EMPTY and not function.decorators and not view.enclosing(ir.Class)):
                continue
            yield Alert(
                node=answer,
                message=f"When {_errors.tried(node.body, view).replace(' and ', ' or ') or 'this'} fails, "
                f"`{function.name}` {_SAYS[what]}: callers, retries and "
                f"monitoring cannot see the failure that `{_errors.heading(handler, view)}` caught.",
                fix="Log the exception and let it reach the error handler, or answer with a 4xx or 5xx status.",
                confidence=_confidence(what, function, answer, view),
            )


@check(RULE)
def error_that_ends_in_nothing(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """`except Exception as error: log.error(error)` at the end of a route of FastAPI: what it answers is `null`."""
    function = view.function()
    if function is None or not _answers_null(function, node, view):
        return
    for handler in node.handlers:
        does_more = _errors.raises(handler.body) or _sets_status(handler) or _hands_on(handler) or _answers(handler)
        if does_more or not _errors.is_broad(handler, view) or _errors.does_nothing(handler.body):
            continue
        at, end = _errors.head_span(handler)
        yield Alert(
            at=at,
            end=end,
            message=f"When {_errors.tried(node.body, view).replace(' and ', ' or ') or 'this'} fails, `{function.name}` ends "
            "here, and the client gets `null` with the status 200: callers, retries and monitoring cannot see the failure.",
            fix="Let the exception reach the error handler, or `raise HTTPException(status_code=500)` when it is logged.",
            confidence=_by_name(Confidence.MEDIUM, function, view),
        )


def _answers_null(function: ir.Function, node: ir.Try, view: FileView) -> bool:
    """Whether a route of FastAPI gives `null` where it falls out of this `try`, and something else where nothing fails."""
    by_fastapi = any(path.partition(".")[0] == "fastapi" for path in view.imports.values())
    if not by_fastapi or not function.body or function.body[-1] is not node or function.returns is not None:
        return False
    told = [arg.name for one in function.decorators if isinstance(one, ir.Call) for arg in one.args]
    if not is_request_handler(function, view) or "response_model" in told or "response_class" in told:
        return False
    answers = [one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Return)]
    return bool(answers) and all(one.value is not None for one in answers) and not (node.orelse or node.final)


@check(RULE)
def mistaken_answer(answer: MistakenAnswer) -> Iterator[Alert]:
    """`catch (error) { res.json({ success: false }) }`."""
    yield Alert(
        node=answer.site.node,
        message=f"When {f'`{answer.failed}()`' if answer.failed else 'this'} fails, `{answer.route}` {_SAYS[answer.outcome]}: "
        f"callers, retries and monitoring cannot see the failure.",
        fix="Log the error and answer with a 4xx or 5xx status (`res.status(500).json(…)`), or hand it to the error handler "
        "(`next(error)`, `throw`).",
        confidence=_confidence_in(answer),
    )


def _confidence_in(answer: MistakenAnswer) -> Confidence:
    meant = any(_MEANT.search(one) or _TELLS_NOBODY.search(one) for one in (answer.route, answer.site.symbol))
    if meant or answer.meant:
        return Confidence.LOW
    return Confidence.HIGH if answer.outcome is Outcome.SUCCESS else Confidence.MEDIUM


def _answers(handler: ir.Handler) -> list[ir.Return]:
    return [node for node in ir.walk_scope(*handler.body) if isinstance(node, ir.Return)]


def _hands_on(handler: ir.Handler) -> bool:
    """Whether the handler gives the exception to a function of its own, which may raise or decide."""
    for statement in ir.walk_scope(*handler.body):
        if not isinstance(statement, ir.ExprStmt) or not isinstance(statement.value, ir.Call | ir.Await):
            continue
        call = statement.value.value if isinstance(statement.value, ir.Await) else statement.value
        if isinstance(call, ir.Call) and not _errors.reports([call]) and _errors.uses(handler.name, [call]):
            return True
    return False


def _sets_status(handler: ir.Handler) -> bool:
    """`response.status_code = 500` and its like."""
    for node in ir.walk_scope(*handler.body):
        if isinstance(node, ir.Assign) and any(_errors.last_name(one) in ("status_code", "status") for one in node.targets):
            return True
    return False


def _confidence(what: Outcome, function: ir.Function, answer: ir.Return, view: FileView) -> Confidence:
    if what is Outcome.EMPTY and answer.value is None:
        return Confidence.LOW
    return _by_name(Confidence.HIGH if what is Outcome.SUCCESS else Confidence.MEDIUM, function, view)


def _by_name(sure: Confidence, function: ir.Function, view: FileView) -> Confidence:
    """How sure it is, unless the route is one whose callers are meant to be told that all went well."""
    paths = " ".join(view.source(decorator) for decorator in function.decorators)
    return Confidence.LOW if _MEANT.search(function.name) or _MEANT.search(paths) else sure
