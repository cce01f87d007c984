"""Middleware around all resolvers of graphene: `GRAPHENE = {"MIDDLEWARE": [...]}`.

https://docs.graphene-python.org/en/latest/execution/middleware/, https://docs.graphene-python.org/projects/django/en/latest/settings/
"""

from collections.abc import Iterator

from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import contents

_Middleware = tuple[ClassSymbol | None, FunctionSymbol]


class GrapheneMiddleware:
    """Reads it off the settings of a project, once."""

    def __init__(self, django: DjangoRoutes) -> None:
        self.django = django
        self._known: list[_Middleware] | None = None

    def of(self, framework: str) -> list[_Middleware]:
        """The functions that run around resolvers, each with the class whose method it is."""
        if framework != "graphene":
            return []
        if self._known is None:
            self._known = list(self._stated())
        return self._known

    def _stated(self) -> Iterator[_Middleware]:
        settings, engine = self.django.settings, self.django.engine
        for site in settings.sites():
            value = settings.value(site, "GRAPHENE")
            listed = None if value is None else value.item("MIDDLEWARE")
            for text in (text for one in contents(listed) for text in one.texts()):
                path, _, name = text.rpartition(".")
                module = None if site.settings is None else settings.module(site.settings, path)
                found = (None if module is None else engine.module_attribute(module, name)) or Value()
                for owner in of_kind(found.refs, ClassSymbol):
                    method = engine.find_method(owner, "resolve")
                    if method is not None:
                        yield owner, method
                for function in of_kind(found.refs, FunctionSymbol):
                    yield None, function
