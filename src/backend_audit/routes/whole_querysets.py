"""Generic views that change objects of a class by their id, and take them from all there are.

`queryset = Note.objects.all()` of a view that only asks for a login, where notes are elsewhere looked up by who calls.
https://www.django-rest-framework.org/api-guide/filtering/#filtering-against-the-current-user
"""

import re
from collections.abc import Iterable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.claim_reads import root_class
from backend_audit.routes.mentions import Mentions, is_caller
from backend_audit.routes.model import Lookup, Route
from backend_audit.routes.reach import reached
from backend_audit.routes.readings import called
from backend_audit.source import Mark

_PART = re.compile(r"(\w+)[>}]")
_CHANGES = frozenset(("PUT", "PATCH", "DELETE"))
_KEEPS = frozenset("objects all select_related prefetch_related order_by defer only annotate distinct using".split())
_ASKED = frozenset("filter get exclude get_object_or_404 get_or_create".split())
_DECIDE = frozenset("get_object check_object_permissions check_permissions dispatch get_permissions filter_queryset".split())
_NOTES = re.compile(r"(?:^|[._])(?:log\w*|debug|info|warning|record\w*|track\w*|emit|incr\w*)(?:\(|\.|_|$)")
_OWN_WAY = (
    "get_queryset get_object filter_queryset perform_update perform_destroy check_object_permissions check_permissions initial "
    "dispatch update partial_update destroy patch put delete get_permissions"
).split()
_OF_LIBRARY = frozenset("retrieve update partial_update destroy get put patch delete".split())
_FETCHES = frozenset("get_object get_queryset filter_queryset".split())
_DEPTH = 2
_NOBODY: frozenset[str] = frozenset()


