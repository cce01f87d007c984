"""Guards of NestJS: attached by decorators, told for the whole application, and what their `canActivate` does to a route.

https://docs.nestjs.com/guards, https://docs.nestjs.com/fundamentals/execution-context#reflection-and-metadata
"""

import re
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.nest_decorators import COMMON, Applied, NestDecorators
from backend_audit.frameworks.steps import written_on
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.anonymous_run import Outcome, Run
from backend_audit.routes.chains import flat
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.guard_names import asks_for_right
from backend_audit.routes.missing import ABSENT, FALSE, TRUE
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.source import Mark

_OPEN = re.compile(r"public|skip_?auth|no_?auth|allow_?anon|unauthenticated|anonymous", re.IGNORECASE)
_EVERYBODY = re.compile(r"^(?:public|anonymous|anyone|everyone|everybody|guest)$", re.IGNORECASE)
_ASKING = (Does.AUTHENTICATES, Does.AUTHORIZES)
_ASKED = frozenset(_ASKING)
_REQUEST = re.compile(r"request|context|\bcls\b", re.IGNORECASE)
_REFUSES = "refuses callers without credentials"


class NestGuards:
    """Reads the guards of controllers and their methods."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding, decorators: NestDecorators) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self.decorators = decorators

    def attached(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> list[Guard]:
        """The guards of `@UseGuards(…)`, of decorators that are made of it, and what says that everybody may call."""
        found: list[Guard] = []
        bare = [node for node in nodes if not isinstance(node, ir.Call) and _OPEN.search(decorator_name(node))]
        found += [_opening(decorator_name(node), written_on(owner, node)) for node in bare]
        for node, inside in self.decorators.applied(owner, nodes):
            name, mark = decorator_name(node), written_on(owner, node)
            held = [guard for one in inside for guard in self._used(one, mark)]
            found += held
            if not held and name == "Auth":
                found.append(Guard(name, frozenset((Does.AUTHENTICATES,)), "route", mark, None, "its name"))
            elif not held and (_OPEN.search(name) or _names_everybody(node)):
                found.append(_opening(name, mark))
        return found

    def _used(self, one: Applied, mark: Mark) -> list[Guard]:
        """The guards of one `UseGuards(…)`."""
        if f"{COMMON}UseGuards" not in one.frame.eval(one.node.func).apis:
            return []
        found: list[Guard] = []
        for arg in one.node.args:
            for value in flat([one.frame.eval(arg.value)]):
                found += self.guards(value, written(arg.value), "route", mark)
        return found

    def everywhere(self) -> list[Guard]:
        """The guards of the whole application: `useGlobalGuards`, limits of plugins and middleware, providers of `APP_GUARD`."""
        found: list[Guard] = []
        for chain in self.facts.chains:
            if chain.kind == "nest-guards" and chain.arguments is not None:
                for value in contents(chain.arguments.value):
                    found += self.guards(value, "guard", "settings", None)
            elif chain.kind == "nest-plugins" and chain.arguments is not None:
                for value in flat([chain.arguments.value]):
                    found += [one for one in self.guarding.of_value(value, "settings", None) if one.has(Does.LIMITS)]
        for module in self.engine.project.modules.values():
            for node in module.nodes.of(ir.Container):
                held = {item.key.value: item.value for item in node.items if isinstance(item.key, ir.Const)}
                if "provide" in held and last_word(held["provide"]) == "APP_GUARD":
                    frame = self.engine.frame(module)
                    for name in ("useClass", "useExisting"):
                        if name in held:
                            found += self.guards(frame.eval(held[name]), written(held[name]), "settings", None)
        return found

    def guards(self, value: Value, name: str, via: str, mark: Mark | None) -> list[Guard]:
        """The guards that a class, an object of one, or a library's guard is."""
        owners = of_kind(value.refs, ClassSymbol)
        owners += self.engine.classes_of(value)
        found = [self.of_class(one, via, mark) for one in sorted(set(owners), key=lambda one: one.key)]
        if not found:
            found = self.guarding.of_value(value, via, mark)
        return found or self.guarding.unread(name.partition("(")[0], via, mark)

    def inherited(self, owner: ClassSymbol, via: str, mark: Mark | None) -> Guard | None:
        """The guard of a library that a class extends: `class JwtGuard extends AuthGuard("jwt")`."""
        names = sorted(path.removesuffix("()") for path in self.engine.external_bases(owner))
        return next((guard for path in names if (guard := self.guarding.known(path, via, mark)) is not None), None)

    def of_class(self, owner: ClassSymbol, via: str, mark: Mark | None) -> Guard:
        """A guard class of the project: what its `canActivate` does, else what the library's guard does that it extends."""
        method, above = self.engine.find_method(owner, "canActivate"), self.inherited(owner, via, mark)
        if above is not None:
            if above.has(*_ASKING) and self._takes_nobody(owner):
                idle = frozenset((Does.IDENTIFIES,))
                return replace(above, name=owner.name, does=idle, because="lets callers without credentials through")
            return replace(above, name=owner.name, function=method)
        if method is None:
            return Guard(owner.name, frozenset((Does.RUNS,)), via, mark)
        if _sees_nobody(owner, method):
            return Guard(owner.name, frozenset((Does.REJECTS,)), via, mark, method, "sees nothing of the request")
        guard = self.guarding.of_method(owner, method, via, mark)
        unread = self.guarding.unread(owner.name.removesuffix("Guard"), via, mark)
        if not guard.has(*_ASKING) and (_refused(self.guarding.behaviours.anonymous.run(method)) or unread):
            return replace(
                guard, does=_ASKED if asks_for_right(owner.name) else frozenset((Does.AUTHENTICATES,)), because=_REFUSES
            )
        return guard

    def _takes_nobody(self, owner: ClassSymbol) -> bool:
        """Whether `handleRequest(error, user)` of a Passport guard gives back a caller that is not known."""
        method = self.engine.find_method(owner, "handleRequest")
        given = [] if method is None else [one.name for one in method.node.params if one.kind == "positional"]
        if method is None or len(given) < 2:
            return False
        run = self.guarding.behaviours.anonymous.run(method, {given[0]: ABSENT, given[1]: FALSE})
        return run.sure or (bool(run.passed) and not run.denied)

    def towards(self, guards: list[Guard], asked: Asked) -> list[Guard]:
        """What guards do to one route, by its path and by what decorators put on it for them to read."""
        return [self._toward(guard, asked) for guard in guards]

    def _toward(self, guard: Guard, asked: Asked) -> Guard:
        anonymous = self.guarding.behaviours.anonymous
        if guard.function is None or not anonymous.looks_at_route(guard.function):
            return guard
        with anonymous.as_of(guard.owner, guard.function):
            run = anonymous.run_for(guard.function, asked)
        if run.sure and run.passed and all(one is TRUE for one in run.passed):
            return replace(guard, does=guard.does - _ASKED or frozenset((Does.RUNS,)), because="lets this route through")
        refused = _refused(run) or run.outcome() is Outcome.DENIED
        if refused and not guard.has(*_ASKING, Does.SHIELDS, Does.LIMITS):
            return replace(guard, does=guard.does | {Does.AUTHENTICATES}, because=_REFUSES)
        return guard


