"""Django REST framework: who a view lets in, by its permission classes for the method and action at hand.

https://www.django-rest-framework.org/api-guide/permissions/
"""

import re
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Written
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.frameworks.django_settings import Settings, Site
from backend_audit.frameworks.drf_choice import Choosing, Listed
from backend_audit.frameworks.drf_objects import ObjectPermissions
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_body import Body
from backend_audit.routes.facts import contents
from backend_audit.routes.missing import truth
from backend_audit.routes.model import BY_DEFAULT, KNOWN, OPEN_TO_READERS, Does, Guard
from backend_audit.source import Mark

_VIEW = re.compile(r"(?:APIView|ViewSet|ViewSetMixin|GenericAPIView)$")
_OPENING = re.compile(r"^(?:Allow|Public|Anyone|Open|NoAuth)")
_READING = ("GET", "HEAD", "OPTIONS")
_API_VIEW = "rest_framework.decorators.api_view"
_PERMITTED = "rest_framework.decorators.permission_classes"
_ASKS = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))
_MAX_DEPTH = 6
_OF_REQUEST = "asks for something that was put on the request before"
_OF_PROGRAM = "asks how the program stands: `not device_provisioned()`"
_GIVEN = frozenset("method data query_params GET POST FILES path path_info headers META META_ resolver_match kwargs".split())


@dataclass(frozen=True, slots=True)
class Judged:
    """What one permission does: `lets`: whether it lets a caller without credentials in, None where that is open."""

    name: str
    lets: bool | None
    because: str = ""
    opens: bool = False
    roles: bool = True
    method: FunctionSymbol | None = None  # of the project, that says so