class WholeQuerysets:
    """Finds them."""

    def __init__(self, engine: Engine, mentions: Mentions) -> None:
        self.engine = engine
        self.mentions = mentions
        self._told: set[str] = set()
        self._by_caller: frozenset[str] | None = None  # the keys of classes that are looked up by who calls

    def of(self, route: Route) -> tuple[ClassSymbol, Lookup] | None:
        """The class that a route changes objects of, whoever calls, and the look-up; its owner is not known yet."""
        view = route.owner
        if view is None or not route.methods or self._has_own_way(view):
            return None
        if not set(route.methods) <= _CHANGES:
            return self._unlike_its_list(route, view)
        given = self._given(view)
        model = None if given is None else self._model(view, given)
        if given is None or model is None or not (model.key in self.by_caller() or self._stores_caller(view)):
            return None
        if view.key in self._told:
            return None
        self._told.add(view.key)
        mark = Mark(view.module.path, given.at, given.end, "takes all there are")
        named = _PART.findall(route.path)
        return model, Lookup(mark, model.node.name, named[-1] if named else "id", "", written(given))

    def _unlike_its_list(self, route: Route, view: ClassSymbol) -> tuple[ClassSymbol, Lookup] | None:
        """What a view gives one of by its id, out of all there are, while its own `list` gives each caller what is theirs."""
        part = route.path.rstrip("/").rpartition("/")[2]
        listing = self.engine.find_method(view, "list")
        if listing is None or not _PART.search(part) or not route.reads_only() or asked_of_objects(self.engine, view) != []:
            return None
        if self.engine.find_method(view, "retrieve") is not None or not self._narrowed(listing):
            return None
        given = self._given(view)
        model = None if given is None else self._model(view, given)
        if given is None or model is None:
            return None
        mark = Mark(view.module.path, given.at, given.end, "takes all there are")
        odd = "the `list` of the same view gives each caller what is theirs"
        return model, Lookup(mark, model.node.name, _PART.findall(part)[-1], "", written(given), odd=odd)

    def _narrowed(self, listing: FunctionSymbol) -> bool:
        """Whether a method asks for what is the caller's: `.filter(users=request.user)`, `user` being the same."""
        assigns = [one for one in listing.scope.of(ir.Assign) if one.value is not None and is_caller(one.value)]
        names = frozenset(one.id for each in assigns for one in each.targets if isinstance(one, ir.Name))
        asking = (one for one in listing.scope.of(ir.Call) if called(one) == "filter")
        return any(self.mentions.caller(arg.value, names) for one in asking for arg in one.args if arg.name)

    def shown(self, view: ClassSymbol) -> tuple[ClassSymbol | None, ir.Expr | None]:
        """The class that a generic view shows objects of, and where it says so: `model = Note`."""
        lines = (one for one in view.node.body if isinstance(one, ir.Assign) and one.value is not None)
        named = (one for one in lines if isinstance(one.targets[0], ir.Name) and one.targets[0].id in ("model", "queryset"))
        node = next((one.value for one in named), None)
        return (None, None) if node is None else (self._model(view, node), node)

    def by_caller(self) -> frozenset[str]:
        """The classes of which the project looks objects up by who calls: `Note.objects.filter(owner=request.user)`."""
        if self._by_caller is None:
            found: set[str] = set()
            for function in self.engine.project.functions():
                for node in function.scope.of(ir.Call):
                    if called(node) in _ASKED and self._asks(node):
                        found |= {one.key for one in self._classes(function, root_class(node))}
            self._by_caller = frozenset(found)
        return self._by_caller

    def narrows(self, view: ClassSymbol, calls: Iterable[ir.Call]) -> bool:
        """Whether a handler takes what it works on from its view, and the view lets each caller see some of it alone."""
        if not any(written(one.func).removeprefix("self.") in _FETCHES or lets_library(one) for one in calls):
            return False
        methods = (found for name in sorted(_FETCHES) if (found := self.engine.find_method(view, name)) is not None)
        filters = (self.engine.find_method(one, "filter_queryset") for one in self._backends(view))
        return any(self._sees(one) for one in (*methods, *filters) if one is not None)

    def _sees(self, method: FunctionSymbol) -> bool:
        """Whether a method looks at who calls, or what it calls does: `get_authorized_orders("view")`."""
        return any(self._looks(one) for level in reached(self.engine, method, _DEPTH + 1) for one in level)

    def _asks(self, node: ir.Call) -> bool:
        return any(self.mentions.caller(arg.value, _NOBODY) for arg in node.args if arg.name)

    def _classes(self, function: FunctionSymbol, root: ir.Name | None) -> list[ClassSymbol]:
        return [] if root is None else of_kind(self.engine.frame(function.module, function).eval(root).refs, ClassSymbol)

    def _has_own_way(self, view: ClassSymbol) -> bool:
        """Whether a method of the view decides itself who may what, or a filter of the project does."""
        methods = (found for name in _OWN_WAY if (found := self.engine.find_method(view, name)) is not None)
        return any(map(self._decides, methods)) or bool(self._backends(view))

    def _backends(self, view: ClassSymbol) -> list[ClassSymbol]:
        """The project's own classes among those that filter what a view takes."""
        backends = self.engine.class_attribute(view, "filter_backends")
        inside = [*(backends.items or {}).values(), *([] if backends.elem is None else [backends.elem])]
        return [each for one in inside for each in of_kind(one.refs, ClassSymbol)]

    def _decides(self, method: FunctionSymbol) -> bool:
        """Whether a method looks at who calls, otherwise than to know whether somebody does, or refuses by itself."""
        refuses = any(isinstance(one, ir.Raise) for one in method.scope)
        return refuses or method.node.name in _DECIDE or self._looks(method)

    def _looks(self, method: FunctionSymbol) -> bool:
        """Whether a method looks at who calls, but to write it down or to know whether there is anybody."""
        body = list(method.scope)
        logins = {id(one) for node in body if _asks_for_any_login(node) for one in ir.walk_scope(node)}
        told = {id(one) for node in body if isinstance(node, ir.Call) for one in _noted(node)}
        return any(is_caller(one) and id(one) not in logins and id(one) not in told for one in body)

    def _given(self, view: ClassSymbol) -> ir.Expr | None:
        """What the class itself says that it takes: what is not empty in its `get_queryset`, or in its line `queryset = …`."""
        method = view.methods.get("get_queryset")
        if method is None:
            lines = (one for one in view.node.body if isinstance(one, ir.Assign) and len(one.targets) == 1)
            named = (one for one in lines if isinstance(one.targets[0], ir.Name) and one.targets[0].id == "queryset")
            return next((one.value for one in named), None)
        nodes = method.scope
        given = [one.value for one in nodes if isinstance(one, ir.Return) and one.value is not None and not _is_empty(one.value)]
        return given[0] if len(given) == 1 else None

    def _stores_caller(self, view: ClassSymbol) -> bool:
        """Whether the view says itself whose what it makes is: `serializer.save(owner=self.request.user)`."""
        lineage = self.engine.bases(view)[0]
        methods = [one.methods["perform_create"] for one in lineage if "perform_create" in one.methods]
        nodes = (node for method in methods for node in method.scope)
        return any(isinstance(one, ir.Call) and called(one) == "save" and self._asks(one) for one in nodes)

    def _model(self, view: ClassSymbol, node: ir.Expr) -> ClassSymbol | None:
        """The class of `Note.objects.all()`; None where anything narrows it."""
        frame = self.engine.frame(view.module)
        while isinstance(node, (ir.Call, ir.Attribute)):
            if isinstance(node, ir.Attribute) and node.attr not in _KEEPS:
                break  # `models.Note`, or something that narrows it
            node = node.func if isinstance(node, ir.Call) else node.value
        found = of_kind(frame.eval(node).refs, ClassSymbol) if isinstance(node, (ir.Name, ir.Attribute)) else []
        return found[0] if len(found) == 1 else None


