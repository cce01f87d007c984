"""Answers that handlers of Node give when something has failed, and that say by their status that all went well.

`catch (error) { res.json({ success: false }) }`: Express answers with 200 unless it is told otherwise.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.outcomes import ERROR_WORDS, Outcome, of_body, status_of

_SENDS = frozenset(("json", "send", "jsonp", "end"))
_STATUSES = frozenset(("status", "code", "sendStatus", "writeHead"))
_STATUS_FIELDS = frozenset(("status", "statusCode", "code"))
_RESPONSES = frozenset("res response reply resp".split())
_PLAIN = _RESPONSES | {"require", "JSON", "console"}  # not what was tried
_BODIES = frozenset(("ctx.body", "ctx.response.body"))
_ERROR = re.compile(r"^(?:err|error|e|ex|exception|reason)$|(?:Err|Error)$")
_TEXTS = frozenset("message msg detail details reason info description".split())
_QUESTION = re.compile(
    r"^(?:is|has|can)(?=[A-Z_])|^(?:valid|exists|available|connected|reachable|healthy|alive|verified|installed|supported)$"
)
_HANDS_ON = frozenset(("next", "reject", "done", "cb", "callback"))
_RETURNING = frozenset(("fastify", "nestjs"))  # what a handler returns is the answer
_LONG = 60  # a name that nobody reads to its end
_KNOWS = re.compile(
    r"^(jwt_?verify|verify_?(jwt|token|session|access_?token|id_?token)|authenticate|get_?session)$", re.IGNORECASE
)
_NO_REASON = re.compile(r"eslint|prettier|@ts-|istanbul|c8 ignore|\btodo\b|\bfixme\b|\w\(.*\)|[;{]\s*$", re.IGNORECASE)  # or code
_REASON = 16  # a comment of so many characters says nothing of why
_TOLD = frozenset((Outcome.SUCCESS, Outcome.CONTRADICTION, Outcome.EMPTY))


@dataclass(frozen=True, slots=True)
class MistakenAnswer(Concept):
    """An answer with a success status where `failed` (a call, as written; "" if none) has failed; `route` as it is told."""

    outcome: Outcome = Outcome.UNKNOWN
    route: str = ""
    failed: str = ""
    meant: bool = False  # a comment says why, or it says nothing at all


@dataclass(frozen=True, slots=True)
class Failure:
    """Statements that run when something has failed, from `at` on; `name`: the error's."""

    at: int
    name: str
    body: list[ir.Stmt]
    tried: list[ir.Stmt]


def mistaken_answers(table: RouteTable) -> Iterator[MistakenAnswer]:
    """Those of all routes' handlers, each once."""
    seen: set[int] = set()
    for route in (one for one in table.routes if one.kind != "graphql"):  # GraphQL answers errors with 200 as well
        for found in _of_handler(route) if route.handler is not None else ():
            if id(found.site.node) not in seen:
                seen.add(id(found.site.node))
                yield found


def _of_handler(route: Route) -> Iterator[MistakenAnswer]:
    handler = route.handler
    if handler is None:
        return
    for function in (handler, *handler.inner()):
        for failure in failures(function):
            if _decides(failure):
                continue
            for node, body in _answers(failure, function, route):
                outcome = _outcome(body, failure.name)
                if outcome in _TOLD and not (outcome is Outcome.EMPTY and _asks_who_calls(failure.tried)):
                    call = node if isinstance(node, ir.Call) else None
                    text = written(node.func) if isinstance(node, ir.Call) else "return"
                    site = Site(
                        function.module.path, node, "", text, function.name, call, (), function.node, function.module.node
                    )
                    title = f"{'/'.join(route.methods) or 'ANY'} {route.path}"
                    yield MistakenAnswer(
                        site,
                        outcome=outcome,
                        route=title,
                        failed=first_call(failure.tried),
                        meant=body is None or _explained(failure.at, node, function.module.node),
                    )


def _asks_who_calls(tried: list[ir.Stmt]) -> bool:
    """Whether all that was tried is to know the caller: an empty answer then says that nobody is."""
    calls = [one for one in ir.walk_scope(*tried) if isinstance(one, ir.Call)]
    return bool(calls) and all(_KNOWS.search(last_word(one.func)) for one in calls)


def _explained(at: int, node: ir.Node, module: ir.Module) -> bool:
    """Whether a comment stands in the block up to the end of the answer's line."""
    line = bisect_right(module.line_starts, node.end)
    end = module.line_starts[line] if line < len(module.line_starts) else node.end
    within = (one.text for one in module.comments if at <= one.at < end)
    return any(len(text) > _REASON and not _NO_REASON.search(text) for text in within)


def failures(function: FunctionSymbol) -> Iterator[Failure]:
    """What runs when something has failed: `catch` blocks, `.catch((err) => …)`, `if (err) …` of a call-back."""
    nodes = list(function.scope)
    for node in nodes:
        if isinstance(node, ir.Try):
            yield from (Failure(one.at, one.name or "", one.body, node.body) for one in node.handlers)
        elif isinstance(node, ir.Call) and last_word(node.func) == "catch" and isinstance(node.func, ir.Attribute):
            given = node.args[0].value if node.args else None
            if isinstance(given, ir.Lambda):
                tried = ir.ExprStmt(node.func.value.at, node.func.value.end, node.func.value)
                yield Failure(given.at, _first_parameter(given.function), given.function.body, [tried])
    name = _first_parameter(function.node)
    if function.parent is not None and _ERROR.search(name):
        for node in nodes:
            if isinstance(node, ir.If) and isinstance(node.test, ir.Name) and node.test.id == name:
                yield Failure(node.at, name, node.body, [])


