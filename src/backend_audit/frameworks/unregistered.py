"""View classes that nothing in sight registers: a scan of a part of an application, whose URL modules lie elsewhere.

Their addresses are not known, but what guards their methods is: they are routes at `?/ClassName`.
https://flask-restful.readthedocs.io/, https://www.django-rest-framework.org/api-guide/viewsets/
"""

from collections.abc import Iterator

from backend_audit.flow.engine import Engine
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.frameworks.django_settings import Site
from backend_audit.frameworks.django_urls import Pattern, Place
from backend_audit.frameworks.django_views import View
from backend_audit.frameworks.drf_routers import ResourceRoutes
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.model import Route
from backend_audit.source import Mark

_RESOURCES = ("flask_restful.Resource", "flask_restx.Resource", "flask.MethodView", "flask.views.MethodView", "flask_smorest.")
_DJANGO = ("rest_framework.", "django.views.generic.")
_TORNADO = "tornado.web.Application"
_SETS = "ViewSet"
_MIXIN = ("Mixin", "Base", "Abstract")
UNKNOWN_PLACE = "?"


class Unregistered:
    """Finds them: of Flask where the project makes no application, of Django where it has no URL patterns."""

    def __init__(self, engine: Engine, routers: RouterRoutes, django: DjangoRoutes) -> None:
        self.engine = engine
        self.routers = routers
        self.django = django

    def routes(self, known: list[Route]) -> Iterator[Route]:
        """The routes of classes that no route in `known` leads to."""
        modules = self.engine.project.modules.values()
        classes = [one for module in modules for one in module.classes.values() if not one.name.endswith(_MIXIN)]
        used = {one.owner.key for one in known if one.owner is not None}
        used |= {base.key for one in classes for base in self.engine.bases(one)[0][1:]}
        left = [one for one in classes if one.key not in used]
        if not any(router.is_app for router in self.routers.tree.routers.values()):
            for one in left:
                if self._is(one, _RESOURCES):
                    yield from self.routers.unplaced(one, f"{UNKNOWN_PLACE}/{one.name}")
        yield from self.listed(used)
        if not any("urlpatterns" in self.engine.environment(module) for module in modules):
            for one in left:
                if self._is(one, _DJANGO):
                    yield from self.of_django(one)

    def listed(self, used: set[str]) -> Iterator[Route]:
        """Handler classes in lists of patterns that an application of Tornado loads by the names of their modules."""
        apps = [one for one in self.routers.tree.routers.values() if any(made.site.api == _TORNADO for made in one.creations)]
        for module in self.engine.project.modules.values() if apps else ():
            for name, value in sorted(self.engine.environment(module).items()):
                if value.kind in ("list", "tuple") and not name.startswith("_"):
                    for placed in self.routers.tree.pairs(value, (apps[0],)):
                        handler = placed.registration.handler
                        symbols = [] if handler is None else sorted(handler.value.refs, key=lambda one: one.key)
                        own = [one for one in symbols if isinstance(one, ClassSymbol) and one.key not in used]
                        if any(self._is(one, ("tornado.web.",)) and one.module is module for one in own):
                            yield from self.routers.made(placed)

    def _is(self, owner: ClassSymbol, prefixes: tuple[str, ...]) -> bool:
        models = self.engine.models
        return any(models.canonical(base).startswith(prefixes) for base in self.engine.external_bases(owner))

    def of_django(self, owner: ClassSymbol) -> Iterator[Route]:
        """The methods of a view class, or the actions of a view set."""
        site = Site(owner.module, None)
        mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, f"view {owner.name}")
        pattern = Pattern(Place("", owner.module), f"{UNKNOWN_PLACE}/{owner.name}")
        view = View(owner)
        if any(_SETS in base for base in self.engine.external_bases(owner)):
            resources = ResourceRoutes(self.django.definitions, self.django.facts, self.django.views)
            for path, method, action in resources.routes(owner, ""):
                below = f"{pattern.path}/{path}" if path else pattern.path
                yield self.django.of_method(view, owner, (method,), action, pattern, site, mark, below)
        else:
            for answer in self.django.views.answers(view):
                if answer.handler is not None:
                    yield self.django.of_method(view, owner, answer.methods, answer.name, pattern, site, mark, pattern.path)
