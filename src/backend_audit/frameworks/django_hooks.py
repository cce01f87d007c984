"""What class-based views of Django ask in the methods that their library calls: `get_object`, `get_queryset`, `form_valid`.

https://docs.djangoproject.com/en/stable/ref/class-based-views/, https://www.django-rest-framework.org/api-guide/generic-views/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.missing import asks_for_login
from backend_audit.routes.model import NARROWS, Does, Guard
from backend_audit.routes.reach import reached
from backend_audit.routes.refusals import LOGIN
from backend_audit.source import Mark

_FETCHING = ("get_object", "get_queryset")
_SHOWING = ("get_form", "get_form_kwargs", "get_context_data")
_SAVING = ("form_valid", "perform_create", "perform_update", "perform_destroy")
_MAKES = frozenset(("post", "create"))  # what is new is in no query set
_CHANGES = frozenset(("post", "put", "patch", "delete", "create", "update", "partial_update", "destroy"))
_AWAY = frozenset((401, 403, LOGIN))
_NEAR = 3  # levels of calls in which a query is narrowed
_ASKS = (Does.AUTHENTICATES, Does.AUTHORIZES)


class Hooks:
    """Reads them off the classes of one project."""

    def __init__(self, deciding: Deciding) -> None:
        self.deciding = deciding
        self.engine = deciding.engine

    def guards(self, owner: ClassSymbol, handler: FunctionSymbol | None, action: str, said: Said) -> Iterator[Guard]:
        """The methods that turn callers away who may not; else the one that gives each caller what is theirs."""
        found = [one for name in self._run(owner, handler, action) for one in self._chain(owner, name)]
        asking = [guard for one in found if (guard := self._asked(owner, one, said)) is not None]
        if asking:
            yield asking[0]
            return
        queries = [one for one in found if one.node.name in _FETCHING]
        narrowing = next((one for one in queries if self._narrows(one)), None) or self._filter(owner, found)
        if narrowing is not None:
            yield _guard(narrowing, frozenset((Does.RUNS,)), NARROWS)

    def _run(self, owner: ClassSymbol, handler: FunctionSymbol | None, action: str) -> list[str]:
        """The methods that run for a request: of a handler of the project, those that it calls."""
        saving = _SAVING if action in _CHANGES else ()
        library = [*(() if action in _MAKES and not self._edits(owner) else _FETCHING), *_SHOWING, *saving]
        if handler is None:
            return library
        called = {written(node.func) for node in handler.scope.of(ir.Call)}
        if f"super().{handler.node.name}" in called:
            return library
        for verb in ("get", "post"):  # `def post(…): return self.get(…)`
            other = self.engine.find_method(owner, verb) if f"self.{verb}" in called else None
            if other is not None and other is not handler:
                return self._run(owner, other, verb)
        own = [name for name in (*_FETCHING, *_SHOWING, *saving) if f"self.{name}" in called]
        return [*own, "get_queryset"] if "get_object" in own and self.engine.find_method(owner, "get_object") is None else own

    def _chain(self, owner: ClassSymbol, name: str) -> Iterator[FunctionSymbol]:
        """The methods of that name which run for an object of the class: one, and those above that it calls by `super()`."""
        for one in self.engine.bases(owner)[0]:
            method = one.methods.get(name)
            if method is not None:
                yield method
                if not any(written(node.func) == f"super().{name}" for node in method.scope.of(ir.Call)):
                    return

    def _edits(self, owner: ClassSymbol) -> bool:
        """Whether the `post` of a class changes what is there: a form for an object that is fetched first."""
        bases = (self.engine.models.canonical(one) for one in self.engine.external_bases(owner))
        return any(one.endswith((".UpdateView", ".DeleteView")) for one in bases)

    def _asked(self, owner: ClassSymbol, method: FunctionSymbol, said: Said) -> Guard | None:
        """The method as a guard, where its own lines, or those of what it calls, turn away who may not."""
        behaviours = self.deciding.behaviours
        near = [method, *self.engine.calls.get(method.key, {}).values()]
        own = [behaviours.own(one) for one in near]
        if not any(_AWAY & one.denies for one in own) or not any(one.looks for one in own):
            return None
        with behaviours.anonymous.as_of(owner, method):
            guard = self.deciding.runs(method, method.node.name, "body", _mark(method), said)
        return guard if guard.has(*_ASKS) else None

    def _narrows(self, method: FunctionSymbol) -> bool:
        """Whether a method looks at who calls, or what it calls does: `filter(owner=self.request.user)`."""
        return any(_looks(one) for level in reached(self.engine, method, _NEAR) for one in level)

    def _filter(self, owner: ClassSymbol, methods: list[FunctionSymbol]) -> FunctionSymbol | None:
        """A filter of the project that the view states, which gives each caller what is theirs."""
        stated = self.engine.class_attribute(owner, "filter_backends") if methods else None
        inside = [] if stated is None else [*(stated.items or {}).values()]
        classes = sorted((one for each in inside for one in each.refs if isinstance(one, ClassSymbol)), key=lambda one: one.key)
        found = (self.engine.find_method(one, "filter_queryset") for one in classes)
        return next((one for one in found if one is not None and self._narrows(one)), None)


def _looks(method: FunctionSymbol) -> bool:
    """Whether a method looks at who calls, but to know whether somebody does."""
    asked = [node for node in method.scope.of(ir.Attribute) if asks_for_login(node)]
    logins = {id(inner) for node in asked for inner in ir.walk(node)}
    return any(is_caller(node) and id(node) not in logins for node in method.scope)


def _guard(method: FunctionSymbol, does: frozenset[Does], because: str) -> Guard:
    return Guard(method.node.name, does, "body", _mark(method), method, because)


def _mark(method: FunctionSymbol) -> Mark:
    return Mark(method.module.path, method.node.at, method.node.name_end, method.node.name)
