"""Queries as the code writes them: the class whose objects they give, and the relations that they load with these.

https://docs.djangoproject.com/en/stable/ref/models/querysets/#select-related,
https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html#summary-of-relationship-loading-techniques
"""

from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.written import written
from backend_audit.frameworks.actions import Said, returned_for
from backend_audit.frameworks.entities import Entities, returns
from backend_audit.frameworks.relations import Relations
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

EVERYTHING = "*"
_MAX_DEPTH = 10
_LOADS = frozenset(("select_related", "prefetch_related", "prefetch", "prefetch_related_objects"))
_OPTIONS = frozenset(("options", "selectinload", "joinedload", "subqueryload", "contains_eager", "immediateload", "lazyload"))
# Calls in a chain that give other things than objects of the class.
_OTHER = frozenset(
    "values values_list aggregate count exists first last get one one_or_none scalar_one scalar_one_or_none scalar in_bulk dates "
    "datetimes with_entities add_columns add_entity mappings subquery tuples dicts delete update create explain iterator_values "
    "aget afirst alast acount earliest latest get_or_404 first_or_404 fetchone column_descriptions union".split()
)
_QUERYING = (
    frozenset(
        "filter exclude all order_by annotate alias distinct using select_for_update only defer reverse none iterator filter_by "
        "where join outerjoin group_by having limit offset scalars unique options execution_options exec execute query yield_per "
        "with_loader_criteria complex_filter extra populate_existing enable_eagerloads slice paginate_queryset filter_queryset "
        "order_with_respect select_from params correlate from_self cte with_for_update correlate_except".split()
    )
    | _LOADS
)
_LIMITS = frozenset("limit slice paginate paginate_queryset yield_per with_limit head top".split())
_FILTERS = frozenset("filter filter_by where exclude join having complex_filter".split())
_KEEPS = frozenset(("list", "tuple", "sorted", "reversed", "set", "iter", "unique_everseen", "cast", "enumerate", "paginate"))


@dataclass(frozen=True, slots=True)
class Query:
    """`loaded`: names of relations, `EVERYTHING` for all to one; paths have two underscores between their names."""

    model: ClassSymbol
    loaded: frozenset[str] = frozenset()
    where: ir.Expr | None = None  # the query's expression
    awaited: bool = False  # by a session that cannot load anything later
    limited: bool = False  # to a number of objects
    filtered: bool = False
    home: ModuleSymbol | None = None  # where `where` stands

    def loads(self, path: str) -> bool:
        """Whether the relation at `path` comes with the objects."""
        last = path.rpartition("__")[2]
        return EVERYTHING in self.loaded or any(
            one == path or one.startswith(f"{path}__") or ("__" not in one and one == last and "__" in path)
            for one in self.loaded
        )


