"""Guards of which the innermost alone counts, and which let through whom their result is true for: `@api.get("/x", auth=None)`.

https://django-ninja.dev/guides/authentication/
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.guards import ASKING, Guarding
from backend_audit.routes.missing import truth
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.scopes import of_rights
from backend_audit.routes.texts import mark_of
from backend_audit.routes.tree import Placed


class Replacing:
    """Reads the guards of routes in such frameworks."""

    def __init__(self, guarding: Guarding) -> None:
        self.guarding = guarding
        self.engine = guarding.engine

    def of(self, placed: Placed) -> list[Guard]:
        """The guards of a registration: its own, else those of the nearest router or mount that has any."""
        for operand, via in self._nearest(placed):
            if operand.value.is_just(value=None):
                mark = mark_of(placed.registration, "registered here")
                return [Guard("auth=None", frozenset((Does.OPENS,)), via, mark, None, "asks nobody")]
            told = of_rights(operand.node)
            found = [guard for one in contents(operand.value) for guard in self._guards(one, via)]
            return [replace(one, does=one.does | {Does.AUTHORIZES}, scopes=told) for one in found] if told else found
        return []

    @staticmethod
    def _nearest(placed: Placed) -> Iterator[tuple[Operand, str]]:
        given = [(placed.registration.guards, "route")]
        for depth in range(len(placed.routers) - 1, -1, -1):
            router = placed.routers[depth]
            given += [(placed.mounts[depth - 1].guards, "mount")] if depth else []
            given += [(one.guards, "application" if router.is_app else "router") for one in router.creations[:1]]
        yield from ((operand, via) for operand, via in given if operand is not None)

    def _guards(self, value: Value, via: str) -> Iterator[Guard]:
        for symbol in sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, FunctionSymbol):
                yield self._function(symbol, via)
        for name in sorted(value.types):
            owner = self.engine.class_of(name)
            known = self._class(owner, via) if owner is not None else self.guarding.known(name, via, None)
            yield from [] if known is None else [known]
        for path in sorted(value.apis):
            if (found := self.guarding.known(path, via, None)) is not None:
                yield found

    def _function(self, function: FunctionSymbol, via: str) -> Guard:
        """A function that says who calls, or nothing: whom it gives nothing for is turned away."""
        guard = self.guarding.classified(function, function.node.name, via, None, run=False)
        passed = self.guarding.behaviours.anonymous.run(function).passed
        if passed and all(truth(one) is True for one in passed):
            return replace(guard, does=frozenset((Does.RUNS,)), because="lets everybody through")
        carrier = self.guarding.behaviours.carrier(function)
        return replace(
            guard, does=guard.does & ASKING or frozenset((Does.AUTHENTICATES,)), because="its result decides", carrier=carrier
        )

    def _class(self, owner: ClassSymbol, via: str) -> Guard | None:
        """An authentication class of the project, by the one of the library that it is built on."""
        for base in self.engine.external_bases(owner):
            known = self.guarding.known(base, via, None)
            if known is not None:
                return replace(known, name=owner.name)
        return None
