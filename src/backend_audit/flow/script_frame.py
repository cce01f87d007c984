"""Statements of JavaScript: hoisting, scopes, patterns, `switch`, modules."""

from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow import refine, script_builtin
from backend_audit.flow.frame import Env
from backend_audit.flow.script_expressions import ScriptExpressions
from backend_audit.flow.statements import RUNNERS
from backend_audit.flow.values import UNKNOWN, Value, container, join, ref, text
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

if False:  # pragma: no cover
    pass

_EXITS = frozenset(("process.exit", "process.abort"))


class ScriptFrame(ScriptExpressions):
    """Executes statements. `level` is that of the block under way, 0 for the body of the function or module."""

    level = -1

    def run(self, body: list[ir.Stmt]) -> bool:
        self.level += 1
        outer = self.hidden(body) if self.level else {}
        for node in body:
            if isinstance(node, ir.Function):
                self.declare_function(node)
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

    # --- names ------------------------------------------------------------------------------------------------------

    def bind(self, target: ir.Expr, value: Value, node: ir.Assign | None = None) -> None:
        if isinstance(target, ir.Defaulted):
            default = self.eval(target.default)
            known = value.constants()
            missing = None if known is None else {one.kind == "undefined" for one in known}
            self.bind(target.target, value if missing == {False} else default if missing == {True} else join(value, default))
        elif isinstance(target, ir.Container) and target.kind == "dict":
            self.take_apart(target, value, dotted(node.value) if node is not None else None)
        elif isinstance(target, ir.Name) and not (node is not None and node.declares) and self.bind_outer(target.id, value):
            return
        else:
            super().bind(target, value, node)

    def bind_outer(self, name: str, value: Value) -> bool:
        """Assign to a name of a function around or of the module; False if it is a name of this function."""
        if self.function is None or name in self.env:
            return False
        function = self.function.parent
        while function is not None:
            closure = self.engine.closure(function)
            if closure is not None and name in closure:
                closure[name] = join(closure[name], value)
                self.env[name] = value
                return True
            function = function.parent
        self.engine.set_global(self.module, name, value)
        self.env[name] = value
        return True

    def take_apart(self, target: ir.Container, value: Value, source: str | None) -> None:
        """`{a, b: c, ...rest} = value`; of the path `source` more may be known than `value` tells."""
        for item in target.items:
            if item.key is None:
                self.bind(item.value, value)
                continue
            one = self.eval(item.key).constant()
            if one is None:
                self.bind(item.value, value.derived())
                continue
            key = str(one.value)
            known = self.env.get(f"{source}.{key}")
            part = ir.Attribute(item.at, item.end, ir.Name(item.at, item.at, "…"), key)
            self.bind(item.value, self.read(value, key, part) if known is None else known)

    def unpack(self, target: ir.Container, value: Value, *, exact: bool) -> None:
        """`[a, , b = 1, ...rest] = value`; what a list that is known whole does not hold is undefined."""
        whole = value.kind in ("list", "tuple") and value.elem is None and not value.open
        if not whole or any(item.star for item in target.items[:-1]):
            super().unpack(target, value, exact=exact)
            return
        items = value.items or {}
        for position, item in enumerate(target.items):
            if item.star:
                left = [one for at, one in items.items() if isinstance(at, int) and at >= position]
                self.bind(item.value, container("list", dict(enumerate(left))))
            else:
                self.bind(item.value, items.get(position, script_builtin.UNDEFINED))

    def bind_attribute(self, target: ir.Attribute, value: Value, node: ir.Assign | None) -> None:
        base = self.eval(target.value)
        if dotted(target.value) not in (None, "this") and not (base.refs or base.apis or base.types):
            self.update_path(target.value, script_builtin.with_item(base, text(target.attr), value))
        super().bind_attribute(target, value, node)

    def bind_item(self, target: ir.Index, value: Value, node: ir.Assign | None) -> None:
        one = self.eval(target.index).constant()
        if one is not None and isinstance(one.value, str):
            self.bind_attribute(ir.Attribute(target.at, target.end, target.value, one.value), value, node)
        else:
            super().bind_item(target, value, node)

    # --- declarations -----------------------------------------------------------------------------------------------

    def assign(self, node: ir.Assign) -> bool:
        if node.declares == "type":
            return True
        if node.value is None:
            if isinstance(target := node.targets[0], ir.Name) and node.declares:
                self.env[target.id] = UNKNOWN if node.annotation is None else self.engine.annotated(self, node.annotation)
            return True
        return super().assign(node)

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

    def nothing(self, node: ir.Stmt) -> bool:  # noqa: ARG002 - a statement that says something of names alone
        return True

    # --- control ----------------------------------------------------------------------------------------------------

    def block(self, node: ir.Block) -> bool:
        return self.run(node.body)

    def for_(self, node: ir.For) -> bool:
        elem = script_builtin.keys(self.eval(node.iter)) if node.keys else self.iterate(node.iter)
        declared = ir.Assign(node.at, node.end, [], "", None, None, node.declares or "")

        def once() -> bool:
            self.bind(node.target, elem, declared)
            return self.run(node.body)

        return self.loop(once, [])

    def while_(self, node: ir.While) -> bool:
        if not node.body_first and refine.truth(self.eval(node.test)) is False:
            return True

        def once() -> bool:
            if not node.body_first:
                self.eval(node.test)
                refine.assume(self, node.test, True)
            goes_on = self.run(node.body)
            if goes_on:
                self.eval(node.test)
            return self.run(node.update) and goes_on

        self.loop(once, [])
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
        after = falling
        for env in self.breaks.pop():
            after = self.join_env(after, env)
        if not exhaustive:
            after = self.join_env(after, self.env)
        return self.settle(after)

    def try_(self, node: ir.Try) -> bool:
        if node.handlers and node.handlers[0].pattern is not None:
            self.bind(node.handlers[0].pattern, UNKNOWN, ir.Assign(node.at, node.end, [], "", None, None, "let"))
        return super().try_(node)

    def after_call(self, call: ir.Call) -> None:
        if dotted(call.func) is not None:  # a chain of calls would be followed once more
            super().after_call(call)

    def never_returns(self, call: ir.Call) -> bool:
        return dotted(call.func) in _EXITS


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
    ir.Export: ScriptFrame.nothing,
    ir.Block: ScriptFrame.block,
    ir.For: ScriptFrame.for_,
    ir.While: ScriptFrame.while_,
    ir.Switch: ScriptFrame.switch,
    ir.Try: ScriptFrame.try_,
}