class Permissions:
    """The permissions of REST views."""

    def __init__(self, deciding: Deciding, settings: Settings) -> None:
        self.deciding = deciding
        self.definitions = deciding.definitions
        self.engine = deciding.engine
        self.settings = settings
        self.choosing = Choosing(deciding)
        self.objects = ObjectPermissions(deciding)

    def covers(self, owner: ClassSymbol) -> bool:
        """Whether a class is a view of the framework."""
        models = self.engine.models
        bases = [one for base in self.engine.external_bases(owner) for one in models.lineage(models.canonical(base))]
        return any(one.startswith("rest_framework") or _VIEW.search(one) for one in bases)

    def is_api_view(self, decorators: list[Written]) -> bool:
        """Whether decorators make a function a view of the framework."""
        return any(_API_VIEW in self.deciding.names(one) for one in decorators)

    def of_class(
        self, owner: ClassSymbol, said: Said, site: Site, given: Listed | None, action: FunctionSymbol | None
    ) -> list[Guard]:
        """The guards of a class-based view for one method and action; `given` comes with the URL pattern or the action."""
        stated = given or (None if action is None else self._of_action(action))
        default = self.inherited(owner) or self.defaults(site)
        ways = self.choosing.permissions(owner, said, stated, default)
        judged = [self.listed(one, said, site) for one in ways]
        asking = [one for one in judged if any(guard.has(*_ASKS) for guard in one)]
        if len(asking) == len(judged):
            return judged[0] if judged else []
        return next(one for one in judged if one not in asking)  # some way lets everybody in

    def of_function(self, decorators: list[Written], said: Said, site: Site) -> list[Guard] | None:
        """The guards of an `@api_view` function; None for any other."""
        if not self.is_api_view(decorators):
            return None
        for one in decorators:
            if _PERMITTED in self.deciding.names(one) and isinstance(one.node, ir.Call) and one.node.args:
                return self.listed(Listed(written=(Written(one.module, one.node.args[0].value),)), said, site)
        return self.listed(self.defaults(site), said, site)

    def _of_action(self, function: FunctionSymbol) -> Listed | None:
        """`@action(permission_classes=[…])`."""
        for node in function.node.decorators:
            if isinstance(node, ir.Call):
                for arg in node.args:
                    if arg.name == "permission_classes":
                        return Listed(written=(Written(function.module, arg.value),))
        return None

    def defaults(self, site: Site) -> Listed:
        """`DEFAULT_PERMISSION_CLASSES` of the settings."""
        value = self.settings.value(site, "REST_FRAMEWORK")
        if site.settings is None or (value is not None and not value.kind):
            return Listed(open=True)
        return self.stated(site, "REST_FRAMEWORK", "DEFAULT_PERMISSION_CLASSES")

    def stated(self, site: Site, setting: str, key: str) -> Listed:
        """The permissions that an entry of a setting lists."""
        value = self.settings.value(site, setting)
        listed = None if value is None else value.item(key)
        return Listed(texts=tuple(text for one in contents(listed) for text in one.texts()))

    def inherited(self, owner: ClassSymbol) -> Listed | None:
        """What a view of a library says of itself, where its models know that it lets everybody in."""
        models = self.engine.models
        for base in self.engine.external_bases(owner):
            for one in models.lineage(models.canonical(base)):
                access = models.access.get(one)
                if access is not None and "opens" in access.does:
                    return Listed(texts=("rest_framework.permissions.AllowAny",))
        return None

    # --- judging ----------------------------------------------------------------------------------------------------

    def listed(self, listed: Listed, said: Said, site: Site) -> list[Guard]:
        """The guards that a list of permissions is: all of them must let the caller in."""
        judged: list[tuple[Judged, Mark | None]] = []
        for one in listed.written:
            for each in self.choosing.elements(one):
                mark = Mark(each.module.path, each.node.at, each.node.end, written(each.node))
                judged.append((self.judge(each, said), mark))
        judged += [(self.of_text(text, said, site), None) for text in listed.texts]
        via = "settings" if listed.texts else "class"
        if listed.open and not judged:
            return [Guard("DEFAULT_PERMISSION_CLASSES", frozenset((Does.DEPENDS,)), "settings")]
        if not judged:
            name, because = ("AllowAny", BY_DEFAULT) if not listed.written else ("permission_classes", "empty")
            return [Guard(name, frozenset((Does.OPENS,)), via, None, None, because)]
        denying = any(one.lets is False for one, _ in judged)
        return [self.guard(one, via, mark, denying=denying) for one, mark in judged]

    def guard(self, one: Judged, via: str, mark: Mark | None, *, denying: bool) -> Guard:
        """A judged permission as a guard; beside one that denies, no other opens."""
        if one.lets is False:
            does = _ASKS if one.roles else frozenset((Does.AUTHENTICATES,))
        elif one.opens and not denying:
            does = frozenset((Does.OPENS,))
        elif one.lets is None and one.roles and denying:
            does = frozenset((Does.AUTHORIZES,))  # of those that the other lets in, it looks at each
        elif one.lets is None and one.because in (_OF_REQUEST, _OF_PROGRAM):
            does = frozenset((Does.DEPENDS,))
        else:
            does = frozenset((Does.RUNS,))
        return Guard(one.name, does, via, mark, one.method, one.because)

    def judge(self, one: Written, said: Said, depth: int = _MAX_DEPTH) -> Judged:
        """What one permission expression does: classes, `A & B`, `A | B`, `~A`, instances."""
        one = self.definitions.behind(one)
        node = one.node
        name = written(node.func if isinstance(node, ir.Call) else node).rpartition(".")[2]
        if isinstance(node, ir.Binary) and node.op in ("&", "|"):
            left, right = (self.judge(Written(one.module, side), said, depth - 1) for side in (node.left, node.right))
            return _combined(node.op, left, right)
        if isinstance(node, ir.Unary) and node.op == "~":
            inner = self.judge(Written(one.module, node.operand), said, depth - 1)
            return Judged(f"~{inner.name}", None if inner.lets is None else not inner.lets, inner.because)
        if isinstance(node, ir.Call):
            value = self.definitions.value(Written(one.module, node.func))
            if not any(isinstance(symbol, ClassSymbol) for symbol in value.refs) and not value.apis:
                value = self.definitions.value(one)
            elif value.apis and {path.rpartition(".")[2] for path in value.apis} & {"OR", "AND"} and len(node.args) == 2:
                sides = [self.judge(Written(one.module, arg.value), said, depth - 1) for arg in node.args]
                return _combined("|" if any(path.endswith("OR") for path in value.apis) else "&", *sides)
        else:
            value = self.definitions.value(one)
        return self.of_value(value, name, said)

    def of_text(self, text: str, said: Said, site: Site) -> Judged:
        """A permission named by its dotted path in the settings."""
        path, _, name = text.rpartition(".")
        module = None if site.settings is None else self.settings.module(site.settings, path)
        found = None if module is None else self.engine.module_attribute(module, name)
        return self.of_value(Value(apis=frozenset((text,))) if found is None else found, name, said)

    def of_value(self, value: Value, name: str, said: Said) -> Judged:
        """A permission class."""
        for symbol in sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, ClassSymbol):
                return self.of_permission(symbol, said)
        models = self.engine.models
        for path in sorted(models.canonical(one) for one in value.apis | value.types):
            access = models.access.get(path)
            if access is not None:
                if "opens" in access.does or "runs" in access.does:
                    return Judged(name, True, "lets everybody in", opens="opens" in access.does)
                if access.open_reading and said.get("request.method") in _READING:
                    return Judged(name, True, OPEN_TO_READERS)
                return Judged(name, False, KNOWN, roles="authorizes" in access.does)
        if _OPENING.match(name):
            return Judged(name, True, "its name", opens=True)
        return Judged(name, False, "its name")

    def of_permission(self, symbol: ClassSymbol, said: Said) -> Judged:
        """A permission class of the project: what it gives for a caller without credentials, if need be of the object."""
        found = replace(self.of_request(symbol, said), method=self.engine.find_method(symbol, "has_permission"))
        if found.lets is True and (refused := self.objects.refuses(symbol, said)):
            return replace(found, lets=False, because=refused, opens=False, roles=True)
        return found

    def of_request(self, symbol: ClassSymbol, said: Said) -> Judged:
        """What a permission class of the project says before any object is known."""
        name = symbol.name.rpartition(".")[2]
        method = self.engine.find_method(symbol, "has_permission")
        if method is None:
            for base in self.engine.external_bases(symbol):
                inner = self.of_value(Value(apis=frozenset((base,))), name, said)
                if inner.lets is not True:
                    return inner
            return Judged(name, True, "never rejects")
        run = self.deciding.behaviours.anonymous.run(method, None, said)
        truths = {truth(one) for one in run.passed}
        if truths == {True} and not run.denied:
            return Judged(name, True, "lets callers without credentials in", opens=True)
        if truths <= {False}:
            return Judged(name, False, "turns away who has not signed in")
        if False in truths:  # settings, or the object at hand, decide about the rest
            return Judged(name, False, "may turn away who has not signed in")
        looks = self.deciding.behaviours.of(method, 3).looks
        if None in truths and True not in truths and looks:
            return Judged(name, False, "asks who calls")
        if not looks and self._asks_program(method, said):
            return Judged(name, None, _OF_PROGRAM, roles=False)
        because = _OF_REQUEST if _asks_request(method) else "depends on more than who calls"
        return Judged(name, None, because, roles=looks)

    def _asks_program(self, method: FunctionSymbol, said: Said) -> bool:
        """Whether what a permission gives depends on a function that is told nothing of the request: nobody passes, or all do."""
        body = Body(self.deciding.behaviours.anonymous, method, said)
        return any(body.of_program(one) for one in method.scope.of(ir.Call))


def _asks_request(method: FunctionSymbol) -> bool:
    """Whether a permission asks for what middleware or authentication may have put there: `hasattr(request, "environment")`."""
    for node in method.scope:
        if isinstance(node, ir.Call) and written(node.func) in ("getattr", "hasattr") and len(node.args) > 1:
            if written(node.args[0].value) == "request":
                return True
        elif isinstance(node, ir.Attribute) and written(node.value) == "request" and node.attr not in _GIVEN:
            return True
    return False


def _combined(op: str, left: Judged, right: Judged) -> Judged:
    name = f"{left.name} {op} {right.name}"
    sides = (left.lets, right.lets)
    if op == "&":
        lets = False if False in sides else None if None in sides else True
    else:
        lets = True if True in sides else None if None in sides else False
    because = left.because if left.lets is lets else right.because
    asked = [one.roles for one in (left, right) if one.lets is not True]
    roles = any(asked) if op == "&" else all(asked)
    return Judged(name, lets, because, opens=left.opens or right.opens, roles=roles)
