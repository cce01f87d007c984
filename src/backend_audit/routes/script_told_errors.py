"""Texts of errors that handlers of Node answer with, after something outside of the program has failed (a database, a server).

`catch (err) { res.status(500).json({ error: err.message }) }`: what a driver says speaks of tables, hosts and paths.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.concepts import Concept, OutgoingRequest, Site, SqlExecution
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import BlockingCall, ConnectionOpening, DatabaseQuery, DatabaseWrite
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.middleware import is_error_handler
from backend_audit.routes.model import RouteTable
from backend_audit.routes.reach import reached
from backend_audit.routes.script_failures import Failure, failures

_OUTSIDE = (SqlExecution, DatabaseQuery, DatabaseWrite, OutgoingRequest, BlockingCall, ConnectionOpening)
_SENDS = frozenset(("json", "send", "jsonp", "end"))
_STATUSES = frozenset(("status", "code", "sendStatus", "writeHead"))
_STATUS_FIELDS = frozenset(("status", "statusCode", "code"))
_RESPONSES = frozenset("res response reply resp".split())
_BODIES = frozenset(("ctx.body", "ctx.response.body"))
_TEXTS = frozenset(("message", "sqlMessage", "detail", "toString"))
_SWITCH = re.compile(r"debug|\bdev|development|NODE_ENV|production|expose|isOperational|verbose", re.IGNORECASE)
_OF_SERVER = re.compile(r"^5\d\d$|INTERNAL_SERVER|SERVER_ERROR|InternalServerError|BAD_GATEWAY|UNAVAILABLE")
_LEVELS = 3


@dataclass(frozen=True, slots=True)
class ToldError(Concept):
    """An answer holds the text of an error of `failed`, a call as written; `own`: what was tried raises own ones, too."""

    told: ir.Node | None = None
    failed: str = ""
    own: bool = False


class _Names(NamedTuple):
    error: str
    texts: frozenset[str]  # variables that hold its text


class ToldErrors:
    """Reads what handlers answer after a failure."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.engine = engine
        self.table = table
        self.outside: dict[str, list[Concept]] = {}  # by the key of the function that asks something outside
        for function, concept in (*facts.work, *facts.statements):
            if isinstance(concept, _OUTSIDE):
                self.outside.setdefault(function.key, []).append(concept)

    def concepts(self) -> Iterator[ToldError]:
        """One for each answer, in the order of the routes; then the handlers of all errors."""
        seen: set[int] = set()
        handlers = [one.handler for one in self.table.routes if one.kind == "http" and one.handler is not None]
        for function in (one for handler in handlers for one in (handler, *handler.inner())):
            for failure in failures(function):
                for found in self._of_failure(failure, function):
                    if id(found.told) not in seen:
                        seen.add(id(found.told))
                        yield found
        if any(map(self._asks_outside, handlers)):
            modules = self.engine.project.modules.values()
            yield from self._of_last_resort([one for module in modules for one in module.every if is_error_handler(one.node)])

    def _of_last_resort(self, functions: list[FunctionSymbol]) -> Iterator[ToldError]:
        """Handlers of all errors that tell the client the text of whatever has failed."""
        for function in functions:
            failure = Failure(function.node.at, function.node.params[0].name, function.node.body, [])
            told = () if _decides(failure) else [pair for pair in _answers(failure) if _fails(pair[0], failure)]
            for node, text in told:
                site = Site(function.module.path, node, "", "", function.name, None, (), function.node, function.module.node)
                yield ToldError(site, told=text)

    def _of_failure(self, failure: Failure, function: FunctionSymbol) -> Iterator[ToldError]:
        told = [pair for pair in _answers(failure) if _fails(pair[0], failure)]
        asked = self._asked(failure, function) if told and not _decides(failure) else ""
        for node, text in told if asked else ():
            site = Site(function.module.path, node, "", asked, function.name, None, (), function.node, function.module.node)
            yield ToldError(site, told=text, failed=asked, own=self._raises(failure))

    def _asked(self, failure: Failure, function: FunctionSymbol) -> str:
        """What outside of the program was tried, as it is called here; "" for nothing that is known."""
        if not failure.tried:  # `(err, rows) => { if (err) … }`: what called back
            around = function.parent
            outer = [] if around is None else self.outside.get(around.key, [])
            return next((one.site.written for one in outer if one.site.node.at < failure.at < one.site.node.end), "")
        first, last = failure.tried[0].at, failure.tried[-1].end
        for one in (
            each for key in (function.key, *(inner.key for inner in function.inner())) for each in self.outside.get(key, ())
        ):
            if one.site.path == function.module.path and first <= one.site.node.at < last:
                return one.site.written
        for call in _calls(failure):
            for callee in self.engine.callees.get(id(call), {}).values():
                if self._asks_outside(callee):
                    return written(call.func)
        return ""

    def _asks_outside(self, function: FunctionSymbol) -> bool:
        return any(one.key in self.outside for level in reached(self.engine, function, _LEVELS) for one in level)

    def _raises(self, failure: Failure) -> bool:
        """Whether some of the errors are the program's own, whose texts may be meant for who asks."""
        callees = [one for call in _calls(failure) for one in self.engine.callees.get(id(call), {}).values()]
        bodies = [
            failure.tried,
            *(one.node.body for callee in callees for level in reached(self.engine, callee, 2) for one in level),
        ]
        return any(isinstance(one, ir.Raise) and isinstance(one.exc, ir.Call) for body in bodies for one in ir.walk_scope(*body))


