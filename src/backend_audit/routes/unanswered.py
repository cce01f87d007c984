"""Requests that Express leaves without an answer: an error is caught, perhaps noted, and nothing is sent or handed on.

Express answers nothing by itself: https://expressjs.com/en/guide/error-handling.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.script_failures import Failure, failures, first_call

_SENDS = frozenset(
    "json send jsonp end sendStatus sendFile sendfile download redirect render write writeHead flushHeaders format".split()
)
_ENDS = (ir.Return, ir.Raise, ir.Jump)
_EXITS = frozenset(("process.exit", "process.abort", "process.kill"))


@dataclass(frozen=True, slots=True)
class LeftUnanswered(Concept):
    """What is done after a failure, and is no answer; `route` as it is told, `failed` the call that fails ("" if unknown)."""

    route: str = ""
    failed: str = ""


def left_unanswered(table: RouteTable) -> Iterator[LeftUnanswered]:
    """Those of all routes' handlers, each once."""
    seen: set[int] = set()
    for route in table.routes:
        handler = route.handler
        if handler is None or route.framework != "express" or len(handler.node.params) not in (2, 3):
            continue
        reading = _Reading(handler)
        for function in (handler, *handler.inner()):
            for failure in failures(function):
                if failure.body and id(failure.body[0]) not in seen and reading.ends_there(failure, function):
                    seen.add(id(failure.body[0]))
                    yield _told(route, function, failure)


def _told(route: Route, function: FunctionSymbol, failure: Failure) -> LeftUnanswered:
    node = failure.body[0]
    module = function.module
    site = Site(module.path, node, "", "", function.name, None, (), function.node, module.node)
    return LeftUnanswered(site, f"{'/'.join(route.methods) or 'ANY'} {route.path}", first_call(failure.tried))


class _Reading:
    """Where a handler speaks of its answer: of `res`, or of `next`."""

    def __init__(self, handler: FunctionSymbol) -> None:
        self.handler = handler
        self.names = frozenset(param.name for param in handler.node.params[1:])
        nodes = list(ir.walk(*handler.node.body))
        self.mentions = [one for one in nodes if isinstance(one, ir.Name) and one.id in self.names]
        self.answers = [one.at for one in nodes if isinstance(one, ir.Call) and self._is_answer(one)]
        self.guards = [(one.at, one.end) for one in nodes if isinstance(one, ir.If) and _leaves(one.body) and not one.orelse]
        self.own = {one.node.name for one in handler.inner()} | _assigned_functions(nodes)

    def ends_there(self, failure: Failure, function: FunctionSymbol) -> bool:
        """Whether the request ends with the failure: it would have been answered otherwise, and now nothing answers it."""
        end = failure.body[-1].end
        if self._mentioned(failure.at, end) or any(map(self._may_answer, ir.walk(*failure.body))):
            return False
        leaves = _leaves(failure.body)
        if failure.tried:
            begin = failure.tried[0].at
            would = any(begin <= at < failure.at for at in self.answers)
        else:  # `if (err) return log(err); res.json(rows)`
            begin = failure.at
            would = leaves and any(end <= at < function.node.end for at in self.answers)
        if not would or any(at < begin and not self._guarded(at) for at in self.answers):
            return False
        if failure.tried and _answers_first(failure.tried, self.answers):
            return False
        later = self._after(function, failure, end) if leaves else [one.at for one in self.mentions if one.at >= end]
        return not later

    def _after(self, function: FunctionSymbol, failure: Failure, end: int) -> list[int]:
        """What is said of the answer where the code goes on after a `return`: a `finally`, whoever called the inner function."""
        final = [one for one in function.scope if isinstance(one, ir.Try) and one.at <= failure.at and end <= one.end]
        closing = [(block[0].at, block[-1].end) for one in final if (block := one.final)]
        outside = function is not self.handler
        return [
            one.at
            for one in self.mentions
            if any(at <= one.at < to for at, to in closing) or (outside and one.at >= function.node.end)
        ]

    def _mentioned(self, at: int, end: int) -> bool:
        return any(at <= one.at < end for one in self.mentions)

    def _guarded(self, at: int) -> bool:
        return any(begin <= at < end for begin, end in self.guards)

    def _is_answer(self, call: ir.Call) -> bool:
        """`res.status(400).json(…)`, `next(error)`, `answer(req, res)`, `stream.pipe(res)`."""
        if isinstance(call.func, ir.Name) and call.func.id in self.names:
            return True
        if isinstance(call.func, ir.Attribute) and call.func.attr in _SENDS and first_word(call.func) in self.names:
            return True
        return any(isinstance(arg.value, ir.Name) and arg.value.id in self.names for arg in call.args)

    def _may_answer(self, node: ir.Node) -> bool:
        """What throws, ends the process, or is a function of the handler's own, which may answer."""
        if isinstance(node, ir.Call):
            return written(node.func) in _EXITS or first_word(node.func) in self.own or last_word(node.func) == "reject"
        return isinstance(node, ir.Raise)


def _answers_first(tried: list[ir.Stmt], answers: list[int]) -> bool:
    """Whether the first thing that is tried answers, so that what fails comes after it."""
    first = tried[0]
    inside = [at for at in answers if first.at <= at < first.end]
    waits = any(isinstance(one, (ir.Await, ir.Lambda)) for one in ir.walk(first))
    return bool(inside) and len(tried) > 1 and not waits


def _leaves(body: list[ir.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], _ENDS)


def _assigned_functions(nodes: list[ir.Node]) -> set[str]:
    """The variables that are given a function in the handler: `const fail = (error) => res.status(500).end()`."""
    given = [one for one in nodes if isinstance(one, ir.Assign) and isinstance(one.value, ir.Lambda)]
    return {target.id for one in given for target in one.targets if isinstance(target, ir.Name)}
