"""Runs of guards and handlers of JavaScript for a caller without credentials.

Middleware lets a caller through by calling `next()`, other functions by coming to their end without having answered. Where a
test of a credential decided the way, any error on it (an answer from 400 on, `next(error)`, an exception) turns the caller away.
"""

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.anonymous import Anonymous
from backend_audit.routes.anonymous_parts import bind, parts_of
from backend_audit.routes.anonymous_run import Env, Run, Said
from backend_audit.routes.middleware import calls, ends_not_found, hands_on, next_of, only_says, option_of
from backend_audit.routes.missing import ABSENT, PARTS, REFUSAL, TRUE, UNKNOWN, Missing, truth
from backend_audit.routes.script_anonymous_calls import AWAY, ScriptCalling
from backend_audit.routes.script_configured import is_read
from backend_audit.routes.script_missing import REFLECTING, ROUTE_PARTS


class ScriptAnonymous(Anonymous):
    """As `Anonymous`."""

    def run(self, function: FunctionSymbol, given: Env | None = None, said: Said | None = None) -> Run:
        """As `Anonymous.run`; what is not known of an argument says nothing."""
        known = {name: value for name, value in (given or {}).items() if value is not UNKNOWN}
        return super().run(function, known, said)

    def looks_at_route(self, function: FunctionSymbol, depth: int = 3) -> bool:
        known = self._looking.get(function.key)
        if known is None:
            self._looking[function.key] = False
            patterns = [param.pattern for param in function.node.params if isinstance(param.pattern, ir.Container)]
            known = any(
                isinstance(item.key, ir.Const) and item.key.value in ROUTE_PARTS for one in patterns for item in one.items
            )
            nodes = ir.walk(*function.node.body)
            read = (node for node in nodes if isinstance(node, ir.Attribute))
            known = known or any(node.attr in ROUTE_PARTS or _reflects(node) or is_read(node) for node in read)
            called = self.engine.calls.get(function.key, {}).values() if depth else ()
            known = known or any(self.looks_at_route(one, depth - 1) for one in called)
            self._looking[function.key] = known
        return known


