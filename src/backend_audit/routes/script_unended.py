"""Answers that turn a caller away, and code that goes on all the same: `if (!may) res.sendStatus(403); next();`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.acting import acts
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.guards import ANSWERS_IN_VAIN
from backend_audit.routes.middleware import next_of, status_given
from backend_audit.routes.model import Route
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.routes.script_caller import RECORDS, CallerReads, Callers
from backend_audit.routes.unended import Unended
from backend_audit.source import Mark

_AWAY = frozenset((401, 403))
_HIDDEN = 404  # what a guard answers that does not say that there is something
_SENT = re.compile(r"^(?:ctx\.)?(?:res|response|reply)\b.*\.(?:json|send|sendStatus|render|redirect|end|sendFile|jsonp)$")
_STATUS = re.compile(r"^ctx\.(?:response\.)?status$")
_VERIFIES = re.compile(r"(?:^|\.)(?:jwt)?verify(?:async|(?:id|access)?token|jwt|session)?$", re.IGNORECASE)
_LOOKS_BACK = re.compile(r"headersSent|writableEnded|\.sent\b|finished|isSent")


class _State(NamedTuple):
    """What has turned the caller away on the way to here; `left`: its branch has ended by then; `caught`: or has failed to."""

    answer: ir.Expr | None = None
    left: bool = False
    caught: bool = False


_NONE = _State()


class UnendedRefusals:
    """Finds them in the guards and handlers of routes, each once: a guard covers many routes."""

    def __init__(self, behaviours: ScriptBehaviours, callers: Callers) -> None:
        self.behaviours = behaviours
        self.callers = callers
        self._read: set[str] = set()

    def of(self, route: Route) -> Iterator[Unended]:
        """Those that no route before had."""
        functions = [one.function for one in route.guards if one.function is not None and one.because != ANSWERS_IN_VAIN]
        for function in [*functions, *([] if route.handler is None else [route.handler])]:
            for one in (function, *function.nested):
                if one.key not in self._read:
                    self._read.add(one.key)
                    yield from _Reading(one, self.callers.of(one), self.behaviours).found()


class _Reading:
    """One function, from its first statement to its last."""

    def __init__(self, function: FunctionSymbol, reads: CallerReads, behaviours: ScriptBehaviours) -> None:
        self.function = function
        self.reads = reads
        self.behaviours = behaviours
        self.hands_on = next_of(function)
        self._found: list[tuple[ir.Expr, ir.Node]] = []

    def found(self) -> Iterator[Unended]:
        self.block(self.function.node.body, _NONE, asked=False)
        for answer, after in self._found[:1]:
            caught = isinstance(answer, ir.Call) and _VERIFIES.search(written(answer.func)) is not None
            yield Unended(Mark(self.function.module.path, answer.at, answer.end, written(answer)), written(after), caught)

    def block(self, body: list[ir.Stmt], state: _State, *, asked: bool) -> _State | None:
        """What has been answered where the statements end; None where they do not. `asked`: on a test of the caller."""
        for node in body:
            following = self.statement(node, state, asked=asked)
            if following is None:
                return None
            state = following
        return state

    def statement(self, node: ir.Stmt, state: _State, *, asked: bool) -> _State | None:
        if isinstance(node, ir.Block):
            return self.block(node.body, state, asked=asked)
        if isinstance(node, ir.If):
            return self.branches(node, state, asked=asked)
        if isinstance(node, ir.Try):
            return self.tried(node, state, asked=asked)
        value = node.value if isinstance(node, (ir.ExprStmt, ir.Return, ir.Assign)) else None
        if value is not None and state.answer is not None and self._goes_on(node, value, state):
            self._found.append((state.answer, value))
        if isinstance(node, (ir.Return, ir.Raise, ir.Jump)):
            return None
        if isinstance(node, (ir.For, ir.While)):
            self.block(node.body, _NONE, asked=False)
        if isinstance(node, ir.ExprStmt) and self._refuses(node.value, asked=asked):
            return _State(node.value)
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Const) and node.value.value in _AWAY:
            told = next((one for one in node.targets if _STATUS.match(written(one))), None)
            return state if told is None else _State(told)  # `ctx.status = 403`
        return state

    def branches(self, node: ir.If, state: _State, *, asked: bool) -> _State | None:
        if _LOOKS_BACK.search(written(node.test)):
            state = _NONE
        own = asked or self.reads.asks(node.test)
        ends = [self.block(one, _NONE, asked=own) for one in (node.body, node.orelse)]
        reached = [one for one in ends if one is not None]
        refused = next((one for one in reached if one.answer is not None), None)
        if not reached:
            return None
        if state.caught and len(reached) < len(ends):
            state = _NONE  # what was found of the caller is asked for
        return state if refused is None else _State(refused.answer, left=True)

    def tried(self, node: ir.Try, state: _State, *, asked: bool) -> _State | None:
        ends = [self.block(node.body, state, asked=asked)]
        ends += [self.block(handler.body, _NONE, asked=False) for handler in node.handlers]
        reached = [one for one in ends if one is not None]
        if not reached:
            return None
        refused = next((one for one in reached if one.answer is not None), None)
        if refused is None and any(one is not None for one in ends[1:]) and (verifying := self._verifying(node)) is not None:
            return _State(verifying, left=True, caught=True)
        return state if refused is None else _State(refused.answer, left=True)

    def _verifying(self, node: ir.Try) -> ir.Call | None:
        """What verifies a credential in a `try` of a guard that nobody passes without one, where failing means nothing."""
        handled = [one for handler in node.handlers for one in handler.body]
        told = any(not isinstance(one, ir.ExprStmt) or not RECORDS.search(written(one.value)) for one in handled)
        calls = (one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Call))
        found = next((one for one in calls if _VERIFIES.search(written(one.func))), None)
        if not self.hands_on or told or found is None:
            return None
        return found if self.behaviours.anonymous.run(self.function).outcome() is Outcome.DENIED else None

    def _refuses(self, node: ir.Expr, *, asked: bool) -> bool:
        """Whether a statement answers the caller for good, with what turns away."""
        call = node.value if isinstance(node, ir.Await) else node
        if not isinstance(call, ir.Call) or not _SENT.match(written(call.func)):
            return False
        code = status_given(call)
        if self.hands_on and isinstance(code, ir.Const) and code.value == _HIDDEN:
            return True
        return bool(self.behaviours.answered(self.function, call) & _AWAY) or (asked and code is None)

    def _goes_on(self, node: ir.Stmt, value: ir.Expr, state: _State) -> bool:
        """Whether a statement lets the caller have what it was refused: hands the request on, changes or answers something."""
        call = value.value if isinstance(value, ir.Await) else value
        if self.hands_on and isinstance(call, ir.Call) and not call.args and written(call.func) == self.hands_on:
            return True
        if not state.left or self.hands_on:
            return False
        sent = isinstance(call, ir.Call) and isinstance(node, (ir.ExprStmt, ir.Return)) and _SENT.match(written(call.func))
        names = (written(one.func) for one in ir.walk_scope(value) if isinstance(one, ir.Call))
        return bool(sent) or any(acts(name) and not RECORDS.search(name) for name in names)
