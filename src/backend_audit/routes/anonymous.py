"""What happens to a caller who brings no credential: a run of a guard or handler in which every credential is missing.

Three outcomes of a function: it turns the caller away on every way (`DENIED`), it surely lets the caller through (`PASSES`), or it
depends on what is not known here. Tests on credentials decide branches; every other test is taken both ways.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.missing import ABSENT, ANONYMOUS, EMPTY, FALSE, TRUE, UNKNOWN, Missing, attribute, truth

_MAX_DEPTH = 5
_MAX_WAYS = 64


class Outcome(StrEnum):
    DENIED = "denied"
    PASSES = "passes"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Run:
    """How a body ended: `denied`, and the values it passed with (`sure` when no open test lay on the way)."""

    denied: bool = False
    passed: list[Missing] = field(default_factory=list)
    sure: bool = False

    def outcome(self) -> Outcome:
        """The outcome for the caller."""
        if self.sure:
            return Outcome.PASSES
        return Outcome.DENIED if self.denied and not self.passed else Outcome.UNKNOWN


Env = dict[str, Missing]


class Anonymous:
    """Runs functions for a caller without credentials. `denies` says whether a raise or an answer turns a caller away."""

    def __init__(
        self,
        engine: Engine,
        facts: WebFacts,
        raises: Callable[[Frame, ir.Expr], bool],
        answers: Callable[[Frame, ir.Expr], bool],
        absent: Callable[[Value], bool],
        denies: Callable[[FunctionSymbol], bool],
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.raises = raises
        self.answers = answers
        self.absent = absent
        self.denies = denies
        self._known: dict[str, Run] = {}
        self._running: set[str] = set()

    def run(self, function: FunctionSymbol, given: Env | None = None) -> Run:
        """The run of `function`; kept where nothing is `given`."""
        if given is None and function.key in self._known:
            return self._known[function.key]
        if function.key in self._running or len(self._running) > _MAX_DEPTH:
            return Run(passed=[UNKNOWN])
        self._running.add(function.key)
        found = _Body(self, function).whole({**self.parameters(function), **(given or {})})
        self._running.discard(function.key)
        if given is None:
            self._known[function.key] = found
        return found

    def parameters(self, function: FunctionSymbol) -> Env:
        """What is missing among a function's parameters: credentials that the framework would have filled in."""
        found: Env = {}
        for param in function.node.params:
            provider = self.engine.provider(function, param)
            if provider is not None:
                found[param.name] = self.provided(provider)
            elif _is_none(param.default) or _defaults_to_none(param.default):
                found[param.name] = ABSENT
        return found

    def provided(self, provider: Value) -> Missing:
        """What a provider gives for a caller without credentials."""
        if self.absent(provider):
            return ABSENT
        functions = [one for one in provider.refs if isinstance(one, FunctionSymbol)]
        if len(functions) != 1:
            return UNKNOWN
        passed = self.run(functions[0]).passed
        return passed[0] if passed and all(one is passed[0] for one in passed) else UNKNOWN