class Loads:
    """Reads queries in functions."""

    def __init__(self, entities: Entities, relations: Relations, bindings: Bindings) -> None:
        self.entities = entities
        self.bindings = bindings
        self.relations = relations
        self.engine = entities.engine
        self._by_name: dict[str, list[FunctionSymbol]] = {}
        self._view: ClassSymbol | None = None  # whose `get_queryset` is read, maybe that of a base

    def of(self, function: FunctionSymbol, node: ir.Expr, depth: int = _MAX_DEPTH) -> Query | None:
        """The query whose objects `node` gives one after the other; None where that is not known."""
        if depth <= 0:  # some steps count double
            return None
        if isinstance(node, ir.Await):
            found = self.of(function, node.value, depth)
            return None if found is None else replace(found, awaited=True)
        if isinstance(node, ir.Name):
            return self._variable(function, node, depth)
        if isinstance(node, ir.Index):
            found = self.of(function, node.value, depth) if isinstance(node.index, ir.Slice) else None
            return None if found is None else replace(found, limited=True)
        if isinstance(node, ir.Call):
            return self._call(function, node, depth)
        if isinstance(node, ir.Attribute):
            return self._attribute(function, node, depth)
        return None

    def _variable(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Query | None:
        """What was assigned to a variable before; what any of the assignments loads counts as loaded."""
        values = self.bindings.values(function, node.id, node.at)
        if not values:
            return None
        found = self.of(function, values[-1], depth - 1)
        if found is None:
            return None
        loaded = found.loaded.union(*(_loaded_in(one) for one in values))
        return replace(found, loaded=loaded)

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute, depth: int) -> Query | None:
        """`author.books` of a mapped object; `Model.query`, `Model.objects`; `page.object_list`; `self.queryset`."""
        if node.attr in ("object_list", "items") and isinstance(node.value, ir.Name):
            return self.of(function, node.value, depth - 1)
        owner = self._model_of_view(node.value) or self.entities.class_named(function, node.value)
        if owner is not None:
            stored = self.entities.schemas.is_stored(owner) and self.engine.find_method(owner, node.attr) is None
            return Query(owner, self._of_manager(owner, node.attr), node, home=function.module) if stored else None
        if isinstance(node.value, ir.Name) and node.value.id == "self" and node.attr == "queryset" and function.owner is not None:
            if function.node.name == "get_queryset":  # it narrows the attribute
                return self._queryset_of(self._view or function.owner, depth - 1)
            return self.of_view(function.owner, depth - 1)
        for model in self.entities.of(function, node.value) if isinstance(node.value, ir.Name) else ():
            relation = self.relations.of(model).get(node.attr)
            if relation is not None and relation.many and relation.target is not None:
                return Query(relation.target, frozenset(), node, filtered=True, home=function.module)  # of one object
        return None

    def of_view(self, view: ClassSymbol, depth: int = _MAX_DEPTH, said: Said | None = None) -> Query | None:
        """What a generic view asks for: its `get_queryset`, else its `queryset`; for the action that is `said`."""
        before, self._view = self._view, view
        method = self.engine.find_method(view, "get_queryset")
        found = self._queryset_of(view, depth) if method is None else self.returned(method, depth - 1, said)
        self._view = before
        return found

    def _queryset_of(self, view: ClassSymbol, depth: int) -> Query | None:
        """What the attribute `queryset` asks for."""
        for one in self.engine.bases(view)[0]:
            for statement in one.node.body:
                if (
                    isinstance(statement, ir.Assign)
                    and written(statement.targets[0]) == "queryset"
                    and statement.value is not None
                ):
                    scope = next(iter(one.methods.values()), None) or _scope_of(one)
                    return self.of(scope, statement.value, depth - 1)
        return None

    def _model_of_view(self, node: ir.Expr) -> ClassSymbol | None:
        """`self.model` of the view that is read."""
        if self._view is None or written(node) != "self.model":
            return None
        found = [one for one in self.engine.class_attribute(self._view, "model").refs if isinstance(one, ClassSymbol)]
        return found[0] if len(found) == 1 else None

    def returned(self, function: FunctionSymbol, depth: int = _MAX_DEPTH, said: Said | None = None) -> Query | None:
        """What every return of a function gives; only what all of them load counts as loaded."""
        found: list[Query] = []
        for node in returns(function) if said is None else returned_for(function, said):
            if written(node).endswith((".none()", "[]")) or isinstance(node, ir.Const):
                continue
            one = self.of(function, node, depth - 1)
            if one is None:
                return None
            found.append(one)
        if not found or any(one.model is not found[0].model for one in found):
            return None
        limited, filtered = any(one.limited for one in found), any(one.filtered for one in found)
        return replace(
            found[0], loaded=frozenset.intersection(*(one.loaded for one in found)), limited=limited, filtered=filtered
        )

    def _call(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Query | None:
        func = node.func
        last = self.entities.meant(function, func)
        if isinstance(func, ir.Name):
            if last in _KEEPS and node.args:
                found = self.of(function, node.args[0].value, depth - 1)
                return None if found is None else replace(found, limited=found.limited or last in _LIMITS)
            if last == "select" and len(node.args) == 1:
                return self._asked(function, node)
            return self._of_function(function, node, depth)
        if not isinstance(func, ir.Attribute) or last in _OTHER:
            return None
        if written(func.value) in ("self", "super()") or self.entities.class_named(function, func.value) is not None:
            return self._of_class(function, node, func, depth)
        if last == "query" and len(node.args) == 1:
            return self._asked(function, node)
        if last in ("execute", "scalars", "exec") and node.args:
            inner = self.of(function, node.args[0].value, depth - 1)
            if inner is not None:
                return inner
        if last not in _QUERYING:
            return self._custom(function, func, last, depth)
        inner = self.of(function, func.value, depth)  # a chain may be long
        if inner is None:
            return None
        limited, filtered = inner.limited or last in _LIMITS, inner.filtered or last in _FILTERS
        return replace(inner, loaded=inner.loaded | _loaded_by(node, last), limited=limited, filtered=filtered)

    def _asked(self, function: FunctionSymbol, node: ir.Call) -> Query | None:
        """`session.query(Model)`, `select(Model)`."""
        owner = self.entities.class_named(function, node.args[0].value)
        stored = owner is not None and self.entities.schemas.is_stored(owner)
        return Query(owner, frozenset(), node, home=function.module) if owner is not None and stored else None

    def _of_class(self, function: FunctionSymbol, node: ir.Call, func: ir.Attribute, depth: int) -> Query | None:
        """A method of the class itself or of the view: `self.get_queryset()`, `Model.select()`."""
        if func.attr == "get_queryset" and function.owner is not None:
            if written(func.value) == "self":
                return self.of_view(function.owner, depth - 1)
            return self._of_function(function, node, depth) or self._queryset_of(self._view or function.owner, depth - 1)
        if func.attr in ("filter_queryset", "paginate_queryset") and node.args:
            found = self.of(function, node.args[0].value, depth - 1)
            return None if found is None else replace(found, limited=found.limited or func.attr in _LIMITS)
        owner = self.entities.class_named(function, func.value)
        if func.attr == "select" and owner is not None and not node.args and self.entities.schemas.is_stored(owner):
            return Query(owner, frozenset(), node, home=function.module)
        return self._of_function(function, node, depth)

    def _of_function(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Query | None:
        """What the project's function that is called gives back."""
        found = [site.callee for (at, _), site in sorted(self.engine.sites.get(function.key, {}).items()) if at == node.at]
        found = [one for one in found if one.node.name == written(node.func).rpartition(".")[2]]
        if len(found) != 1 or found[0].node.is_generator:
            return None
        query = self.returned(found[0], depth - 1)
        return None if query is None else replace(query, awaited=query.awaited or found[0].node.is_async)

    def _custom(self, function: FunctionSymbol, func: ir.Attribute, name: str, depth: int) -> Query | None:
        """A method of the project's own query sets: what it loads, it loads; what it else does is not known."""
        known = self._methods().get(name, [])
        if not known or any(one.node.is_async for one in known):
            return None
        inner = self.of(function, func.value, depth)
        if inner is None:
            return None
        loaded = inner.loaded.union(*(_loaded_within(one) for one in known))
        return replace(inner, loaded=loaded, filtered=True, limited=inner.limited or "pag" in name or "limit" in name)

    def _methods(self) -> dict[str, list[FunctionSymbol]]:
        """The methods of managers and query sets of the project, by name."""
        if not self._by_name:
            for one in self.engine.project.functions():
                if one.owner is not None and one.owner.name.endswith(("QuerySet", "Queryset", "Manager", "Query")):
                    self._by_name.setdefault(one.node.name, []).append(one)
        return self._by_name

    def _of_manager(self, owner: ClassSymbol, attr: str) -> frozenset[str]:
        """What a manager of the project's own loads each time."""
        value = self.engine.class_attribute(owner, attr)
        found: frozenset[str] = frozenset()
        for name in sorted(value.types):
            manager = self.engine.class_of(name)
            method = None if manager is None else self.engine.find_method(manager, "get_queryset")
            if method is not None:
                found |= _loaded_within(method)
        return found


def _scope_of(owner: ClassSymbol) -> FunctionSymbol:
    """A function that sees what a class body sees."""
    node = ir.Function(owner.node.at, owner.node.name_end, "", owner.node.name_end, [], [], [], None, False, False)
    return FunctionSymbol(f"{owner.key}:body", owner.name, node, owner.module, owner, None)


def _loaded_within(function: FunctionSymbol) -> frozenset[str]:
    """What the calls in a function load."""
    found: frozenset[str] = frozenset()
    for one in function.scope.of(ir.Call):
        if isinstance(one.func, ir.Attribute):
            found |= _loaded_by(one, one.func.attr)
    return found


def _loaded_in(node: ir.Expr) -> frozenset[str]:
    """What the calls of an expression load."""
    found: frozenset[str] = frozenset()
    for one in ir.walk_scope(node):
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute):
            found |= _loaded_by(one, one.func.attr)
    return found


def _loaded_by(call: ir.Call, name: str) -> frozenset[str]:
    """The relations that one call of a chain loads."""
    if name not in _LOADS and name not in _OPTIONS:
        return frozenset()
    if name == "select_related" and not call.args:
        return frozenset((EVERYTHING,))
    found: set[str] = set()
    for arg in call.args:
        for one in ir.walk_scope(arg.value):
            if isinstance(one, ir.Const) and isinstance(one.value, str):
                found.add(one.value.replace(".", "__"))
            elif isinstance(one, ir.Attribute):
                found.add(one.attr)
        if arg.star:
            found.add(EVERYTHING)  # a list that is not read here
    return frozenset(found)
