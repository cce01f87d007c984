"""Websockets of Django Channels: consumers in URL routers, what is put around these, and whom `connect` lets in.

https://channels.readthedocs.io/en/stable/topics/routing.html, https://channels.readthedocs.io/en/stable/topics/consumers.html,
https://channels.readthedocs.io/en/stable/topics/authentication.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.frameworks import classes
from backend_audit.frameworks.channels_connect import Connections
from backend_audit.frameworks.definitions import Written
from backend_audit.frameworks.django import DjangoRoutes
from backend_audit.frameworks.django_urls import Pattern, Place, joined
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.frameworks.routers import RouterRoutes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from backend_audit.routes.model import Guard, Route
from backend_audit.routes.texts import definition, mark_of
from backend_audit.source import Mark

_ROUTER = "channels.routing.URLRouter"
_ANSWERS = ("receive_json", "receive", "websocket_receive", "connect", "websocket_connect")
_HTTP = "channels.generic.http.AsyncHttpConsumer"
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class _Router:
    """A router of addresses, with what is called around it, the outermost first."""

    module: ModuleSymbol
    function: FunctionSymbol | None
    node: ir.Call
    around: tuple[Written, ...] = ()


class ChannelsRoutes:
    """Makes the routes of all consumers that a router reaches."""

    def __init__(self, routers: RouterRoutes, django: DjangoRoutes) -> None:
        self.engine = routers.engine
        self.django = django
        self.guarding = routers.guarding
        self.definitions = django.definitions
        self.connections = Connections(routers.behaviours)

    def routes(self) -> Iterator[Route]:
        """Every consumer at every address; a router in another's list is reached through that one."""
        found = [one for module in self.engine.project.modules.values() for one in self._routers(module)]
        below = {id(node) for one in found for node in self._inner(one)}
        for one in found:
            if id(one.node) not in below:
                yield from self._of_router(one, "", (), _DEPTH)

    def _routers(self, module: ModuleSymbol) -> Iterator[_Router]:
        if "channels" not in classes.imported(module):
            return
        bodies: list[tuple[FunctionSymbol | None, list[ir.Stmt]]] = [(None, module.node.body)]
        for function, body in [*bodies, *((one, one.node.body) for one in module.every)]:
            for statement in body:
                yield from self._called(module, function, statement, ())

    def _called(
        self, module: ModuleSymbol, function: FunctionSymbol | None, node: ir.Node, around: tuple[Written, ...]
    ) -> Iterator[_Router]:
        """The routers that a statement makes, with the calls that they are handed to."""
        if isinstance(node, (ir.Function, ir.Class)):
            return
        if isinstance(node, ir.Call):
            if self._is_router(module, node):
                yield _Router(module, function, node, around)
                return
            around = (*around, Written(module, node.func))
        for child in ir.children(node):
            yield from self._called(module, function, child, around)

    def _is_router(self, module: ModuleSymbol, node: ir.Node) -> bool:
        called = node.func if isinstance(node, ir.Call) and node.args else None
        return isinstance(called, (ir.Name, ir.Attribute)) and _ROUTER in self.definitions.value(Written(module, called)).apis

    def _inner(self, router: _Router) -> Iterator[ir.Node]:
        for pattern in self._patterns(router, ""):
            home = self._home(pattern)
            if home is not None and pattern.view is not None and pattern.view.node is not None:
                yield from (one.node for one in self._called(home, None, pattern.view.node, ()))

    def _patterns(self, router: _Router, prefix: str) -> list[Pattern]:
        value = self.engine.frame(router.module, router.function).eval(router.node.args[0].value)
        return list(self.django.tree.of_list(value, Place(prefix, router.module)))

    def _home(self, pattern: Pattern) -> ModuleSymbol | None:
        return None if pattern.concept is None else self.definitions.module(pattern.concept.site.path)

    def _of_router(self, router: _Router, prefix: str, above: tuple[Written, ...], depth: int) -> Iterator[Route]:
        around = (*above, *router.around)
        for pattern in self._patterns(router, prefix):
            home, view = self._home(pattern), pattern.view
            if home is None or view is None or view.node is None:
                continue
            inner = list(self._called(home, None, view.node, ())) if depth else []
            for one in inner:
                yield from self._of_router(one, pattern.path, around, depth - 1)
            if not inner:
                yield from self._of_view(router, pattern, Written(home, view.node), around)

    def _of_view(self, router: _Router, pattern: Pattern, view: Written, around: tuple[Written, ...]) -> Iterator[Route]:
        """`Chat.as_asgi()`, or that with something around it."""
        while isinstance(view.node, ir.Call) and getattr(view.node.func, "attr", "") != "as_asgi":
            if not view.node.args:
                return
            around = (*around, Written(view.module, view.node.func))
            view = Written(view.module, view.node.args[0].value)
        node = view.node.func.value if isinstance(view.node, ir.Call) and isinstance(view.node.func, ir.Attribute) else view.node
        value = self.definitions.value(Written(view.module, node))
        for owner in of_kind(value.refs, ClassSymbol):
            lineage = {self.engine.models.canonical(base) for base in self.engine.external_bases(owner)}
            if _HTTP not in lineage and pattern.concept is not None:
                yield self._route(router, pattern, owner, around)

    def _route(self, router: _Router, pattern: Pattern, owner: ClassSymbol, around: tuple[Written, ...]) -> Route:
        methods = (self.engine.find_method(owner, name) for name in _ANSWERS)
        handler = next((one for one in methods if one is not None), None)
        mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, f"consumer {owner.name}")
        if handler is not None:
            mark = definition(handler)
        guards = [guard for one in around for guard in self._around(one)]
        guards += self.connections.of(owner, handler)
        registered = mark if pattern.concept is None else mark_of(pattern.concept, "registered here")
        return Route(
            methods=("GET",), path=joined(pattern.path), framework="channels", handler=handler, owner=owner,
            name=owner.name if handler is None else f"{owner.name}.{handler.node.name}", mark=mark, registered=registered,
            guards=deduplicated(guards), kind="websocket", group=f"{router.module.key} websockets",
        )  # fmt: skip

    def _around(self, one: Written) -> list[Guard]:
        """What is called around a router: the library's middleware, or the project's."""
        value = self.definitions.value(one)
        mark = Mark(one.module.path, one.node.at, one.node.end, written(one.node))
        known = [guard for path in sorted(value.apis) if (guard := self.guarding.known(path, "middleware", mark)) is not None]
        return known or self.guarding.decorating(value, mark)