class _Body:
    """One run of one function."""

    def __init__(self, owner: Anonymous, function: FunctionSymbol) -> None:
        self.owner = owner
        self.function = function
        self.frame = Frame(owner.engine, function.module, function, dict(owner.engine.environment(function.module)))
        self.found = Run()

    def whole(self, env: Env) -> Run:
        if self.block(self.function.node.body, env, sure=True):
            self.passes(ABSENT, sure=not self._open)
        return self.found

    _open = False  # an open test was passed on the way to here

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
            self.found.denied = self.found.denied or (node.exc is not None and self.owner.raises(self.frame, node.exc))
            return False
        if isinstance(node, ir.Assign):
            return self.assigned(node, env)
        if isinstance(node, ir.ExprStmt):
            return self.called(node.value, env)
        if isinstance(node, ir.If):
            return self.branches(node, env, sure=sure)
        if isinstance(node, ir.With):
            return self.block(node.body, env, sure=sure)
        if isinstance(node, ir.Try):
            return self.tried(node, env, sure=sure)
        if isinstance(node, (ir.For, ir.While)):
            before, self._open = self._open, True
            self.block(node.body, dict(env), sure=False)
            self._open = before
            return True
        return not isinstance(node, ir.Jump) or node.kind == "pass"

    def returned(self, node: ir.Return, env: Env, *, sure: bool) -> None:
        if node.value is not None and self.owner.answers(self.frame, node.value):
            self.found.denied = True
        elif node.value is None:
            self.passes(ABSENT, sure=sure)
        elif self.called(node.value, env):
            self.passes(self.eval(node.value, env), sure=sure)

    def assigned(self, node: ir.Assign, env: Env) -> bool:
        if node.value is None:
            return True
        if not self.called(node.value, env):
            return False
        value = self.eval(node.value, env) if not node.op else UNKNOWN
        for target in node.targets:
            if isinstance(target, (ir.Name, ir.Attribute)):
                env[written(target)] = value
            elif isinstance(target, ir.Container):
                env.update({written(item.value): UNKNOWN for item in target.items})
        return True

    def branches(self, node: ir.If, env: Env, *, sure: bool) -> bool:
        decided = truth(self.eval(node.test, env))
        if decided is not None:
            return self.block(node.body if decided else node.orelse, env, sure=sure)
        before, self._open = self._open, True
        one, other = dict(env), dict(env)
        first, second = self.block(node.body, one, sure=False), self.block(node.orelse, other, sure=False)
        # Where one of two ways ends the run, whoever goes on has taken the other: still open.
        self._open = before or first or second
        for name in {*one, *other}:
            left = one.get(name, UNKNOWN) if first else other.get(name, UNKNOWN)
            right = other.get(name, UNKNOWN) if second else left
            env[name] = left if left is right else UNKNOWN
        return first or second

    def tried(self, node: ir.Try, env: Env, *, sure: bool) -> bool:
        goes_on = self.block(node.body, env, sure=sure)
        before, self._open = self._open, True
        handled = [self.block(handler.body, dict(env), sure=False) for handler in node.handlers]
        self._open = before or any(handled)
        if goes_on:
            goes_on = self.block(node.orelse, env, sure=sure)
        self.block(node.final, env, sure=sure)
        return goes_on or any(handled)

    def called(self, node: ir.Expr, env: Env) -> bool:
        """Whether evaluating `node` comes back: a call may turn the caller away."""
        call = node.value if isinstance(node, ir.Await) else node
        if not isinstance(call, ir.Call):
            return True
        if self.owner.answers(self.frame, call) and self.frame.never_returns(call):
            self.found.denied = True
            return False
        if self.frame.never_returns(call):
            return False
        function = self.callee(call)
        if function is None:
            self._open = self._open or self.may_deny(call)
            return True
        run = self.owner.run(function, self.passed_on(function, call, env))
        if run.denied and not run.passed:
            self.found.denied = True
            return False
        if run.denied and not run.sure:
            self.found.denied = True
            self._open = True
        return True

    # --- expressions ------------------------------------------------------------------------------------------------

    def callee(self, call: ir.Call) -> FunctionSymbol | None:
        """The one function of the project that a call means."""
        if isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Name) and call.func.value.id in ("self", "cls"):
            owner = self.function.owner
            return None if owner is None else self.owner.engine.find_method(owner, call.func.attr)
        if not isinstance(call.func, (ir.Name, ir.Attribute)):
            return None
        found = [one for one in self.frame.eval(call.func).refs if isinstance(one, FunctionSymbol)]
        return found[0] if len(found) == 1 else None

    def may_deny(self, call: ir.Call) -> bool:
        """Whether a call that is not resolved here may be one of those that turn callers away, by what the engine has seen."""
        name = call.func.attr if isinstance(call.func, ir.Attribute) else written(call.func)
        called = self.owner.engine.calls.get(self.function.key, {}).values()
        return any(one.node.name in (name, "__call__") and self.owner.denies(one) for one in called)

    def passed_on(self, function: FunctionSymbol, call: ir.Call, env: Env) -> Env:
        names = [param.name for param in function.node.params]
        if function.binds_first and isinstance(call.func, ir.Attribute):
            names = names[1:]
        given: Env = {}
        for at, arg in enumerate(call.args):
            if not arg.star and (arg.name is not None or at < len(names)):
                given[arg.name or names[at]] = self.eval(arg.value, env)
        return given

    def eval(self, node: ir.Expr, env: Env) -> Missing:
        """What an expression is for a caller without credentials."""
        if isinstance(node, ir.Const):
            return TRUE if node.value else ABSENT if node.value is None else FALSE
        known = env.get(written(node)) if isinstance(node, (ir.Name, ir.Attribute)) else None
        if known is not None:
            return known
        if isinstance(node, ir.Name):
            return ANONYMOUS if node.id == "current_user" else EMPTY if node.id == "session" else UNKNOWN
        if isinstance(node, ir.Attribute):
            return attribute(self.eval(node.value, env), node.attr, written(node.value))
        if isinstance(node, ir.Await):
            return self.eval(node.value, env)
        if isinstance(node, ir.Walrus):
            env[written(node.target)] = self.eval(node.value, env)
            return env[written(node.target)]
        if isinstance(node, ir.Index):
            return ABSENT if self.eval(node.value, env) in (EMPTY, ABSENT) else UNKNOWN
        if isinstance(node, ir.Call):
            return self.call(node, env)
        return self.tested(node, env)

    def call(self, node: ir.Call, env: Env) -> Missing:
        name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
        first = self.eval(node.args[0].value, env) if node.args else UNKNOWN
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1].value, ir.Const):
            return attribute(first, str(node.args[1].value.value), written(node.args[0].value))
        if name in ("bool", "str", "len") and first in (ABSENT, FALSE, EMPTY, ANONYMOUS):
            return TRUE if first is ANONYMOUS else FALSE
        if name == "isinstance" and first is ABSENT:
            return FALSE
        if isinstance(node.func, ir.Attribute):
            base = self.eval(node.func.value, env)
            if base is EMPTY and name in ("get", "pop", "getlist", "getone"):
                return self.eval(node.args[1].value, env) if len(node.args) > 1 else ABSENT
            if base in (ABSENT, ANONYMOUS):
                return attribute(base, name, written(node.func.value))
        function = self.callee(node)
        if function is None:
            return UNKNOWN
        passed = self.owner.run(function, self.passed_on(function, node, env)).passed
        return passed[0] if passed and all(one is passed[0] for one in passed) else UNKNOWN

    def tested(self, node: ir.Expr, env: Env) -> Missing:
        if isinstance(node, ir.Unary) and node.op == "not":
            decided = truth(self.eval(node.operand, env))
            return UNKNOWN if decided is None else FALSE if decided else TRUE
        if isinstance(node, ir.Logical):
            left = self.eval(node.left, env)
            decided = truth(left)
            if decided is not None and node.op != "nullish":
                return left if decided is (node.op == "or") else self.eval(node.right, env)
            right = self.eval(node.right, env)
            settles = truth(right) is (node.op == "or") and node.op != "nullish"
            return (TRUE if node.op == "or" else FALSE) if settles else UNKNOWN
        if isinstance(node, ir.Conditional):
            decided = truth(self.eval(node.test, env))
            if decided is not None:
                return self.eval(node.then if decided else node.orelse, env)
            return UNKNOWN
        if isinstance(node, ir.Compare) and len(node.ops) == 1:
            return self.compared(node.ops[0], node.left, node.rights[0], env)
        return UNKNOWN

    def compared(self, op: str, left: ir.Expr, right: ir.Expr, env: Env) -> Missing:
        one, other = self.eval(left, env), self.eval(right, env)
        if op in ("in", "not in") and other in (EMPTY, ABSENT):
            return FALSE if op == "in" else TRUE
        if op in ("is", "==", "is not", "!=") and ABSENT in (one, other):
            rest = other if one is ABSENT else one
            same = True if rest is ABSENT else None if rest is UNKNOWN else False
            if same is not None:
                return TRUE if same is (op in ("is", "==")) else FALSE
        return UNKNOWN


def _is_none(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Const) and node.kind == "none"


def _defaults_to_none(node: ir.Expr | None) -> bool:
    """`Header(None)`, `Cookie(default=None)`: a parameter of the request that is not there."""
    return isinstance(node, ir.Call) and any(_is_none(arg.value) and arg.name in (None, "default") for arg in node.args[:1])