def _first_parameter(function: ir.Function) -> str:
    return function.params[0].name if function.params and function.params[0].kind == "positional" else ""


def _decides(failure: Failure) -> bool:
    """Whether a status is set apart, the error is handed on or raised, or what it is decides about the answer."""
    for node in ir.walk_scope(*failure.body):
        if isinstance(node, ir.Raise):
            return True
        if isinstance(node, (ir.If, ir.Conditional)) and _mentions(node.test, failure.name):
            return True
        if isinstance(node, ir.Switch):
            return True
        if isinstance(node, ir.Assign) and any(last_word(one) in _STATUS_FIELDS for one in node.targets):
            return True
        if isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Call) and _settles(node.value, failure.name):
            return True
    return False


def _settles(call: ir.Call, name: str) -> bool:
    """`res.status(500);`, `next(error)`, `handleError(error, res)`."""
    called = last_word(call.func)
    if called in _STATUSES or called in _HANDS_ON:
        return True
    own = isinstance(call.func, ir.Name) or (isinstance(call.func, ir.Attribute) and first_word(call.func) in ("this", "self"))
    return own and any(last_word(arg.value) in (name, *_RESPONSES) for arg in call.args)


def _mentions(node: ir.Expr, name: str) -> bool:
    return bool(name) and any(isinstance(one, ir.Name) and one.id == name for one in ir.walk_scope(node))


def _answers(failure: Failure, function: FunctionSymbol, route: Route) -> Iterator[tuple[ir.Node, ir.Expr | None]]:
    """The answers given there with a success status: where, and their body."""
    returning = route.framework in _RETURNING and function is route.handler
    for node in ir.walk_scope(*failure.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _SENDS:
            body = node.args[0].value if node.args else None
            # Fastify answers with the status of the error that it is given, or 500.
            error = route.framework == "fastify" and isinstance(body, ir.Name) and body.id == failure.name
            begun = not node.args and any(_goes_on(one) for one in ir.walk_scope(*failure.body))
            if not error and not begun and first_word(node.func) in _RESPONSES and _succeeds(node.func.value):
                yield node, body
        elif (isinstance(node, ir.Assign) and written(node.targets[0]) in _BODIES) or (
            returning and isinstance(node, ir.Return) and isinstance(node.value, ir.Container)
        ):
            yield node, node.value


def _goes_on(node: ir.Node) -> bool:
    """Whether an answer that has begun is only ended: `res.write(…); res.end()`, `if (!res.headersSent)`."""
    return isinstance(node, ir.Attribute) and node.attr in ("write", "headersSent", "headerSent", "sent")


def _succeeds(node: ir.Expr) -> bool:
    """Whether the statuses along `res.status(200).set(…)` say success."""
    while isinstance(node, (ir.Call, ir.Attribute)):
        if isinstance(node, ir.Call) and last_word(node.func) in _STATUSES:
            return bool(node.args) and status_of(node.args[0].value) is True
        node = node.func if isinstance(node, ir.Call) else node.value
    return True


def _answers_no(item: ir.Item) -> bool:
    """`{ isValid: false, error: error.message }`: what was asked is whether it works."""
    key = item.key.value if isinstance(item.key, ir.Const) else None
    return isinstance(key, str) and _QUESTION.search(key) is not None and _is_no(item.value)


def _outcome(body: ir.Expr | None, name: str) -> Outcome:
    if body is None or (isinstance(body, ir.Const) and body.kind in ("none", "undefined")):
        return Outcome.EMPTY
    if isinstance(body, ir.Container) and any(_answers_no(item) for item in body.items):
        return Outcome.UNKNOWN
    if name and _tells(body, name):
        return Outcome.CONTRADICTION
    found = of_body(body)
    if found is Outcome.EMPTY and isinstance(body, ir.Container) and any(_is_no(item.value) for item in body.items):
        return Outcome.UNKNOWN  # `{ allowed: false }` answers a question
    if found is Outcome.UNKNOWN and isinstance(body, ir.Container):
        items = [(item.key.value if isinstance(item.key, ir.Const) else None, item.value) for item in body.items]
        if any(_tells(value, name) or (key in _TEXTS and _says_failure(value)) for key, value in items):
            return Outcome.CONTRADICTION
    return found


def _is_no(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.value is False


def _tells(node: ir.Expr, name: str) -> bool:
    """Whether an expression is the error or its text: `err`, `err.message`, `JSON.stringify(err)`."""
    if isinstance(node, ir.Call):
        return any(_tells(arg.value, name) for arg in node.args) or (
            isinstance(node.func, ir.Attribute) and _tells(node.func.value, name)
        )
    return bool(name) and isinstance(node, (ir.Name, ir.Attribute)) and first_word(node) == name


def _says_failure(node: ir.Expr) -> bool:
    parts = node.parts if isinstance(node, ir.Template) else [node]
    return any(isinstance(one, ir.Const) and isinstance(one.value, str) and ERROR_WORDS.search(one.value) for one in parts)


def first_call(body: list[ir.Stmt]) -> str:
    """What was tried, as a reader would name it: the first call of what is awaited, else the first call."""
    calls = [one for one in ir.walk_scope(*body) if isinstance(one, ir.Call) and first_word(one.func) not in _PLAIN]
    awaited = [one.value for one in ir.walk_scope(*body) if isinstance(one, ir.Await) and isinstance(one.value, ir.Call)]
    call = next((_beginning(one) for one in (*awaited, *calls)), None)
    text = "" if call is None else written(call.func)
    return text if len(text) <= _LONG or call is None else last_word(call.func)


def _beginning(call: ir.Call) -> ir.Call:
    """`find()` of `find().then(…)`, `prepare(…)` of `prepare(…).all()`: what a chain begins with."""
    while isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Call):
        call = call.func.value
    return call
