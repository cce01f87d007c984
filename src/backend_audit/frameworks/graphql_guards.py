"""Who may ask for a field of a GraphQL schema: permissions and extensions of strawberry, decorators, tests in the resolver.

https://strawberry.rocks/docs/guides/permissions, https://strawberry.rocks/docs/django/guide/permissions,
https://django-graphql-jwt.domake.io/decorators.html
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Written
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.frameworks.django_settings import Site
from backend_audit.frameworks.drf_choice import Listed
from backend_audit.frameworks.graphql_fields import Field
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_body import Body
from backend_audit.routes.anonymous_run import Env, Outcome, Run
from backend_audit.routes.guard_names import asks_by_name, judged
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.missing import ABSENT, asks_for_login
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.reach import reached
from backend_audit.routes.readings import called
from backend_audit.routes.scopes import of_decorator
from backend_audit.routes.within import only_raises
from backend_audit.source import Mark

_ASKS = (Does.AUTHENTICATES, Does.AUTHORIZES)
_AUTHENTICATES = frozenset((Does.AUTHENTICATES,))
_GIVES_NOTHING = frozenset(("none", "empty"))
_RESOLVES = ("resolve", "resolve_async")
_STATED = ("login_required", "permissions")
_OPTION = re.compile(r"permission|role|login|auth")  # of a class, by its name
_LEVELS = 3  # of calls, until an error is raised
_CONTEXT = re.compile(r"^_?info$|^info\.context$|^context$|^request$")


class Resolving(Body):
    """The run of a resolver for who has not signed in, with the answers that such a caller can get."""

    def whole(self, env: Env) -> Run:
        self.given: list[ir.Expr | None] = []
        return super().whole(env)

    def returned(self, node: ir.Return, env: Env, *, sure: bool) -> None:
        before = len(self.found.passed)
        super().returned(node, env, sure=sure)
        if len(self.found.passed) > before:
            self.given.append(node.value)


class GraphqlGuards:
    """Reads the guards of one field after the other."""

    def __init__(self, routers: RouterRoutes, django: DjangoRoutes) -> None:
        self.routers = routers
        self.deciding = django.deciding
        self.permissions = django.permissions
        self.engine = routers.engine
        self.behaviours = routers.behaviours
        self._asked: dict[str, frozenset[str]] = {}  # by the key of a resolver, the options of its class that it asks

    def of(self, field: Field) -> list[Guard]:
        """The guards before a field, and the field's own resolver where that turns callers away."""
        if field.handler is None:
            return self._of(field)
        place = ("" if field.owner is None else field.owner.key, field.home.key, field.name)
        return self.behaviours.known_guards.before(field.handler, place, field.node, lambda: self._of(field))

    def _of(self, field: Field) -> list[Guard]:
        found = [guard for keyword, one in field.attached for guard in self.attached(keyword, one)]
        found += [guard for one in field.decorators for guard in self.decorator(one)]
        found += [] if field.owner is None else self.stated(field.owner, field.handler)
        if any(one.has(*_ASKS) for one in found):
            return [one for one in found if not one.has(Does.OPENS)]  # all of them must let the caller in
        return found + self.in_body(field)

    def attached(self, keyword: str, listed: Written) -> list[Guard]:
        """`permission_classes=[IsAuthenticated]`, `extensions=[IsAuthenticated(), PermissionExtension(permissions=[…])]`."""
        if keyword == "permission_classes":
            return self.permissions.listed(Listed(written=(listed,)), {}, Site(listed.module, None))
        return [guard for one in self.permissions.choosing.elements(listed) for guard in self.extension(one)]

    def extension(self, one: Written) -> list[Guard]:
        """What an extension around a field does: the library's permissions, and what the project's own `resolve` does."""
        node = one.node
        callee = node.func if isinstance(node, ir.Call) else node
        value = self.permissions.definitions.value(Written(one.module, callee))
        mark = Mark(one.module.path, node.at, node.end, written(callee))
        inner = [arg for arg in (node.args if isinstance(node, ir.Call) else []) if arg.name == "permissions"]
        if inner and any(path.endswith("PermissionExtension") for path in value.apis):
            return self.attached("permission_classes", Written(one.module, inner[0].value))
        found = [guard for path in sorted(value.apis) if (guard := self.routers.guarding.known(path, "extension", mark))]
        for owner in of_kind(value.refs, ClassSymbol):
            if self.engine.find_method(owner, "has_permission") is not None:
                found += self.attached("permission_classes", one)
                continue
            methods = (self.engine.find_method(owner, name) for name in _RESOLVES)
            method = next((each for each in methods if each is not None), None)
            found += [] if method is None else [self.around(owner, method, "extension", mark)]
        return found

    def around(self, owner: ClassSymbol, method: FunctionSymbol, via: str, mark: Mark | None) -> Guard:
        """A method of the project that runs around resolvers, as a guard."""
        name = owner.name.rpartition(".")[2]
        run = self.run(method, owner)
        if not run.passed and not only_raises(method):
            return Guard(name, _AUTHENTICATES, via, mark, method, "turns away who has not signed in")
        guard = self.routers.guarding.classified(method, name, via, mark)
        return replace(guard, does=frozenset((Does.RUNS,))) if run.outcome() is Outcome.PASSES else guard

    def before(self, owner: ClassSymbol | None, function: FunctionSymbol, operation: str) -> Guard | None:
        """What a middleware of graphene does before an operation: `resolve(self, next, root, info)`, `root` being nothing."""
        root = function.node.params[2 if function.binds_first else 1 :][:1]
        env: Env = {one.name: ABSENT for one in root}
        with self.behaviours.anonymous.as_of(owner, function):
            run = Resolving(self.behaviours.anonymous, function, {"info.field_name": operation.partition("/")[0]}).whole(env)
        if run.passed or only_raises(function):
            return None
        name = (function.node.name if owner is None else owner.name).rpartition(".")[2]
        return Guard(name, _AUTHENTICATES, "application", None, function, "turns away who has not signed in")

    def decorator(self, one: Written) -> list[Guard]:
        """The guards that a decorator of a resolver is; one whose test is not known says by its name what it asks."""
        found = self.deciding.decorator(one, "decorator", {})
        callee = one.node.func if isinstance(one.node, ir.Call) else one.node
        name = written(callee)
        if any(guard.has(*_ASKS, Does.OPENS) for guard in found) or not asks_by_name(name):
            return [self._told(guard, one, name) for guard in found]
        made = of_kind(self.permissions.definitions.value(Written(one.module, callee)).refs, FunctionSymbol)
        made = made or [guard.function for guard in found if guard.function is not None]
        if made and not any(map(self._may_raise, made)):
            return found
        mark = Mark(one.module.path, one.node.at, one.node.end, name)
        does, _ = judged(name, {401}, looks=True)
        return [self._told(Guard(name.rpartition(".")[2], does, "decorator", mark, None, "its name"), one, name)]

    @staticmethod
    def _told(guard: Guard, one: Written, name: str) -> Guard:
        asks = guard.has(*_ASKS) and not guard.scopes and isinstance(one.node, ir.Call)
        return replace(guard, scopes=of_decorator(one.node, name)) if asks and isinstance(one.node, ir.Call) else guard

    def _may_raise(self, function: FunctionSymbol) -> bool:
        every = (one for level in reached(self.engine, function, _LEVELS) for one in level)
        return any(isinstance(node, ir.Raise) for one in every for node in ir.walk(*one.node.body))

    def stated(self, owner: ClassSymbol, handler: FunctionSymbol | None) -> Iterator[Guard]:
        """`class Meta: login_required = True` of graphene-django-cud's mutations; what the project's own base class asks of it.

        That one reads `cls._meta.permissions` where it refuses: https://docs.graphene-python.org/en/latest/types/objecttypes/
        """
        known = any(one.startswith("graphene_django_cud.") for one in self.engine.external_bases(owner))
        names = frozenset(_STATED) if known else self._asked_of_meta(handler)
        told: set[str] = set()
        for above in self.engine.bases(owner)[0] if names else ():
            for name, node, value in _meta(above):
                empty = (isinstance(value, ir.Const) and not value.value) or (isinstance(value, ir.Container) and not value.items)
                if name in names - told and not empty:
                    yield Guard(name, frozenset(_ASKS), "class", Mark(above.module.path, node.at, node.end, name), None, "stated")
                told.add(name)

    def _asked_of_meta(self, handler: FunctionSymbol | None) -> frozenset[str]:
        """The options of its class that a resolver, or what it calls, looks at before it raises: `cls._meta.permissions`."""
        if handler is None or not self._may_raise(handler):
            return frozenset()
        if handler.key not in self._asked:
            called = self.engine.calls.get(handler.key, {})
            functions = [handler, *(called[key] for key in sorted(called))]
            read = (node for one in functions for node in one.scope.of(ir.Attribute) if _OPTION.search(node.attr))
            options = (node.attr for node in read if isinstance(node.value, ir.Attribute) and node.value.attr == "_meta")
            self._asked[handler.key] = frozenset(options)
        return self._asked[handler.key]

    # --- in the resolver --------------------------------------------------------------------------------------------

    def run(self, function: FunctionSymbol, owner: ClassSymbol | None) -> Run:
        """How a function ends for who has not signed in, whatever its arguments are."""
        with self.behaviours.anonymous.as_of(owner, function):
            return Resolving(self.behaviours.anonymous, function, {}).whole({})

    def in_body(self, field: Field) -> list[Guard]:
        """The resolver itself, where it raises, or gives nothing, for who has not signed in."""
        handler = field.handler
        if handler is None or only_raises(handler):
            return []
        with self.behaviours.anonymous.as_of(field.owner, handler):
            body = Resolving(self.behaviours.anonymous, handler, {})
            run = body.whole({})
        mark = Mark(handler.module.path, handler.node.at, handler.node.name_end, handler.node.name)
        carrier = self.behaviours.carrier(handler)
        if not run.passed:
            because = "turns away who has not signed in"
            return [Guard(handler.node.name, _AUTHENTICATES, "body", mark, handler, because, carrier=carrier)]
        if self._asks(handler) and self._empty(handler, body.given):
            because = "gives nothing to who has not signed in"
            return [Guard(handler.node.name, _AUTHENTICATES, "body", mark, handler, because, carrier=carrier)]
        found = [] if run.outcome() is Outcome.PASSES else self.routers.in_body(handler)
        if not found and self._tests(handler):
            return [
                Guard(
                    handler.node.name, frozenset((Does.DEPENDS,)), "body", mark, handler, "asks who calls, and goes on for some"
                )
            ]
        return found

    def _asks(self, handler: FunctionSymbol) -> bool:
        looks = self.behaviours.looks_itself(handler) or self.behaviours.of(handler, _LEVELS).looks
        return asks_for_login(*handler.node.body) or looks or self._tests(handler)

    @staticmethod
    def _empty(handler: FunctionSymbol, given: list[ir.Expr | None]) -> bool:
        """Whether all that such a caller can get is made of constants, while others get more."""
        answers = [one.value for one in handler.scope.of(ir.Return)]
        others = [one for one in answers if one is not None and not any(one is each for each in given)]
        return bool(others) and bool(given) and all(map(_says_nothing, given))

    def _tests(self, handler: FunctionSymbol) -> bool:
        """Whether who calls decides something in the resolver: `actor = get_actor(info)`, `if not actor: …`."""
        asking = [one for one in handler.scope.of(ir.Assign) if one.value is not None and self._who(handler, one.value)]
        kept = {target.id for one in asking for target in one.targets if isinstance(target, ir.Name)}
        for node in handler.scope:
            test = node.test if isinstance(node, (ir.If, ir.Conditional)) else node
            if isinstance(node, (ir.If, ir.Conditional, ir.Logical, ir.Compare)):
                names = (one.id for one in ir.walk_scope(test) if isinstance(one, ir.Name))
                if not kept.isdisjoint(names) or self._who(handler, test):
                    return True
        return False

    def _who(self, handler: FunctionSymbol, node: ir.Node) -> bool:
        """Whether an expression holds who calls, or what a function of the project that is handed the context says of that."""
        for one in ir.walk_scope(node):
            if is_caller(one):
                return True
            if isinstance(one, ir.Call) and any(_CONTEXT.search(written(arg.value)) for arg in one.args):
                frame = self.engine.frame(handler.module, handler)
                for function in of_kind(frame.eval(one.func).refs, FunctionSymbol):
                    if any(map(is_caller, function.scope)):
                        return True
        return False


def _says_nothing(node: ir.Expr | None) -> bool:
    """`return`, `return []`, `return Note.objects.none()`, `return CreateNote(ok=False, errors=["log in"])`."""
    if node is None or isinstance(node, ir.Const):
        return True
    if isinstance(node, ir.Container):
        return all(_says_nothing(item.value) for item in node.items)
    if isinstance(node, ir.Call):
        name = called(node)
        return name in _GIVES_NOTHING or (name[:1].isupper() and all(_says_nothing(arg.value) for arg in node.args))
    return False


def _meta(owner: ClassSymbol) -> Iterator[tuple[str, ir.Assign, ir.Expr]]:
    """What a class states of itself in `class Meta`."""
    for meta in (one for one in owner.node.body if isinstance(one, ir.Class) and one.name == "Meta"):
        for node in meta.body:
            if isinstance(node, ir.Assign) and node.targets and node.value is not None:
                yield written(node.targets[0]), node, node.value