def asked_of_objects(engine: Engine, view: ClassSymbol) -> list[ClassSymbol] | None:
    """The project's permissions of a view that ask of each object what callers may do with it; None where it names none."""
    lines = (line for one in engine.bases(view)[0] for line in one.node.body if isinstance(line, ir.Assign))
    named = (one for one in lines if isinstance(one.targets[0], ir.Name) and one.targets[0].id == "permission_classes")
    line = next((one for one in named if one.value is not None), None)
    return None if line is None or line.value is None else object_permissions(engine.frame(view.module), engine, line.value)


def object_permissions(frame: Frame, engine: Engine, node: ir.Expr) -> list[ClassSymbol]:
    """The permissions with a `has_object_permission` of the project's own that an expression names."""
    named = (one for one in ir.walk_scope(node) if isinstance(one, (ir.Name, ir.Attribute)))
    found = (symbol for one in named for symbol in of_kind(frame.eval(one).refs, ClassSymbol))
    return [one for one in found if engine.find_method(one, "has_object_permission") is not None]


def lets_library(call: ir.Call) -> bool:
    """Whether the library's own part fetches the object: `super().update(request)`, `UpdateModelMixin.update(self, request)`."""
    holder, _, name = written(call.func).rpartition(".")
    handed = bool(call.args) and written(call.args[0].value) == "self"
    return name in _OF_LIBRARY and (holder == "super()" or (handed and holder[:1].isupper()))


def _asks_for_any_login(node: ir.Node) -> bool:
    """`isinstance(self.request.user, User)`, `self.request.user.is_authenticated`: whether somebody has signed in."""
    if isinstance(node, ir.Call):
        return written(node.func) == "isinstance"
    return isinstance(node, ir.Attribute) and node.attr in ("is_authenticated", "is_anonymous")


def _noted(call: ir.Call) -> Iterator[ir.Node]:
    """What a call only notes down: `logger.info(…, self.request.user)`."""
    if _NOTES.search(written(call.func)):
        yield from ir.walk_scope(*(arg.value for arg in call.args))


def _is_empty(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and called(node) == "none"