def _names_everybody(node: ir.Call) -> bool:
    """`@Allow(Permission.Public)`, `@Roles(Role.Anonymous)`: what a guard reads that asks each route for what it takes."""
    return (
        len(node.args) == 1 and isinstance(node.args[0].value, ir.Attribute) and bool(_EVERYBODY.match(node.args[0].value.attr))
    )


def _sees_nobody(owner: ClassSymbol, method: FunctionSymbol) -> bool:
    """Whether a guard takes no context, and its class is handed no request: a setting decides for all callers alike."""
    if any(param.kind != "receiver" for param in method.node.params):
        return False
    maker = owner.methods.get("constructor")
    given = [] if maker is None else maker.node.params
    typed = [written(one.annotation) for one in given if one.annotation is not None]
    handed = [written(arg.value) for one in given for node in one.decorators if isinstance(node, ir.Call) for arg in node.args]
    inherits = any(isinstance(one, ir.Name) and one.id == "super" for one in ir.walk(*method.node.body))
    return not inherits and not any(_REQUEST.search(one) for one in (*typed, *handed))


def _refused(run: Run) -> bool:
    """Whether `canActivate` gives nothing but "no" to a caller without credentials."""
    return bool(run.passed) and all(one in (FALSE, ABSENT) for one in run.passed)


def _opening(name: str, mark: Mark) -> Guard:
    return Guard(name, frozenset((Does.OPENS,)), "route", mark, None, "its name")
