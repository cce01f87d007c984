"""Texts of errors that handlers of Node answer with, after something outside of the program has failed (a database, a server).

`catch (err) { res.status(500).json({ error: err.message }) }`: what a driver says speaks of tables, hosts and paths.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, OutgoingRequest, Site, SqlExecution
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import BlockingCall, ConnectionOpening, DatabaseQuery, DatabaseWrite
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.middleware import ERROR_NAMES, is_error_handler
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.reach import reached
from backend_audit.routes.script_failures import Failure, failures
from backend_audit.routes.script_told_texts import Form, answers

_OUTSIDE = (SqlExecution, DatabaseQuery, DatabaseWrite, OutgoingRequest, BlockingCall, ConnectionOpening)
_RETURNING = frozenset(("fastify", "nestjs", "hapi", "routing-controllers", "tsoa"))  # what a handler returns is the answer
_REGISTER = frozenset(("setErrorHandler", "onError"))
_OF_DRIVERS = re.compile(r"^(?:Error|Prisma|QueryFailed|TypeORM|Sequelize|Mongo|Database|Axios)")
_FOR_TRIALS = re.compile(r"develop|debug|^dev(?![a-z])", re.IGNORECASE)  # the name of a handler that production does not register
_LEVELS = 3


@dataclass(frozen=True, slots=True)
class ToldError(Concept):
    """An answer holds the text of an error of `failed`, a call as written; `own`: what was tried raises own ones, too."""

    told: ir.Node | None = None
    failed: str = ""
    own: bool = False


class ToldErrors:
    """Reads what handlers answer after a failure."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.engine = engine
        self.table = table
        self.outside: dict[str, list[Concept]] = {}  # by the key of the function that asks something outside
        for function, concept in (*facts.work, *facts.statements):
            if isinstance(concept, _OUTSIDE):
                self.outside.setdefault(function.key, []).append(concept)
        self.hands_over: bool | None = None

    def concepts(self) -> Iterator[ToldError]:
        """One for each answer, in the order of the routes; then the handlers of all errors."""
        seen: set[int] = set()
        routes = [one for one in self.table.routes if one.kind == "http" and one.handler is not None]
        for function, form in (each for route in routes for each in self._answering(route)):
            for failure in failures(function):
                for found in self._of_failure(failure, function, form):
                    if id(found.told) not in seen:
                        seen.add(id(found.told))
                        yield found
        if any(self._asks_outside(one.handler) for one in routes if one.handler is not None):
            for found in self._of_last_resort():
                if id(found.told) not in seen:
                    yield found

    def _answering(self, route: Route) -> Iterator[tuple[FunctionSymbol, Form]]:
        """The functions that answer a route, with how each does."""
        handler = route.handler
        if handler is None:
            return
        params = handler.node.params
        nest = route.framework == "nestjs"
        form = Form(
            frozenset(map(id, handler.scope.of(ir.Return))) if route.framework in _RETURNING else frozenset(),
            params[0].name if route.framework == "hono" and params else "",
            nest,
            route.framework == "fastify" and self._is_default(handler),
        )
        yield handler, form
        inner = form._replace(returned=frozenset())
        yield from ((one, inner) for one in handler.inner())
        if nest:  # services raise what becomes the answer
            levels = list(reached(self.engine, handler, _LEVELS))[1:]
            yield from ((one, Form(raises=True)) for level in levels for one in level)

    def _is_default(self, handler: FunctionSymbol) -> bool:
        """Whether Fastify's own handler answers what `reply.send(err)` hands over: the project sets none."""
        if not any(last_word(one.func) == "send" for one in handler.scope.of(ir.Call)):
            return False
        if self.hands_over is None:
            calls = (one for module in self.engine.project.modules.values() for one in module.nodes.of(ir.Call))
            self.hands_over = not any(last_word(one.func) == "setErrorHandler" for one in calls)
        return self.hands_over

    def _of_last_resort(self) -> Iterator[ToldError]:
        """Handlers of all errors that tell the client the text of whatever has failed."""
        for module in self.engine.project.modules.values():
            for function in module.every:
                form = _last_resort(function)
                if form is None:
                    continue
                failure = Failure(function.node.at, function.node.params[0].name, function.node.body, [])
                for node, text in answers(failure, form):
                    site = Site(module.path, node, "", "", function.name, None, (), function.node, module.node)
                    yield ToldError(site, told=text)

    def _of_failure(self, failure: Failure, function: FunctionSymbol, form: Form) -> Iterator[ToldError]:
        told = list(answers(failure, form))
        asked = self._asked(failure, function) if told else ""
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


def _last_resort(function: FunctionSymbol) -> Form | None:
    """How a function answers that is given all errors; None if it is none."""
    if _FOR_TRIALS.search(function.node.name):
        return None
    if is_error_handler(function.node):
        return Form()
    names = [one.name.lower().lstrip("_") for one in function.node.params if one.kind == "positional"]
    if function.owner is not None and function.node.name == "catch" and len(names) > 1:
        return Form() if any(map(_catches_all, function.owner.node.decorators)) else None
    if not 2 <= len(names) <= 3 or names[0] not in ERROR_NAMES:
        return None
    if names[2:] == ["reply"] or _is_registered(function, "setErrorHandler"):
        return Form(frozenset(map(id, function.scope.of(ir.Return))), fails=True)
    return Form(context=function.node.params[1].name) if len(names) == 2 and _is_registered(function, "onError") else None


def _catches_all(decorator: ir.Expr) -> bool:
    """`@Catch()`, and NestJS's filters for what drivers raise."""
    if not isinstance(decorator, ir.Call) or decorator_name(decorator) != "Catch":
        return False
    return not decorator.args or any(_OF_DRIVERS.search(last_word(one.value)) for one in decorator.args)


def _is_registered(function: FunctionSymbol, method: str) -> bool:
    """Whether the module hands the function to that method: `app.onError((err, c) => …)`, `app.onError(answer)`."""
    for call in function.module.nodes.of(ir.Call):
        if last_word(call.func) == method and call.args:
            given = call.args[0].value
            if (isinstance(given, ir.Lambda) and given.function is function.node) or written(given) == function.node.name != "":
                return True
    return False
