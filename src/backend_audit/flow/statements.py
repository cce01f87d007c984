"""Statements: how a body changes the environment, which ways through it exist, what it returns."""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.flow import (
    builtin,
    changing,
    decorating,
    direct,
    existing,
    guards,
    listed,
    lists,
    matching,
    putting,
    raising,
    refine,
    rendering,
    sensitive,
    unrolled,
    verdicts,
)
from backend_audit.flow.calls import Calls
from backend_audit.flow.concepts import Operand
from backend_audit.flow.frame import Env
from backend_audit.flow.moments import Loop
from backend_audit.flow.named_parts import keep
from backend_audit.flow.ordering import in_order, of_kind
from backend_audit.flow.syntax import always_raises
from backend_audit.flow.values import NONE, NOTHING, Constant, Value, changed, join, ref
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, Symbol

_LOOPS = 2  # passes over a loop's body: the second sees what the first has changed
_DEEP = 7  # loops around a loop from which on one pass is made: each would double the passes
_OR_NOTHING = frozenset(("bool", "re.Match"))  # types of what a test gives: a match may be None


class Frame(Calls):
    """Executes statements. `env` is the state on the way under execution; `run` tells whether that way goes on."""

    def run(self, body: list[ir.Stmt]) -> bool:
        """Execute the statements; False when control never reaches their end."""
        for node in body:  # noqa: SIM110 - `all` over a generator costs a frame for each body
            if not RUNNERS[type(node)](self, node):
                return False
        return True

    def branch(self, body: list[ir.Stmt], env: Env) -> Env | None:
        """The environment after `body` started from `env`; None when it does not end normally."""
        outer, self.env = self.env, env
        goes_on = self.run(body)
        after, self.env = self.env, outer
        return after if goes_on else None

    def settle(self, env: Env | None) -> bool:
        if env is None:
            return False
        self.env = env
        return True

    # --- simple statements ------------------------------------------------------------------------------------------

    def assign(self, node: ir.Assign) -> bool:
        if node.value is None:
            target = node.targets[0]
            if (
                isinstance(target, ir.Name)
                and node.annotation is not None
                and target.id not in self.env
                and self.function is None
            ):
                self.env[target.id] = self.engine.annotated(self, node.annotation)
            return True
        value = self.eval_for(_purpose(node.targets[0]), node.value)
        if node.op:
            target = node.targets[0]
            before = self.eval(target)
            value = self.combine(node.op, before, value, written(target), written(node.value))
        elif node.annotation is not None and self.leaves_open(value):
            declared = self.engine.annotated(self, node.annotation)
            value = changed(value, types=value.types | declared.types)
        for target in node.targets:
            self.bind(target, value, node)
        verdicts.keep(self, node)
        if isinstance(call := direct.unawaited(node.value), ir.Call):
            self.after_call(call)
        return True

    def leaves_open(self, value: Value) -> bool:
        """Whether what is assigned may be more than is known of it, so that a declared type tells."""
        return value.open

    def eval_for(self, purpose: str, node: ir.Expr) -> Value:
        """What `node` may be, evaluated for a thing called `purpose`."""
        before, self.target = self.target, purpose
        value = self.eval(node)
        self.target = before
        return value

    def bind(self, target: ir.Expr, value: Value, node: ir.Assign | None = None) -> None:
        if isinstance(target, ir.Name):
            guards.keep_given(self, target.id)
            if value.origins:
                value = value.stepped(self.mark(target, f"assigned to {target.id}"))
            self.bind_around(target.id, value)
            self.assign_path(target.id, value)
            if self.function is None and node is not None:
                self.engine.setting(self, target, target.id, value, node)
        elif isinstance(target, ir.Attribute):
            self.bind_attribute(target, value, node)
        elif isinstance(target, ir.Index):
            self.bind_item(target, value, node)
        elif isinstance(target, ir.Container):
            self.unpack(target, value, exact=node is not None and isinstance(node.value, ir.Container))
        elif isinstance(target, ir.Starred):
            self.bind(target.value, value)

    def bind_attribute(self, target: ir.Attribute, value: Value, node: ir.Assign | None) -> None:
        putting.note(self, target.value, target.attr, value)
        base = self.eval(target.value)
        if (key := dotted(target)) is not None:
            changing.filled(self, target, base, value)
            self.assign_path(key, value)
        for type_name in in_order(base.types):
            owner = self.engine.class_of(type_name)
            if owner is not None:
                self.engine.set_field(owner, target.attr, value)
        for symbol in of_kind(base.refs, ClassSymbol) if base.refs else ():
            self.put_around(symbol, target.attr, value)
        for path in sorted((base.apis | base.types) & self.models.shared):
            self.engine.set_external(path, target.attr, value)
        given = {"value": Operand(value, None if node is None else node.value), "self": Operand(base, target.value)}
        if node is not None and node.op:
            given["operator"] = Operand(Value(consts=frozenset((Constant("str", node.op),))), None)
        for path in sorted({f"{one}.{target.attr}" for one in self.store_paths(base)}):
            for row in self.models.rows["write"].get(self.models.canonical(path), ()):
                self.emit(row, path, node if node is not None else target, given, written_as=written(target))

    def bind_item(self, target: ir.Index, value: Value, node: ir.Assign | None) -> None:
        base = self.eval(target.value)
        key = self.eval(target.index)
        putting.stored(self, target, key, value)
        if base.kind:
            names = base.carried_names() | key.as_keys()
            self.update_path(target.value, builtin.with_item(base, key, value).with_origins(names))
        elif base.open and value.all_origins() and dotted(target.value) is not None:
            one = key.constant()
            if one is not None and isinstance(one.value, (str, int)):  # what else the mapping holds is as unknown as before
                self.update_path(target.value, changed(base, items={**(base.items or {}), one.value: value}))
            else:
                self.update_path(target.value, base.with_origins(value.derived().origins))
        keep(self, base, key, value)
        changing.item_put(self, target, base, (Operand(key, target.index), Operand(value, None)))
        given = {"key": Operand(key, target.index), "value": Operand(value, None if node is None else node.value)}
        for path in self.store_paths(base):
            for row in self.models.rows["store"].get(path, ()):
                self.emit(row, path, node if node is not None else target, given, written_as=written(target))

    def unpack(self, target: ir.Container, value: Value, *, exact: bool) -> None:
        after_star = False
        for position, item in enumerate(target.items):
            if item.star or isinstance(item.value, ir.Starred):
                after_star = True
                self.bind(item.value, lists.between(value, builtin.iterated, position, len(target.items) - position - 1))
                continue
            outside = bool(value.origins) and position not in (value.items or {})  # known as a whole alone
            known = value.kind or position in (value.items or {})
            at = position - len(target.items) if after_star else position
            part = None if outside or not known or (after_star and value.elem is not None) else value.item(at)
            part = builtin.iterated(value) if part is None else part
            if not exact and isinstance(item.value, ir.Name) and sensitive.classify(item.value.id) is None:
                part = part.without("secret")  # which of the parts is the secret one is not known
            self.bind(item.value, part)

    def expr_stmt(self, node: ir.ExprStmt) -> bool:
        self.eval(node.value)
        call = direct.unawaited(node.value)
        if not isinstance(call, ir.Call):
            return True
        self.after_call(call)
        return not self.never_returns(call)

    def after_call(self, call: ir.Call) -> None:
        """A call came back: what it has let through is known of its arguments."""
        guards.after_call(self, call)
        existing.after_call(self, call)

    def never_returns(self, call: ir.Call) -> bool:
        """Calls that end the function's way: `sys.exit()`, `abort(400)`, a function of the project that raises in any case."""
        key = dotted(call.func)
        if key is None or key in _EXITS:
            return key is not None
        called = self.eval(call.func)
        own = [isinstance(one, FunctionSymbol) and always_raises(one.node) for one in called.refs]
        return any(path in _EXITS or path.endswith(_ABORTS) for path in called.apis) or (bool(own) and all(own))

    def return_(self, node: ir.Return) -> bool:
        if node.value is not None:
            value = self.eval_for(self.function.node.name if self.function is not None else "", node.value)
            self.returns = join(self.returns, value)
            if self.engine.returned is not None and self.function is not None:
                self.engine.returned(self, self.function, node, value)
            self.way_out(value, node.value)
        else:
            self.returns = join(self.returns, NONE)
            self.way_out(NONE, None)
        return False

    def way_out(self, value: Value, node: ir.Expr | None) -> None:
        """Note what is cleared when the function ends here, and when it gives true or false by this."""
        if self.function is None or not self.function.node.params:
            return
        self.ways["any"].append(guards.cleared_parameters(self, self.function))
        value, node = verdicts.first_of(value, node)
        if not (value.open or value.consts or value.types & _OR_NOTHING):
            self.ways["true"].append(self.ways["any"][-1])  # an object: no test of the parameters
            return
        truth = refine.truth(value)
        for name, holds in (("true", True), ("false", False)):
            if truth is not None and truth is not holds:
                continue
            before, self.env = self.env, dict(self.env)
            if truth is None and node is not None:
                refine.assume(self, node, holds)
            self.ways[name].append(guards.cleared_parameters(self, self.function))
            self.env = before

    def raise_(self, node: ir.Raise) -> bool:
        if node.exc is not None:
            self.thrown = join(self.thrown, raising.raised(self, node.exc))
        self.optional(node.cause)
        return False

    def assert_(self, node: ir.Assert) -> bool:
        self.eval(node.test)
        self.optional(node.message)
        refine.assume(self, node.test, True)
        return True

    def delete(self, node: ir.Delete) -> bool:
        for target in node.targets:
            changing.deleted(self, target)
        return True

    def jump(self, node: ir.Jump) -> bool:
        if node.kind == "pass":
            return True
        if self.breaks:
            self.breaks[-1].append(self.env)
        return False

    def scope_statement(self, node: ir.Scope) -> bool:
        (self.globals if node.kind == "global" else self.outer).update(node.names)
        return True

    def import_(self, node: ir.Import) -> bool:
        for alias in node.names:
            if alias.name == "*":
                self.engine.import_star(self, node)
            else:
                self.env[alias.asname] = self.engine.imported(self.module, node, alias)
        return True

    # --- compound statements ----------------------------------------------------------------------------------------

    def if_(self, node: ir.If) -> bool:
        truth = refine.truth(self.eval(node.test))
        then, other = None, None
        decided = self.function is not None or self.deciding or isinstance(node.test, ir.Const)  # others override settings
        if truth is not False or not decided:
            then = self.assumed(node.test, True, node.body)
        if truth is not True or not decided:
            other = self.assumed(node.test, False, node.orelse)
        return self.settle(self.join_env(then, other))

    def assumed(self, test: ir.Expr, holds: bool, body: list[ir.Stmt]) -> Env | None:
        outer, self.env = self.env, dict(self.env)
        refine.assume(self, test, holds)
        goes_on = self.run(body)
        after, self.env = self.env, outer
        return after if goes_on else None

    def for_(self, node: ir.For) -> bool:
        elem = self.iterate(node.iter)
        seen: list[Value] = []
        before, start = set(self.events), self.env
        self.enter(Loop(node, node.iter, node.target, elem))
        goes_on = self.loop(lambda: listed.passed(self, node, elem, seen), node.orelse)
        self.loops.pop()
        unrolled.registrations(self, node, [key for key in self.events if key not in before], start)
        listed.after_loop(self, node, elem, seen)
        return goes_on

    def while_(self, node: ir.While) -> bool:
        if refine.truth(self.eval(node.test)) is False:
            return self.run(node.orelse)

        def once() -> bool:
            self.eval(node.test)
            refine.assume(self, node.test, True)
            return self.run(node.body)

        return self.loop(once, node.orelse, node)

    def loop(self, once: Callable[[], bool], orelse: list[ir.Stmt], of: ir.While | None = None) -> bool:
        """Zero or more passes; what `break` and `continue` leave behind counts as an end of a pass."""
        merged = self.env
        for _ in range(_LOOPS if len(self.breaks) < _DEEP else 1):
            self.breaks.append([])
            self.env = dict(merged)
            goes_on = once()
            after: Env | None = self.env if goes_on else None
            for env in self.breaks.pop():
                after = self.join_env(after, env)
            joined = self.join_env(merged, after)
            if joined is None or _same(merged, joined):
                break
            merged = joined
        self.env = dict(merged)
        refine.behind(self, of)
        return self.run(orelse)

    def try_(self, node: ir.Try) -> bool:
        before, outer, self.thrown = dict(self.env), self.thrown, NOTHING
        goes_on = self.run(node.body)
        reached, thrown = self.env, self.thrown
        self.thrown = outer if node.handlers else join(outer, thrown)
        after: Env | None = self.branch(node.orelse, reached) if goes_on else None
        start = self.join_env(before, reached) or before
        for handler in node.handlers:
            env = dict(start)
            if handler.name is not None:
                env[handler.name] = self.caught(handler, thrown)
            after = self.join_env(after, self.branch(handler.body, env))
        if node.final:
            ended, self.env = after is not None, dict(start if after is None else after)
            return self.run(node.final) and ended
        return self.settle(None if after is None else dict(after))

    def caught(self, handler: ir.Handler, thrown: Value) -> Value:
        """The exception that the handler gets."""
        return raising.caught(self, handler, thrown)

    def with_(self, node: ir.With) -> bool:
        for item in node.items:
            before_it, self.awaited = self.awaited, item.context if node.is_async else self.awaited
            value = self.eval(item.context)
            self.awaited = before_it
            if item.target is not None:
                self.bind(item.target, self.engine.entered(value))
        before = dict(self.env)
        goes_on = self.run(node.body)
        if not goes_on and any(_suppresses(item.context) for item in node.items):
            self.env = before
            return True
        return goes_on

    def match(self, node: ir.Match) -> bool:
        subject = self.eval(node.subject)
        key = dotted(node.subject)
        if key is not None:
            self.originals[key] = subject
        after: Env | None = None
        exhaustive = False
        for case in node.cases:
            fits = matching.fits(self, subject, case.pattern)
            if fits is False and self.function is not None:
                continue
            outer, self.env = self.env, dict(self.env)
            matching.enter(self, node, case, subject)
            if case.guard is not None:
                self.eval(case.guard)
                refine.assume(self, case.guard, True)
            goes_on = self.run(case.body)
            after = self.join_env(after, self.env if goes_on else None)
            self.env = outer
            exhaustive = exhaustive or ((case.pattern is None or fits is True) and case.guard is None)
            if exhaustive and self.function is not None:
                break
        if not exhaustive:
            after = self.join_env(after, self.env)
        return self.settle(after)

    # --- definitions ------------------------------------------------------------------------------------------------

    def function_(self, node: ir.Function) -> bool:
        symbol = self.engine.project.symbols[id(node)]
        self.decorate(node.decorators, symbol)
        for param in node.params:
            if param.default is not None:
                self.eval_for(param.name, param.default)
        if isinstance(symbol, FunctionSymbol):
            self.env[node.name] = ref(symbol)
        return True

    def decorate(self, decorators: list[ir.Expr], symbol: Symbol) -> None:
        """Evaluate decorators: rows may ask for what they stand on."""
        outer = self.decorated
        for decorator in decorators:
            operand = Operand(ref(symbol), None)
            self.decorated = (decorator, operand)
            before = set(self.events)
            value = self.eval(decorator)
            decorating.bare(self, decorator, value)
            decorating.completed(self, decorator, operand, [key for key in self.events if key not in before])
            decorating.applied(self, decorator, value, operand)
        self.decorated = outer

    def class_(self, node: ir.Class) -> bool:
        symbol = self.engine.project.symbols[id(node)]
        self.decorate(node.decorators, symbol)
        for base in node.bases:
            self.eval(base.value)
        outer, self.env = self.env, dict(self.env)
        scope, self.scope = self.scope, f"{self.scope}.{node.name}" if self.scope else node.name
        before = set(outer)
        self.run(node.body)
        attributes = {name: value for name, value in self.env.items() if name not in before or value is not outer.get(name)}
        self.env, self.scope = outer, scope
        self.engine.define_class(self, symbol, attributes)
        self.env[node.name] = ref(symbol)
        return True