def _calls(failure: Failure) -> list[ir.Call]:
    return [one for one in ir.walk_scope(*failure.tried) if isinstance(one, ir.Call)]


def _decides(failure: Failure) -> bool:
    """Whether what is known of the error, or a switch for debugging, decides about the answer."""
    tests = (one.test for one in ir.walk_scope(*failure.body) if isinstance(one, (ir.If, ir.Conditional)))
    return any(_named(test, failure.name) or _SWITCH.search(written(test)) for test in tests) or any(
        isinstance(one, ir.Switch) for one in ir.walk_scope(*failure.body)
    )


def _answers(failure: Failure) -> Iterator[tuple[ir.Node, ir.Expr]]:
    """The answers that hold the error's text, each with that."""
    names = _Names(failure.name, frozenset(_kept(failure)))
    for node in ir.walk_scope(*failure.body):
        body: ir.Expr | None = None
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _SENDS:
            body = node.args[0].value if node.args and first_word(node.func) in _RESPONSES else None
        elif isinstance(node, ir.Assign) and written(node.targets[0]) in _BODIES:
            body = node.value
        text = None if body is None else _text(body, names)
        if text is not None:
            yield node, text


def _kept(failure: Failure) -> Iterator[str]:
    """The variables that hold the error's text: `const message = err.message || "failed"`, `const { message } = err`."""
    names = _Names(failure.name, frozenset())
    for one in ir.walk_scope(*failure.body):
        target = one.targets[0] if isinstance(one, ir.Assign) else None
        if not isinstance(one, ir.Assign) or one.value is None:
            continue
        if isinstance(target, ir.Name) and _text(one.value, names) is not None:
            yield target.id
        elif isinstance(target, ir.Container) and isinstance(one.value, ir.Name) and one.value.id == failure.name:
            yield from (
                str(item.key.value) for item in target.items if isinstance(item.key, ir.Const) and item.key.value in _TEXTS
            )


def _text(node: ir.Expr, names: _Names) -> ir.Expr | None:
    """`err.message`, `String(err)`, `` `failed: ${err}` `` in a body; not what a function of the program makes of the error."""
    if isinstance(node, ir.Name):
        return node if node.id in names.texts else None
    if isinstance(node, ir.Attribute):
        return node if node.attr in _TEXTS and isinstance(node.value, ir.Name) and node.value.id == names.error != "" else None
    if isinstance(node, ir.Call):
        return _made_text(node, names)
    if isinstance(node, ir.Logical):
        return _text(node.left, names) or _text(node.right, names)
    if isinstance(node, ir.Container):
        return next((found for item in node.items if (found := _text(item.value, names)) is not None), None)
    pasted = node.parts if isinstance(node, ir.Template) else [node.left, node.right] if isinstance(node, ir.Binary) else []
    values = [part.value if isinstance(part, ir.Hole) else part for part in pasted]
    return next((found for one in values if (found := _itself(one, names) or _text(one, names)) is not None), None)


def _made_text(call: ir.Call, names: _Names) -> ir.Expr | None:
    if isinstance(call.func, ir.Attribute) and call.func.attr == "toString":
        return _text(call.func, names)
    if written(call.func) not in ("String", "JSON.stringify") or not call.args:
        return None
    return _itself(call.args[0].value, names) or _text(call.args[0].value, names)


def _itself(node: ir.Expr, names: _Names) -> ir.Expr | None:
    return node if isinstance(node, ir.Name) and node.id == names.error else None


def _named(node: ir.Expr, name: str) -> bool:
    return bool(name) and any(isinstance(one, ir.Name) and one.id == name for one in ir.walk_scope(node))


def _fails(node: ir.Node, failure: Failure) -> bool:
    """Whether the answer speaks of a failure of the server, by its status; one of 4xx is about what the client sent."""
    for one in (*_along(node), *ir.walk_scope(*failure.body)):
        given: ir.Expr | None = None
        if isinstance(one, ir.Call) and last_word(one.func) in _STATUSES and first_word(one.func) in _RESPONSES:
            given = one.args[0].value if one.args else None
        elif isinstance(one, ir.Assign) and last_word(one.targets[0]) in _STATUS_FIELDS:
            given = one.value
        if given is not None:
            return any(_OF_SERVER.search(one) for one in _written_in(given, failure))
    return bool(failure.tried)


def _written_in(status: ir.Expr, failure: Failure) -> Iterator[str]:
    """The constants and names that a status is one of: `err.status || 500`, a variable that was given that before."""
    name = written(status)
    kept: list[ir.Expr] = []
    for one in ir.walk_scope(*failure.body):
        if isinstance(one, ir.Assign) and one.value is not None and written(one.targets[0]) == name:
            kept.append(one.value)
        elif isinstance(one, ir.Defaulted) and written(one.target) == name:  # `const { statusCode = 500 } = err`
            kept.append(one.default)
    for node in (one for each in (status, *kept) for one in ir.walk_scope(each)):
        yield (
            str(node.value) if isinstance(node, ir.Const) else written(node) if isinstance(node, (ir.Name, ir.Attribute)) else ""
        )


def _along(node: ir.Node) -> Iterator[ir.Call]:
    """The calls before the last one of a chain: `res.status(500)` of `res.status(500).json(body)`."""
    inner = node.func if isinstance(node, ir.Call) else None
    while isinstance(inner, (ir.Call, ir.Attribute)):
        if isinstance(inner, ir.Call):
            yield inner
        inner = inner.func if isinstance(inner, ir.Call) else inner.value
