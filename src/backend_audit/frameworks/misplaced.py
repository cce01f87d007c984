"""Guards that are written where they do not run, and protections that are switched off, on routers and their routes."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.web_concepts import GuardMarker, RouteHook, RouteRegistration
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.guards import ASKING, ASTRAY, EARLY, Guarding
from backend_audit.routes.model import KNOWN, Does, Guard
from backend_audit.routes.texts import mark_of
from backend_audit.routes.tree import Placed, RouterTree
from backend_audit.source import Mark


class Misplaced:
    """Reads them off one router tree; `hook` gives the guards that a hook runs."""

    def __init__(self, guarding: Guarding, tree: RouterTree, hook: Callable[[RouteHook, str], list[Guard]]) -> None:
        self.guarding = guarding
        self.engine = guarding.engine
        self._astray: dict[str, list[Guard]] = {}
        for router in sorted(tree.routers.values(), key=lambda one: one.key):
            if router.is_app or router.registrations or router.mounts or any(one.routes for one in router.creations):
                continue
            for one in router.hooks:
                if not one.all_routes and any(creation.site.path == one.site.path for creation in router.creations):
                    asking = [replace(guard, via=ASTRAY) for guard in hook(one, "router") if guard.has(*ASKING)]
                    self._astray.setdefault(one.site.path, []).extend(asking)

    def astray(self, registration: RouteRegistration) -> list[Guard]:
        """The guards that the file of a registration puts on a router without any routes."""
        return self._astray.get(registration.site.path, [])

    def early(self, handler: FunctionSymbol, registration: RouteRegistration) -> Iterator[Guard]:
        """The guards that are called where they are attached, and leave nothing that could be called for each request."""
        roots = [one for param in handler.node.params for one in (param.default, param.annotation) if one is not None]
        roots += [] if registration.guards is None or registration.guards.node is None else [registration.guards.node]
        frame = self.engine.frame(handler.module)
        for node in ir.walk_scope(*roots):
            for concept in self.guarding.facts.made.get(id(node), ()):
                inner = concept.function.node if isinstance(concept, GuardMarker) and concept.function is not None else None
                if isinstance(inner, ir.Call):
                    for symbol in sorted(frame.eval(inner.func).refs, key=lambda one: one.key):
                        if isinstance(symbol, FunctionSymbol) and _gives_nothing(symbol):
                            mark = Mark(handler.module.path, inner.at, inner.end, "called here")
                            guard = self.guarding.classified(symbol, symbol.node.name, EARLY, mark)
                            yield from [guard] if guard.has(*ASKING, Does.REJECTS) else []

    def unshielded(self, placed: Placed, handler: FunctionSymbol, owner: ClassSymbol | None) -> list[Guard]:
        """What switches the protection against forged requests off for a route: `csrf.exempt` of its view or of its blueprint."""
        keys = {handler.key, *(router.key for router in placed.routers), *(() if owner is None else (owner.key,))}
        return [
            Guard(one.site.written, frozenset((Does.UNSHIELDS,)), "exemption", mark_of(one, "exempted here"), None, KNOWN)
            for one in self.guarding.facts.exemptions
            if one.view is not None and not keys.isdisjoint(symbol.key for symbol in one.view.value.refs)
        ]


def _gives_nothing(function: FunctionSymbol) -> bool:
    """Whether calling a function gives None, whatever happens."""
    own = (node for node in function.scope if isinstance(node, ir.Return))
    return not function.node.is_generator and not function.node.is_async and all(node.value is None for node in own)
