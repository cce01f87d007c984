"""Routes of Pyramid: paths with names, and views that are registered for the names, with the permission that they ask for.

https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/urldispatch.html,
https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/viewconfig.html
"""

from collections.abc import Iterator

from backend_audit.flow.concepts import Operand
from backend_audit.flow.web_concepts import NamedView
from backend_audit.frameworks.classes import imported
from backend_audit.frameworks.registrations import deduplicated, handlers
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.texts import definition, mark_of, texts_of

_PACKAGE = "pyramid"
_NONE = "NO_PERMISSION_REQUIRED"
_SIGNED_IN = "Authenticated"  # or "system.Authenticated"
_EVERYBODY = "Everyone"
_ASKS = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))


class PyramidRoutes:
    """Joins views to the paths of their routes."""

    def __init__(self, routers: RouterRoutes) -> None:
        self.routers = routers
        self.engine = routers.engine
        self.facts = routers.guarding.facts
        self.uses = any(_PACKAGE in imported(module) for module in self.engine.project.modules.values())
        self.paths: dict[str, list[str]] = {}
        self.defaults: dict[str, NamedView] = {}
        for one in self.facts.named_routes if self.uses else ():
            if one.name is not None and one.path is not None and _of_config(one.site.api, one.site.written):
                for name in one.name.value.texts():
                    self.paths.setdefault(name, []).extend(texts_of(one.path.value))
        for view in self.facts.named_views if self.uses else ():
            for symbol in handlers(view.view) if view.defaults else ():
                self.defaults[symbol.key] = view

    def routes(self) -> Iterator[Route]:
        """Every view at every path of its route, each once."""
        seen: set[tuple[str, tuple[str, ...], str]] = set()
        for view in self.facts.named_views if self.uses else ():
            if view.defaults or not _of_config(view.site.api, view.site.written):
                continue
            for route in self.of_view(view):
                if (key := (route.path, route.methods, route.name)) not in seen:
                    seen.add(key)
                    yield route

    def of_view(self, view: NamedView) -> Iterator[Route]:
        for symbol in handlers(view.view):
            owner = symbol if isinstance(symbol, ClassSymbol) else symbol.owner
            handler = symbol if isinstance(symbol, FunctionSymbol) else self._method(symbol, view)
            if handler is None:
                continue
            names = self._texts(view, owner, "route")
            methods = tuple(sorted(text.upper() for text in self._texts(view, owner, "methods")))
            for path in dict.fromkeys(path for name in names for path in self.paths.get(name, ())):
                yield self.route(view, path if path.startswith("/") else f"/{path}", methods, handler, owner)

    def route(
        self, view: NamedView, path: str, methods: tuple[str, ...], handler: FunctionSymbol, owner: ClassSymbol | None
    ) -> Route:
        """One view at one path."""
        nodes = [node for node in handler.node.decorators if not any(node is one.site.node for one in self.facts.named_views)]
        guards = [
            *self._predicates(view, owner),
            *self._permission(view, owner),
            *self.routers.guarding.decorators(handler, nodes),
        ]
        guards += self.routers.in_body(handler)
        return Route(
            methods=methods, path=path, framework=_PACKAGE, handler=handler, owner=owner, name=handler.name,
            mark=definition(handler),
            registered=mark_of(view, "registered here"), guards=deduplicated(guards),
            group=handler.module.key if owner is None else owner.key,
        )  # fmt: skip

    def _permission(self, view: NamedView, owner: ClassSymbol | None) -> list[Guard]:
        """`permission="edit"`: the security policy turns away who has not got it."""
        stated = self._operand(view, owner, "permission")
        if stated is None or stated.value.is_just(value=None):
            return []
        named = [*stated.value.texts(), *(path.rpartition(".")[2] for path in sorted(stated.value.apis))]
        if _NONE in named:
            return [Guard(_NONE, frozenset((Does.OPENS,)), "permission", mark_of(view, "registered here"), None, "asks nobody")]
        name = named[0] if named else "permission"
        return [Guard(name, _ASKS, "permission", mark_of(view, "registered here"), None, "the security policy asks for it")]

    def _predicates(self, view: NamedView, owner: ClassSymbol | None) -> list[Guard]:
        """`is_authenticated=True`, `effective_principals=Authenticated`: to all others, there is no such view."""
        known, whom = self._operand(view, owner, "known"), self._operand(view, owner, "principals")
        mark = mark_of(view, "registered here")
        found: list[Guard] = []
        if known is not None and known.value.is_just(value=True):
            found.append(Guard("is_authenticated", frozenset((Does.AUTHENTICATES,)), "permission", mark, None, "a predicate"))
        names = [] if whom is None else [*texts_of(whom.value), *(one for each in contents(whom.value) for one in each.apis)]
        plain = [name.rpartition(".")[2] for name in names]
        if plain and not any(name == _EVERYBODY for name in plain):
            does = frozenset((Does.AUTHENTICATES,)) if _SIGNED_IN in plain else _ASKS
            found.append(Guard("effective_principals", does, "permission", mark, None, "a predicate"))
        return found

    def _method(self, owner: ClassSymbol, view: NamedView) -> FunctionSymbol | None:
        name = next(iter(texts_of(None if view.attribute is None else view.attribute.value)), "__call__")
        return self.engine.find_method(owner, name)

    def _operand(self, view: NamedView, owner: ClassSymbol | None, role: str) -> Operand | None:
        own: Operand | None = getattr(view, role)
        above = None if owner is None else self.defaults.get(owner.key)
        if own is not None or above is None:
            return own
        inherited: Operand | None = getattr(above, role)
        return inherited

    def _texts(self, view: NamedView, owner: ClassSymbol | None, role: str) -> list[str]:
        operand = self._operand(view, owner, role)
        return [] if operand is None else texts_of(operand.value)


def _of_config(api: str, written: str) -> bool:
    """Whether a call is one of a configurator: known, or of something that is called so."""
    return not api.startswith("?") or written.rpartition(".")[0].rpartition(".")[2] == "config"