def _purpose(target: ir.Expr) -> str:
    if isinstance(target, ir.Name):
        return target.id
    if isinstance(target, ir.Attribute):
        return target.attr
    if isinstance(target, ir.Index) and isinstance(target.index, ir.Const) and isinstance(target.index.value, str):
        return target.index.value
    return ""


def _same(one: Env, other: Env) -> bool:
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)


def _suppresses(context: ir.Expr) -> bool:
    return isinstance(context, ir.Call) and dotted(context.func) in ("suppress", "contextlib.suppress")


_ABORTS = (".abort", "sys.exit", "os._exit")
_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "abort", "flask.abort", "bottle.abort", "pytest.fail", "pytest.skip"})

RUNNERS: dict[type[ir.Node], Callable[..., bool]] = {
    ir.Assign: Frame.assign,
    ir.ExprStmt: Frame.expr_stmt,
    ir.Return: Frame.return_,
    ir.Raise: Frame.raise_,
    ir.Assert: Frame.assert_,
    ir.If: Frame.if_,
    ir.For: Frame.for_,
    ir.While: Frame.while_,
    ir.Try: Frame.try_,
    ir.With: Frame.with_,
    ir.Match: Frame.match,
    ir.Function: Frame.function_,
    ir.Class: Frame.class_,
    ir.Import: Frame.import_,
    ir.Delete: Frame.delete,
    ir.Jump: Frame.jump,
    ir.Scope: Frame.scope_statement,
    ir.Output: rendering.output,
    ir.Include: rendering.include,
}
