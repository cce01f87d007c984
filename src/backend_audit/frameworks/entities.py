"""Which stored class an expression's objects are of, as the code says: `db.query(User).first()`, `User.objects.all()`.

Only what is written counts: a class in a query, an annotation, a function of the project that returns one.
https://docs.sqlalchemy.org/en/20/orm/queryguide/, https://docs.djangoproject.com/en/stable/topics/db/queries/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.injection import provider
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_MAX_DEPTH = 5
# Ends of a query that give something else than objects of the class.
_OTHER = frozenset(
    "count exists scalar_subquery subquery exec_driver_sql delete update insert values values_list aggregate rowcount columns "
    "c __table__ in_bulk explain as_dict to_dict dict model_dump json model_dump_json delete_one has aexists acount "
    "with_entities serialize dump only_fields keys column dicts tuples id pk".split()
)
_ASKS = frozenset(
    "query select get exec get_or_404 get_object_or_404 get_list_or_404 aget_object_or_404 find merge one_or_404".split()
)
_READS_IN = frozenset("model_validate model_validate_json from_orm parse_obj parse_raw model_construct construct".split())
_KEEPS = frozenset("list tuple sorted reversed set next iter paginate apaginate cast jsonable_encoder sync_to_async".split())


class Entities:
    """Reads the classes of expressions in functions."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.engine = schemas.engine
        self._under_way: set[tuple[str, str]] = set()  # variables that are being looked up: `rows = list(filter(f, rows))`

    def of(self, function: FunctionSymbol, node: ir.Expr, depth: int = _MAX_DEPTH) -> list[ClassSymbol]:
        """The stored classes (or models of data) whose objects `node` gives in `function`, alone or in a list."""
        if depth == 0:
            return []
        if isinstance(node, (ir.Await, ir.Starred)):
            return self.of(function, node.value, depth)
        if isinstance(node, ir.Name):
            return self._named(function, node.id, node.at, depth)
        if isinstance(node, ir.Index):
            return self.of(function, node.value, depth)
        if isinstance(node, (ir.Conditional, ir.Logical)):
            sides = (node.then, node.orelse) if isinstance(node, ir.Conditional) else (node.left, node.right)
            return _distinct([one for side in sides for one in self.of(function, side, depth - 1)])
        if isinstance(node, ir.Comprehension) and node.kind != "dict":
            return self._comprehended(function, node, depth)
        if isinstance(node, ir.Container) and node.kind in ("list", "tuple"):
            return _distinct([one for item in node.items for one in self.of(function, item.value, depth - 1)])
        if isinstance(node, ir.Call):
            return self._called(function, node, depth)
        if isinstance(node, ir.Attribute) and node.attr not in _OTHER:
            return self._attribute(function, node, depth)
        return []

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute, depth: int) -> list[ClassSymbol]:
        """`request.user`, `page.items`, `self.repository`: only what keeps the objects of a query."""
        if node.attr in ("items", "data", "results", "object_list", "all"):
            return self.of(function, node.value, depth - 1)
        return []

    def _comprehended(self, function: FunctionSymbol, node: ir.Comprehension, depth: int) -> list[ClassSymbol]:
        """`[user for user in users]`."""
        for clause in node.clauses:
            if isinstance(node.value, ir.Name) and isinstance(clause.target, ir.Name) and clause.target.id == node.value.id:
                return self.of(function, clause.iter, depth - 1)
        return []

    def class_named(self, function: FunctionSymbol, node: ir.Expr) -> ClassSymbol | None:
        """The class of the project that a name or dotted name means."""
        if not isinstance(node, (ir.Name, ir.Attribute)):
            return None
        frame = self.engine.frame(function.module)  # only read
        found = [one for one in self.engine.type_expression(frame, node).refs if isinstance(one, ClassSymbol)]
        if not found and isinstance(node, ir.Name):
            for inner in function.scope:
                if isinstance(inner, ir.Import) and any(alias.asname == node.id for alias in inner.names):
                    alias = next(alias for alias in inner.names if alias.asname == node.id)
                    value = self.engine.imported(function.module, inner, alias)
                    found = of_kind(value.refs, ClassSymbol)
        return found[0] if len(found) == 1 else None

    def meant(self, function: FunctionSymbol, func: ir.Expr) -> str:
        """What a callee is called where it comes from: `from django.shortcuts import get_object_or_404 as found`."""
        if isinstance(func, ir.Attribute):
            return func.attr
        value = self.engine.environment(function.module).get(func.id) if isinstance(func, ir.Name) else None
        name = next(iter(value.apis)) if value is not None and len(value.apis) == 1 else written(func)
        return name.rpartition(".")[2]

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> list[ClassSymbol]:
        last = self.meant(function, node.func)
        own = self.class_named(function, node.func)
        if own is not None:
            return [own] if self._counts(own) else []
        if isinstance(node.func, ir.Name) and last in _KEEPS and node.args:
            return self.of(function, node.args[0].value, depth - 1)
        found = self._queried(function, node)
        if found:
            return found
        for callee in self._callees(function, node):
            found = self.returned(callee, depth - 1)
            if found:
                return found
        if isinstance(node.func, ir.Attribute) and last not in _OTHER and isinstance(node.func.value, (ir.Name, ir.Call)):
            return [
                one for one in self.of(function, node.func.value, depth - 1) if last in ("all", "first", "one", "scalars", "copy")
            ]
        return []

    def _queried(self, function: FunctionSymbol, node: ir.Call) -> list[ClassSymbol]:
        """The class that a query in a chain of calls asks for: `select(User)`, `User.objects`, `User.get(…)`."""
        current: ir.Expr = node
        while True:
            if isinstance(current, ir.Await):
                current = current.value
            elif isinstance(current, ir.Call):
                last = self.meant(function, current.func)
                if last in _OTHER:
                    return []
                for arg in current.args[: 1 if last in _ASKS else 0]:
                    inner = arg.value.value if isinstance(arg.value, ir.Await) else arg.value
                    one = self.class_named(function, inner)
                    if one is not None and self._counts(one):
                        return [one] if last != "select" or len(current.args) == 1 else []
                    if isinstance(inner, ir.Call) and (found := self._queried(function, inner)):
                        return found
                    if isinstance(inner, ir.Name) and (found := self._statement(function, inner)):
                        return found
                if last in ("execute", "scalars", "scalar", "exec", "scalar_one", "scalar_one_or_none") and current.args:
                    inner = current.args[0].value
                    found = self._queried(function, inner) if isinstance(inner, ir.Call) else self._statement(function, inner)
                    if found:
                        return found
                current = current.func
            elif isinstance(current, ir.Attribute):
                if current.attr in _OTHER and current is not node.func:
                    return []
                one = self.class_named(function, current.value)
                if one is not None and current.attr in _READS_IN and self.schemas.is_schema(one):
                    return [one]
                if one is not None:
                    method = self.engine.find_method(one, current.attr)
                    return [one] if method is None and self.schemas.is_stored(one) and current.attr not in _OTHER else []
                current = current.value
            else:
                return []

    def _statement(self, function: FunctionSymbol, node: ir.Expr) -> list[ClassSymbol]:
        """The class of a statement kept in a variable: `stmt = select(User).where(…)`."""
        asked = (function.key, node.id) if isinstance(node, ir.Name) else None
        if asked is None or asked in self._under_way:
            return []
        self._under_way.add(asked)
        values = (value for value in assigned(function, asked[1]) if isinstance(value, ir.Call))
        found = next((found for value in values if (found := self._queried(function, value))), [])
        self._under_way.discard(asked)
        return found

    def _callees(self, function: FunctionSymbol, node: ir.Call) -> list[FunctionSymbol]:
        """The functions of the project that a call means: by name, or the one method of that name that this function calls."""
        if isinstance(node.func, (ir.Name, ir.Attribute)):
            frame = self.engine.frame(function.module)
            found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
            if found:
                return found[:1]
        name = written(node.func).rpartition(".")[2]
        return [one for one in self.engine.calls.get(function.key, {}).values() if one.node.name == name][:1]

    def returned(self, function: FunctionSymbol, depth: int = _MAX_DEPTH) -> list[ClassSymbol]:
        """The classes of what a function returns: by its annotation, else by its return statements."""
        if function.node.returns is not None:
            return [one for one in self.schemas.classes(function.module, function.node.returns) if self._counts(one)]
        found: list[ClassSymbol] = []
        for node in returns(function):
            found += [one for one in self.of(function, node, depth) if one not in found]
        return found

    def _named(self, function: FunctionSymbol, name: str, at: int, depth: int) -> list[ClassSymbol]:
        """The classes of a variable or parameter."""
        found: list[ClassSymbol] = []
        for param in function.node.params:
            if param.name == name:
                if param.annotation is not None:
                    found += [one for one in self.schemas.classes(function.module, param.annotation) if self._counts(one)]
                if not found and (provides := provider(self.engine, function, param)) is not None:
                    for symbol in of_kind(provides.refs, FunctionSymbol):
                        found += self.returned(symbol, depth - 1)
                return found
        values = list(assigned(function, name, before=at))
        return _distinct([one for value in values[-1:] for one in self.of(function, value, depth - 1)])

    def _counts(self, owner: ClassSymbol) -> bool:
        return self.schemas.is_stored(owner) or self.schemas.is_schema(owner)


def returns(function: FunctionSymbol) -> Iterator[ir.Expr]:
    """The expressions that a function returns."""
    for node in function.scope:
        if isinstance(node, ir.Return) and node.value is not None:
            yield node.value


def assigned(function: FunctionSymbol, name: str, before: int = -1) -> Iterator[ir.Expr]:
    """What is assigned to a variable of a function, and what it is taken from one by one."""
    for node in function.scope:
        if isinstance(node, ir.Comprehension) and node.at <= before < node.end:  # of its own variables, within it
            yield from (one.iter for one in node.clauses if isinstance(one.target, ir.Name) and one.target.id == name)
        if before >= 0 and node.at >= before:
            continue
        if isinstance(node, ir.Assign) and node.value is not None:
            if any(isinstance(target, ir.Name) and target.id == name for target in node.targets):
                yield node.value
        elif isinstance(node, ir.For) and isinstance(node.target, ir.Name) and node.target.id == name:
            yield node.iter
        elif isinstance(node, ir.Walrus) and isinstance(node.target, ir.Name) and node.target.id == name:
            yield node.value


def _distinct(found: list[ClassSymbol]) -> list[ClassSymbol]:
    return list(dict.fromkeys(found))
