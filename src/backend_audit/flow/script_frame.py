"""Statements of JavaScript: hoisting, scopes, patterns, `switch`, modules."""

from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow import refine, script_builtin, script_existing, script_loops, script_objects, script_ways, unrolled
from backend_audit.flow.concepts import Operand
from backend_audit.flow.expressions import AliasSymbol
from backend_audit.flow.frame import Env
from backend_audit.flow.moments import Loop
from backend_audit.flow.script_names import ScriptNames
from backend_audit.flow.script_textual import must_be_text
from backend_audit.flow.statements import RUNNERS
from backend_audit.flow.syntax import always_raises
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, join, ref
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, key_at

_NAMING = (ir.Name, ir.Attribute, ir.Index, ir.Binary)
_EXITS = frozenset(("process.exit", "process.abort"))


class ScriptFrame(ScriptNames):
    """Executes statements."""

    def run(self, body: list[ir.Stmt]) -> bool:
        self.level += 1
        outer = self.hidden(body) if self.level else {}
        for node in body:
            if isinstance(node, ir.Function):
                self.declare_function(node)
            elif isinstance(node, ir.Assign) and node.declares == "const" and isinstance(node.value, ir.Lambda):
                self.foresee(node.targets[0], node.value)
        goes_on = all(_RUN[type(node)](self, node) for node in body)
        for name, value in outer.items():
            self.env[name] = value
        self.level -= 1
        return goes_on

    def hidden(self, body: list[ir.Stmt]) -> Env:
        """The outer names that a block has names of its own for."""
        return {
            name: self.env[name]
            for node in body
            if isinstance(node, ir.Assign) and node.declares in ("let", "const")
            for target in node.targets
            for name in names_in(target)
            if name in self.env
        }

    def foresee(self, target: ir.Expr, value: ir.Lambda) -> None:
        """`const f = () => …` further down: what is called later, a handler above it, finds it there."""
        symbol = self.engine.project.symbols.get(id(value.function))
        if isinstance(target, ir.Name) and isinstance(symbol, FunctionSymbol):
            self.env.setdefault(target.id, ref(symbol))

    # --- declarations -----------------------------------------------------------------------------------------------

    def assign(self, node: ir.Assign) -> bool:
        if node.declares == "type":
            self.name_type(node)
            return True
        if node.value is None:
            if isinstance(target := node.targets[0], ir.Name) and node.declares:
                declared = UNKNOWN if node.annotation is None else self.engine.annotated(self, node.annotation)
                self.env[target.id] = self.flags.unset(declared)
            return True
        found = super().assign(node)
        self.came_back(node.value)
        return found

    def leaves_open(self, value: Value) -> bool:
        """As `Frame.leaves_open`; what a function gives of which nothing is known is what TypeScript says."""
        return value.open or (bool(value.types) and all(name.endswith("()") for name in value.types))

    def name_type(self, node: ir.Assign) -> None:
        """`type AppContext = ParameterizedContext<State>`; what a union or an object of types says is not known at run time."""
        target, value = node.targets[0], node.value
        names = isinstance(value, _NAMING) and (not isinstance(value, ir.Binary) or value.op == "&")
        if isinstance(target, ir.Name) and target.id not in self.env and value is not None and names:
            self.env[target.id] = ref(AliasSymbol(key_at(self.module.path, "type", node), value, self))

    def declare_function(self, node: ir.Function) -> bool:
        symbol = self.engine.project.symbols.get(id(node))
        if isinstance(symbol, FunctionSymbol):
            made = symbol.owner is not None and symbol.owner.methods.get("constructor") is symbol
            self.env[node.name] = ref(symbol.owner if made and symbol.owner is not None else symbol)
        return True

    def class_(self, node: ir.Class) -> bool:
        symbol = self.engine.project.symbols.get(id(node))
        if node.kind != "interface":
            self.declare_class(node)
        if symbol is not None:
            self.env[node.name] = ref(symbol)
        return True

    def declare_class(self, node: ir.Class) -> None:
        symbol = self.engine.project.symbols.get(id(node))
        if not isinstance(symbol, ClassSymbol):
            return
        self.decorate(node.decorators, symbol)
        outer, self.env = self.env, {**self.env, "this": self.engine.instance_of(symbol), node.name: ref(symbol)}
        scope, self.scope = self.scope, f"{self.scope}.{node.name}" if self.scope else node.name
        statics: Env = {}
        for member in node.body:
            if isinstance(member, ir.Function):
                self.decorate(member.decorators, self.engine.project.symbols[id(member)])
            elif isinstance(member, ir.Assign) and member.value is not None and isinstance(target := member.targets[0], ir.Name):
                statics[target.id] = self.eval_for(target.id, member.value)
            elif isinstance(member, ir.Assign):
                if member.value is not None:
                    self.assign(member)
            else:
                self.run([member])
        self.env, self.scope = outer, scope
        self.engine.define_class(self, symbol, statics)

    def import_(self, node: ir.Import) -> bool:
        for alias in node.names:
            self.env[alias.asname] = self.engine.imported(self.module, node, alias)
        if not node.names:
            self.engine.imported(self.module, node, ir.Alias(node.at, node.end, None, ""))
        return True

    def nothing(self, _: ir.Stmt) -> bool:
        return True

    def return_(self, node: ir.Return) -> bool:
        taker = None if self.function is None else self.engine.served.returning.get(self.function.key)
        value = UNKNOWN if taker is None or node.value is None else self.eval(node.value)
        told = bool(value.shapes) or value.kind == "dict" or "str" in value.types
        if taker is not None and (told or not all("parsed" in one.cleared for one in value.origins)):
            given = (("0", Operand(value, node.value)),)
            for row in self.models.rows["call"].get(taker, ()):
                self.emit(row, taker, node, {}, given, written_as="return")
        return super().return_(node)

    def way_out(self, value: Value, node: ir.Expr | None) -> None:
        if node is not None:
            self.came_back(node)
        super().way_out(value, node)

    # --- control ----------------------------------------------------------------------------------------------------

    def if_(self, node: ir.If) -> bool:
        """`if (this.debug) return …`: what a function gives for people to read is not what the program works with."""
        kept = self.returns
        found = super().if_(node)
        if self.function is not None and script_ways.for_people(node, self.function.node):
            self.returns = kept
        return found

    def block(self, node: ir.Block) -> bool:
        return self.run(node.body)

    def for_(self, node: ir.For) -> bool:
        elem = script_builtin.keys(self.eval(node.iter)) if node.keys else self.iterate(node.iter)
        declared = ir.Assign(node.at, node.end, [], "", None, None, node.declares or "")

        def once() -> bool:
            self.bind(node.target, elem, declared)
            return self.run(node.body)

        def single(element: Value) -> None:
            self.breaks.append([])
            self.bind(node.target, element, declared)
            self.run(node.body)
            self.breaks.pop()

        before, around = set(self.events), dict(self.env)
        self.enter(Loop(node, node.iter, node.target, elem))
        goes_on = self.loop(once, [])
        self.loops.pop()
        added = unrolled.registering(self, [key for key in self.events if key not in before])
        over = UNKNOWN if node.keys else self.eval(node.iter)
        if (files := self.one_by_one(over)) or (self.registering and script_objects.is_nothing(over)):
            self.forget(before)
            self.env = around
            return self.file_by_file(node, files)
        unrolled.again(self, added, unrolled.elements(self.eval(node.iter)) if added and not node.keys else [], single)
        return goes_on

    def while_(self, node: ir.While) -> bool:
        if not node.body_first and refine.truth(self.eval(node.test)) is False:
            return True
        if self.function is not None and (length := script_loops.bound(node, self.function.node.body)) is not None:
            script_loops.counted(self, self.eval(length.value), length)

        def once() -> bool:
            if not node.body_first:
                self.eval(node.test)
                refine.assume(self, node.test, True)
            goes_on = self.run(node.body)
            if goes_on:
                self.eval(node.test)
            return self.run(node.update) and goes_on

        self.enter(script_loops.passes(node))
        self.loop(once, [])
        self.loops.pop()
        if not any(isinstance(one, ir.Jump) and one.kind == "break" for one in ir.walk_scope(*node.body)):
            refine.assume(self, node.test, False)
        return True

    def switch(self, node: ir.Switch) -> bool:
        subject = self.eval(node.subject)
        falling: Env | None = None
        self.breaks.append([])
        exhaustive = False
        for case in node.cases:
            value = None if case.value is None else self.eval(case.value)
            outer, self.env = self.env, dict(self.env)
            if case.value is not None:
                same = ir.Compare(case.at, case.value.end, node.subject, ["=="], [case.value])
                refine.assume(self, case.value if subject.is_just(True) else same, True)
            env, self.env = self.env, outer
            exhaustive = exhaustive or value is None
            start = self.join_env(falling, env) or env
            falling = self.branch(case.body, start) if not _never(subject, value) or falling is not None else None
        after = falling if exhaustive else self.join_env(falling, self.env)
        for env in self.breaks.pop():
            after = self.join_env(after, env)
        return self.settle(after)

    def try_(self, node: ir.Try) -> bool:
        if node.handlers and node.handlers[0].pattern is not None:
            self.bind(node.handlers[0].pattern, UNKNOWN, ir.Assign(node.at, node.end, [], "", None, None, "let"))
        return super().try_(node)

    def raise_(self, node: ir.Raise) -> bool:
        if node.exc is not None:
            self.thrown = join(self.thrown, self.eval(node.exc))
        return False

    def caught(self, handler: ir.Handler, thrown: Value) -> Value:
        """As `Frame.caught`, or what is known to be thrown."""
        found = self.engine.caught(self, handler)
        return found if thrown is NOTHING else join(found, thrown)

    def after_call(self, call: ir.Call) -> None:
        must_be_text(self, call)
        if dotted(call.func) is not None:  # a chain of calls would be followed once more
            super().after_call(call)
            script_existing.after_call(self, call)
            if call.args and not self.eval(call.func).apis.isdisjoint(script_ways.ASSERTS):
                refine.assume(self, call.args[0].value, True)  # it throws where that does not hold

    def came_back(self, node: ir.Expr) -> None:
        """`(await entryOf(name)).id`: the call has let its arguments through as a call alone does."""
        inner = node
        while isinstance(inner, (ir.Await, ir.Attribute, ir.Index)):
            inner = inner.value
        if inner is not node and isinstance(inner, ir.Call):
            self.after_call(inner)

    def never_returns(self, call: ir.Call) -> bool:
        if dotted(call.func) in _EXITS or (dotted(call.func) and not self.eval(call.func).apis.isdisjoint(script_ways.THROWS)):
            return True
        called = [one for one in self.eval(call.func).refs if isinstance(one, FunctionSymbol)] if dotted(call.func) else []
        return bool(called) and not any(one.node.is_async or not always_raises(one.node) for one in called)


def _never(subject: Value, value: Value | None) -> bool:
    one, other = subject.constant(), None if value is None else value.constant()
    return one is not None and other is not None and one != other


def names_in(target: ir.Expr) -> Iterator[str]:
    """The names that a target binds."""
    if isinstance(target, ir.Name):
        yield target.id
    elif isinstance(target, ir.Container):
        for item in target.items:
            yield from names_in(item.value)
    elif isinstance(target, ir.Defaulted):
        yield from names_in(target.target)


_RUN: dict[type[ir.Node], Callable[..., bool]] = {
    **RUNNERS,
    ir.Assign: ScriptFrame.assign,
    ir.Function: ScriptFrame.nothing,
    ir.Class: ScriptFrame.class_,
    ir.Import: ScriptFrame.import_,
    ir.Return: ScriptFrame.return_,
    ir.Raise: ScriptFrame.raise_,
    ir.Export: ScriptFrame.nothing,
    ir.Block: ScriptFrame.block,
    ir.For: ScriptFrame.for_,
    ir.If: ScriptFrame.if_,
    ir.While: ScriptFrame.while_,
    ir.Switch: ScriptFrame.switch,
    ir.Try: ScriptFrame.try_,
}
