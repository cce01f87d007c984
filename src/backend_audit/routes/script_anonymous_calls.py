"""A run of JavaScript without credentials: ways out and calls, `next` among them, and functions that run later."""

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.anonymous_body import Body
from backend_audit.routes.anonymous_run import Env
from backend_audit.routes.middleware import next_of
from backend_audit.routes.missing import ABSENT, FALSE, TRUE, UNKNOWN, Missing, truth
from backend_audit.routes.refusals import LOGIN
from backend_audit.routes.script_errors import error_statuses
from backend_audit.routes.script_reading import ScriptReading

AWAY = frozenset((401, 403, LOGIN))
_SETS_STATUS = frozenset(("status", "sendStatus", "code"))
_ERROR = 400
_MISSING = 404  # says nothing of who calls
_LATER = frozenset(("then", "catch", "finally"))


class ScriptCalling(ScriptReading, Body):
    """What calls do to a run."""

    hands_on = ""  # what the function calls its `next`
    takes_errors = True  # what that is given is an error
    _decided = False  # a test of a credential has chosen the way
    _answered = False  # the caller has got an answer
    _risky = False  # in a `try` whose handler turns callers away
    _trying = 0  # how many `try` are around that could take an error
    _decided_to_end = False  # a test of a credential has chosen a way that ends there
    _left = False  # what hands the request on was given to something that is not known here
    _thrown = False  # an error that no test decided about is under way
    _doubts = 0  # how often something that cannot be followed may have turned the caller away

    def mixed(self, env: Env, inner: Env) -> None:
        """What else a way may have assigned is open."""
        for name, value in inner.items():
            if env.get(name, value) is not value:
                env[name] = UNKNOWN

    def bound(self, target: ir.Expr, value: Missing, source: str, env: Env) -> None:
        """Bind names to what `source` (as written) is."""
        if isinstance(target, ir.Defaulted):
            default = self.eval(target.default, env)
            self.bound(target.target, default if value is ABSENT else value, source, env)
        elif isinstance(target, (ir.Name, ir.Attribute)):
            env[written(target)] = value
        elif isinstance(target, ir.Container):
            for item in target.items:
                key = item.key.value if isinstance(item.key, ir.Const) else None
                part = self.part(value, str(key), source) if key is not None else self.element(value)
                self.bound(item.value, part, f"{source}.{key}" if key is not None else "…", env)

    # --- ways out ---------------------------------------------------------------------------------------------------

    def errors(self, node: ir.Expr) -> frozenset[int]:
        return error_statuses(self.owner.engine, self.frame, node)

    def failed(self, statuses: frozenset[int]) -> None:
        """An error ends the run."""
        if statuses & AWAY or (self._decided and _MISSING not in statuses):
            self.found.denied = True

    def answers(self, statuses: frozenset[int]) -> bool:
        """The caller gets an answer of these statuses; whether that turns it away."""
        away = bool(statuses & AWAY) or (
            self._decided and any(one >= _ERROR and (one != _MISSING or self.hands_on) for one in statuses)
        )
        if away:
            self.found.denied = True
            self._answered = True
        return away

    def called(self, node: ir.Expr, env: Env) -> bool:
        call = node
        while isinstance(call, (ir.Await, ir.Attribute)):  # `(await request.jwtVerify()).sub`
            call = call.value
        if isinstance(call, (ir.Logical, ir.Conditional, ir.Unary, ir.Container, ir.Sequence, ir.Walrus)):
            self.run_within(call, env)
            return True
        if not isinstance(call, ir.Call):
            return True
        if self.asks_above(call):
            self._thrown = True
            self.found.denied = self.found.denied or not self._trying
            return False
        name = call.func.id if isinstance(call.func, ir.Name) else ""
        if self.hands_on and self.hands_on in (name, written(call.func)):
            return self.handed_on(call, env)
        if name == "reject":
            self.failed(frozenset() if not call.args else self.errors(call.args[0].value))
            return True
        open_ended = id(call) in self.owner.facts.needing
        if not open_ended and not self.demands(call, env) and self.answers(self.owner.answered(self.function, call)):
            return not (isinstance(call.func, ir.Attribute) and call.func.attr == "throw")
        self.found.doubted = self.found.doubted or any(map(self.answers_something, ir.walk_scope(call)))
        if isinstance(call.func, ir.Attribute) and call.func.attr in _LATER:
            return self.chained(call, env)
        if isinstance(call.func, ir.Lambda):
            self.inline(call.func.function, [self.eval(arg.value, env) for arg in call.args], env)
            return True
        if isinstance(call.func, ir.Call) and self.authenticates(call.func):
            return self.authenticated(call.func, env)
        return self.entered(call, env)

    def answers_something(self, node: ir.Node) -> bool:
        """`res.status(found.status)`: what is answered there only the running program knows."""
        if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or node.func.attr not in _SETS_STATUS:
            return False
        return len(node.args) == 1 and self.frame.eval(node.args[0].value).constants() is None

    def asks_above(self, call: ir.Call) -> bool:
        """`super.canActivate(context)`, where the class is a library's guard that turns away who brings no credential."""
        func, owner = call.func, self.function.owner
        if not isinstance(func, ir.Attribute) or not isinstance(func.value, ir.Name) or func.value.id != "super" or owner is None:
            return False
        models = self.owner.engine.models
        paths = [path.removesuffix("()") for path in self.owner.engine.external_bases(owner)]
        found = [models.access.get(models.canonical(path)) for path in paths]
        return func.attr == self.function.node.name and any(one is not None and "authenticates" in one.does for one in found)

    def handed_on(self, call: ir.Call, env: Env) -> bool:
        """`next()` lets the caller through; `next(error)` does not."""
        first = call.args[0].value if call.args else None
        value = ABSENT if first is None else self.eval(first, env)
        if (
            not self.takes_errors
            or first is None
            or value is ABSENT
            or (isinstance(first, ir.Const) and first.value in ("route", "router"))
        ):
            self.passes(TRUE, sure=not self._open)
        else:
            statuses = self.errors(first)
            if statuses or value is TRUE or isinstance(first, ir.Call) or self._decided:
                self.failed(statuses)
            else:
                self.passes(UNKNOWN, sure=False)  # `next(err)` where err may be nothing
        return True

    def demands(self, call: ir.Call, env: Env) -> bool:
        """Whether a call throws where there is no credential: `request.jwtVerify()`, `jwt.verify(token, key)`."""
        if id(call) in self.owner.facts.needing:
            return bool(call.args) and self.eval(call.args[0].value, env) in (ABSENT, FALSE)
        if id(call) not in self.owner.facts.demands:
            return False
        return not call.args or self.eval(call.args[0].value, env) in (ABSENT, FALSE)

    def entered(self, call: ir.Call, env: Env) -> bool:
        """A call of a function: one of the project is run, functions that are written as arguments too."""
        if self.demands(call, env):
            callback = next((arg.value for arg in reversed(call.args) if isinstance(arg.value, ir.Lambda)), None)
            if callback is None:
                self._thrown = True
                self.found.denied = self.found.denied or not self._trying
                return False
            self.inline(callback.function, [TRUE, ABSENT], env)
            return True
        function = self.callee(call)
        if function is None:
            missing = any(self.eval(arg.value, env) in (ABSENT, FALSE) for arg in call.args[:1])
            for arg in call.args:
                if isinstance(arg.value, ir.Lambda):
                    self.inline(arg.value.function, [UNKNOWN, ABSENT if missing else UNKNOWN], env)
            if self.denies_by_arguments(call, env):
                self.answers(frozenset((401,)))
            if self.may_deny(call):
                self._open, self._doubts = True, self._doubts + 1
            self._left = self._left or any(written(arg.value) == self.hands_on for arg in call.args)
            return True
        run = self.owner.called(function, self.passed_on(function, call, env), self.said)
        if next_of(function) and self.hands_on and any(written(arg.value) == self.hands_on for arg in call.args):
            for value in run.passed:
                self.passes(value, sure=run.sure and not self._open)
            self.found.denied = self.found.denied or run.denied
            return True
        if run.denied and not run.passed:
            self.found.denied = True
            self._answered = self._answered or bool(run.answered)
            return bool(run.answered)
        if run.denied and not run.sure:
            self.found.denied = True
            self._open, self._doubts = True, self._doubts + 1
        for arg in call.args:
            if isinstance(arg.value, ir.Lambda):
                self.inline(arg.value.function, [UNKNOWN], env)
        return True

    def denies_by_arguments(self, call: ir.Call, env: Env) -> bool:  # noqa: ARG002 - the signature of its kind
        """`sendError(res, 401, …)`: an answer by a helper, by the status that it is given."""
        words = {written(arg.value).rpartition(".")[2] for arg in call.args}
        if not words & {"res", "response", "reply"}:
            return False
        return any(self.errors(arg.value) & AWAY for arg in call.args if isinstance(arg.value, (ir.Const, ir.Attribute)))

    # --- functions that run later -----------------------------------------------------------------------------------

    def inline(self, function: ir.Function, given: list[Missing], env: Env) -> None:
        """Run a function that is written here, with what it is given; its ends are no ends of this run."""
        inner = dict(env)
        for at, param in enumerate(one for one in function.params if one.kind == "positional"):
            value = given[at] if at < len(given) else UNKNOWN
            if param.pattern is not None:
                self.bound(param.pattern, value, "…", inner)
            inner[param.name] = value
        outer, self.hands_on = self.hands_on, self.hands_on or "\x00"
        self.block(function.body, inner, sure=not self._open)
        self.hands_on = outer
        own = {param.name for param in function.params}
        self.mixed(env, {name: value for name, value in inner.items() if name not in own})

    def chained(self, call: ir.Call, env: Env) -> bool:
        """`promise.then(f, g).catch(h)`."""
        func = call.func
        if not isinstance(func, ir.Attribute) or not self.called(func.value, env):
            return True
        before, self._open = self._open, True
        for at, arg in enumerate(call.args):
            if isinstance(arg.value, ir.Lambda):
                self.inline(arg.value.function, [TRUE if func.attr == "catch" or at else UNKNOWN], env)
        self._open = before
        return True

    def authenticates(self, call: ir.Call) -> bool:
        """Whether a call makes a library's middleware that turns away who brings no credential."""
        if not isinstance(call.func, (ir.Name, ir.Attribute)):
            return False
        models = self.owner.engine.models
        found = [models.access.get(models.canonical(path)) for path in sorted(self.frame.eval(call.func).apis)]
        return any(one is not None and "authenticates" in one.does for one in found)

    def authenticated(self, call: ir.Call, env: Env) -> bool:
        """Such middleware runs: its own callback decides, if it is given one."""
        for arg in call.args:
            if isinstance(arg.value, ir.Lambda):
                self.inline(arg.value.function, [ABSENT, FALSE], env)
                return True
            symbols = [one for one in self.frame.eval(arg.value).refs if isinstance(one, FunctionSymbol)]
            if len(symbols) == 1 and isinstance(arg.value, (ir.Call, ir.Name, ir.Attribute)):
                self.inline(symbols[0].node, [ABSENT, FALSE], env)
                return True
        self.found.denied = True
        return False

    def run_within(self, node: ir.Expr, env: Env) -> None:
        """Calls within an expression that is no call itself."""
        if isinstance(node, ir.Logical):
            decided = truth(self.eval(node.left, env))
            self.run_within(node.left, env)
            if decided is None or decided is (node.op == "and"):
                before, self._open = self._open, self._open or decided is None
                self.called(node.right, env)
                self._open = before
        elif isinstance(node, ir.Conditional):
            decided = truth(self.eval(node.test, env))
            for part, wanted in ((node.then, True), (node.orelse, False)):
                if decided is None or decided is wanted:
                    before, self._open = self._open, self._open or decided is None
                    self.called(part, env)
                    self._open = before
        elif isinstance(node, ir.Unary):
            self.run_within(node.operand, env)
        elif isinstance(node, ir.Sequence):
            for one in node.values:
                self.called(one, env)
        elif isinstance(node, (ir.Walrus, ir.Await)):
            self.called(node.value, env)
        elif isinstance(node, ir.Call):
            self.called(node, env)

    def turns_away(self, body: list[ir.Stmt]) -> bool:
        """Whether statements hold an answer or error that turns a caller away."""
        for node in ir.walk(*body):
            if isinstance(node, ir.Call):
                if self.owner.answered(self.function, node) & AWAY:
                    return True
                if isinstance(node.func, ir.Name) and node.func.id == self.hands_on and node.args:
                    return True
            elif isinstance(node, ir.Raise) and node.exc is not None and self.errors(node.exc) & AWAY:
                return True
        return False
