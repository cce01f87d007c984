"""Guards that a subclass keeps from running: a method that frameworks call before a handler's, overridden without `super()`.

Tornado calls `prepare` before the method of a request; views of the REST framework ask who calls and what they may in `initial`.
https://www.tornadoweb.org/en/stable/web.html#tornado.web.RequestHandler.prepare
https://www.django-rest-framework.org/api-guide/views/#initialself-request-args-kwargs
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.guard_names import asks_by_name
from backend_audit.source import Mark

_PREPARE, _INITIAL = "prepare", "initial"
_TORNADO = "tornado."
_REST = "rest_framework."
_STEPS = frozenset("perform_authentication check_permissions".split())  # what `initial` of the library does
_VIEWS = ("View", "ViewSet")


@dataclass(frozen=True, slots=True)
class HookOverridden(Concept):
    """`site`: the method of a subclass that runs instead of the one of `base`, which asks who calls; `instead`: where that is."""

    base: str = ""
    instead: tuple[Mark, ...] = ()


class Overridden:
    """Finds them, class by class."""

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        self.engine = engine
        self.facts = facts

    def concepts(self) -> Iterator[HookOverridden]:
        """Each such method, in the order of the code."""
        for module in self.engine.project.modules.values():
            for symbol in module.classes.values():
                for name in (_PREPARE, _INITIAL):
                    method = symbol.methods.get(name)
                    if method is not None and not self._asks(method) and not _passes_on(method):
                        yield from self._instead(symbol, method)

    def _instead(self, symbol: ClassSymbol, method: FunctionSymbol) -> Iterator[HookOverridden]:
        above = self.engine.external_bases(symbol)
        name = method.node.name
        if name == _INITIAL and any(path.startswith(_REST) and path.endswith(_VIEWS) for path in above):
            base = next(path for path in above if path.startswith(_REST) and path.endswith(_VIEWS))
            yield HookOverridden(_site(symbol, method), base.rpartition(".")[2])
            return
        if name != _PREPARE or not any(path.startswith(_TORNADO) for path in above):
            return
        nearest = (one for one in self.engine.bases(symbol)[0] if one is not symbol and _PREPARE in one.methods)
        for owner in nearest:
            theirs = owner.methods[_PREPARE]
            if self._asks(theirs):
                asked = Mark(theirs.module.path, theirs.node.at, theirs.node.name_end, "asks who calls")
                yield HookOverridden(_site(symbol, method), owner.name, (asked,))
            if not _passes_on(theirs):
                return

    def _asks(self, method: FunctionSymbol) -> bool:
        """Whether a method turns callers away, or calls what says by its name that it does."""
        if self.facts.rejections.get(method.key):
            return True
        return any(asks_by_name(last_word(call.func)) for call in method.scope.of(ir.Call))


def _passes_on(method: FunctionSymbol) -> bool:
    """Whether a method has that of a base run (`super().prepare()`, `Base.prepare(self)`), or a step that it consists of."""
    name = method.node.name
    for call in method.scope.of(ir.Call):
        own = isinstance(call.func, ir.Attribute) and call.func.attr == name
        if own or written(call.func) == "super" or last_word(call.func) in _STEPS:
            return True
    return False


def _site(symbol: ClassSymbol, method: FunctionSymbol) -> Site:
    node = method.node
    at = ir.Const(node.at, node.name_end, "str", node.name)
    return Site(method.module.path, at, "", node.name, f"{symbol.name}.{node.name}", function=node, module=method.module.node)
