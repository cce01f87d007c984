"""What the team declares of its guards and routes, applied to what was read from the code."""

from dataclasses import replace

from backend_audit.flow.engine import Engine
from backend_audit.inventory import Declared
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Auth, Does, Guard, Route, Verdict
from backend_audit.source import Mark

DECLARED = "declared in the configuration"
_BODY = "body"


class Declarations:
    """The declarations of one project. Without any, everything stays as it was read."""

    def __init__(self, declared: Declared, engine: Engine) -> None:
        self.declared = declared
        self.engine = engine

    def of_api(self, path: str) -> frozenset[Does] | None:
        """What is declared of a library's function or class; None when nothing is."""
        return _does(self.declared.does([path]))

    def guards_of(self, route: Route) -> tuple[Guard, ...]:
        """The guards of `route` with what is declared of them, and declared ones that its handler calls."""
        found = [self._told(guard) for guard in route.guards]
        called = {} if route.handler is None else self.engine.calls.get(route.handler.key, {})
        for key in sorted(called):
            does = _does(self.declared.does(names_of(called[key])))
            if does and does != {Does.RUNS} and not any(one.function is called[key] for one in found):
                found.append(_called(called[key], does))
        return tuple(found)

    def _told(self, guard: Guard) -> Guard:
        if guard.via == _BODY or guard.because == DECLARED:  # a handler is known by its routes, not by its name
            return guard
        names = [guard.name, *([] if guard.function is None else names_of(guard.function))]
        does = _does(self.declared.does(names))
        return guard if does is None else replace(guard, does=does, because=DECLARED)

    def settle(self, route: Route) -> None:
        """The verdict of a route that is declared to be public, or protected by what stands before the application."""
        if route.verdict is Verdict.PROTECTED:
            return
        if pattern := self.declared.gateway_pattern(route.methods, route.path):
            route.auth, route.verdict, route.why = Auth.REQUIRED, Verdict.PROTECTED, f"by a gateway: `{pattern}` is {DECLARED}"
        elif pattern := self.declared.public_pattern(route.methods, route.path):
            route.verdict, route.why = Verdict.PUBLIC, f"`{pattern}` is {DECLARED}"


def names_of(function: FunctionSymbol) -> list[str]:
    """The dotted paths by which a function, and the class whose instances are called, can be named."""
    module = function.module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    names = [f"{module}.{function.name}"]
    if function.owner is not None:
        names.append(f"{module}.{function.owner.name}")
    return names


def _does(words: frozenset[str] | None) -> frozenset[Does] | None:
    if words is None:
        return None
    return frozenset(Does(word) for word in words) or frozenset((Does.RUNS,))


def _called(function: FunctionSymbol, does: frozenset[Does]) -> Guard:
    mark = Mark(function.module.path, function.node.at, function.node.name_end, function.node.name)
    return Guard(function.node.name, does, _BODY, mark, function, DECLARED)
