"""Rights that decorators of NestJS state for a guard to read: what the guard asks each route for, and where it never runs.

https://docs.nestjs.com/fundamentals/execution-context#reflection-and-metadata
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.nest_decorators import NestDecorators
from backend_audit.frameworks.steps import written_on
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.guards import ASKING, UNASKED
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.script_missing import REFLECTING
from backend_audit.routes.texts import texts_of
from backend_audit.source import Mark

_OPEN = re.compile(r"public|skip|no_?auth|anon|everyone|everybody|anyone|optional", re.IGNORECASE)
_FEW = 2


class _Stated(NamedTuple):
    """What a decorator puts on a route: the metadata's key, the decorator's name, what it is told, and where it stands."""

    key: str
    name: str
    told: tuple[str, ...]
    mark: Mark


class StatedRights:
    """Finds them on the routes of a project's controllers and resolvers."""

    def __init__(self, engine: Engine, decorators: NestDecorators) -> None:
        self.engine = engine
        self.decorators = decorators
        self._guards: dict[str, set[ClassSymbol]] | None = None
        self._stated: dict[tuple[str, str], list[_Stated]] = {}

    def fill(self, routes: list[Route]) -> None:
        """Tell guards what they ask each route for; note what none of a route's own reads, where guards of others read it."""
        reading: dict[str, list[Guard]] = {}
        unasked: list[tuple[Route, _Stated]] = []
        for route in routes:
            for stated in self._on(route):
                running = [one for one in route.guards if self._reads(one, stated.key)]
                reading.setdefault(stated.key, []).extend(running)
                told = [replace(one, scopes=one.scopes + stated.told) if one in running else one for one in route.guards]
                route.guards = tuple(told)
                if not running:
                    unasked.append((route, stated))
        for route, stated in unasked:
            others = reading.get(stated.key, [])
            asking = [one for one in others if one.has(*ASKING) and one.via != "settings"]
            if len(asking) >= _FEW and len(asking) == len(others):
                does = frozenset((Does.AUTHORIZES,))
                route.unapplied = (*route.unapplied, Guard(stated.name, does, UNASKED, stated.mark, None, asking[0].name))

    def _on(self, route: Route) -> list[_Stated]:
        """What decorators of its method, and else of its controller, state for guards alone."""
        handler, owner = route.handler, route.owner
        if handler is None or owner is None:
            return []
        known = self._stated.get((owner.key, handler.key))
        if known is None:
            found = [*self._stated_by(handler.owner or owner, handler.node.decorators)]
            for above in self.engine.bases(owner)[0]:
                found += self._stated_by(above, above.node.decorators)
            known = self._stated[owner.key, handler.key] = list({one.key: one for one in reversed(found)}.values())
        return known

    def _stated_by(self, owner: ClassSymbol, nodes: list[ir.Expr]) -> Iterator[_Stated]:
        if not self._read():
            return
        told = [one for one in nodes if isinstance(one, ir.Call) and one.args and not _OPEN.search(written(one))]
        for node in told:
            for key in self.decorators.metadata(owner, [node]):
                if key != decorator_name(node) and key in self._read():
                    yield _Stated(key, decorator_name(node), self._told(owner, node), written_on(owner, node))

    def _told(self, owner: ClassSymbol, node: ir.Call) -> tuple[str, ...]:
        """What a decorator is given, as texts: `@Roles(Role.Admin)`, `@HasPermission("orders:write")`."""
        frame = self.engine.frame(owner.module)
        given = [(arg.value, texts_of(frame.eval(arg.value))) for arg in node.args]
        return tuple(text for one, texts in given for text in texts or [written(one)])

    def _reads(self, guard: Guard, key: str) -> bool:
        """Whether a guard's class, or one that it extends, reads that metadata; one that cannot be read may."""
        classes = self._read()[key]
        if guard.name in {one.name for one in classes}:
            return True
        owner = guard.owner or (None if guard.function is None else guard.function.owner)
        return owner is not None and not classes.isdisjoint(self.engine.bases(owner)[0])

    def _read(self) -> dict[str, set[ClassSymbol]]:
        """The guard classes of the project that read metadata, by its key; without keys that something else reads, too."""
        if self._guards is None:
            self._guards = {}
            others: set[str] = set()
            for function in self.engine.project.functions():
                for key in self._keys_read(function):
                    owner = function.owner
                    if owner is not None and self.engine.find_method(owner, "canActivate") is not None:
                        self._guards.setdefault(key, set()).add(owner)
                    else:
                        others.add(key)
            self._guards = {key: found for key, found in self._guards.items() if key not in others}
        return self._guards

    def _keys_read(self, function: FunctionSymbol) -> Iterator[str]:
        for node in function.scope.of(ir.Call):
            if not isinstance(node.func, ir.Attribute) or not node.args:
                continue
            of = written(node.func.value).lower()
            if (node.func.attr in REFLECTING and "reflector" in of) or last_word(node.func) == "getMetadata":
                yield from self.engine.frame(function.module, function).eval(node.args[0].value).texts()
