"""What a handler of Python asks of its caller itself: the test on which it turns callers away, or the check that it calls.

`if not permission.can(): return {}, 403`, `assert_change_allowed(item_id, self.user)`, `get_check_for_user(request, code)`.
"""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.addressed import named_by
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.kept import kept
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.missing import asks_for_login
from backend_audit.routes.model import Does, Route
from backend_audit.routes.reach import reached
from backend_audit.routes.readings import Reading, called, hands_request, permits, tells
from backend_audit.routes.refusals import LOGIN
from backend_audit.routes.scopes import said
from backend_audit.routes.scoping import Scoping
from backend_audit.routes.told_denials import told_alone
from backend_audit.source import Mark

_STANDING = re.compile(
    r"active|disabled|enabled|verified|deleted|status|blocked|banned|suspended|locked|expired|confirmed|anonymous"
)
_PROGRAMS_KEY = re.compile(r"api[-_]?key|internal[-_]?(?:token|secret|key)|shared[-_]?secret", re.IGNORECASE)
_AWAY = frozenset((401, 403, 404, LOGIN))
_DEPTH = 2
_WHO = 401


class Rights:
    """Reads it off handlers; `scoping` knows who the caller is in them."""

    def __init__(self, behaviours: Behaviours, scoping: Scoping) -> None:
        self.behaviours = behaviours
        self.engine = behaviours.engine
        self.scoping = scoping
        self._testing: dict[str, bool] = {}

    def fill(self, route: Route) -> None:
        """Note what the handler of a route asks, and whether it knows who calls at all."""
        handler = route.handler
        if handler is None or not handler.node.body:
            return
        reading, frame = self.scoping.reading(handler), self.engine.frame(handler.module, handler)
        callers = reading.callers(self.scoping.caller_names(handler) | self._signed_in(handler, frame, reading))
        route.weighed = True
        asked = list(self._rights(route, handler, frame, reading, callers))
        route.right = asked[0][0] if asked else ""
        idle = self._told_alone(handler, reading, callers, {test for test, _ in asked})
        if idle is not None:
            route.idle_verdict = Mark(handler.module.path, idle.at, idle.end, written(idle))
        route.asks = frozenset(key for _, one in asked for key in self._keys(one, reading, callers))
        route.testing = frozenset(
            one.name for one in route.guards if one.function is not None and self._tests(route, one.function)
        )
        inner = [reading, *map(self.scoping.reading, handler.nested)]  # what it streams its answer with, too
        known = any(one.asks_caller or not callers.isdisjoint(one.names) or any(map(permits, one.calls)) for one in inner)
        route.keyed = _is_programs(route)
        variable = {named_by(one) for one in route.path.split("/") if is_variable(one)}
        addressed = bool(variable - self._choices(frame, handler))  # else it says of nothing whose it is
        route.names_caller = bool(route.right) or known or route.scoped or not addressed or self._told(route, frame, reading)

    def _choices(self, frame: Frame, handler: FunctionSymbol) -> set[str]:
        """The parameters that choose among what the program knows: of an `Enum`."""
        typed = [one for one in handler.node.params if one.annotation is not None]
        return {
            one.name
            for one in typed
            for symbol in (() if one.annotation is None else of_kind(frame.eval(one.annotation).refs, ClassSymbol))
            if any(path.startswith("enum.") for path in self.engine.external_bases(symbol))
        }

    def _told_alone(self, handler: FunctionSymbol, reading: Reading, callers: frozenset[str], asked: set[str]) -> ir.Expr | None:
        """The test that says that the caller may not, where that is only written down."""
        for node in told_alone(handler):
            standing = all(_STANDING.search(key) for key in self._keys(node.test, reading, callers))
            if written(node.test) not in asked and not standing and self._asks(node.test, reading, callers):
                return node.test
        return None

    def _tests(self, route: Route, guard: FunctionSymbol) -> bool:
        """Whether a guard asks more of the caller than that there is one, who may sign in: a role, a membership."""
        if guard is route.handler:
            return False
        if guard.key not in self._testing:
            reading, frame = self.scoping.reading(guard), self.engine.frame(guard.module, guard)
            callers = reading.callers(self.scoping.caller_names(guard))
            asked = (one for _, one in self._rights(route, guard, frame, reading, callers))
            told = {key for one in asked if not isinstance(one, ir.Call) for key in self._keys(one, reading, callers)}
            self._testing[guard.key] = any(not _STANDING.search(key) for key in told)
        return self._testing[guard.key]

    def _rights(
        self, route: Route, handler: FunctionSymbol, frame: Frame, reading: Reading, callers: frozenset[str]
    ) -> Iterator[tuple[str, ir.Expr]]:
        """The tests on which a handler turns callers away, and what it calls that does, in their order and as told."""
        ends = self._refuses(frame, handler.node.body[-1:])  # `if user.is_admin: return user`, and at the end `raise Forbidden()`
        for node in handler.scope:
            if isinstance(node, ir.If) and self._asks(node.test, reading, callers):
                answers = ends and any(isinstance(one, ir.Return) for one in node.body)
                if answers or self._refuses(frame, node.body) or self._refuses(frame, node.orelse):
                    yield written(node.test), node.test
            elif isinstance(node, ir.Call):
                target = self.scoping.target(route, frame, node)
                if target is not None and target is not handler and self._checks(target, node, reading, callers):
                    yield written(node.func), node

    def _keys(self, asked: ir.Expr, reading: Reading, callers: frozenset[str]) -> Iterator[str]:
        """What is asked, in short: the check with what it is told (`has_permission write`), the attribute (`user.is_staff`)."""
        for one in [asked] if isinstance(asked, ir.Call) else ir.walk_scope(asked):
            node = reading.made.get(one.id, one) if isinstance(one, ir.Name) else one
            if isinstance(node, ir.Call) and (node is asked or permits(node) or reading.mentions.caller(node, callers)):
                yield " ".join((called(node), *said(node)))
            elif isinstance(node, ir.Attribute) and reading.mentions.caller(node.value, callers):
                yield f"user.{node.attr}"

    def _signed_in(self, handler: FunctionSymbol, frame: Frame, reading: Reading) -> frozenset[str]:
        """Variables without which the handler says 401: `if not admin: return await websocket.close(code=4401)`."""
        found: set[str] = set()
        for node in handler.scope.of(ir.If):
            if (name := _missing(node.test)) in reading.made and self._asks_who(frame, node.body):
                found.add(name)
        return frozenset(found)

    def _asks_who(self, frame: Frame, body: Sequence[ir.Stmt]) -> bool:
        rejections = () if frame.function is None else self.behaviours.facts.rejections.get(frame.function.key, ())
        sites = {id(one.site.node) for one in rejections if _WHO in self.behaviours.denied(one)}
        for node in ir.walk_scope(*body):
            if id(node) in sites:
                return True
            if isinstance(node, ir.Raise) and node.exc is not None and _WHO in self.behaviours.raised(frame, node.exc):
                return True
        return False

    def _told(self, route: Route, frame: Frame, reading: Reading) -> bool:
        """Whether something that the handler calls knows who calls by itself, but to write it down."""
        called = (self.scoping.target(route, frame, node) for node in reading.calls if not tells(node))
        return any(one is not None and self.scoping.reading(one).asks_caller for one in called)

    def _asks(self, test: ir.Expr, reading: Reading, callers: frozenset[str]) -> bool:
        """Whether a test asks of the caller more than whether there is one."""
        if isinstance(test, ir.Unary):
            return self._asks(test.operand, reading, callers)
        if isinstance(test, ir.Logical):
            return self._asks(test.left, reading, callers) or self._asks(test.right, reading, callers)
        if isinstance(test, ir.Name):
            made = reading.made.get(test.id)
            return made is not None and (permits(made) or reading.mentions.caller(made, callers)) and test.id not in callers
        if isinstance(test, ir.Compare) and all(isinstance(one, ir.Const) and one.value is None for one in test.rights):
            return False
        if any(isinstance(one, ir.Call) and permits(one) for one in ir.walk_scope(test)):
            return True
        return reading.mentions.caller(test, callers) and not asks_for_login(test)

    def _refuses(self, frame: Frame, body: Sequence[ir.Stmt]) -> bool:
        for node in ir.walk_scope(*body):
            if isinstance(node, ir.Raise):
                return True
            given = node.value if isinstance(node, ir.Return) else node if isinstance(node, ir.Call) else None
            if given is not None and self.behaviours.denying_answer(frame, given):
                return True
            if isinstance(node, ir.Return) and given is not None and self.behaviours.failing_answer(frame, given):
                return True
        return False

    def _checks(self, target: FunctionSymbol, node: ir.Call, reading: Reading, callers: frozenset[str]) -> bool:
        """Whether a function of the project that is called turns callers away who may not."""
        if hands_request(node) and self._is_guarded(target):
            return True
        if self.behaviours.of(target, _DEPTH).denies.isdisjoint(_AWAY):
            return False
        if any(reading.mentions.caller(arg.value, callers) for arg in node.args):
            return True
        handed = hands_request(node) or written(node.func).startswith("self.")
        return handed and self._sees(target)

    def _is_guarded(self, target: FunctionSymbol) -> bool:
        """Whether a decorator of a function turns callers away: it is another handler, and the one that is read picks one."""
        frame = self.engine.frame(target.module)
        callees = [one.func if isinstance(one, ir.Call) else one for one in target.node.decorators]
        found = [one for node in callees for one in of_kind(frame.eval(node).refs, FunctionSymbol)]
        return any(not self.behaviours.of(one).denies.isdisjoint((401, 403, LOGIN)) for one in found)

    def _sees(self, function: FunctionSymbol) -> bool:
        """Whether a function tests who calls, or what it calls does."""
        readings = (self.scoping.reading(one) for level in reached(self.engine, function, _DEPTH + 1) for one in level)
        return any(one.refuses() or one.tests(frozenset()) for one in readings)


