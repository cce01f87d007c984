"""Guards of controllers: middleware that decorators name, the function that a library has asked who calls, and callers demanded.

https://github.com/typestack/routing-controllers#using-authorization-features,
https://tsoa-community.github.io/docs/authentication.html, https://github.com/inversify/inversify-express-utils#middleware
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.controller_dialects import HOOKS, Dialect
from backend_audit.frameworks.steps import written_on
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.chains import flat
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.missing import TRUE
from backend_audit.routes.model import KNOWN, Does, Guard
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.source import Mark

_BOUND = ("to", "toConstantValue", "toDynamicValue", "toService", "toSelf")


class ControllerGuards:
    """Reads the guards of one library's controllers."""

    def __init__(
        self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding, dialect: Dialect, classes: list[ClassSymbol]
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self.dialect = dialect
        self._bound: dict[str, tuple[Frame, ir.Expr]] | None = None
        checkers = [one for value in self.told(dialect.checker) for one in of_kind(value.refs, FunctionSymbol)]
        checkers += [
            one for module in engine.project.modules.values() for name in dialect.asker if (one := module.functions.get(name))
        ]
        self.checker = checkers[0] if len(checkers) == 1 else None
        self.everywhere = [guard for one in classes for guard in self._global(one)]

    def told(self, option: str) -> Iterator[Value]:
        """What the server is told under the name of an option."""
        for chain in self.facts.chains if option else ():
            if chain.kind == "controllers" and chain.arguments is not None and self._is_own(chain.site.api):
                for given in contents(chain.arguments.value):
                    if given.kind == "dict" and option in (given.items or {}):
                        yield (given.items or {})[option]

    def _is_own(self, api: str) -> bool:
        return any(api.startswith(f"{package}.") for package in self.dialect.packages)

    def _means(self, owner: ClassSymbol, node: ir.Expr, names: frozenset[str]) -> bool:
        return self.dialect.means(self.engine, owner, node, names)

    def _global(self, owner: ClassSymbol) -> list[Guard]:
        """The guard that a class is which the library puts in front of all routes: `@Middleware({type: "before"})`."""
        for node in owner.node.decorators:
            if isinstance(node, ir.Call) and node.args and self._means(owner, node, self.dialect.everywhere):
                kinds = self.engine.frame(owner.module).eval(node.args[0].value)
                held = kinds.item("type")
                if held is not None and "before" in held.texts():
                    return self._of_class(owner, "application", written_on(owner, node))
        return []

    def attached(self, owner: ClassSymbol, nodes: list[ir.Expr], via: str) -> list[Guard]:
        """The guards that decorators of a class or method are."""
        found: list[Guard] = []
        for node in nodes:
            if self._means(owner, node, self.dialect.asks):
                found.append(self._asked(owner, node, via))
            elif isinstance(node, ir.Call) and self._means(owner, node, self.dialect.before):
                found += self._given(owner, node.args, via)
        return found

    def inline(self, owner: ClassSymbol, node: ir.Call, at: int) -> list[Guard]:
        """The guards that follow the path in a decorator, or stand in an object of options there."""
        if self.dialect.hooks:
            fields = [item for arg in node.args if isinstance(arg.value, ir.Container) for item in arg.value.items]
            told = [one.value for one in fields if isinstance(one.key, ir.Const) and one.key.value in HOOKS]
            return self._given(owner, [ir.Arg(one.at, one.end, one, None, 0) for one in told], "route")
        return self._given(owner, node.args[at:], "route") if self.dialect.inline else []

    def hooked(self, owner: ClassSymbol, lineage: Iterable[ClassSymbol]) -> list[Guard]:
        """The guards that methods of a controller are, its own and inherited: `@Hook("onRequest") check(request, reply)`."""
        found: list[Guard] = []
        for method in [one for above in lineage for one in above.methods.values() if one.node.decorators]:
            for node in method.node.decorators:
                declared = method.owner or owner
                if isinstance(node, ir.Call) and node.args and self._means(declared, node, self.dialect.hooks):
                    points = self.engine.frame(declared.module).eval(node.args[0].value).texts()
                    mark = written_on(declared, node)
                    found += [self.guarding.of_method(owner, method, "hook", mark)] if set(points) & set(HOOKS) else []
        return [replace(one, name=one.function.node.name) if one.function is not None else one for one in found]

    def spared(self, owner: ClassSymbol, method: FunctionSymbol) -> bool:
        """Whether a method takes back what its class asks for, or asks for something of its own instead."""
        return any(self._means(owner, node, self.dialect.spares) for node in method.node.decorators)

    def demanded(self, method: FunctionSymbol) -> list[Guard]:
        """The guards that parameters are which nobody fills but who calls: `@CurrentUser({required: true})`."""
        found: list[Guard] = []
        for param in method.node.params:
            for node in param.decorators:
                given = node.args[0].value if isinstance(node, ir.Call) and node.args else None
                if given is None or method.owner is None or not self._means(method.owner, node, self.dialect.caller):
                    continue
                held = self.engine.frame(method.module).eval(given).item("required")
                if held is not None and held.is_just(value=True):
                    mark = Mark(method.module.path, param.at, param.end, f"parameter {param.name}")
                    found.append(
                        Guard("CurrentUser", frozenset((Does.AUTHENTICATES,)), "parameter", mark, None, "demands a caller")
                    )
        return found

    def _asked(self, owner: ClassSymbol, node: ir.Expr, via: str) -> Guard:
        """`@Authorized("admin")`, `@Security("jwt")`: what the project's function does that the library asks."""
        name, mark = decorator_name(node), written_on(owner, node)
        does = {Does.AUTHENTICATES, Does.AUTHORIZES} if _roles(self.dialect, node) else {Does.AUTHENTICATES}
        made = Guard(name, frozenset(does), via, mark, None, KNOWN)
        if self.checker is None:
            return made
        run = self.guarding.behaviours.anonymous.run(self.checker)
        taken = run.sure and bool(run.passed) and all(one is TRUE for one in run.passed)
        if taken or (self.dialect.asker and run.sure and not run.denied):
            return replace(made, does=frozenset((Does.IDENTIFIES,)), because=f"`{self.checker.node.name}` lets everybody through")
        return made

    def _given(self, owner: ClassSymbol, args: list[ir.Arg], via: str) -> list[Guard]:
        """The guards that functions, classes and names of services are."""
        frame = self.engine.frame(owner.module)
        found: list[Guard] = []
        for arg in args:
            mark = Mark(owner.module.path, arg.at, arg.end, written(arg.value))
            for value in flat([frame.eval(arg.value)]):
                guards = self._of_value(value, via, mark) or self._of_service(arg.value, via, mark)
                found += guards or self.guarding.unread(written(arg.value).partition("(")[0].rpartition(".")[2], via, mark)
        return found

    def _of_value(self, value: Value, via: str, mark: Mark) -> list[Guard]:
        owners = [*of_kind(value.refs, ClassSymbol), *self.engine.classes_of(value)]
        found = [guard for one in sorted(set(owners), key=lambda one: one.key) for guard in self._of_class(one, via, mark)]
        return found or self.guarding.of_value(value, via, mark)

    def _of_class(self, owner: ClassSymbol, via: str, mark: Mark) -> list[Guard]:
        """The guard that a class is whose objects run before handlers."""
        for name in self.dialect.runs:
            method = self.engine.find_method(owner, name)
            if method is not None:
                return [self.guarding.of_method(owner, method, via, mark)]
        return []

    def _of_service(self, node: ir.Expr, via: str, mark: Mark) -> list[Guard]:
        """The guard that a container holds under a name: `container.bind(TYPES.Auth).to(AuthMiddleware)`."""
        if self._bound is None:
            self._bound = self._bindings()
        named = written(node).rpartition(".")[2]
        held = self._bound.get(named)
        if held is None:
            return []
        frame, made = held
        return [replace(one, name=named) for one in self._of_value(frame.eval(made), via, mark)]

    def _bindings(self) -> dict[str, tuple[Frame, ir.Expr]]:
        """What containers of the project are told to give for a name; the last one counts."""
        found: dict[str, tuple[Frame, ir.Expr]] = {}
        for module in self.engine.project.modules.values():
            for function in (None, *module.every):
                body = module.node.body if function is None else function.node.body
                for node in ir.walk_scope(*body):
                    name = _bound_name(node)
                    if name and isinstance(node, ir.Call) and node.args:
                        found[name] = (self.engine.frame(module, function), _made(node.args[0].value))
        return found


def _bound_name(node: ir.Node) -> str:
    """The name in `container.bind(TYPES.Auth).to(…)`."""
    func = node.func if isinstance(node, ir.Call) else None
    if not isinstance(func, ir.Attribute) or func.attr not in _BOUND or not isinstance(func.value, ir.Call):
        return ""
    inner = func.value
    if not isinstance(inner.func, ir.Attribute) or inner.func.attr != "bind" or len(inner.args) != 1:
        return ""
    return written(inner.args[0].value).rpartition(".")[2]


def _made(node: ir.Expr) -> ir.Expr:
    """What is given for a name: itself, or what a function makes, `() => new AuthMiddleware(…)`."""
    body = node.function.body if isinstance(node, ir.Lambda) else []
    last = body[-1] if body else None
    return last.value if isinstance(last, ir.Return) and last.value is not None else node


def _roles(dialect: Dialect, node: ir.Expr) -> bool:
    """Whether a decorator names what a caller has to be."""
    args = node.args if isinstance(node, ir.Call) else []
    return len(args) > (1 if dialect.asker else 0)
