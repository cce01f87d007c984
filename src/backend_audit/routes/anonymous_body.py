"""A run without credentials: statements, and how they end."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.absent_parts import rights_of_context
from backend_audit.routes.anonymous_expressions import Reading
from backend_audit.routes.anonymous_parts import bind, in_common, of_whole, parts_of
from backend_audit.routes.anonymous_run import Env, Parts, Run, Said
from backend_audit.routes.missing import ABSENT, EMPTY, REFUSAL, UNKNOWN, Missing, asks_for_login, names_caller, truth
from backend_audit.routes.readings import permits
from backend_audit.routes.status import WHATEVER, status_of

if TYPE_CHECKING:
    from backend_audit.routes.anonymous import Anonymous

_MAX_WAYS = 64
_MAX_LISTED = 16
_LISTED = frozenset(("list", "tuple", "set"))
_BROAD = frozenset({"Exception", "BaseException", "HTTPException", "APIException"})


class Body(Reading):
    """One run of one function: its statements."""

    def __init__(self, owner: "Anonymous", function: FunctionSymbol, said: Said) -> None:
        super().__init__(owner, function, said)
        self.found = Run()
        self.marked: frozenset[str] = frozenset()  # answers that were given a status: `response.status_code = 401`

    def whole(self, env: Env) -> Run:
        if self.block(self.function.node.body, env, sure=True):
            self.ended(sure=True)
        self.found.guessed = self._guessed
        return self.found

    def ended(self, *, sure: bool) -> None:
        """The function ends without a result: the caller passes, unless its answer is made already."""
        if self.marked & {param.name for param in self.function.node.params}:
            self.found.denied = True
        else:
            self.passes(ABSENT, sure=sure and not self._open)

    _open = False  # an open test was passed on the way to here
    _taken: ir.Handler | None = None  # the handler that runs, of what turned the caller away
    _unsigned = False  # on a way that is for those alone who have not signed in
    _guessed = False  # something was called of which nothing is known

    def passes(self, value: Missing, *, sure: bool) -> None:
        self.found.passed.append(value)
        self.found.sure = self.found.sure or sure

    def block(self, body: list[ir.Stmt], env: Env, *, sure: bool) -> bool:
        """Run statements; whether their end is reached."""
        return all(self.statement(node, env, sure=sure and not self._open) for node in body)

    def statement(self, node: ir.Stmt, env: Env, *, sure: bool) -> bool:
        if len(self.found.passed) > _MAX_WAYS:
            return False
        if isinstance(node, ir.Return):
            self.returned(node, env, sure=sure)
            return False
        if isinstance(node, ir.Raise):
            again = self._taken is not None and (node.exc is None or written(node.exc) == self._taken.name)
            again = again or self._unsigned  # `if not request.user.is_authenticated: raise Http404`
            self.found.denied |= again or (node.exc is not None and self.owner.raises(self.frame, node.exc))
            return False
        if isinstance(node, ir.Assign):
            return self.assigned(node, env)
        if isinstance(node, ir.ExprStmt):
            return self.called(node.value, env)
        if isinstance(node, ir.If):
            return self.branches(node, env, sure=sure)
        if isinstance(node, ir.With):
            entered = all(self.called(item.context, env) for item in node.items)
            return entered and self.block(node.body, env, sure=sure and not self._open)
        if isinstance(node, ir.Try):
            return self.tried(node, env, sure=sure)
        if isinstance(node, ir.For) and (each := self.of_rest(node.iter, env)) is not None:
            env[written(node.target)] = each
            return self.block(node.body, env, sure=sure)
        if isinstance(node, ir.For) and (listed := self.listed(node)):
            return self.one_by_one(node, listed, env, sure=sure)
        if isinstance(node, (ir.For, ir.While)):
            self.repeated(node.body, env)
            return True
        return not isinstance(node, ir.Jump) or node.kind == "pass"

    def returned(self, node: ir.Return, env: Env, *, sure: bool) -> None:
        marked = WHATEVER in self.marked or (isinstance(node.value, ir.Name) and node.value.id in self.marked)
        given = node.value.value if isinstance(node.value, ir.Await) else node.value
        if marked or (given is not None and self.owner.answers(self.frame, given)):
            self.found.denied = True
        elif given is not None and self.owner.fails(self.frame, given):
            self.found.denied |= self._unsigned  # as if there was nothing: nobody gets anything there
        elif node.value is None:
            self.ended(sure=sure)
        elif given is not None and self.eval(given, env) is REFUSAL:
            self.found.denied = True
        elif self.called(node.value, env):
            self.found.parts.append(parts_of(given, lambda one: self.given_as(one, env)))
            self.passes(self.eval(node.value, env), sure=sure and not self._open)

    def given_as(self, node: ir.Expr, env: Env) -> Missing:
        """What a part of a result is."""
        return REFUSAL if self.owner.answers(self.frame, node) else self.eval(node, env)

    def assigned(self, node: ir.Assign, env: Env) -> bool:
        if node.value is None:
            return True
        if not self.called(node.value, env):
            return False
        if (holder := status_of(node)) is not None and self.owner.turns_away(self.frame, node.value):
            self.marked |= {holder}
        value = self.eval(node.value, env) if not node.op else UNKNOWN
        if isinstance(node.value, ir.Container) and len(node.targets) == 1:
            self.frame.bind(node.targets[0], self.frame.eval(node.value))  # constants that the request is compared with
        for target in node.targets:
            if isinstance(target, (ir.Name, ir.Attribute)):
                env[written(target)] = value
            elif isinstance(target, ir.Container):
                env.update({written(item.value): of_whole(value) for item in target.items})
            bind(target, self.given_parts(node.value, env), env)
        return True

    def given_parts(self, node: ir.Expr, env: Env) -> Parts:
        """The parts of what a call of a function of the project comes back with."""
        call = node.value if isinstance(node, ir.Await) else node
        function = self.callee(call) if isinstance(call, ir.Call) else None
        if function is None or not isinstance(call, ir.Call):
            return {}
        return in_common(self.owner.run(function, self.passed_on(function, call, env), self.said).parts)

    def branches(self, node: ir.If, env: Env, *, sure: bool) -> bool:
        decided = truth(self.eval(node.test, env))
        if decided is not None:
            asks = asks_for_login(node.test) or self.asks_who(node.test, env)
            outer, self._unsigned = self._unsigned, self._unsigned or asks
            reached = self.block(node.body if decided else node.orelse, env, sure=sure)
            self._unsigned = outer
            return reached
        before, self._open = self._open, True
        one, other, marked, denied = dict(env), dict(env), self.marked, self.found.denied
        first = self.block(node.body, one, sure=False)
        if not first and not node.orelse and self.found.denied and not denied and self.of_program(node.test):
            self.found.denied, self._open = False, before  # everybody is turned away there, whoever it is
            return True
        here, self.marked = self.marked, marked
        second = self.block(node.orelse, other, sure=False)
        self.marked = here & self.marked if first and second else here if first else self.marked
        # Where one of two ways ends the run, whoever goes on has taken the other: still open.
        self._open = before or first or second
        for name in {*one, *other}:
            left = one.get(name, UNKNOWN) if first else other.get(name, UNKNOWN)
            right = other.get(name, UNKNOWN) if second else left
            env[name] = left if left is right else UNKNOWN
        return first or second

    def asks_who(self, test: ir.Expr, env: Env) -> bool:
        """Whether a test looks at who calls, of whom nothing is there: `!req.user`, `"user" not in session`."""
        nodes = list(ir.walk_scope(test))
        named = (one for one in nodes if isinstance(one, (ir.Name, ir.Attribute, ir.Index)) and names_caller(one))
        held = (one for one in nodes if isinstance(one, ir.Compare) and one.ops[0] in ("in", "not in") and names_caller(one.left))
        asked = (one for one in nodes if rights_of_context(one) or (isinstance(one, ir.Call) and permits(one)))
        if any(self.eval(one, env) is ABSENT for one in named) or any(self.eval(one.rights[0], env) is EMPTY for one in held):
            return True
        return any(asked)  # `if not is_allowed(info, "write"): raise GraphQLError(…)`

    def of_rest(self, node: ir.Expr, env: Env) -> Missing | None:
        """What each of `*predicates` is, where that is known of what was given."""
        rest = {param.name for param in self.function.node.params if param.kind == "args"}
        value = env.get(node.id) if isinstance(node, ir.Name) and node.id in rest else None
        return None if value is UNKNOWN else value

    def listed(self, node: ir.For) -> list[Value]:
        """The constants that a loop goes through, where a route is asked for: `for path in OPEN: if path == request.path`."""
        if self.owner.asked is None or any(isinstance(one, ir.Jump) and one.kind != "pass" for one in ir.walk_scope(*node.body)):
            return []
        value = self.frame.eval(node.iter)
        held = list((value.items or {}).values()) if value.kind in _LISTED and not value.open and value.elem is None else []
        return held if len(held) <= _MAX_LISTED and all(one.constants() for one in held) else []

    def one_by_one(self, node: ir.For, listed: list[Value], env: Env, *, sure: bool) -> bool:
        """A loop over constants, as its rounds follow each other; whether its end is reached."""
        for one in listed:
            self.frame.bind(node.target, one)
            if not self.block(node.body, env, sure=sure and not self._open):
                return False
        return True

    def repeated(self, body: list[ir.Stmt], env: Env) -> None:
        """A loop; where its body turns the caller away, whoever goes on has not run it: that is open."""
        opened, denied = self._open, self.found.denied
        self._open, self.found.denied = True, False
        self.block(body, dict(env), sure=False)
        self._open = opened or self.found.denied
        self.found.denied = self.found.denied or denied

    def tried(self, node: ir.Try, env: Env, *, sure: bool) -> bool:
        """A `try`: where a handler takes what turned the caller away, whoever goes on there goes on surely."""
        opened, denied, guessed, outer = self._open, self.found.denied, self._guessed, self._taken
        self.found.denied, self._guessed = False, False
        goes_on = self.block(node.body, env, sure=sure)
        taking = next((one for one in node.handlers if self.takes(one)), None) if self.found.denied else None
        denied = denied or (self.found.denied and taking is None)
        before, unsure, self._guessed = self._open, self._guessed, guessed or self._guessed
        if goes_on and not unsure and not self.found.denied:  # nothing there can raise for who brings no credential
            self.found.denied = denied
            return self.block([*node.orelse, *node.final], env, sure=sure)
        handled: list[bool] = []
        self.found.denied = False
        for handler in node.handlers:
            self._open = opened if handler is taking else True
            self._taken = handler if handler is taking else None
            handled.append(self.block(handler.body, dict(env), sure=sure and handler is taking and not goes_on))
        self._taken = outer
        if taking is not None and handled[node.handlers.index(taking)]:
            before = opened
        elif goes_on and self.found.denied:
            before = True  # what was called there may raise for who brings no credential
        self._open = before or (any(handled) and not goes_on and taking is None)
        self.found.denied = self.found.denied or denied
        if goes_on:
            goes_on = self.block(node.orelse, env, sure=sure)
        self.block(node.final, env, sure=sure)
        return goes_on or any(handled)

    def takes(self, handler: ir.Handler) -> bool:
        """Whether a handler catches what turns a caller away."""
        if handler.type is None:
            return True
        types = [one.value for one in handler.type.items] if isinstance(handler.type, ir.Container) else [handler.type]
        return any(written(one).rpartition(".")[2] in _BROAD or self.owner.raises(self.frame, one) for one in types)

    def called(self, node: ir.Expr, env: Env) -> bool:
        """Whether evaluating `node` comes back: a call may turn the caller away."""
        call = node.value if isinstance(node, ir.Await) else node
        if isinstance(call, ir.Logical):
            return self.called_one_by_one(call, env)
        if not isinstance(call, ir.Call):
            return True
        if self.owner.answers(self.frame, call) and self.frame.never_returns(call):
            self.found.denied = True
            return False
        if isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Name) and self.owner.answers(self.frame, call):
            self.marked |= {call.func.value.id}  # `self.set_status(401)`: the handler's object holds the answer
        if id(call) in self.owner.facts.demands:
            self.found.denied = True
            return False
        if self.frame.never_returns(call):
            self.found.denied |= self._unsigned  # `if not current_user.is_authenticated: abort(404)`
            return False
        function = self.callee(call)
        if function is None:
            doubtful = self.may_deny(call)
            self._open, self.found.doubted = self._open or doubtful, self.found.doubted or doubtful
            self._guessed = self._guessed or id(call) not in self.owner.facts.nobody
            return True
        run = self.owner.called(function, self.passed_on(function, call, env), self.said)
        self._guessed = self._guessed or run.guessed
        if run.denied and not run.passed:
            self.found.denied = True
            return False
        self.found.doubted = self.found.doubted or (run.doubted and not run.sure)
        if run.denied and not run.sure:
            self.found.denied = True
            self._open = True
        return True

    def called_one_by_one(self, node: ir.Logical, env: Env) -> bool:
        """`refusal(request) or view(request)`: the second is called only where the first does not settle it."""
        if not self.called(node.left, env):
            return False
        decided = truth(self.eval(node.left, env))
        if decided is not None and decided is (node.op == "or") and node.op != "nullish":
            return True
        reached = self.called(node.right, env)
        self._open = self._open or (not reached and decided is None)
        return reached or decided is None
