"""What decorators, mixins and middleware of a Django project do to a caller without credentials.

https://docs.djangoproject.com/en/stable/topics/auth/default/#limiting-access-to-logged-in-users
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name, key_at
from backend_audit.routes.anonymous_run import Env, Outcome
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.carriers import COOKIE
from backend_audit.routes.guards import Guarding
from backend_audit.routes.missing import ABSENT, FALSE, Missing, asks_for_login, truth
from backend_audit.routes.model import KNOWN, Does, Guard
from backend_audit.routes.readings import handed
from backend_audit.routes.refusals import LOGIN
from backend_audit.routes.scopes import of_right
from backend_audit.routes.wrappers import leaves, maker_of, makers
from backend_audit.source import Mark

METHODS = {
    "django.views.decorators.http.require_GET": ("GET",),
    "django.views.decorators.http.require_POST": ("POST",),
    "django.views.decorators.http.require_safe": ("GET",),
}
_LISTED = frozenset({"django.views.decorators.http.require_http_methods", "rest_framework.decorators.api_view"})
_TESTED = "django.contrib.auth.decorators.user_passes_test"
_FOR_METHODS = "django.utils.decorators.method_decorator"
_MAX_DEPTH = 4
_ASKS = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))
Said = Mapping[str, str]


class Deciding:
    """Classifies what stands before a view, for one request at a time (`said`: what is known of it)."""

    def __init__(self, definitions: Definitions, behaviours: Behaviours, guarding: Guarding) -> None:
        self.definitions = definitions
        self.engine = definitions.engine
        self.behaviours = behaviours
        self.guarding = guarding

    # --- decorators -------------------------------------------------------------------------------------------------

    def decorators(self, listed: list[Written], via: str, said: Said) -> list[Guard]:
        """The guards that decorators are, in the order given."""
        return [guard for one in listed for guard in self.decorator(one, via, said)]

    def decorator(self, one: Written, via: str, said: Said, depth: int = _MAX_DEPTH) -> list[Guard]:
        """The guards that one decorator is, with the rights that it is told to ask for."""
        given, one = one, self.definitions.behind(one)
        found = self.applied(one, via, said, depth)
        if isinstance(given.node, ir.Name) and isinstance(one.node, ir.Call):  # `staff_required = requires(is_staff)`
            maker = written(one.node.func).rpartition(".")[2]
            found = [replace(guard, name=given.node.id) if guard.name == maker else guard for guard in found]
        if decorator_name(one.node) == "method_decorator":
            return found  # what it is told of comes from the decorator in it
        return [replace(guard, scopes=of_right(one.node, guard.name)) if _takes_right(guard) else guard for guard in found]

    def applied(self, one: Written, via: str, said: Said, depth: int) -> list[Guard]:
        """The guards that a decorator is as it stands there."""
        node = one.node
        if isinstance(node, ir.Container):
            return [guard for item in node.items for guard in self.decorator(Written(one.module, item.value), via, said)]
        callee = node.func if isinstance(node, ir.Call) else node
        mark = Mark(one.module.path, node.at, node.end, written(callee))
        value = self.definitions.value(Written(one.module, callee))
        apis = {self.engine.models.canonical(path) for path in value.apis}
        given = node.args if isinstance(node, ir.Call) else []
        first = next((arg.value for arg in given if arg.name in (None, "decorator", "test_func")), None)
        if _FOR_METHODS in apis and first is not None:
            return self.decorator(Written(one.module, first), via, said, depth)
        if _TESTED in apis and first is not None:
            return [self.tested(Written(one.module, first), via, mark, said)]
        for path in sorted(apis):
            known = self.guarding.known(path, via, mark)
            if known is not None:
                return [known]
        if isinstance(callee, ir.Name) and depth and not value.refs:
            behind = self.definitions.behind(Written(one.module, callee))
            if behind.node is not callee:
                return self.decorator(behind, via, said, depth - 1)
        for symbol in sorted(value.refs, key=lambda each: each.key):
            if isinstance(symbol, FunctionSymbol):
                return self.of_function(symbol, via, mark, said, depth)
            if isinstance(symbol, ClassSymbol):
                method = self.engine.find_method(symbol, "__call__")
                if method is not None:
                    return self.of_function(method, via, mark, said, depth)
        return [self.guarding.named(written(callee), via, mark)]

    def of_function(self, function: FunctionSymbol, via: str, mark: Mark | None, said: Said, depth: int) -> list[Guard]:
        """The guards that a decorator of the project is: what its innermost function does, or the decorators that it applies."""
        nodes = [node for one in (function, *function.nested) for node in one.scope]
        tests = [one for one in nodes if isinstance(one, ir.Call) and one.args and self._is_test(function, one)]
        if tests:  # `return user_passes_test(in_group, login_url=…)`, also in a decorator that the function makes
            return [
                replace(
                    self.tested(Written(function.module, one.args[0].value), via, mark, said, function), name=function.node.name
                )
                for one in tests
            ]
        if (maker := maker_of(self.engine, function)) is not None:
            return self.made(function, *maker, via, mark, said)
        inner = leaves(function)
        found = [self.runs(one, function.node.name, via, mark, said) for one in inner]
        if not any(one.has(*_ASKS) for one in found):
            made = (self.runs(one, function.node.name, via, mark, said) for one in makers(self.engine, function))
            if asking := next((one for one in made if one.has(*_ASKS)), None):
                return [asking]
        if inner != [function] or not depth:
            return found
        found = []
        for node in function.scope.of(ir.Return):
            if isinstance(node.value, ir.Call):
                for one in applied_in(node.value):
                    found += self.decorator(Written(function.module, one), via, said, depth - 1)
        named = [guard for guard in found if guard.because]
        return named or [self.runs(function, function.node.name, via, mark, said)]

    def made(
        self, function: FunctionSymbol, maker: FunctionSymbol, call: ir.Call, via: str, mark: Mark | None, said: Said
    ) -> list[Guard]:
        """The guards that a decorator is which another function makes, of the tests that it is handed."""
        tests = {name: test for name, arg in handed(maker, call) if (test := self._function(function, arg)) is not None}
        inner = leaves(maker)
        bound = {(leaf.key, name): test for leaf in inner for name, test in tests.items()}
        with self.behaviours.anonymous.handing(bound):
            return [self.runs(leaf, function.node.name, via, mark, said) for leaf in inner]

    def _function(self, within: FunctionSymbol, node: ir.Expr) -> FunctionSymbol | None:
        """The function that an argument is: one nested in `within`, a lambda, or one of the project."""
        if isinstance(node, ir.Lambda):
            key = key_at(within.module.path, "lambda", node)
            return FunctionSymbol(key, "lambda", node.function, within.module, None, None)
        nested = [one for one in within.nested if isinstance(node, ir.Name) and one.node.name == node.id]
        found = nested or of_kind(self.engine.frame(within.module, within).eval(node).refs, FunctionSymbol)
        return found[0] if nested or len(found) == 1 else None

    def runs(
        self, function: FunctionSymbol, name: str, via: str, mark: Mark | None, said: Said, given: Env | None = None
    ) -> Guard:
        """The guard that running `function` is, for a caller without credentials; `given`: what is known of its names."""
        judged = self.guarding.classified(function, name, via, mark, run=not given)
        if not self.may_turn_away(function):
            return judged
        run = self.behaviours.anonymous.run(function, given or None, said)
        if run.outcome() is Outcome.PASSES and judged.has(*_ASKS):
            return Guard(name, frozenset((Does.RUNS,)), via, mark, function, "lets callers without credentials through")
        if run.denied and not any(one not in (ABSENT, FALSE) for one in run.passed) and not judged.has(*_ASKS):
            does, carrier = frozenset((Does.AUTHENTICATES,)), self.behaviours.carrier(function)
            return Guard(name, does, via, mark, function, "turns away who has not signed in", carrier=carrier)
        return judged

    def may_turn_away(self, function: FunctionSymbol) -> bool:
        """Whether any way through a function ends in an answer that turns callers away, or in a function that is guarded."""
        if asks_for_login(*function.node.body) and any(isinstance(one, ir.Raise) for one in function.scope):
            return True
        guarded = self.behaviours.anonymous.guarded
        called = self.engine.calls.get(function.key, {}).values() if guarded is not None else ()
        return not self.behaviours.of(function).denies.isdisjoint((401, 403, LOGIN)) or any(
            guarded is not None and one.node.decorators and guarded(one) for one in called
        )

    def _is_test(self, function: FunctionSymbol, call: ir.Call) -> bool:
        value = self.definitions.value(Written(function.module, call.func))
        return any(self.engine.models.canonical(path) == _TESTED for path in value.apis)

    def tested(self, test: Written, via: str, mark: Mark | None, said: Said, within: FunctionSymbol | None = None) -> Guard:
        """`user_passes_test(f)`: no guard where `f` holds for everybody; `within`: the function that it stands in."""
        name = f"user_passes_test({written(test.node)})"
        value = self.definitions.value(test)
        nested = [] if within is None else [one for one in within.nested if written(test.node) == one.node.name]
        functions = nested or of_kind(value.refs, FunctionSymbol)
        passed: list[Missing] = []
        if isinstance(test.node, ir.Lambda):
            passed = [self.returned(test, test.node)]
        elif len(functions) == 1:
            param = functions[0].node.params[-1].name if functions[0].node.params else "user"
            run = self.behaviours.anonymous.run(functions[0], {param: Missing.ANONYMOUS}, said)
            passed = [] if run.denied else run.passed  # `if not user.is_staff: raise PermissionDenied`
        if passed and all(truth(one) is True for one in passed):
            return Guard(name, frozenset((Does.RUNS,)), via, mark, None, "its test holds for everybody")
        return Guard(name, _ASKS, via, mark, None, KNOWN, carrier=COOKIE)

    def returned(self, test: Written, node: ir.Lambda) -> Missing:
        """What a lambda gives for an anonymous user."""
        function = FunctionSymbol(key_at(test.module.path, "lambda", node), "lambda", node.function, test.module, None, None)
        param = node.function.params[0].name if node.function.params else "user"
        passed = self.behaviours.anonymous.run(function, {param: Missing.ANONYMOUS}).passed
        return passed[0] if len(passed) == 1 else Missing.UNKNOWN

    # --- what a decorator says of methods ---------------------------------------------------------------------------

    def methods(self, listed: list[Written]) -> tuple[str, ...] | None:
        """The methods that decorators let through; None for all."""
        for one in listed:
            node = self.definitions.behind(one).node
            callee = node.func if isinstance(node, ir.Call) else node
            for path in sorted(self.definitions.value(Written(one.module, callee)).apis):
                if path in METHODS:
                    return METHODS[path]
                if path in _LISTED:
                    args = node.args if isinstance(node, ir.Call) else []
                    if not args:
                        return ("GET",)
                    return tuple(one.upper() for one in texts_in(self.definitions.value(Written(one.module, args[0].value))))
        return None

    def names(self, one: Written) -> frozenset[str]:
        """The API paths that a decorator is."""
        node = one.node
        return self.definitions.value(Written(one.module, node.func if isinstance(node, ir.Call) else node)).apis

    def frame(self, one: Written) -> Frame:
        """A frame for expressions written there."""
        return self.definitions.frame(one.module)


def _takes_right(guard: Guard) -> bool:
    """Whether a guard may be told a right: `permission_required("shop.add_order")`; `user_passes_test` has it in its name."""
    return guard.has(Does.AUTHORIZES) and not guard.scopes and not guard.name.startswith("user_passes_test(")


def applied_in(call: ir.Call) -> Iterator[ir.Expr]:
    """The decorators in `login_required(never_cache(view))`, the outermost first."""
    node: ir.Expr = call
    while isinstance(node, ir.Call) and len([arg for arg in node.args if arg.name is None]) == 1 and not node.args[0].star:
        yield node.func
        node = node.args[0].value


def texts_in(value: Value) -> list[str]:
    """The texts of a list of them."""
    inside = [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])] if value.kind else [value]
    return [text for one in inside for text in one.texts()]
