"""Routes that answer with all objects of a class that the database holds, however many these have become.

https://www.django-rest-framework.org/api-guide/pagination/, https://fastapi.tiangolo.com/tutorial/sql-databases/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.written import written
from backend_audit.frameworks.actions import LISTING
from backend_audit.frameworks.definitions import Definitions
from backend_audit.frameworks.django_settings import Settings
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.loads import Loads, Query
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Route, RouteTable
from backend_audit.source import Mark

_VIEWS = "rest_framework."
_PAGES = "pagination_class"
FEW = re.compile(
    r"(setting|config|configuration|role|permission|language|locale|country|currency|category|status|severity|environment|type|kind|plan|feature|plugin|"
    r"version|option|choice|format|level|priority|unit|theme|site|provider|template|webhook|integration|connector|mailbox|queue|"
    r"rule|override|bot|slider|preset|label|flag|quota|scope|reason|stage|region|timezone|threshold|framework|mode|codes?|scale|mapping|map)(s|es)?$|"
    r"^(sqlite_master|sqlite_schema|information_schema|pg_catalog|pg_\w+)",
    re.IGNORECASE,
)
ENDS_IN_ONE = re.compile(r"[>}]/?$|/:\w+/?$|me/?$")
PAGE = frozenset("limit page pageSize page_size perPage per_page offset skip take cursor pagination".split())
CUTTING = frozenset("limit take skip offset paginate slice".split())
_OF_CURSORS = frozenset("cursor execute fetchall fetchmany fetchone".split())  # a database's, and not a place in a list
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class WholeList(Concept):
    """`how`: query (the handler asks for all), view (a generic view without pages). `few`: there are few such, by name."""

    route: Route | None = None
    model: str = ""
    how: str = "query"
    filtered: bool = False
    few: bool = False
    way: tuple[Mark, ...] = ()


class WholeLists:
    """Reads handlers and generic views."""

    def __init__(self, loads: Loads, table: RouteTable) -> None:
        self.loads = loads
        self.engine = loads.engine
        self.table = table
        self.definitions = Definitions(loads.engine)

    def concepts(self) -> Iterator[WholeList]:
        """One for each query or view that answers with everything."""
        told: set[tuple[str, int]] = set()
        for route in self.table.routes:
            reads = "GET" in route.methods or not route.methods
            found = self._of(route) if reads and not ENDS_IN_ONE.search(route.path) else None
            if found is not None and (found.site.path, found.site.node.at) not in told:
                told.add((found.site.path, found.site.node.at))
                yield found

    def _of(self, route: Route) -> WholeList | None:
        owner = route.owner
        if owner is not None and any(base.startswith(_VIEWS) for base in self.engine.external_bases(owner)):
            own = route.handler is not None and route.handler.owner is owner
            return self._answered(route, route.handler) if own else self._generic(route, owner)
        return self._answered(route, route.handler)

    def _generic(self, route: Route, owner: ClassSymbol) -> WholeList | None:
        """A list that the framework's own method answers."""
        last = route.name.rpartition(".")[2]
        if last not in ("list", "get") or (last == "get" and not self._lists(owner)):
            return None
        if route.handler is not None or not self._without_pages(owner):
            return None
        query = self.loads.of_view(owner, said=LISTING)
        if query is None or query.limited:
            return None
        node = ir.Name(owner.node.at, owner.node.name_end, owner.name)
        return self._made(route, query, owner.module.path, node, owner.module.node, "view")

    def _lists(self, owner: ClassSymbol) -> bool:
        return any("List" in base.rpartition(".")[2] for base in self.engine.external_bases(owner))

    def _without_pages(self, owner: ClassSymbol) -> bool:
        """Whether neither the view nor the settings cut the list into pages."""
        if (
            self.engine.find_method(owner, "paginator") is not None
            or self.engine.find_method(owner, "paginate_queryset") is not None
        ):
            return False
        stated = self.definitions.attribute(owner, _PAGES)
        if stated is not None:
            return isinstance(stated.node, ir.Const) and stated.node.value is None
        settings = Settings(self.engine)
        known = [one for site in settings.sites() if (one := settings.value(site, "REST_FRAMEWORK")) is not None]
        return bool(known) and all(one.item("DEFAULT_PAGINATION_CLASS") is None for one in known if one.kind)

    def _answered(self, route: Route, handler: FunctionSymbol | None) -> WholeList | None:
        """What the handler's own return statements give."""
        if handler is None:
            return None
        for node in returns(handler):
            for listed in self._listed(handler, node, _MAX_DEPTH):
                query = self.loads.of(handler, listed)
                if query is not None and not query.limited and not cuts(handler):
                    return self._made(route, query, handler.module.path, listed, handler.module.node, "query")
        return None

    def _listed(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> Iterator[ir.Expr]:
        """The lists that an answer is made of."""
        if depth == 0:
            return
        yield node
        if isinstance(node, ir.Comprehension):
            yield node.clauses[0].iter
        elif isinstance(node, (ir.Await, ir.Attribute)):
            yield from self._listed(function, node.value, depth)
        elif isinstance(node, ir.Call):
            for arg in node.args:
                yield from self._listed(function, arg.value, depth - 1)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._listed(function, item.value, depth - 1)
        elif isinstance(node, ir.Name):
            for value in self.loads.bindings.values(function, node.id, node.at)[-1:]:
                yield from self._listed(function, value, depth - 1)
            for one in self.loads.bindings.of(function):
                if one.loop is not None and any(_appends(each, node.id) for each in ir.walk_scope(*one.loop.body)):
                    yield one.value

    def _made(self, route: Route, query: Query, path: str, node: ir.Expr, module: ir.Module, how: str) -> WholeList:
        site = Site(path, node, "", written(node), route.name, module=module)
        way = (Mark(path, node.at, node.end, f"all {query.model.name} objects"),)
        few = bool(FEW.search(query.model.name))
        return WholeList(site, route, query.model.name, how, query.filtered, few, way)


def _appends(node: ir.Node, name: str) -> bool:
    func = node.func if isinstance(node, ir.Call) else None
    return isinstance(func, ir.Attribute) and func.attr in ("append", "extend") and written(func.value) == name


def cuts(function: FunctionSymbol) -> bool:
    """Whether a function takes a part of something, or knows of pages."""
    nodes = list(function.scope)
    called = {one.func.attr for one in nodes if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)}
    words = PAGE - {"cursor"} if called & _OF_CURSORS else PAGE
    if called & CUTTING or any(param.name in words for param in function.node.params):
        return True
    for one in nodes:
        if (isinstance(one, ir.Attribute) and one.attr in words) or (isinstance(one, ir.Name) and one.id in words):
            return True
        if isinstance(one, ir.Call) and "pagina" in written(one.func).lower():
            return True
        if isinstance(one, ir.Const) and one.value in words:
            return True
    return False