def _is_programs(route: Route) -> bool:
    """Whether all guards that ask who calls ask for a key of the whole program: they find out nobody by it."""
    asking = [one for one in route.guards if one.has(Does.AUTHENTICATES)]
    before = [one for one in asking if one.via != "body"]
    if before and (handler := route.handler) is not None and not any(map(is_caller, handler.scope)):
        asking = before  # what the handler calls may refuse a caller, and it knows of none
    return bool(asking) and all(one.function is not None and _asks_for_key(one.function) for one in asking)


def _asks_for_key(guard: FunctionSymbol) -> bool:
    """Whether a guard compares a key that a request brings, gives nothing, and keeps nothing of who brought it."""
    gives = any(one.value is not None and not isinstance(one.value, ir.Const) for one in guard.scope.of(ir.Return))
    if gives or guard.nested or guard.once(kept) or any(map(is_caller, guard.scope)):
        return False
    texts = [one.value for one in guard.scope.of(ir.Const) if isinstance(one.value, str)]
    names = [one.id for one in guard.scope.of(ir.Name)] + [one.attr for one in guard.scope.of(ir.Attribute)]
    return any(_PROGRAMS_KEY.search(one) for one in (*texts, *names))


def _missing(test: ir.Expr) -> str:
    """The variable that a test asks to be missing: `not user`, `user is None`; "" for others."""
    if isinstance(test, ir.Unary) and test.op == "not" and isinstance(test.operand, ir.Name):
        return test.operand.id
    if isinstance(test, ir.Compare) and test.ops == ["is"] and isinstance(test.left, ir.Name):
        right = test.rights[0]
        return test.left.id if isinstance(right, ir.Const) and right.value is None else ""
    return ""
