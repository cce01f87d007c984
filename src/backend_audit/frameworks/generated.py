"""Routes that a library makes of a view that is added: Flask-Admin's views of models, Flask-AppBuilder's REST interfaces.

What guards them is the view's own: `is_accessible` of the class here, the library's permissions there.
https://flask-admin.readthedocs.io/en/stable/introduction/#authorization-permissions,
https://flask-appbuilder.readthedocs.io/en/latest/rest_api.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value, text
from backend_audit.flow.web_concepts import RouteRegistration, RouterMount
from backend_audit.flow.written import last_word
from backend_audit.frameworks.exposed import Exposed
from backend_audit.frameworks.registrations import joined
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol, ObjectSymbol, key_at
from backend_audit.routes.administrators import asked_of_administrators
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.missing import truth
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.texts import mark_of, texts_of
from backend_audit.routes.tree import Placed, Router
from backend_audit.source import Mark

_INTERFACE = "flask_admin.Admin"
_INDEX = "flask_admin.AdminIndexView"
_ADMIN = "flask_admin.Admin.add_view"
_APIS = "flask_appbuilder.AppBuilder.add_"
_MODELS = (
    ("GET", "/", "index_view"), ("GET POST", "/new/", "create_view"), ("GET POST", "/edit/", "edit_view"),
    ("GET", "/details/", "details_view"), ("POST", "/delete/", "delete_view"), ("POST", "/action/", "action_view"),
    ("GET", "/export/<export_type>/", "export"), ("GET", "/ajax/lookup/", "ajax_lookup"),
    ("POST", "/ajax/update/", "ajax_update"),
)  # fmt: skip
_FILES = (
    ("GET", "/", "index_view"), ("GET", "/download/<path:path>", "download"), ("GET POST", "/upload/", "upload"),
    ("GET POST", "/mkdir/", "mkdir"), ("POST", "/delete/", "delete"), ("GET POST", "/rename/", "rename"),
    ("GET POST", "/edit/", "edit"), ("POST", "/action/", "action_view"),
)  # fmt: skip
_REST = (
    ("GET", "/_info", "info"), ("GET", "/", "get_list"), ("GET", "/<pk>", "get"), ("POST", "/", "post"), ("PUT", "/<pk>", "put"),
    ("DELETE", "/<pk>", "delete"),
)  # fmt: skip
_PAGES = (
    ("GET", "/list/", "list"), ("GET", "/show/<pk>", "show"), ("GET POST", "/add", "add"), ("GET POST", "/edit/<pk>", "edit"),
    ("GET POST", "/delete/<pk>", "delete"), ("GET", "/download/<string:filename>", "download"),
    ("GET POST", "/action/<string:name>/<pk>", "action"), ("POST", "/action_post", "action_post"),
)  # fmt: skip
_MADE = {
    "flask_admin.model.BaseModelView": _MODELS,
    "flask_admin.contrib.fileadmin.FileAdmin": _FILES,
    "flask_appbuilder.ModelRestApi": _REST,
    "flask_appbuilder.ModelView": _PAGES,
}


@dataclass(frozen=True, slots=True)
class _View:
    """A view that is added: its class, if the project has it, and the library classes that it is one of."""

    called: str
    symbol: ClassSymbol | None
    lineage: frozenset[str]
    node: ir.Expr | None


class Generated:
    """Finds such views and makes their routes."""

    def __init__(self, routers: RouterRoutes) -> None:
        self.routers = routers
        self.engine = routers.engine
        self.guarding = routers.guarding
        self.exposed = Exposed(self.engine)

    def routes(self) -> Iterator[Route]:
        """The routes of every view that is added, each once."""
        yield from self.indexes()
        seen: set[tuple[str, str]] = set()
        for mount in self.guarding.facts.mounts:
            if not mount.site.api.startswith((_ADMIN, _APIS)) or mount.child is None:
                continue
            for view in self.views(mount):
                for route in self.of_view(mount, view):
                    if (key := (route.path, route.name)) not in seen:
                        seen.add(key)
                        yield route

    def indexes(self) -> Iterator[Route]:
        """The page of each admin interface itself: that of `index_view`, or the library's, which shows nothing."""
        for router in sorted(self.routers.tree.routers.values(), key=lambda one: one.key):
            for made in [one for one in router.creations if one.site.api == _INTERFACE]:
                call = made.site.call
                owner = None if call is None else Operand(Value(refs=frozenset((ObjectSymbol(router.key, call),))), None)
                given = next((operand for key, operand in made.site.args if key in ("3", "index_view")), None)
                mount = RouterMount(site=made.site, owner=owner, child=given)
                place = next((text for one in (made.prefix,) if one is not None for text in texts_of(one.value)), "/admin")
                views = (
                    [] if given is None else [view for one in contents(given.value) for view in self.of_value(one, given.node)]
                )
                for view in views:
                    yield from self.of_view(mount, view, place)
                if given is None or any(view.symbol is None and _INDEX in view.lineage for view in views):
                    mark = mark_of(mount, "made here")
                    yield Route(
                        methods=("GET",), path=joined([place], "/"), framework="flask", handler=None, name="AdminIndexView.index",
                        mark=mark, registered=mark, guards=tuple(self.around(mount, place)), kind="static",
                        group=key_at(mount.site.path, "index", made.site.node), app=self.app_of(mount),
                    )  # fmt: skip

    def views(self, mount: RouterMount) -> Iterator[_View]:
        """The views that a call adds: classes, or objects of them."""
        for key, operand in mount.site.args:
            if key in ("0", "view") or (key.isdigit() and mount.site.api.endswith("views")):
                for value in contents(operand.value):
                    yield from self.of_value(value, operand.node)

    def of_value(self, value: Value, node: ir.Expr | None) -> Iterator[_View]:
        classes = [one for one in value.refs if isinstance(one, ClassSymbol)]
        classes += self.engine.classes_of(value)
        for symbol in sorted(classes, key=lambda one: one.key):
            called = symbol.name.rpartition(".")[2]
            yield _View(called, symbol, self.lineage(self.engine.external_bases(symbol)), node)
        for name in sorted(value.types):
            if self.engine.class_of(name) is None:
                yield _View(name.rpartition(".")[2], None, self.lineage([name]), node)

    def lineage(self, names: Iterable[str]) -> frozenset[str]:
        """The library classes of those names, and theirs."""
        models = self.engine.models
        return frozenset(one for name in names for one in models.lineage(models.canonical(name)))

    def of_view(self, mount: RouterMount, view: _View, place: str = "") -> Iterator[Route]:
        """What the library makes of one view, and what its own methods expose; `place`: its address, where that is given."""
        admin = mount.site.api.startswith(_INTERFACE)
        prefix = place or self.place(mount, view) if admin else "" if view.symbol is None else self.exposed.prefix(view.symbol)
        guards = (*self.around(mount, prefix), *(self.accessible(view) if admin else _protected()))
        if admin and view.symbol is not None:
            own = Router(view.symbol.key, [], self.routers.tree.of_class(view.symbol).registrations, prefix=prefix)
            for registration in own.registrations:
                for route in self.routers.made(Placed(registration, (own,), (), mounted=True)):
                    yield replace(route, guards=(*guards, *route.guards), framework="flask", kind="admin", app=self.app_of(mount))
        for base in sorted(view.lineage & _MADE.keys()):
            served = (one for one in _MADE[base] if view.symbol is None or self.exposed.serves(view.symbol, one[2]))
            for methods, path, handler in served:
                yield Route(
                    methods=tuple(methods.split()), path=joined([prefix], path), framework="flask", handler=None,
                    owner=view.symbol, name=f"{view.called}.{handler}", mark=mark_of(mount, "added here"),
                    registered=mark_of(mount, "added here"), guards=guards, kind="admin" if admin else "library",
                    group=key_at(mount.site.path, view.called, mount.site.node), app=self.app_of(mount),
                )  # fmt: skip

    def place(self, mount: RouterMount, view: _View) -> str:
        """`url`, or the endpoint below the interface's own address; of a model, its name is that."""
        admins = self.routers.tree.of(None if mount.owner is None else mount.owner.value)
        stated = [one.prefix for router in admins for one in router.creations if one.prefix is not None]
        above = next((found for one in stated for found in texts_of(one.value)), "/admin")
        given = {arg.name: arg.value.value for arg in _arguments(view.node) if isinstance(arg.value, ir.Const)}
        own = str(given.get("url") or given.get("endpoint") or "")
        if not own:
            positional = [arg.value for arg in _arguments(view.node) if arg.name is None]
            first = positional[0] if positional and "flask_admin.model.BaseModelView" in view.lineage else None
            last = last_word(first)
            own = (last or view.called).lower()
        return own if own.startswith("/") else f"{above}/{own}"

    def app_of(self, mount: RouterMount) -> str:
        """The application that the view is added to, if that can be told."""
        apps = self.apps(mount)
        return apps[0].key if len(apps) == 1 else ""

    def apps(self, mount: RouterMount) -> list[Router]:
        tree = self.routers.tree
        admins = tree.of(None if mount.owner is None else mount.owner.value)
        apps = [app for one in admins for made in one.creations if made.on is not None for app in tree.of(made.on.value)]
        return apps or [one for one in tree.routers.values() if one.is_app]

    def around(self, mount: RouterMount, prefix: str) -> list[Guard]:
        """What the application runs before all of its routes."""
        apps = self.apps(mount)
        if len(apps) != 1:
            return []
        placed = Placed(RouteRegistration(site=mount.site, path=Operand(text(prefix), None)), (apps[0],), (), mounted=True)
        return self.routers.exempted(self.routers.before(placed), Asked(path=prefix))

    def accessible(self, view: _View) -> tuple[Guard, ...]:
        """`is_accessible` of the class, where it does not let everybody in; or what handles the request before."""
        for name in () if view.symbol is None else ("is_accessible", "_handle_view"):
            method = None if view.symbol is None else self.engine.find_method(view.symbol, name)
            if method is None:
                continue
            run = self.guarding.behaviours.anonymous.run(method)
            if run.sure and any(truth(one) is True for one in run.passed):
                continue
            if name == "_handle_view" and not run.denied:
                continue
            mark = Mark(method.module.path, method.node.at, method.node.name_end, name)
            asked = asked_of_administrators(method)
            does = frozenset((Does.AUTHENTICATES, *((Does.AUTHORIZES,) if asked else ())))
            return (Guard(name, does, "class", mark, method, "turns away who may not", asked, carrier="cookie"),)
        return ()


def _protected() -> tuple[Guard, ...]:
    does = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))
    return (Guard("protect", does, "class", None, None, "the library's permissions"),)


def _arguments(node: ir.Expr | None) -> list[ir.Arg]:
    return node.args if isinstance(node, ir.Call) else []