class ScriptBody(ScriptCalling):
    """One run of one function of JavaScript."""

    def whole(self, env: Env) -> Run:
        self.hands_on = next_of(self.function)
        if not self.hands_on and (told := option_of(self.function)):
            self.hands_on, self.takes_errors = told, False
        for param in self.function.node.params[:1]:
            if not isinstance(param.pattern, ir.Container):
                continue
            if env.pop(param.name, None) is TRUE or any(_of_request(item.key) for item in param.pattern.items):
                self.bound(param.pattern, UNKNOWN, "req", env)  # `({ headers }) => …`
        if self.block(self.function.node.body, env, sure=True):
            self.given_back(ABSENT, sure=not self._open)
        if self._decided_to_end and not self.found.passed and not self._left and hands_on(self.function):
            self.found.denied = True  # however it is answered: `return res.render("login")`
        return self.found

    def passes(self, value: Missing, *, sure: bool) -> None:
        if self._answered and not self.hands_on:
            self.found.answered.append(value)
        else:
            self.found.both = self.found.both or (self._answered and sure)
            super().passes(value, sure=sure and not self._risky)

    # --- statements -------------------------------------------------------------------------------------------------

    def statement(self, node: ir.Stmt, env: Env, *, sure: bool) -> bool:
        if isinstance(node, ir.Block):
            return self.block(node.body, env, sure=sure)
        if isinstance(node, ir.Switch):
            chosen = self.chosen(node, env)
            if chosen is None:
                before = self.found.denied, self._doubts
                self.perhaps([case.body for case in node.cases], env)
                self._open = self._open or before != (self.found.denied, self._doubts)
                return True
            return self.block(chosen, env, sure=sure) or any(isinstance(one, ir.Jump) for one in chosen)
        if isinstance(node, (ir.For, ir.While)):
            self.perhaps([node.body], env)
            return True
        if isinstance(node, ir.Raise):
            self.failed(frozenset() if node.exc is None else self.errors(node.exc))
            return False
        return super().statement(node, env, sure=sure)

    def chosen(self, node: ir.Switch, env: Env) -> list[ir.Stmt] | None:
        """The case of a switch over a part of the request that is asked for; None where that is open."""
        if self.owner.asked is None or self.eval(node.subject, env) not in PARTS:
            return None
        otherwise: list[ir.Stmt] = []
        for at, case in enumerate(node.cases):
            body = next((one.body for one in node.cases[at:] if one.body), [])
            if case.value is None:
                otherwise = body
                continue
            decided = truth(self.compared("==", node.subject, case.value, env))
            if decided is not False:
                return body if decided else None
        return otherwise

    def perhaps(self, bodies: list[list[ir.Stmt]], env: Env) -> list[bool]:
        """Run bodies that may or may not run; which of their ends are reached. What they assign is open afterwards."""
        before, self._open = self._open, True
        answered, ends = self._answered, []
        for body in bodies:
            inner, self._answered = dict(env), answered
            ends.append(self.block(body, inner, sure=False))
            self.mixed(env, inner)
        self._open, self._answered = before, answered
        return ends

    def returned(self, node: ir.Return, env: Env, *, sure: bool) -> None:
        if node.value is None:
            self.given_back(ABSENT, sure=sure and not self._open)
            return
        if self.eval(node.value, env) is REFUSAL:
            self.found.denied = True
            return
        parts = parts_of(node.value, lambda one: self.given_as(one, env))
        if REFUSAL in parts.values() or self.called(node.value, env):
            self.found.parts.append(parts)
            self.given_back(self.eval(node.value, env), sure=sure and not self._open)

    def given_as(self, node: ir.Expr, env: Env) -> Missing:
        denies = isinstance(node, ir.Call) and self.owner.answered(self.function, node) & AWAY
        return REFUSAL if denies else self.eval(node, env)

    def given_back(self, value: Missing, *, sure: bool) -> None:
        """The function returns: that lets the caller through where nothing else does so."""
        if self.hands_on:
            self.found.gave.append(value)
        else:
            self.passes(value, sure=sure)

    def assigned(self, node: ir.Assign, env: Env) -> bool:
        if node.value is None or node.declares == "type":
            for target in node.targets if node.declares else ():
                env[written(target)] = ABSENT
            return True
        if not self.called(node.value, env):
            return False
        value = self.eval(node.value, env) if not node.op else UNKNOWN
        parts = self.given_parts(node.value, env)
        for target in node.targets:
            self.bound(target, value, written(node.value), env)
            bind(target, parts, env)
            if isinstance(target, ir.Attribute) and target.attr in ("status", "statusCode"):
                self.answers(self.errors(node.value))
        return True

    def branches(self, node: ir.If, env: Env, *, sure: bool) -> bool:
        decided = truth(self.eval(node.test, env))
        self.run_within(node.test, env)
        if decided is None:
            return self.either(node, env)
        chosen, other = (node.body, node.orelse) if decided else (node.orelse, node.body)
        # With a success status, and nothing of what it is there for; or as if there was nothing, which not even its name tells.
        said = not self.hands_on and only_says(chosen) and self.lacks_something(node.test, env)
        if said or (ends_not_found(chosen) and self.asks_who(node.test, env)):
            self.found.denied = True
            return False
        before, self._decided = self._decided, True
        goes_on = self.block(chosen, env, sure=sure)
        self._decided = before
        kept_back = bool(self.hands_on) and (not goes_on or calls(other, self.hands_on))
        self._decided_to_end = self._decided_to_end or kept_back
        return goes_on

    def lacks_something(self, test: ir.Expr, env: Env) -> bool:
        """Whether a test looks at something that a caller without credentials does not bring."""
        looked_at = (one for one in ir.walk_scope(test) if isinstance(one, (ir.Name, ir.Attribute, ir.Index, ir.Call)))
        return any(self.eval(one, env) is ABSENT for one in looked_at)

    def either(self, node: ir.If, env: Env) -> bool:
        """Both ways of a test that is open; what holds afterwards holds on all ways that come that far."""
        before, self._open = self._open, True
        harmless = (self.found.denied, self._doubts, len(self.found.passed))
        answered, told, ends, ways = self._answered, list[bool](), list[bool](), list[Env]()
        for body in (node.body, node.orelse):
            self._answered, way = answered, dict(env)
            ends.append(self.block(body, way, sure=False))
            told.append(self._answered)
            ways.append(way)
        self._answered = all(one for one, end in zip(told, ends, strict=True) if end) if any(ends) else answered
        idle = all(ends) and harmless == (self.found.denied, self._doubts, len(self.found.passed))  # the test decides nothing
        self._open = before or (any(ends) and not idle)
        reached = [way for way, end in zip(ways, ends, strict=True) if end] or ways
        for name in {name: None for way in reached for name in way}:
            values = [way.get(name, UNKNOWN) for way in reached]
            env[name] = values[0] if all(one is values[0] for one in values) else UNKNOWN
        return any(ends)

    def tried(self, node: ir.Try, env: Env, *, sure: bool) -> bool:
        denies = any(self.turns_away(handler.body) for handler in node.handlers)
        before, self._risky = self._risky, self._risky or denies
        decided = self._decided
        self._trying += bool(node.handlers)
        goes_on = self.block(node.body, env, sure=sure)
        self._risky = before
        self._trying -= bool(node.handlers)
        if self._thrown:
            self._thrown = False
            sent = any(map(_sends_error, node.handlers))
            self.found.denied, self._answered = self.found.denied or sent, self._answered or sent
            self._decided = True
            ends = [self.block(handler.body, _caught(handler, env), sure=sure) for handler in node.handlers]
            goes_on = any(ends)
            self._decided = decided
            self._decided_to_end = self._decided_to_end or bool(self.hands_on)  # with whatever answer, unless it is handed on
        else:
            answered = self._answered
            for handler in node.handlers:
                env |= _caught(handler, env)
            handled = self.perhaps([handler.body for handler in node.handlers], env)
            self._open, self._answered = self._open or (any(handled) and denies), answered
            goes_on = goes_on or any(handled)
        return self.block(node.final, env, sure=sure) and goes_on


def _reflects(node: ir.Attribute) -> bool:
    """Whether what decorators put on a route is read."""
    return node.attr in REFLECTING and "reflector" in written(node.value).lower()


def _of_request(key: ir.Expr | None) -> bool:
    """Whether a part of a parameter is called like one of a request."""
    return isinstance(key, ir.Const) and key.value in ("headers", "cookies", "session", "user", "query", "body", "params", "auth")


def _sends_error(handler: ir.Handler) -> bool:
    """Whether a caught error is what the caller gets: `catch (err) { reply.send(err); }`."""
    calls = (one for one in ir.walk_scope(*handler.body) if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute))
    sent = (one.args[0].value for one in calls if isinstance(one.func, ir.Attribute) and one.func.attr == "send" and one.args)
    return any(isinstance(one, ir.Name) and one.id == handler.name for one in sent)


def _caught(handler: ir.Handler, env: Env) -> Env:
    """What is known where an exception is caught: that there is one."""
    return {**env, handler.name: TRUE} if handler.name else dict(env)


ScriptAnonymous.body_type = ScriptBody
