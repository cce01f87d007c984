"""What a class-based view itself does before its method runs: mixins, decorated and overridden `dispatch`, REST permissions."""

from dataclasses import replace

from backend_audit import ir
from backend_audit.frameworks.aside import turns_aside
from backend_audit.frameworks.definitions import Written, decorators_of
from backend_audit.frameworks.django_guards import Deciding, Said, texts_in
from backend_audit.frameworks.django_settings import Site
from backend_audit.frameworks.django_views import View
from backend_audit.frameworks.drf import Permissions
from backend_audit.frameworks.drf_authentication import Authentication
from backend_audit.frameworks.drf_choice import Listed
from backend_audit.frameworks.drf_throttles import Throttles
from backend_audit.frameworks.shadowed import Shadowed
from backend_audit.frameworks.unread_rights import UnreadRights
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.anonymous_run import Env
from backend_audit.routes.guards import SHADOWED
from backend_audit.routes.missing import ABSENT, FALSE, TRUE, truth
from backend_audit.routes.model import KNOWN, Does, Guard
from backend_audit.source import Mark

_BEFORE = ("setup", "dispatch", "initial", "check_permissions", "perform_authentication", "initialize_request")
_TESTS = ("test_func", "has_permission")
_ASKS = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))


class ClassGuards:
    """The guards of class-based views."""

    def __init__(self, deciding: Deciding, permissions: Permissions) -> None:
        self.deciding = deciding
        self.engine = deciding.engine
        self.definitions = deciding.definitions
        self.permissions = permissions
        self.authentication = Authentication(permissions)
        self.throttles = Throttles(permissions)
        self.shadowed = Shadowed(self.engine, deciding.behaviours)
        self.unread = UnreadRights(self.engine)

    def of(self, view: View, handler: FunctionSymbol | None, said: Said, site: Site, action: str) -> list[Guard]:
        """All guards of a class for one method and action, in the order in which they run."""
        owner = view.symbol
        if not isinstance(owner, ClassSymbol):
            return self.of_library(view, said, site)
        found: list[Guard] = []
        for name in ("dispatch", action):
            found += self.decorated(owner, name, said)
        shadowed = self.shadowed.of(owner)
        found += [guard for path, guard in self.mixins(owner, said) if path not in shadowed]
        for name in _BEFORE:
            method = self.engine.find_method(owner, name)
            hidden = name == "dispatch" and method is not None and method.owner is not None and method.owner.key in shadowed
            if method is not None and not hidden:
                if name != "dispatch" or method is not handler:
                    found += self.deciding.decorators(decorators_of(method), "decorator", said)
                known = self.settled(owner, method, view)
                guard = self.deciding.runs(method, f"{owner.name}.{name}", "class", _mark(method), said, known)
                if name == "dispatch" and not guard.has(*_ASKS) and turns_aside(method):
                    guard = Guard(guard.name, _ASKS, "class", guard.mark, method, "answers by itself who may not")
                found += [guard] if guard.has(*_ASKS) else []
        if self.permissions.covers(owner):
            given = next((Listed((one,)) for name, one in view.given if name == "permission_classes"), None)
            if given is None:
                given = self.keyword(handler, "permission_classes")
            found += self.authenticators(owner, said, site, self.keyword(handler, "authentication_classes"))
            found += self.permissions.of_class(owner, said, site, given, None)
            found += self.permissions.objects.guards(owner, said)
            scoped = self.keyword(handler, "throttle_scope") is not None
            found += self.throttles.of(owner, site, self.keyword(handler, "throttle_classes"), scoped=scoped)
        right = tuple(texts_in(self.engine.class_attribute(owner, "permission_required")))
        return [replace(one, scopes=right) if right and _takes_right(one) else one for one in found]

    def unapplied(self, owner: ClassSymbol | None) -> tuple[Guard, ...]:
        """The rights that a view class states and nothing asks for, and the mixins of it that do not run."""
        if owner is None:
            return ()
        found = self.unread.of(owner)
        return (*([] if found is None else [found]), *self.unreached(owner))

    def unreached(self, owner: ClassSymbol) -> list[Guard]:
        """The mixins of libraries that would ask who calls, where `dispatch` does not come to them."""
        shadowed = self.shadowed.of(owner)
        found = self.mixins(owner, {}) if shadowed else []
        asking = [
            replace(one, via=SHADOWED, because=shadowed[path]) for path, one in found if path in shadowed and one.has(*_ASKS)
        ]
        return sorted(asking, key=lambda one: not one.has(Does.AUTHORIZES))[:1]  # told once

    def settled(self, owner: ClassSymbol, method: FunctionSymbol, view: View) -> Env:
        """What a method finds in the attributes of its object, where the class says it, or `as_view(login_required=True)`."""
        found: Env = {}
        if not method.node.params:
            return found
        given = dict(view.given)
        for node in method.scope.of(ir.Attribute):
            if isinstance(node.value, ir.Name) and node.value.id == method.node.params[0].name:
                stated = given.get(node.attr)
                value = self.engine.class_attribute(owner, node.attr) if stated is None else self.definitions.value(stated)
                one = value.constant()
                if one is not None:
                    found[f"{node.value.id}.{node.attr}"] = TRUE if one.value else ABSENT if one.value is None else FALSE
                elif value.kind in ("tuple", "list") and value.items:
                    found[f"{node.value.id}.{node.attr}"] = TRUE
        return found

    def of_library(self, view: View, said: Said, site: Site) -> list[Guard]:
        """The guards of a library's view class or function, as far as models know it."""
        given = next((Listed((one,)) for name, one in view.given if name == "permission_classes"), None)
        if given is not None:
            return self.permissions.listed(given, said, site)
        known = self.deciding.guarding.known(view.api.removesuffix(".as_view"), "class", None)
        if known is not None:
            return [known]
        if view.api.startswith("drf_spectacular.views."):
            served = self.permissions.stated(site, "SPECTACULAR_SETTINGS", "SERVE_PERMISSIONS")
            return self.permissions.listed(served, said, site) if served.texts else []
        if view.api == "rest_framework.routers.APIRootView":
            return self.permissions.listed(self.permissions.defaults(site), said, site)
        return []

    def keyword(self, handler: FunctionSymbol | None, name: str) -> Listed | None:
        """`@action(permission_classes=[…])` of the method, or of the one that it adds a verb to (`@lend.mapping.delete`)."""
        for node in [] if handler is None else handler.node.decorators:
            if isinstance(node, ir.Call) and handler is not None:
                for arg in node.args:
                    if arg.name == name:
                        return Listed((Written(handler.module, arg.value),))
            elif isinstance(node, ir.Attribute) and isinstance(node.value, ir.Attribute) and node.value.attr == "mapping":
                method = node.value.value.id if isinstance(node.value.value, ir.Name) else ""
                first = None if handler is None or handler.owner is None else handler.owner.methods.get(method)
                return None if first is handler else self.keyword(first, name)
        return None

    def decorated(self, owner: ClassSymbol, name: str, said: Said) -> list[Guard]:
        """`@method_decorator(login_required, name="dispatch")` on the class or a base of it."""
        found: list[Guard] = []
        for one in self.engine.bases(owner)[0]:
            for node in one.node.decorators:
                if isinstance(node, ir.Call) and decorator_name(node) == "method_decorator":
                    named = next((arg.value for arg in node.args if arg.name == "name"), None)
                    if named is None and len(node.args) > 1:
                        named = node.args[1].value
                    if isinstance(named, ir.Const) and named.value == name:
                        found += self.deciding.decorator(Written(one.module, node), "decorator", said)
                elif name == "dispatch" and not (isinstance(node, ir.Call) and decorator_name(node) == "register"):
                    guards = self.deciding.decorator(Written(one.module, node), "decorator", said)
                    known = [guard for guard in guards if guard.because == KNOWN or guard.function is not None]
                    found += [guard for guard in known if guard.has(*_ASKS, Does.OPENS)]
        return found

    def mixins(self, owner: ClassSymbol, said: Said) -> list[tuple[str, Guard]]:
        """`LoginRequiredMixin` and its like, by their paths; one whose test holds for everybody is none."""
        found: list[tuple[str, Guard]] = []
        for base in self.engine.external_bases(owner):
            path = self.engine.models.canonical(base)
            mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, owner.name)
            guard = self.deciding.guarding.known(path, "mixin", mark)
            if guard is None and path.endswith("Mixin"):
                guard = self.deciding.guarding.named(_snake(path.rpartition(".")[2]), "mixin", mark)
                guard = replace(guard, name=path.rpartition(".")[2])
            if guard is None or not guard.has(*_ASKS, Does.UNSHIELDS) or path.startswith("rest_framework"):
                continue
            test = next((method for name in _TESTS if (method := self.engine.find_method(owner, name)) is not None), None)
            if test is not None and path.endswith(("UserPassesTestMixin", "PermissionRequiredMixin")):
                passed = self.deciding.behaviours.anonymous.run(test, None, said).passed
                if passed and all(truth(one) is True for one in passed):
                    guard = replace(guard, does=frozenset((Does.RUNS,)), because="its test holds for everybody")
            found.append((base, guard))
        return found

    def authenticators(self, owner: ClassSymbol, said: Said, site: Site, given: Listed | None) -> list[Guard]:
        """Authentication classes of the project that reject who brings no credential, instead of leaving that to permissions."""
        found: list[Guard] = []
        for symbol in self.authentication.of(owner, site, given):
            method = self.engine.find_method(symbol, "authenticate")
            if method is not None:
                run = self.deciding.behaviours.anonymous.run(method, None, said)
                if run.denied and not run.passed:
                    does = frozenset((Does.AUTHENTICATES,))
                    found.append(Guard(symbol.name, does, "authentication", _mark(method), method, "rejects without credentials"))
            found += self.authentication.unshielded(symbol)
        return found


def _takes_right(guard: Guard) -> bool:
    """Whether a guard reads the right that the class states."""
    return guard.has(Does.AUTHORIZES) and not guard.scopes and guard.via in ("mixin", "class")


def _mark(function: FunctionSymbol) -> Mark:
    return Mark(function.module.path, function.node.at, function.node.name_end, function.node.name)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name.removesuffix("Mixin")).lstrip("_")
