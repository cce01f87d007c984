"""Where a handler writes to the database, or deletes a file: in it or in a function that it calls.

By the object or the session that a call is made on, in Python, and by what models of libraries say writes, in JavaScript.
https://docs.djangoproject.com/en/stable/ref/models/instances/, https://docs.sqlalchemy.org/en/20/orm/session_api.html
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import DatabaseWrite
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import Entities
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route
from backend_audit.source import Mark

_OF_OBJECTS = frozenset("save delete asave adelete".split())
_OF_QUERIES = frozenset("update delete create bulk_create bulk_update aupdate adelete acreate insert".split())
_OF_SESSIONS = frozenset("add delete add_all merge bulk_save_objects".split())
_COMMITS = frozenset("commit flush".split())
_OF_METHODS = frozenset("method POST FILES is_valid validate_on_submit validate is_submitted".split())
_DELETES_FILE = frozenset(("os.remove", "os.unlink", "shutil.rmtree"))
_SESSIONS = ("session", "db", "_session", "Session")


def tells_methods_apart(handler: FunctionSymbol) -> bool:
    """Whether a handler looks at the request's method, or at the form that only a changing one brings."""
    return any(isinstance(node, ir.Attribute) and node.attr in _OF_METHODS for node in handler.scope)


def answers_get(route: Route) -> bool:
    """Whether a route answers to a mere request for its address."""
    return not route.methods or "GET" in route.methods


class Writes:
    """Reads them off functions; kept, since a handler may serve many routes."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self.engine = entities.engine
        self._known: dict[str, tuple[Mark, ...]] = {}

    def of(self, handler: FunctionSymbol) -> tuple[Mark, ...]:
        """The writes of a handler and of the functions that it calls by name, in source order.

        What a function writes that looks at the request's method itself is not told: `if request.method != "POST": return …`.
        """
        found = self._own(handler)
        for callee in self._called(handler):
            found += () if tells_methods_apart(callee) else self._own(callee)
        return found

    def _called(self, handler: FunctionSymbol) -> list[FunctionSymbol]:
        called = self.engine.calls.get(handler.key, {})
        return [called[key] for key in sorted(called) if called[key].node.name != "__init__"]

    def _own(self, function: FunctionSymbol) -> tuple[Mark, ...]:
        known = self._known.get(function.key)
        if known is None:
            known = self._known[function.key] = tuple(self._found(function))
        return known

    def _found(self, function: FunctionSymbol) -> Iterator[Mark]:
        calls = [node for node in function.scope if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute)]
        commits = any(isinstance(node.func, ir.Attribute) and node.func.attr in _COMMITS for node in calls)
        for node in calls:
            if isinstance(node.func, ir.Attribute) and self._writes(function, node, node.func, commits=commits):
                yield Mark(function.module.path, node.at, node.end, f"`{written(node.func)}` writes to the database")
            elif written(node.func) in _DELETES_FILE or (isinstance(node.func, ir.Attribute) and node.func.attr == "unlink"):
                yield Mark(function.module.path, node.at, node.end, f"`{written(node.func)}` deletes a file")

    def _writes(self, function: FunctionSymbol, node: ir.Call, func: ir.Attribute, *, commits: bool) -> bool:
        receiver = written(func.value)
        if commits and func.attr in _OF_SESSIONS and receiver.endswith(_SESSIONS) and node.args:
            return True
        if func.attr in _OF_OBJECTS and self._stored(function, func.value):
            return True
        queried = isinstance(func.value, (ir.Call, ir.Attribute))
        return func.attr in _OF_QUERIES and queried and self._asked_of(function, func.value)

    def _stored(self, function: FunctionSymbol, node: ir.Expr) -> bool:
        return any(self.entities.schemas.is_stored(one) for one in self.entities.of(function, node))

    def _asked_of(self, function: FunctionSymbol, node: ir.Expr) -> bool:
        """Whether a chain of calls begins at a stored class: `Order.objects.filter(…)`."""
        current = node
        while isinstance(current, (ir.Call, ir.Attribute)):
            current = current.func if isinstance(current, ir.Call) else current.value
            owner = self.entities.class_named(function, current)
            if owner is not None:
                return self.entities.schemas.is_stored(owner)
        return False


class ScriptWrites:
    """The same for JavaScript, whose libraries' models know what writes."""

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        self.engine = engine
        self._by_function: dict[str, list[Mark]] = {}
        for function, concept in facts.work:
            if isinstance(concept, DatabaseWrite):
                note = f"`{concept.site.written}` writes to the database"
                self._by_function.setdefault(function.key, []).append(
                    Mark(concept.site.path, concept.site.node.at, concept.site.node.end, note)
                )

    def of(self, handler: FunctionSymbol) -> tuple[Mark, ...]:
        """The writes of a handler, of the functions in it and of those that it calls; none if it asks for the method."""
        if not self._by_function or tells_methods_apart(handler):
            return ()
        own = [handler, *handler.nested]
        called = {key: one for each in own for key, one in self.engine.calls.get(each.key, {}).items()}
        others = [called[key] for key in sorted(called) if not tells_methods_apart(called[key])]
        found = [mark for one in (*own, *others) for mark in self._by_function.get(one.key, ())]
        return tuple(dict.fromkeys(found))
