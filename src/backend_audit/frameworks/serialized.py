"""Lists that serializers write out, object by object: which relations their query would have to load, and does not.

https://www.django-rest-framework.org/api-guide/relations/#the-queryset-argument,
https://www.django-rest-framework.org/api-guide/serializers/#dealing-with-multiple-objects
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.work_concepts import DatabaseQuery
from backend_audit.flow.written import written
from backend_audit.frameworks.actions import LISTING, returned_for
from backend_audit.frameworks.loads import Loads, Query
from backend_audit.frameworks.object_reads import ObjectReads
from backend_audit.frameworks.serializer_needs import Need, Needs
from backend_audit.frameworks.serializers import Serializers
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.work import Work
from backend_audit.source import Mark

_OF_VIEW = frozenset(("self.get_serializer", "self.serializer_class", "self.get_serializer_class()"))


@dataclass(frozen=True, slots=True)
class SerializedLoad(Concept):
    """A serializer reads relations of each object of a list, whose query does not load them. `site` is where it stands.

    `one`: relations to one object, `many`: to several, as a query would load them; `asks`: calls that ask each time, as written;
    `filtered`: relations that are asked anew whatever was loaded. `unsure`: which fields are written is decided at run time.
    """

    serializer: str = ""
    model: str = ""
    one: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    filtered: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    way: tuple[Mark, ...] = ()
    unsure: bool = False


class SerializedLoads:
    """Looks at generic views that list, and at serializers that are called with `many=True`."""

    def __init__(self, loads: Loads, reads: ObjectReads, work: Work, table: RouteTable) -> None:
        self.loads = loads
        self.engine = loads.engine
        self.work = work
        self.table = table
        self.serializers = Serializers(loads.entities.schemas)
        queries: dict[str, list[Concept]] = {}
        for function, concept in work.facts.work:
            if isinstance(concept, DatabaseQuery):
                queries.setdefault(function.key, []).append(concept)
        self.needs = Needs(self.serializers, reads, loads.bindings, queries)
        self._bindings: Bindings = loads.bindings

    def concepts(self) -> Iterator[SerializedLoad]:
        """One for each list and serializer."""
        classes = (one for module in self.engine.project.modules.values() for one in module.classes.values())
        if not any(self.serializers.is_serializer(one) for one in classes):
            return
        told: set[tuple[str, int, str]] = set()
        for found in (*self._views(), *self._calls()):
            key = (found.site.path, found.site.node.at, found.serializer)
            if key not in told:
                told.add(key)
                yield found

    # --- generic views ----------------------------------------------------------------------------------------------

    def _views(self) -> Iterator[SerializedLoad]:
        for route in self.table.routes:
            owner = route.owner
            if owner is None or not self._is_generic_list(route, owner):
                continue
            serializer = self._chosen(owner)
            query = None if serializer is None else self.loads.of_view(owner, said=LISTING)
            if serializer is not None and query is not None and query.where is not None:
                near = query.home is owner.module  # a base may be the base of many
                where = query.where if near else ir.Name(owner.node.at, owner.node.name_end, owner.name)
                site = Site(owner.module.path, where, "", written(where), route.name, module=owner.module.node)
                begins = Mark(owner.module.path, owner.node.at, owner.node.name_end, f"{owner.name} lists them")
                yield from self._made(site, serializer, query, (begins,), None)

    def _is_generic_list(self, route: Route, owner: ClassSymbol) -> bool:
        """Whether the framework's own method answers with a list."""
        last = route.name.rpartition(".")[2]
        if route.handler is not None or last not in ("list", "get"):
            return False
        external = self.engine.external_bases(owner)
        return last == "list" or any("List" in base.rpartition(".")[2] for base in external)

    def _chosen(self, view: ClassSymbol) -> ClassSymbol | None:
        """The serializer of a list: what `get_serializer_class` gives for it, else the class's attribute."""
        if self.engine.find_method(view, "get_serializer") is not None:
            return None
        method = self.engine.find_method(view, "get_serializer_class")
        if method is None:
            return self.serializers.of_view(view)
        found: set[ClassSymbol | None] = set()
        for node in returned_for(method, LISTING):
            if written(node) in ("super().get_serializer_class()", "self.serializer_class"):
                refs = self.engine.class_attribute(view, "serializer_class").refs
                found.update(one for one in refs if isinstance(one, ClassSymbol))
            else:
                found.add(self.serializers.named(method, node))
        only = next(iter(found)) if len(found) == 1 else None
        return only if only is not None and self.serializers.is_serializer(only) else None

    # --- calls ------------------------------------------------------------------------------------------------------

    def _calls(self) -> Iterator[SerializedLoad]:
        for key in self.work.serving:
            function = self.work.functions[key]
            for node in function.scope.of(ir.Call):
                if node.args and any(_is_many(arg) for arg in node.args):
                    yield from self._called(function, node)

    def _called(self, function: FunctionSymbol, call: ir.Call) -> Iterator[SerializedLoad]:
        """`BookSerializer(Book.objects.all(), many=True)`."""
        first = next((arg.value for arg in call.args if arg.name in (None, "instance")), None)
        serializer = self.serializers.named(function, call.func)
        if serializer is None and function.owner is not None and written(call.func) in _OF_VIEW:
            serializer = self._chosen(function.owner)
        query = None if first is None or serializer is None else self.loads.of(function, first)
        if serializer is not None and query is not None:
            module = function.module
            site = Site(module.path, call.func, "", written(call.func), function.name, module=module.node)
            fields = next((arg.value for arg in call.args if arg.name == "fields"), None)
            yield from self._made(site, serializer, query, self.work.way(self.work.serving, function), fields)

    # --- both -------------------------------------------------------------------------------------------------------

    def _made(
        self, site: Site, serializer: ClassSymbol, query: Query, way: tuple[Mark, ...], fields: ir.Expr | None
    ) -> Iterator[SerializedLoad]:
        only = _texts(fields)
        found: dict[tuple[str, str], Need] = {}
        for need in self.needs.of(serializer, query.model, only=only):
            lacks = bool(need.asks) or need.filtered or not query.loads(need.path)
            if lacks and not any(need.path.startswith(f"{path}__") for path, _ in found if path):
                found.setdefault((need.path, need.asks), need)
        if not found:
            return
        kept = list(found.values())
        here = Mark(site.path, site.node.at, site.node.end, f"each {query.model.name} is written by {serializer.name}")
        loaded = [one for one in kept if not one.asks and not one.filtered]
        yield SerializedLoad(
            site,
            serializer.name,
            query.model.name,
            tuple(one.path for one in loaded if not one.many),
            tuple(one.path for one in loaded if one.many),
            tuple(one.path for one in kept if one.filtered),
            tuple(one.asks for one in kept if one.asks),
            (*way, here, *kept[0].steps),
            unsure=fields is not None and only is None,
        )


def _is_many(arg: ir.Arg) -> bool:
    return arg.name == "many" and isinstance(arg.value, ir.Const) and arg.value.value is True


def _texts(node: ir.Expr | None) -> frozenset[str] | None:
    """The names that a list written in the code holds; None where it is no such list."""
    if not isinstance(node, ir.Container):
        return None
    texts = [one.value.value for one in node.items if isinstance(one.value, ir.Const) and isinstance(one.value.value, str)]
    return frozenset(texts) if len(texts) == len(node.items) else None
